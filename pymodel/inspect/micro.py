"""TensorFlow Lite for Microcontrollers: all or nothing, int8 or float32, nothing in between."""

from __future__ import annotations

from appspec.tflite_file import TfliteFile
from pymodel.inspect.uses import by_table, sized_while_running, table_of, uses
from pymodel.inspect.verdict import SHORT, Runs, Verdict, grouped


def micro_verdict(model: TfliteFile) -> Verdict:
    """What a board's interpreter makes of a model; its memory is another question."""
    table = table_of("micro")
    refused = {}
    for use in uses(model):
        why = ("" if use.node.op in table["custom"] else "a custom operation") if use.node.custom else by_table(table, use)
        if why:
            refused[use.node.index] = why
    graph = model.main
    for i in sized_while_running(model):
        refused.setdefault(i, "the size of what it gives is known only while it runs")
    count = len(graph.nodes)
    runs: Runs = "not at all" if refused else "whole"
    refusals = grouped(graph, refused, "micro")
    return Verdict("micro", table["library"], SHORT["micro"], runs, count - len(refused), count, 0 if refused else 1, 1, refusals)
