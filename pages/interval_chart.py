"""Changes and their intervals on both sides of none, one row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pages.chart import Chart, axis_below, frame, line, words

LABEL, BAND, GAP, FOOT = 18, 12, 8, 20
"""Pixels: a row's words, its interval, what lies between rows, the axis."""

LEAST = 10.0
"""The axis reaches at least so far on both sides, percent."""


@dataclass(frozen=True)
class Interval:
    """A row: percent; `words` stand at its right end, `kind` is the class of its colour."""

    label: str
    low: float
    value: float
    high: float
    words: str
    kind: str


def interval_chart(title: str, rows: Sequence[Interval], legend: Sequence[tuple[str, str]] = (), note: str = "") -> Chart:
    """The chart; what reaches beyond the axis is cut off there, its words tell it."""
    reach = 1.1 * max([LEAST, *(abs(row.value) for row in rows)])
    far = max([reach, *(abs(end) for row in rows for end in (row.low, row.high))])
    end = far if far <= 2 * reach else 2 * reach
    step = LABEL + BAND + GAP
    foot = step * len(rows)

    def across(percent: float) -> float:
        return 50 + 50 * min(max(percent / end, -1.0), 1.0)

    content = axis_below(-end, end, 4, foot, "%") + line(50, 4, 50, foot, "zero")
    for i, row in enumerate(rows):
        top = i * step
        middle = top + LABEL + BAND / 2
        content += Markup('<rect class="interval {}" x="{:.2f}%" y="{}" width="{:.2f}%" height="{}" rx="2"/>').format(
            row.kind, across(row.low), top + LABEL, max(0.3, across(row.high) - across(row.low)), BAND
        )
        content += line(across(row.value), middle - BAND / 2 - 2, across(row.value), middle + BAND / 2 + 2, f"median {row.kind}")
        content += words(row.label, 0, top + 13, "label") + words(row.words, 100, top + 13, "value", "end")
    label = f"{title}. " + "; ".join(f"{row.label}: {row.words}" for row in rows)
    return Chart(title, frame(foot + FOOT, label, content), legend, note)
