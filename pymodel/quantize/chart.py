"""Quantizations of a model as a picture: size, instructions, time, and what is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pymodel.quantize.study import Studied, Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DARK, LIGHT, GREY = "#2b6cb0", "#9cc3ea", "#8a8f98"
CUT_AT = 3.0
"""Times the float32 variant's: a longer bar is cut off, with its figure beside it, so that the others can be compared."""


@dataclass(frozen=True)
class Bar:
    """One mode's row.

    Attributes:
        host_ms: by threads.
        instructions: by core.
    """

    mode: Studied
    host_ms: Mapping[int, float]
    instructions: Mapping[str, int]


def quantization_figure(study: Study, bars: Sequence[Bar]) -> Figure:
    """One row a mode, a column a question; shorter is better in all of them."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(14, 1.7 + 0.55 * len(bars)), layout="constrained")
    columns = list(figure.subplots(1, 4, sharey=True))
    sizes = [{"file": bar.mode.size_bytes / 1000} for bar in bars]
    _bars(columns[0], sizes, "KB", lambda value, first: f"{value:.0f} ({value / first:.2f})", (DARK,))
    counts = [{name: count / 1e6 for name, count in bar.instructions.items()} for bar in bars]
    _bars(columns[1], counts, "M ARM64 instructions", lambda value, _: f"{value:.3g}")
    times = [{f"{count} thread{'s' * (count > 1)}": ms for count, ms in bar.host_ms.items()} for bar in bars]
    _bars(columns[2], times, "ms on this machine", lambda value, _: f"{value:.3g}")
    if study.metric:
        _losses(columns[3], bars, study.metric)
    else:
        apart = [{"largest": bar.mode.largest or 0.0, "mean": bar.mode.mean or 0.0} for bar in bars]
        _bars(columns[3], apart, "difference to the source / range", lambda value, _: f"{value:.1e}", cut=False)
    columns[0].set_yticks(range(len(bars)), [_label(bar.mode) for bar in bars])
    columns[0].set_ylim(len(bars) - 0.4, -0.6)
    figure.suptitle(f"{study.name}: quantizations; shorter is better", fontsize=12, x=0.01, ha="left")
    return figure


def _label(mode: Studied) -> str:
    return mode.quantization + (f"\n{len(mode.float_layers)} layers in floats" if mode.float_layers else "")


def _bars(
    axes: Axes,
    rows: Sequence[Mapping[str, float]],
    title: str,
    words: object,
    colors: Sequence[str] = (DARK, LIGHT),
    cut: bool = True,
) -> None:
    """Groups of bars, one a name; long ones are cut off at CUT_AT of the first row's longest."""
    assert callable(words)
    _plain(axes, title)
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names:
        axes.text(0.5, 0.5, "not counted here", transform=axes.transAxes, ha="center", color=GREY)
        axes.set_xticks([])
        return
    first = max(rows[0].values(), default=0.0)
    longest = max(value for row in rows for value in row.values())
    limit = (min(longest, CUT_AT * first) if cut and first else longest) or 1.0  # no difference at all has no length
    height = 0.72 / len(names)
    for k, (name, color) in enumerate(zip(names, colors, strict=False)):
        for i, row in enumerate(rows):
            if name not in row:
                continue
            place = i + (k - (len(names) - 1) / 2) * height
            is_cut = row[name] > limit * 1.0001
            label = name if i == next(j for j, other in enumerate(rows) if name in other) else None
            axes.barh(
                place,
                min(row[name], limit),
                height * 0.9,
                color=color,
                label=label,
                hatch="//" if is_cut else None,
                ec="white",
                lw=0,
            )
            text = words(row[name], rows[0].get(name, 1.0)) + (" →" if is_cut else "")
            axes.text(min(row[name], limit) + limit * 0.02, place, text, va="center", fontsize=8)
    axes.set_xlim(0, limit * 1.35)
    if len(names) > 1:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=2, frameon=False, fontsize=8)


def _losses(axes: Axes, bars: Sequence[Bar], metric: str) -> None:
    """Points with their confidence intervals, in percent of the metric."""
    _plain(axes, f"% of {metric} lost (95 % interval)")
    axes.axvline(0, color=GREY, lw=0.8)
    for i, bar in enumerate(bars):
        loss = bar.mode.loss
        if loss is None:
            continue
        low, value, high = (100 * part for part in (loss.low, loss.value, loss.high))
        axes.plot([low, high], [i, i], color=LIGHT, lw=5, solid_capstyle="round")
        axes.plot([value], [i], "o", color=DARK, ms=6)
        axes.text(
            value, i - 0.2, f"{value:+.2f}", ha="center", va="bottom", fontsize=8, bbox={"fc": "white", "ec": "none", "pad": 1}
        )
    axes.margins(x=0.15)


def _plain(axes: Axes, title: str) -> None:
    axes.set_title(title, fontsize=10)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0, labelsize=9)
    axes.tick_params(axis="x", labelsize=8)
    axes.locator_params(axis="x", nbins=5)
    axes.grid(axis="x", alpha=0.25)
    axes.set_axisbelow(True)
