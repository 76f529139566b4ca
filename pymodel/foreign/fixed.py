"""What a graph computes while it runs, although it is the same for every picture.

Sizes: converters write SHAPE, STRIDED_SLICE, PACK before a RESHAPE for a batch that is left open. A phone's runtime then holds the
reshaped tensor for one of unknown size, and XNNPACK and GPU delegates refuse the graph. And what follows from inputs that are
constants now: XNNPACK 2.20 aborts at a dense layer of a constant on ARM64.
"""

from __future__ import annotations

from collections.abc import Iterable

from appspec.tflite_file import Node, TfliteFile

_ARITHMETIC = frozenset(
    (
        "ADD",
        "CAST",
        "CONCATENATION",
        "DIV",
        "EXPAND_DIMS",
        "FLOOR_DIV",
        "GATHER",
        "MAXIMUM",
        "MINIMUM",
        "MUL",
        "PACK",
        "REDUCE_PROD",
        "RESHAPE",
        "SLICE",
        "SQUEEZE",
        "STRIDED_SLICE",
        "SUB",
    )
)
"""What sizes are computed with."""

_FREE = frozenset(("IF", "NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5", "RANGE", "UNIQUE", "WHERE", "WHILE"))
"""Whose outputs have sizes that follow from values."""


def fixed_tensors(file: TfliteFile, constants: Iterable[int]) -> list[int]:
    """Tensors of the first graph that follow from sizes and from these constants alone, in the order of their computation."""
    main = file.main
    if any(node.op in _FREE for node in main.nodes):
        return []
    found: list[int] = []
    given = set(constants)
    known = {tensor.index for tensor in main.tensors if tensor.constant} | {-1}
    for node in main.nodes:
        if _follows(node, known, set(found), given) and not set(node.outputs) & set(main.outputs):
            found += node.outputs
            known |= set(node.outputs)
            if set(node.inputs) & given:
                given |= set(node.outputs)
    return found


def _follows(node: Node, known: set[int], found: set[int], given: set[int]) -> bool:
    inputs = set(node.inputs)
    if node.op == "SHAPE":
        return True
    return inputs <= known and (bool(inputs & given) or (node.op in _ARITHMETIC and bool(inputs & found)))
