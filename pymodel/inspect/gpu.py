"""The GPU delegate: float of up to four sizes, in one part, by the table that was asked of the delegate itself."""

from __future__ import annotations

from collections.abc import Iterable

from appspec.tflite_file import TfliteFile
from pymodel.inspect.rules import Use
from pymodel.inspect.uses import Table, by_table, is_hybrid, sized_while_running, table_of, uses
from pymodel.inspect.verdict import SHORT, Verdict, by_parts, does_not_load, grouped

_TYPES = {"float32", "float16", "int8", "uint8"}
_MORE_INPUTS = {
    "LOGICAL_AND": {"bool"},
    "CAST": {"bool", "int32"},
    "ONE_HOT": {"int32"},
    "SELECT": {"bool"},
    "SELECT_V2": {"bool"},
}
_MORE_OUTPUTS = {"CAST": {"bool", "int32"}} | {
    name: {"bool"} for name in ("EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL", "NOT_EQUAL", "LOGICAL_AND")
}


def gpu_verdict(model: TfliteFile, loads: Verdict) -> Verdict:
    """What the delegate makes of a model.

    Args:
        loads: of the runtime that it belongs to.
    """
    table, graph = table_of("gpu"), model.main
    if loads.runs != "whole":
        return does_not_load("gpu", table["library"], loads, graph)
    sized = sized_while_running(model)
    refused = {} if sized else {node.index: why for use in uses(model) if (why := _refusal(table, use)) for node in [use.node]}
    notes = list(_notes(model, table))
    if sized:
        first = graph.nodes[sized[0]]
        refused = dict.fromkeys(sized, "the size of what it gives is known only while it runs")
        notes.insert(
            0, f"the delegate takes no graph with sizes that are known only while it runs: node {first.index}, {first.op}"
        )
        return Verdict(
            "gpu",
            table["library"],
            SHORT["gpu"],
            "not at all",
            0,
            len(graph.nodes),
            0,
            0,
            grouped(graph, refused, "gpu"),
            tuple(notes),
        )
    return by_parts("gpu", table["library"], graph, refused, 1, notes)


def _refusal(table: Table, use: Use) -> str:
    node = use.node
    if node.custom:
        return "" if node.op in table["custom"] else "a custom operation"
    why = by_table(table, use)
    if why:
        return why
    tensors = [*(one for one in use.inputs if one is not None), *use.outputs]
    if any(len(tensor.shape) > 4 for tensor in tensors):
        rank = max(len(tensor.shape) for tensor in tensors)
        return f"a tensor of {rank} sizes, where at most four are allowed"
    inputs = _TYPES | _MORE_INPUTS.get(node.op, set())
    outputs = _TYPES | _MORE_OUTPUTS.get(node.op, set())
    wrong = {one.dtype for one in use.runtime if one.dtype not in inputs} | {
        one.dtype for one in use.outputs if one.dtype not in outputs
    }
    return f"it computes in {', '.join(sorted(wrong))}" if wrong else ""


def _notes(model: TfliteFile, table: Table) -> Iterable[str]:
    graph = model.main
    shaderless = sorted({node.op for node in graph.nodes if table["operations"].get(node.op, {}).get("opengl") is False})
    if shaderless:
        yield (
            f"by OpenCL alone: there is no OpenGL ES shader of {', '.join(shaderless)}, and a phone without OpenCL then starts "
            "without the delegate"
        )
    unpublished = sorted(
        {
            node.op
            for node in graph.nodes
            if not node.custom and "published" not in table["operations"].get(node.op, {"published": 1})
        }
    )
    if unpublished:
        yield f"taken, though not on the published list: {', '.join(unpublished)}"
    if any(tensor.dtype in ("int8", "uint8") and not tensor.constant for tensor in graph.tensors):
        yield "int8 is computed in float there, which neither makes it faster than float16 nor gives the CPU's answers: compare (--run)"
    elif is_hybrid(model):
        yield "the weights of dynamic range are unpacked to float there, so answers differ from the CPU's: compare (--run)"
    batched = [graph.tensors[i].name for i in graph.inputs if len(graph.tensors[i].shape) == 4 and graph.tensors[i].shape[0] > 1]
    if batched:
        yield "more than one picture at once: by OpenGL ES the delegate then gives wrong answers without a word (seen with CONV_2D)"
    free = [graph.tensors[i].name for i in graph.inputs if graph.tensors[i].dynamic]
    if free:
        yield f"sizes of {', '.join(free)} are free: the delegate computes with those in the file, and must start anew for others"
