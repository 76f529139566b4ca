"""What charts share: their frame, axes with round numbers, colours that follow the page's theme.

A chart is an SVG as wide as its column: places across are percentages, places down and letters are pixels, so that letters are as
large on a phone as on a wide screen. Curves and dots lie in an inner SVG that is stretched, with strokes that are not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

ACROSS = 1000
"""Units of the inner SVG from left to right."""


@dataclass(frozen=True)
class Chart:
    """A drawn chart.

    Attributes:
        legend: (colour's class, words) pairs.
    """

    title: str
    svg: Markup
    legend: Sequence[tuple[str, str]] = ()
    note: str = ""


def frame(height: float, label: str, content: Markup) -> Markup:
    """The chart itself.

    Args:
        height: pixels.
        label: what it shows, for those who don't see it.
    """
    head = Markup('<svg class="plot" width="100%" height="{:.0f}" role="img" aria-label="{}">').format(height, label)
    return head + content + Markup("</svg>")


def stretched(top: float, height: float, content: Markup) -> Markup:
    """The inner SVG: ACROSS units wide, `height` pixels and units high."""
    head = Markup(
        '<svg x="0" y="{:.0f}" width="100%" height="{:.0f}" viewBox="0 0 {} {:.0f}" preserveAspectRatio="none">'
    ).format(top, height, ACROSS, height)
    return head + content + Markup("</svg>")


def dots(points: Sequence[tuple[float, float]], kind: str) -> Markup:
    """Round dots in the inner SVG, however it is stretched: ends of lines without a length."""
    return Markup('<path class="{}" d="{}"/>').format(kind, "".join(f"M{round(x, 1):g} {round(y, 1):g}h.01" for x, y in points))


def words(text: str, x: float, y: float, kind: str = "", anchor: str = "start") -> Markup:
    """Text in the chart.

    Args:
        x: percent.
        y: pixels, of its base line.
    """
    return Markup('<text class="{}" x="{:.2f}%" y="{:.1f}" text-anchor="{}">{}</text>').format(kind, x, y, anchor, text)


def line(x0: float, y0: float, x1: float, y1: float, kind: str) -> Markup:
    """A straight line; across in percent, down in pixels."""
    return Markup('<line class="{}" x1="{:.2f}%" y1="{:.1f}" x2="{:.2f}%" y2="{:.1f}"/>').format(kind, x0, y0, x1, y1)


def axis_below(low: float, high: float, top: float, foot: float, unit: str, whole: bool = False) -> Markup:
    """Lines down the chart at round numbers, which stand under them.

    Args:
        foot: where the lines end, pixels; numbers take 16 more.
        whole: no number has a fraction.
    """
    content, places = Markup(""), ticks(low, high, 5, whole)
    for i, value in enumerate(places):
        x = 100 * (value - low) / (high - low)
        is_last = i == len(places) - 1
        anchor = "start" if x < 3 else "end" if x > 94 or (is_last and x > 88) else "middle"
        content += line(x, top, x, foot, "rule")
        content += words(number(value) + (f" {unit}" if is_last else ""), x, foot + 14, "tick", anchor)
    return content


def ticks(low: float, high: float, most: int, whole: bool = False) -> list[float]:
    """At most `most` + 1 round numbers from `low` to `high`; `whole` ones have no fraction."""
    span = high - low
    if span <= 0:
        return [low]
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw))
    steps = [factor * power for factor in (1, 2, 2.5, 5, 10)]
    if whole:
        steps = [1.0, *(step for step in steps if step.is_integer())]
    step = next(step for step in steps if step >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 12) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def number(value: float) -> str:
    """A tick's number, without noughts that say nothing."""
    return f"{value:.6g}".replace("-", "−")
