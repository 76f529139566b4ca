"""Every run of both sides as a dot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deploy.benchmark.comparison.comparability import phone_name
from deploy.benchmark.comparison.start import Floats
from deploy.benchmark.comparison.types import Comparison, RowComparison, Side, Word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLORS: dict[Word, str] = {"slower": "#c53030", "faster": "#2f855a"}
A_COLOR, B_COLOR, GREY = "#8a8f98", "#2b6cb0", "#4a5058"

MOST_DOTS = 400
"""Of a side in a row; of more, evenly chosen ones."""

NARROWEST, WIDEST = 0.12, 1.0
"""The axis' reach to each side of A's median, as a share of it. Times beyond it are drawn at its end."""


def comparison_figure(comparison: Comparison) -> Figure:
    """A row for each that both measured: times as a share of A's median, A above B, starts one below the other."""
    from matplotlib.figure import Figure

    rows = [row for row in comparison.inference if row.a.median]
    figure = Figure(figsize=(11, 1.6 + 0.62 * len(rows)), layout="constrained")
    axes = figure.subplots()
    reach = _reach(rows)
    for place, row in enumerate(rows):
        _draw_row(axes, place, row, reach)
    axes.set_yticks(range(len(rows)), [str(row.key) for row in rows])
    axes.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    low, high = 1 - min(reach, 0.9), 1 + reach
    axes.set_xlim(low - 0.01, high + 0.01)
    axes.axvline(1, color=GREY, linewidth=0.8)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * (value - 1):+.0f} %" if abs(value - 1) > 1e-9 else "A's median")
    axes.set_xlabel("time of one inference against A's median; further right is slower")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    for place in range(len(rows) - 1):
        axes.axhline(place + 0.5, color="#d8dbe0", linewidth=0.6)
    kind = {"phone": "", "virtual": " (virtual: times of a computer)", "host": " (this computer)"}[comparison.b.phone.kind]
    title = f"{comparison.b.app.name} on {phone_name(comparison.b)}{kind}: {comparison.comparability.word}"
    figure.suptitle(_plain(title), fontsize=12, x=0.01, ha="left")
    _legend(axes)
    return figure


def _draw_row(axes: Axes, place: int, row: RowComparison, reach: float) -> None:
    center = row.a.median or 1.0
    for side, color, top in ((row.a, A_COLOR, place - 0.4), (row.b, B_COLOR, place + 0.04)):
        _dots(axes, side, center, color, top, reach)
        if side.median is not None:
            x = _within(np.asarray([side.median / center]), reach)
            axes.plot([x[0], x[0]], [top, top + 0.36], color="black", linewidth=1.6, zorder=3)
    if row.change:
        color = COLORS.get(row.word, GREY)
        ends = _within(np.asarray([1 + row.change.low, 1 + row.change.high]), reach)
        axes.fill_betweenx([place + 0.04, place + 0.4], ends[0], ends[1], color=color, alpha=0.25, linewidth=0, zorder=2)
    text = f"{100 * row.change.share:+.1f} %  {row.word}" if row.change else row.word
    weight = "bold" if row.word in COLORS else "normal"
    axes.annotate(
        text, (1.01, place), xycoords=("axes fraction", "data"), va="center", fontsize=9, color=COLORS.get(row.word, GREY),
        fontweight=weight,
    )  # fmt: skip


def _dots(axes: Axes, side: Side, center: float, color: str, top: float, reach: float) -> None:
    """Each start on a line of its own; what lies beyond the axis is a triangle at its end."""
    filled = [times for times in side.times if times]
    most = max(1, MOST_DOTS // max(1, len(filled)))
    for line, times in enumerate(filled):
        shown = np.asarray(times)[np.linspace(0, len(times) - 1, min(len(times), most)).astype(int)] / center
        y = np.full(len(shown), top + 0.36 * (line + 0.5) / len(filled))
        x = _within(shown, reach)
        for marker, which in ((".", x == shown), (">", x < shown), ("<", x > shown)):
            axes.plot(x[which], y[which], marker, color=color, markersize=3.5, markeredgewidth=0, alpha=0.7, clip_on=False)


def _reach(rows: list[RowComparison]) -> float:
    """So that nearly all runs and all intervals are within it."""
    furthest = [NARROWEST]
    for row in rows:
        center = row.a.median or 1.0
        for side in (row.a, row.b):
            times = np.asarray([time for start in side.times for time in start])
            if len(times):
                furthest.append(float(np.abs(np.quantile(times, (0.01, 0.97)) / center - 1).max()))
            elif side.median is not None:
                furthest.append(1.2 * abs(side.median / center - 1))
    return min(WIDEST, 1.1 * max(furthest))


def _within(values: Floats, reach: float) -> Floats:
    inside: Floats = np.clip(values, 1 - min(reach, 0.9), 1 + reach)
    return inside


def _legend(axes: Axes) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Line2D([], [], color=A_COLOR, marker="o", linestyle="", markersize=4, label="A, a run"),
        Line2D([], [], color=B_COLOR, marker="o", linestyle="", markersize=4, label="B, a run"),
        Line2D([], [], color="black", marker="|", linestyle="", markersize=9, label="median"),
        Patch(color=GREY, alpha=0.25, label="where B lies, with the noise"),
    ]
    axes.legend(handles=handles, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, fontsize=8, frameon=False)


def _plain(text: str) -> str:
    """Matplotlib reads dollar signs as mathematics."""
    return text.replace("$", r"\$")
