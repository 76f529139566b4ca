"""Where the nodes of a graph stand in a drawing: in layers from top to bottom, edges straight where they can be.

After Sugiyama, Tagawa and Toda 1981: layers by the longest path, edges over several layers through places of their own, order
within a layer by the median of the neighbours, then positions by the mean of the neighbours with a least distance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

SWEEPS = 8
MOST_PLACES = 20_000
"""Of nodes and of the passages of long edges; beyond it, long edges are drawn without."""


@dataclass(frozen=True)
class Placed:
    """A drawing without its looks.

    Attributes:
        layer: of each node, 0 at the top.
        x: middle of each node.
        routes: of each edge: the x of the passage in every layer that it crosses, with the layer.
    """

    layer: dict[int, int]
    x: dict[int, float]
    routes: dict[tuple[int, int], tuple[tuple[int, float], ...]]


def place(nodes: Sequence[int], edges: Sequence[tuple[int, int]], widths: Mapping[int, float], gap: float) -> Placed:
    """Places nodes.

    Args:
        nodes: in an order in which no edge leads back.
        edges: (from, to).
        widths: of the nodes.
        gap: least distance between two nodes of a layer.
    """
    layer = _layers(nodes, edges)
    passages, links, routes = _with_passages(nodes, edges, layer)
    rows = _rows(layer, passages)
    above, below = _neighbours(links)
    _order(rows, above, below)
    wide = {**dict.fromkeys(passages, 0.0), **{one: widths[one] for one in nodes}}
    x = _positions(rows, above, below, wide, gap)
    return Placed(
        layer={one: layer[one] for one in nodes},
        x={one: x[one] for one in nodes},
        routes={edge: tuple((passages[one], x[one]) for one in route) for edge, route in routes.items()},
    )


def _layers(nodes: Sequence[int], edges: Sequence[tuple[int, int]]) -> dict[int, int]:
    into: dict[int, list[int]] = {}
    for start, end in edges:
        into.setdefault(end, []).append(start)
    layer: dict[int, int] = {}
    for one in nodes:
        layer[one] = max((layer[start] + 1 for start in into.get(one, ()) if start in layer), default=0)
    return _pulled_down(nodes, edges, layer)


def _pulled_down(nodes: Sequence[int], edges: Sequence[tuple[int, int]], layer: dict[int, int]) -> dict[int, int]:
    """Nodes without a predecessor, as second inputs, stand right above what takes them."""
    out: dict[int, list[int]] = {}
    fed = {end for _, end in edges}
    for start, end in edges:
        out.setdefault(start, []).append(end)
    for one in reversed(nodes):
        if one not in fed and out.get(one):
            layer[one] = max(layer[one], min(layer[end] for end in out[one]) - 1)
    return layer


_Links = list[tuple[int, int]]


def _with_passages(
    nodes: Sequence[int], edges: Sequence[tuple[int, int]], layer: Mapping[int, int]
) -> tuple[dict[int, int], _Links, dict[tuple[int, int], tuple[int, ...]]]:
    """Passages with their layers; links between neighbours; the passages of each edge."""
    crossing = sum(max(0, layer[end] - layer[start] - 1) for start, end in edges)
    passages: dict[int, int] = {}
    links: _Links = []
    routes: dict[tuple[int, int], tuple[int, ...]] = {}
    following = max(nodes, default=0) + 1
    for start, end in edges:
        route = []
        for row in range(layer[start] + 1, layer[end]) if crossing + len(nodes) <= MOST_PLACES else ():
            passages[following] = row
            route.append(following)
            following += 1
        routes[start, end] = tuple(route)
        chain = [start, *route, end]
        if len(route) == layer[end] - layer[start] - 1:
            links += list(pairwise(chain))
    return passages, links, routes


def _rows(layer: Mapping[int, int], passages: Mapping[int, int]) -> list[list[int]]:
    rows: list[list[int]] = [[] for _ in range(max((*layer.values(), *passages.values()), default=-1) + 1)]
    for one, row in (*layer.items(), *passages.items()):
        rows[row].append(one)
    return rows


def _neighbours(links: _Links) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    above: dict[int, list[int]] = {}
    below: dict[int, list[int]] = {}
    for start, end in links:
        above.setdefault(end, []).append(start)
        below.setdefault(start, []).append(end)
    return above, below


def _order(rows: list[list[int]], above: Mapping[int, list[int]], below: Mapping[int, list[int]]) -> None:
    """Fewer crossings: each layer sorted by the median place of its neighbours, down and up in turn."""
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for i in range(1, len(rows)) if down else range(len(rows) - 2, -1, -1):
            fixed = {one: j for j, one in enumerate(rows[i - 1 if down else i + 1])}
            near = above if down else below
            own = {one: j for j, one in enumerate(rows[i])}
            keys = {
                one: median(places) if (places := [fixed[other] for other in near.get(one, ()) if other in fixed]) else own[one]
                for one in rows[i]
            }
            rows[i].sort(key=lambda one: (keys[one], own[one]))


def _positions(
    rows: list[list[int]],
    above: Mapping[int, list[int]],
    below: Mapping[int, list[int]],
    wide: Mapping[int, float],
    gap: float,
) -> dict[int, float]:
    x: dict[int, float] = {}
    for row in rows:
        at = 0.0
        for one in row:
            x[one] = at + wide[one] / 2
            at += wide[one] + gap
        middle = (at - gap) / 2
        for one in row:
            x[one] -= middle
    for sweep in range(2 * SWEEPS):
        down = sweep % 2 == 0
        for i in range(len(rows)) if down else range(len(rows) - 1, -1, -1):
            wish = {}
            for one in rows[i]:
                near = above.get(one, []) if down else below.get(one, [])
                near = near or above.get(one, []) or below.get(one, [])
                wish[one] = sum(x[other] for other in near) / len(near) if near else x[one]
            _spread(rows[i], wish, x, wide, gap)
    return x


def _spread(row: list[int], wish: Mapping[int, float], x: dict[int, float], wide: Mapping[int, float], gap: float) -> None:
    """Each as near to its wish as the least distances allow: blocks that overlap are merged to their common mean."""
    blocks: list[tuple[float, list[int], list[float]]] = []  # place of the first, members, offsets from it
    for one in row:
        block = (wish[one], [one], [0.0])
        while blocks:
            first, members, offsets = blocks[-1]
            reach = offsets[-1] + (wide[members[-1]] + wide[block[1][0]]) / 2 + gap
            if first + reach <= block[0]:
                break
            blocks.pop()
            merged = [*members, *block[1]]
            shifted = [*offsets, *(reach + offset for offset in block[2])]
            mean = sum(wish[member] - offset for member, offset in zip(merged, shifted, strict=True)) / len(merged)
            block = (mean, merged, shifted)
        blocks.append(block)
    for first, members, offsets in blocks:
        for member, offset in zip(members, offsets, strict=True):
            x[member] = first + offset
