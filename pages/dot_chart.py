"""Dots on a line for each row: every single value, their median and its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pages.chart import ACROSS, Chart, axis_below, dots, frame, line, stretched, words

LABEL, BAND, GAP, FOOT = 18, 22, 10, 20
"""Pixels: a row's words, its dots, what lies between rows, the axis."""

ROOM = 1.06
"""The axis' end over the largest value that it must hold."""

FAR = 1.5
"""Values beyond the axis are told in words where they are this many times farther than its end would be without them."""

MOST, WIDE = 0.97, 3.0
"""The axis holds this share of each row's values, but no more than so many times its median."""

MANY = 1000
"""Of more values than this in a row, those that fall on the same place are drawn once: nobody could tell them apart."""

SPREAD = 0.618034
"""The golden ratio's part: dots that follow each other lie far apart, without chance."""


@dataclass(frozen=True)
class DotRow:
    """A row.

    Attributes:
        groups: values of each group, which lie in a lane each.
        median, interval: of all of them, and the ends of the median's; None where they are not known.
        words: at its right end.
        kind: class of the colour, see the page's style.
    """

    label: str
    groups: Sequence[Sequence[float]]
    median: float | None
    interval: tuple[float, float] | None
    words: str
    kind: str

    @property
    def values(self) -> list[float]:
        """Of all groups."""
        return [value for group in self.groups for value in group]


def dot_chart(
    title: str,
    rows: Sequence[DotRow],
    unit: str,
    legend: Sequence[tuple[str, str]] = (),
    note: str = "",
    goal: float | None = None,
) -> Chart:
    """The chart; its axis begins at 0, so that lengths can be compared.

    Args:
        goal: a value that the rows are held against: a line from top to bottom.
    """
    end = _axis_end(rows)
    step = LABEL + BAND + GAP
    foot = step * len(rows)
    content = axis_below(0, end, 4, foot, unit)
    if goal is not None:
        content += line(100 * goal / end, 4, 100 * goal / end, foot, "goal")
    for i, row in enumerate(rows):
        content += _row(row, i * step, end)
    label = f"{title}. " + "; ".join(f"{row.label}: {row.words}" for row in rows)
    return Chart(title, frame(foot + FOOT, label, content), legend, note)


def _axis_end(rows: Sequence[DotRow]) -> float:
    """Up to the largest value, or up to most of them where some lie far away."""
    needed = max([*map(_most, rows), *(row.interval[1] for row in rows if row.interval)])
    largest = max([needed, *(value for row in rows for value in row.values)])
    return ROOM * (largest if largest <= FAR * needed else needed) or 1.0


def _most(row: DotRow) -> float:
    """What nearly all values of a row lie below, as far as its median can still be told from 0 beside it."""
    middle = row.median or 0.0
    ordered = sorted(row.values)
    most = ordered[int(MOST * (len(ordered) - 1))] if ordered else middle
    return max(middle, min(most, WIDE * middle))


def _row(row: DotRow, top: float, end: float) -> Markup:
    content = Markup("")
    band = top + LABEL
    if row.interval is not None:
        low, high = row.interval
        content += Markup('<rect class="interval {}" x="{:.2f}%" y="{}" width="{:.2f}%" height="{}" rx="2"/>').format(
            row.kind, 100 * low / end, band, 100 * (high - low) / end, BAND
        )
    lane = BAND / max(1, len(row.groups))
    points = [
        (ACROSS * value / end, lane * (g + 0.15 + 0.7 * (i * SPREAD % 1)))
        for g, group in enumerate(row.groups)
        for i, value in enumerate(group)
        if value <= end
    ]
    if len(points) > MANY:
        points = list(dict.fromkeys((round(x), round(y)) for x, y in points))
    content += stretched(band, BAND, dots(points, f"dots {row.kind}"))
    if row.median is not None:
        content += line(100 * row.median / end, band - 2, 100 * row.median / end, band + BAND + 2, f"median {row.kind}")
    beyond = [value for value in row.values if value > end]
    if beyond:
        text = f"{len(beyond)} beyond, up to {max(beyond):.3g} →"
        content += words(text, 100, band + BAND / 2 + 4, "beyond", "end")
    return content + words(row.label, 0, top + 13, "label") + words(row.words, 100, top + 13, "value", "end")
