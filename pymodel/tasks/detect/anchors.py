"""The grids of a detector's anchors, read from its graph: back from the scores over CONCATENATION and RESHAPE stand the maps."""

from __future__ import annotations

from appspec.contract import Grid
from appspec.tflite_file import Node
from pymodel.foreign.evidence import ForeignModel, Output

_SEEN_THROUGH = ("LOGISTIC", "DEQUANTIZE", "QUANTIZE", "CAST")


def anchor_outputs(found: ForeignModel) -> tuple[Output, Output] | None:
    """Rows (1, A, 4 + 2 K) and scores (1, A, C) of the same anchors, told apart by shape; None where no pair is the only one."""
    pairs = [
        (rows, scores)
        for rows in found.outputs
        for scores in found.outputs
        if rows is not scores
        and len(rows.shape) == len(scores.shape) == 3
        and rows.shape[1] == scores.shape[1] > 1
        and rows.shape[2] >= 4
        and rows.shape[2] % 2 == 0
    ]
    if found.named:
        pairs = [pair for pair in pairs if pair == found.outputs[:2]]
    fewer = [pair for pair in pairs if pair[1].shape[2] < 4]
    found_pairs = pairs if len(pairs) == 1 else fewer
    return found_pairs[0] if len(found_pairs) == 1 else None


def read_grids(found: ForeignModel) -> tuple[Grid, ...] | None:
    """The grids, whose cells are the rows one after the other; None where they don't add up to the rows of the outputs."""
    pair = anchor_outputs(found)
    if pair is None:
        return None
    rows, scores = pair
    per_anchor = scores.shape[2]
    graph = found.file.main
    made = {tensor: node for node in graph.nodes for tensor in node.outputs}
    grids = []
    for shape in _leaves(found, scores.tensor, made):
        if len(shape) != 4 or shape[3] % per_anchor:
            return None
        grids.append(Grid(shape[1], shape[2], shape[3] // per_anchor))
    total = sum(grid.rows * grid.columns * grid.anchors for grid in grids)
    return tuple(grids) if total == rows.shape[1] else None


def _leaves(found: ForeignModel, tensor: int, made: dict[int, Node]) -> list[tuple[int, ...]]:
    """Shapes of the maps that a tensor's rows are laid out of."""
    graph = found.file.main
    node = made.get(tensor)
    if node is None:
        return []
    if node.op == "CONCATENATION":
        return [leaf for part in node.inputs for leaf in _leaves(found, part, made)]
    if node.op == "RESHAPE":
        before = graph.tensors[node.inputs[0]].shape
        return [before] if len(before) == 4 else _leaves(found, node.inputs[0], made)
    if node.op in _SEEN_THROUGH:
        return _leaves(found, node.inputs[0], made)
    return [graph.tensors[tensor].shape]
