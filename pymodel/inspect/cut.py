"""A model that ends after one of its operations: the same graph up to there, what that operation gives as its outputs."""

from __future__ import annotations

import struct
from typing import Any

from appspec.errors import KitError
from appspec.tflite_file import TfliteFile
from pymodel.packing import pack


def cut_after(model: TfliteFile, node: int) -> bytes:
    """A `.tflite` with the main graph's inputs, and the outputs of one node.

    Args:
        node: its index; what it does not need is left out.

    Raises:
        KitError: the file holds what the schema's generated code can't carry over.
    """
    try:
        return _cut(model, node)
    except (struct.error, TypeError, ValueError, IndexError, AttributeError, OverflowError, MemoryError) as error:
        raise KitError(
            f"{model.name} can't be cut after node {node}", f"it can't be written again: {error}", "convert the model again"
        ) from error


def _cut(model: TfliteFile, node: int) -> bytes:
    from ai_edge_litert import schema_py_generated as schema

    cut: Any = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model.data, 0))
    graph = cut.subgraphs[0]
    needed = needed_nodes(model, node)
    graph.operators = [one for i, one in enumerate(graph.operators) if i in needed]
    graph.outputs = [i for i in model.main.nodes[node].outputs if i >= 0]
    cut.signatureDefs, cut.metadata, cut.metadataBuffer = [], [], []
    return pack(cut)


def needed_nodes(model: TfliteFile, node: int) -> set[int]:
    """A node and all that it follows from."""
    makers = {tensor: one.index for one in model.main.nodes for tensor in one.outputs}
    needed, waiting = set[int](), [node]
    while waiting:
        one = waiting.pop()
        if one not in needed:
            needed.add(one)
            waiting += [makers[i] for i in model.main.nodes[one].inputs if i in makers]
    return needed
