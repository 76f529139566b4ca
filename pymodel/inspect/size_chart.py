"""Where a model's bytes and its multiply-adds are: bars by layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pymodel.inspect.info import Layer, ModelInfo

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_BARS = 40


def size_figure(info: ModelInfo) -> Figure:
    """Two columns of bars, one layer a row in the order they run; the smallest are summed up where there are many."""
    from matplotlib.figure import Figure

    rows = chart_rows(info.layers)
    height = 1.0 + 0.22 * len(rows)
    figure = Figure(figsize=(9, height))
    figure.subplots_adjust(left=0.3, right=0.99, bottom=0.35 / height, top=1 - 0.35 / height, wspace=0.06)
    left, right = figure.subplots(1, 2, sharey=True)
    places = range(len(rows))
    for axes, values, title, color in (
        (left, [size / 1000 for _, size, _ in rows], "KB of weights", "#4a7fd6"),
        (right, [count / 1e6 for _, _, count in rows], "M multiply-adds", "#e0a030"),
    ):
        axes.barh(places, values, color=color)
        axes.set_title(title, fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=8)
    left.set_yticks(places, [name for name, _, _ in rows], fontsize=7.5)
    left.set_ylim(len(rows) - 0.4, -0.6)
    return figure


def chart_rows(layers: Sequence[Layer]) -> list[tuple[str, int, int]]:
    """(name, bytes, multiply-adds) of layers that show as a bar; the sum of smaller ones where there are many."""
    largest, work = max([1, *(one.bytes for one in layers)]), max([1, *(one.multiply_adds or 0 for one in layers)])
    heavy = [one for one in layers if one.bytes * 500 > largest or (one.multiply_adds or 0) * 500 > work]
    ranked = sorted(heavy, key=lambda one: max(one.bytes / largest, (one.multiply_adds or 0) / work), reverse=True)
    shown = {one.node.index for one in ranked[:MOST_BARS]}
    rows = [(_label(one), one.bytes, one.multiply_adds or 0) for one in heavy if one.node.index in shown]
    rest = ranked[MOST_BARS:]
    if rest:
        rows.append((f"{len(rest)} smaller ones", sum(one.bytes for one in rest), sum(one.multiply_adds or 0 for one in rest)))
    return rows


def _label(layer: Layer) -> str:
    """Text that matplotlib takes as it is."""
    name = f"{layer.node.index} {layer.node.op.lower()} {layer.name.split('/')[-1]}"[:44]
    return "".join(letter if letter.isascii() and letter.isprintable() and letter != "$" else "?" for letter in name)
