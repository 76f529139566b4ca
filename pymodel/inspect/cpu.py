"""The CPUs of the runtimes that the kit ships: a runtime refuses a whole file for one operation that it does not know."""

from __future__ import annotations

from collections.abc import Mapping

from appspec.operators import Operator, operator_table
from appspec.runtimes import Runtime
from appspec.tflite_file import Graph, Node, TfliteFile
from pymodel.inspect.rewrites import CHIPS
from pymodel.inspect.verdict import Runs, Verdict, grouped

LINKED_CUSTOM = ("Mfcc", "AudioSpectrogram", "NumericVerify", "TFLite_Detection_PostProcess")
"""Custom operations that TFLite's own resolver registers (core/kernels/register.cc)."""


def cpu_verdict(model: TfliteFile, runtime: Runtime) -> Verdict:
    """A runtime refuses a whole file for one operation, in any of its graphs."""
    table = operator_table(runtime)
    refused: dict[int, str] = {}
    known = 0
    for graph in model.graphs:
        for node in graph.nodes:
            why = _refusal(node, table.refusal(Operator(node.op, node.version)))
            known += not why
            if why and (graph is model.main or node.index not in refused):
                refused[node.index] = why
    count = sum(len(graph.nodes) for graph in model.graphs)
    refusals = grouped(_main_or_first(model, refused), refused, "cpu")
    notes = ("one operation that a runtime does not know, and it refuses the whole file",) if refused else ()
    runs: Runs = "not at all" if known < count else "whole"
    return Verdict(
        "cpu",
        table.library,
        f"CPU {table.library.replace('TensorFlow Lite', 'TFLite').partition(' of')[0]}",
        runs,
        known,
        count,
        1 if runs == "whole" else 0,
        1,
        refusals,
        notes,
    )


def _refusal(node: Node, by_table: str) -> str:
    if node.flex:
        return f"{node.op.removeprefix('Flex')} is TensorFlow's own operation (SELECT_TF_OPS), which the library does not hold"
    if node.op in CHIPS:
        return f"the network is compiled for {CHIPS[node.op]}, which no phone has"
    if node.custom:
        return "" if node.op in LINKED_CUSTOM else "a custom operation that the library does not hold"
    return by_table.partition(" (")[2].rstrip(")") if " (" in by_table else by_table


def _main_or_first(model: TfliteFile, refused: Mapping[int, str]) -> Graph:
    main = {node.index for node in model.main.nodes}
    return model.main if set(refused) <= main else max(model.graphs, key=lambda graph: len(graph.nodes))
