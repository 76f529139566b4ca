"""The first operation after which two processors say different things: the graph is cut after some of its nodes, again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from appspec.tflite_file import Node, TfliteFile
from pymodel.inspect.values import NUMBERS

WIDTH = 6
"""Cuts that are tried at once: a child that runs several costs little more than one."""

Measure = Callable[[Sequence[int]], Sequence["float | None"]]
"""The difference after each of some nodes, as a share of the range; None where it could not be run."""


@dataclass(frozen=True)
class FirstDifference:
    """Where two answers part.

    Attributes:
        difference: after it, as a share of its output's range.
        before: after the last node that was tried before it; None where there was none.
        tried: cuts that were run.
    """

    node: Node
    difference: float
    before: float | None
    tried: int


def first_difference(model: TfliteFile, nodes: Sequence[int], tolerance: float, measure: Measure) -> FirstDifference | None:
    """Searches the nodes in the order they run; None where no cut shows a difference.

    Differences grow along a graph more often than they vanish, so the search goes to the first of the cuts that shows one and
    on between it and the cut before.

    Args:
        nodes: where to look: those that the delegate takes, and whose outputs can be compared.
    """
    found: dict[int, float | None] = {}

    def parts(place: int) -> bool:
        value = found[nodes[place]]
        return value is not None and value > tolerance

    low, high = -1, len(nodes) - 1  # after low they agree, after high they don't
    while high - low > 1 or (high >= 0 and nodes[high] not in found):
        span = high - low
        places = sorted({low + max(1, round(span * (k + 1) / WIDTH)) for k in range(WIDTH)} & set(range(low + 1, high + 1)))
        new = [place for place in places if nodes[place] not in found]
        found |= dict(zip((nodes[place] for place in new), measure([nodes[place] for place in new]), strict=True))
        first = next((place for place in places if parts(place)), None)
        if first is None:
            return None
        low, high = max((place for place in places if place < first), default=low), first
    if high < 0:
        return None
    value = found[nodes[high]]
    assert value is not None
    return FirstDifference(model.main.nodes[nodes[high]], value, found[nodes[low]] if low >= 0 else None, len(found))


def comparable_nodes(model: TfliteFile, among: frozenset[int]) -> list[int]:
    """Nodes, in the order they run, whose first output is of numbers."""
    tensors = model.main.tensors
    return [
        node.index
        for node in model.main.nodes
        if node.index in among and node.outputs and node.outputs[0] >= 0 and tensors[node.outputs[0]].dtype in NUMBERS
    ]
