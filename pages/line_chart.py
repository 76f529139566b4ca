"""Curves over a number: losses over epochs, times over minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pages.chart import ACROSS, Chart, axis_below, dots, frame, line, number, stretched, ticks, words

HEIGHT, TOP, FOOT = 190, 18, 20
"""Pixels: of the curves, above and below them."""

FEW = 60
"""A curve of no more points than this shows them as dots."""


@dataclass(frozen=True)
class Curve:
    """A curve; `kind` is the class of its colour, see the page's style."""

    name: str
    points: Sequence[tuple[float, float]]
    kind: str


def line_chart(
    title: str,
    curves: Sequence[Curve],
    across: str,
    marks: Sequence[tuple[float, str]] = (),
    from_zero: bool = False,
    whole: bool = False,
    note: str = "",
) -> Chart:
    """The chart, with a legend where there are several curves.

    Args:
        across: what the axis below is.
        marks: places on it where something happened, and what.
        from_zero: the upright axis begins at 0.
        whole: the axis below counts something.
    """
    xs = [x for curve in curves for x, _ in curve.points]
    ys = [y for curve in curves for _, y in curve.points]
    left, right = min(xs), max(xs)
    if right == left:
        left, right = left - 0.5, right + 0.5
    low, high = (0.0 if from_zero else min(ys)), max(ys)
    room = 0.06 * (high - low) or abs(high) or 1.0
    low, high = (low if from_zero else low - room), high + room

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return ACROSS * (point[0] - left) / (right - left), HEIGHT * (high - point[1]) / (high - low)

    content = axis_below(left, right, TOP, TOP + HEIGHT, across, whole)
    for value in ticks(low, high, 4):
        y = TOP + HEIGHT * (high - value) / (high - low)
        content += line(0, y, 100, y, "rule")
    for x, text in marks:
        at = 100 * (x - left) / (right - left)
        content += line(at, TOP, at, TOP + HEIGHT, "goal")
        content += words(text, at, TOP - 5, "tick", "end" if at > 60 else "start")
    inner = Markup("")
    for curve in curves:
        placed = [place(point) for point in curve.points]
        inner += Markup('<path class="curve {}" d="M{}"/>').format(curve.kind, "L".join(f"{x:.1f} {y:.1f}" for x, y in placed))
        inner += dots(placed, f"points {curve.kind}") if len(placed) <= FEW else Markup("")
    content += stretched(TOP, HEIGHT, inner)
    for value in ticks(low, high, 4):
        content += words(number(value), 0, TOP + HEIGHT * (high - value) / (high - low) - 4, "tick halo")
    label = f"{title}. " + "; ".join(_told(curve) for curve in curves)
    legend = [(curve.kind, curve.name) for curve in curves] if len(curves) > 1 else []
    return Chart(title, frame(TOP + HEIGHT + FOOT, label, content), legend, note)


def _told(curve: Curve) -> str:
    (_, first), (_, last) = curve.points[0], curve.points[-1]
    least, most = (pick(y for _, y in curve.points) for pick in (min, max))
    return f"{curve.name}: from {first:.4g} to {last:.4g}, least {least:.4g}, most {most:.4g}"
