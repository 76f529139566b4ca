"""NNAPI, as its delegate in TFLite judges; what the phone's driver then takes, the phone decides."""

from __future__ import annotations

from appspec.tflite_file import TfliteFile
from pymodel.inspect.info import folded
from pymodel.inspect.uses import by_table, table_of, uses
from pymodel.inspect.verdict import Verdict, by_parts, does_not_load

_MOST_PARTS = 3


def nnapi_verdict(model: TfliteFile, loads: Verdict) -> Verdict:
    """What NNAPI's delegate makes of a model, in its largest three parts.

    Args:
        loads: of the runtime that it belongs to.
    """
    table, graph = table_of("nnapi"), model.main
    if loads.runs != "whole":
        return does_not_load("nnapi", table["library"], loads, graph)
    refused = {}
    for use in uses(model):
        why = "a custom operation" if use.node.custom else by_table(table, use)
        types = table["operations"].get(use.node.op, {}).get("types")
        first = use.given(0)
        if not why and types and first is not None and first.dtype not in types and use.node.index not in folded(graph):
            why = f"its input is {first.dtype}, where {', '.join(types)} are allowed"
        if why:
            refused[use.node.index] = why
    notes = ["NNAPI is deprecated since Android 15, and what a driver takes of this the phone decides alone"]
    return by_parts("nnapi", table["library"], graph, refused, _MOST_PARTS, notes)
