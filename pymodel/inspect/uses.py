"""The nodes of a model among their tensors, and the tables of what places know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from appspec.tflite_file import Node, TfliteFile
from pymodel.inspect.info import folded
from pymodel.inspect.rewrites import SIZED_BY_VALUES
from pymodel.inspect.rules import RULES, Use

Table = Mapping[str, Any]
"""One of `*_operations.json`."""

_SIZED_BY_INPUT = {"RESHAPE": 1, "TILE": 1, "PAD": 1, "PADV2": 1, "RESIZE_BILINEAR": 1, "RESIZE_NEAREST_NEIGHBOR": 1, "FILL": 0}
_SIZED_BY_INPUT |= {"BROADCAST_TO": 1, "RANGE": 0, "SLICE": 2, "STRIDED_SLICE": 2, "TRANSPOSE_CONV": 0}


@cache
def table_of(place: str) -> dict[str, Any]:
    """Of `gpu`, `nnapi` or `micro`."""
    document: dict[str, Any] = json.loads(Path(__file__).with_name(f"{place}_operations.json").read_text(encoding="utf-8"))
    return document


def uses(model: TfliteFile) -> list[Use]:
    """The nodes of the main graph."""
    graph = model.main
    constants = {tensor.index for tensor in graph.tensors if tensor.constant}
    constants |= {out for i in folded(graph) for out in graph.nodes[i].outputs}
    known = frozenset(constants)
    takers: dict[int, list[Node]] = {}
    for node in graph.nodes:
        for i in set(node.inputs):
            takers.setdefault(i, []).append(node)
    return [
        Use(
            model,
            node,
            tuple(graph.tensors[i] if i >= 0 else None for i in node.inputs),
            tuple(graph.tensors[i] for i in node.outputs if i >= 0),
            known,
            tuple(taker for i in node.outputs for taker in takers.get(i, ())),
        )
        for node in graph.nodes
    ]


def by_table(table: Table, use: Use) -> str:
    """Why a table refuses a node; empty where it does not."""
    row = table["operations"].get(use.node.op)
    if row is None:
        return f"{table['library']} does not know it"
    highest = row["highest"]
    if highest is not None and use.node.version > highest:
        return f"version {use.node.version}, where at most {highest} is known"
    return next((why for rule in row.get("rules", ()) if (why := RULES[rule](use))), "")


def sized_while_running(model: TfliteFile) -> list[int]:
    """Nodes whose result has a size that depends on computed values."""
    graph = model.main
    found = []
    for node in graph.nodes:
        i = _SIZED_BY_INPUT.get(node.op)
        by_input = i is not None and i < len(node.inputs) and node.inputs[i] >= 0 and not graph.tensors[node.inputs[i]].constant
        if by_input or node.op in SIZED_BY_VALUES:
            found.append(node.index)
    return found


def is_hybrid(model: TfliteFile) -> bool:
    """Weights of 8 bits with inputs in float: dynamic range."""
    return any(RULES["not_hybrid"](use) for use in uses(model))
