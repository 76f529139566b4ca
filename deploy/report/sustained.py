"""How the speed falls while a phone works without a pause and heats up."""

from __future__ import annotations

from itertools import pairwise

from appspec.benchmark_run import BenchmarkRun, Sustained
from deploy.benchmark.sustained_plot import fall
from deploy.report.words import KINDS, milliseconds, moment, phone_name, processor
from pages.line_chart import Curve, line_chart
from pages.page import Section

SAME = 0.02
"""A change of the time that is none."""


def sustained_section(run: BenchmarkRun) -> Section:
    """A chart for each row that ran."""
    ran = [one for one in run.sustained if one.moments]
    text = [_words(one) for one in ran]
    text += [f"{_name(one)} ended early: {one.error.message}" for one in run.sustained if one.error]
    charts = [
        line_chart(
            f"{_name(one)} on {phone_name(run.phone)}, ms of one inference",
            [Curve(_name(one), [(second.at_s / 60, second.ms) for second in one.moments], KINDS[one.delegate])],
            "minutes",
            [(after.at_s / 60, f"{after.thermal}") for before, after in pairwise(one.moments) if after.thermal != before.thermal],
            from_zero=True,
            note="Dashed: the phone's thermal status changes." if any(second.thermal for second in one.moments) else "",
        )
        for one in ran
    ]
    return Section(f"Without a pause, {moment(run.started_at)}", text, charts=charts)


def _name(one: Sustained) -> str:
    return f"{one.model} · {one.variant} · {processor(one.delegate, one.threads)}"


def _words(one: Sustained) -> str:
    ends, minutes = fall(one), one.moments[-1].at_s / 60
    if ends is None:
        return f"{_name(one)}: too short to tell ({minutes:.1f} minutes)."
    first, last = ends
    degrees = [second.temperature_c for second in one.moments if second.temperature_c is not None]
    heat = f"; the battery went from {degrees[0]:.0f} to {degrees[-1]:.0f} °C" if degrees else ""
    change = last / first - 1 if first else 0.0
    words = (
        f"{abs(change):.0%} {'slower' if change > 0 else 'faster'} at the end" if abs(change) >= SAME else "no slower at the end"
    )
    return f"{_name(one)}: {milliseconds(first)} at first, {milliseconds(last)} after {minutes:.0f} minutes, {words}{heat}."
