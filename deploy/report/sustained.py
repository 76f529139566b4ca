"""How the speed falls while a phone works without a pause and heats up."""

from __future__ import annotations

from itertools import pairwise

from appspec.benchmark_run import BenchmarkRun, Sustained
from deploy.benchmark.sustained_plot import fall
from deploy.report.words import KINDS, milliseconds, moment, phone_name, processor
from pages.chart import Chart
from pages.line_chart import Curve, line_chart
from pages.page import Section

LONG_S = 120
"""From here on time is told in minutes."""

SAME = 0.02
"""A change of the time that is none."""


def sustained_section(run: BenchmarkRun) -> Section:
    """A chart for each row that ran."""
    ran = [one for one in run.sustained if one.moments]
    text = [_words(one) for one in ran]
    text += [f"{_name(one)} ended early: {one.error.message}" for one in run.sustained if one.error]
    charts = [_chart(one, phone_name(run.phone)) for one in ran]
    return Section(f"Without a pause, {moment(run.started_at)}", text, charts=charts)


def _chart(one: Sustained, phone: str) -> Chart:
    unit, seconds = _unit(one)
    heat = [
        (after.at_s / seconds, str(after.thermal)) for before, after in pairwise(one.moments) if after.thermal != before.thermal
    ]
    curve = Curve(_name(one), [(second.at_s / seconds, second.ms) for second in one.moments], KINDS[one.delegate])
    note = "Dashed: the phone's thermal status changes." if heat else ""
    return line_chart(f"{_name(one)} on {phone}, ms of one inference", [curve], unit, heat, from_zero=True, note=note)


def _unit(one: Sustained) -> tuple[str, int]:
    """What its time is told in, and how many seconds that is."""
    return ("minutes", 60) if one.moments[-1].at_s >= LONG_S else ("seconds", 1)


def _name(one: Sustained) -> str:
    return f"{one.model} · {one.variant} · {processor(one.delegate, one.threads)}"


def _words(one: Sustained) -> str:
    ends, (unit, seconds) = fall(one), _unit(one)
    length = f"{one.moments[-1].at_s / seconds:.0f} {unit}"
    if ends is None:
        return f"{_name(one)}: too short to tell ({length})."
    first, last = ends
    degrees = [second.temperature_c for second in one.moments if second.temperature_c is not None]
    ends_c = [f"{degrees[0]:.0f}", f"{degrees[-1]:.0f}"] if degrees else []
    heat = f"; the battery went from {' to '.join(ends_c)} °C" if len(set(ends_c)) == 2 else ""
    change = last / first - 1 if first else 0.0
    words = (
        f"{abs(change):.0%} {'slower' if change > 0 else 'faster'} at the end" if abs(change) >= SAME else "no slower at the end"
    )
    return f"{_name(one)}: {milliseconds(first)} at first, {milliseconds(last)} after {length}, {words}{heat}."
