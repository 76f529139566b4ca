"""What a place makes of a model: how much it takes, what it refuses and why, what to know besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from appspec.tflite_file import Graph, Node
from pymodel.inspect.info import folded
from pymodel.inspect.partition import cut_graph
from pymodel.inspect.rewrites import rewrite

Place = Literal["cpu", "gpu", "nnapi", "micro"]
Runs = Literal["whole", "part", "not at all"]

SHORT: dict[Place, str] = {"cpu": "CPU", "gpu": "GPU", "nnapi": "NNAPI", "micro": "Micro"}


@dataclass(frozen=True)
class Refusal:
    """Nodes that a place does not take, for one reason.

    Attributes:
        nodes: indices.
        before, after: what feeds the first of them, and what takes what it gives: where the graph breaks.
        rewrite: a known way out; empty without.
    """

    nodes: tuple[int, ...]
    op: str
    version: int
    why: str
    after: str = ""
    before: str = ""
    rewrite: str = ""


@dataclass(frozen=True)
class Verdict:
    """What one place makes of a model.

    Attributes:
        name: the place and its version, in words.
        short: a heading for it.
        runs: `whole`, `part` (the rest on the CPU) or `not at all`.
        taken, nodes, partitions: `N of M nodes, P partitions`, as TFLite itself counts.
        possible: parts that it could take; it takes the largest.
        notes: what to know besides.
    """

    place: Place
    name: str
    short: str
    runs: Runs
    taken: int
    nodes: int
    partitions: int
    possible: int = 1
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    taken_nodes: frozenset[int] = field(default=frozenset(), repr=False)


def does_not_load(place: Place, name: str, loads: Verdict, graph: Graph) -> Verdict:
    """Of a delegate, where the runtime already refuses the file."""
    note = f"{loads.name} refuses the whole file, and without it no delegate starts"
    return Verdict(place, name, SHORT[place], "not at all", 0, len(graph.nodes), 0, 0, loads.refusals, (note,))


def by_parts(place: Place, name: str, graph: Graph, refused: Mapping[int, str], most: int, notes: Iterable[str]) -> Verdict:
    """A delegate that takes what it can, in at most so many parts; it takes DEQUANTIZE of weights only where it takes all."""
    widened, count = folded(graph), len(graph.nodes)
    refused = {i: why for i, why in refused.items() if i not in widened}
    cut = cut_graph(graph, {node.index for node in graph.nodes} - set(refused) - widened, most)
    if not refused:
        return Verdict(place, name, SHORT[place], "whole", count, count, 1, 1, (), tuple(notes), cut.taken | widened)
    runs: Runs = "part" if cut.taken else "not at all"
    partitions = cut.partitions if cut.taken else 0
    refusals = grouped(graph, refused, place)
    return Verdict(
        place, name, SHORT[place], runs, len(cut.taken), count, partitions, len(cut.possible), refusals, tuple(notes), cut.taken
    )


def grouped(graph: Graph, refused: Mapping[int, str], place: str) -> tuple[Refusal, ...]:
    """Nodes that are refused, those of one operation and for one reason together."""
    groups: dict[tuple[str, int, str], list[int]] = {}
    by_index = {node.index: node for node in graph.nodes}
    for index, why in sorted(refused.items()):
        node = by_index[index]
        groups.setdefault((node.op, node.version, why), []).append(index)
    makers = {tensor: node for node in graph.nodes for tensor in node.outputs}
    return tuple(
        Refusal(
            nodes=tuple(nodes),
            op=op,
            version=version,
            why=why,
            after=_neighbour([makers[i] for i in by_index[nodes[0]].inputs if i in makers]),
            before=_neighbour([node for node in graph.nodes if set(node.inputs) & set(by_index[nodes[0]].outputs)]),
            rewrite=rewrite(by_index[nodes[0]], why, place),
        )
        for (op, version, why), nodes in groups.items()
    )


def _neighbour(nodes: list[Node]) -> str:
    return f"node {nodes[0].index} {nodes[0].op}" if nodes else ""
