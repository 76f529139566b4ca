"""How TFLite cuts a graph between a delegate and the CPU.

As graph_info.cc does: nodes in the order they run, gathered into subsets of one kind; a subset ends where nothing of its kind is
ready any more.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from heapq import heappop, heappush

from appspec.tflite_file import Graph


@dataclass(frozen=True)
class Cut:
    """A graph between a delegate and the CPU.

    Attributes:
        possible: parts that the delegate could take, each the indices of its nodes.
        taken: nodes that it does take: those of the largest part, or of as many as it is allowed.
        partitions: parts that the graph then falls into, those of the CPU among them.
    """

    possible: tuple[tuple[int, ...], ...]
    taken: frozenset[int]
    partitions: int


def cut_graph(graph: Graph, supported: Collection[int], most_parts: int = 1) -> Cut:
    """What a delegate takes of a graph.

    Args:
        supported: nodes that the delegate knows.
        most_parts: how many parts it takes; the GPU delegate takes one, the largest.
    """
    possible = tuple(part for taken, part in _subsets(graph, frozenset(supported)) if taken)
    largest = sorted(possible, key=len, reverse=True)[:most_parts]
    taken = frozenset(index for part in largest for index in part)
    return Cut(possible, taken, len(_subsets(graph, taken)))


def _subsets(graph: Graph, supported: frozenset[int]) -> list[tuple[bool, tuple[int, ...]]]:
    """(is the delegate's, nodes): each holds all of one kind that can run before anything of the other must."""
    makers = {tensor: node.index for node in graph.nodes for tensor in node.outputs}
    waits = {node.index: {makers[i] for i in node.inputs if i in makers} for node in graph.nodes}
    takers: dict[int, list[int]] = {}
    for index, awaited in waits.items():
        for maker in awaited:
            takers.setdefault(maker, []).append(index)
    ready: dict[bool, list[int]] = {True: [], False: []}
    for index, awaited in waits.items():
        if not awaited:
            ready[index in supported].append(index)
    subsets = []
    while ready[True] or ready[False]:
        kind = min((True, False), key=lambda one: ready[one][0] if ready[one] else len(graph.nodes))
        members = []
        while ready[kind]:
            index = heappop(ready[kind])
            members.append(index)
            for taker in takers.get(index, ()):
                waits[taker].discard(index)
                if not waits[taker]:
                    heappush(ready[taker in supported], taker)
        subsets.append((kind, tuple(members)))
    return subsets
