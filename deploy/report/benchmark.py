"""A run on a phone as a section of the page: every single time as a dot, tables of the same, what was measured and how."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from appspec.benchmark_run import BenchmarkRun, Condition
from appspec.words import byte_words, counted
from deploy.benchmark.unmeasured import unmeasured
from deploy.report.operations import operation_sections
from deploy.report.row import ReportRow, fastest, report_rows
from deploy.report.words import DELEGATES, KINDS, digits, mark, milliseconds, moment, phone_name, who_measured
from pages.cells import marked
from pages.chart import Chart
from pages.dot_chart import DotRow, dot_chart
from pages.page import Section

TIMES = ("", "median", "95 % interval", "p5 to p95", "whole frame", "starts × runs")
STARTS = (
    "",
    "ready, cold",
    "ready, warm",
    "first run",
    "peak memory",
    "answers differ from the CPU's",
    "nodes delegated",
    "partitions",
)
NO_PHONE = "No phone took these times: they are this computer's, and say nothing of how fast a phone is."
DOTS = "A dot is one run, a band of them one start; the line is the median, the field its 95 % interval."


def run_section(run: BenchmarkRun, sentence: str, notes: Sequence[str] = (), since: Sequence[Section] = ()) -> Section:
    """All of a run.

    Args:
        sentence: what it says to the study's question.
        notes: what to know before reading it.
        since: how it differs from the run before, and what else the phone measured.
    """
    rows = report_rows(run)
    left = unmeasured(run)
    parts = list(since)
    measured = [row for row in rows if row.median_ms is not None]
    failed = [row for row in rows if row.summary.error]
    if measured:
        parts.append(Section("Getting ready, memory, answers", columns=STARTS, rows=[_start_cells(row, run) for row in measured]))
    if failed:
        columns = ("", "what went wrong")
        parts.append(Section("Not measured", columns=columns, rows=[(_row_name(row, run), row.summary.error) for row in failed]))
    parts += operation_sections(rows, phone_name(run.phone))
    return Section(
        f"{phone_name(run.phone)[:1].upper()}{phone_name(run.phone)[1:]}",
        [*facts(run), *([NO_PHONE] if mark(run.phone) else []), *([f"Never started: {left}."] if left else []), *notes],
        findings=[("Does acceleration help?", sentence)] if sentence else [],
        charts=[_chart(name, list(group), run) for name, group in groupby(measured, key=lambda row: row.model)],
        columns=TIMES,
        rows=[_time_cells(row, run) for row in measured],
        sections=parts,
    )


def facts(run: BenchmarkRun) -> list[str]:
    """What measured, when, and how."""
    phone, settings = run.phone, run.settings
    system = f"Android {phone.android}" if phone.android else ""
    parts = [system, phone.soc, phone.gpu, counted(phone.cores, "core"), run.runtime, f"measured by {who_measured(run)}"]
    ends = {"precise": "until every row was precise enough", "time": "until the time was up", "stopped": "stopped by hand", "phone lost": "until the phone was lost"}  # fmt: skip
    when = f"{moment(run.started_at)}, {run.seconds / 60:.1f} minutes, {ends[run.ended]}; "
    when += f"{counted(settings.warmup_runs, 'warm-up run')} and {settings.num_runs} measured ones a start; {_heat(run)}"
    return [" · ".join(filter(None, parts)), when]


def _heat(run: BenchmarkRun) -> str:
    conditions = [one for row in run.measurements for start in row.starts for one in (start.before, start.after)]
    states = list(dict.fromkeys(one.thermal for one in conditions if one.thermal))
    degrees = [one.battery.temperature_c for one in conditions if one.battery and one.battery.temperature_c is not None]
    words = f"thermal status {', '.join(states)}" if states else "thermal status not told"
    if degrees:
        low, high = f"{min(degrees):.0f}", f"{max(degrees):.0f}"
        words += f", battery at {low}{f' to {high}' if high != low else ''} °C"
    return words + (", charging" if any(map(_charges, conditions)) else "")


def _charges(condition: Condition) -> bool:
    return bool(condition.battery and condition.battery.charging)


def _chart(model: str, rows: Sequence[ReportRow], run: BenchmarkRun) -> Chart:
    best_cpu = fastest([row for row in rows if row.delegate == "cpu"])
    best = fastest(rows)
    drawn = [
        DotRow(
            row.name,
            row.groups,
            row.median_ms,
            row.interval,
            _value(row) + (" · fastest" if row is best and len(rows) > 1 else ""),
            KINDS[row.delegate],
        )
        for row in rows
    ]
    delegates = list(dict.fromkeys(row.delegate for row in rows))
    note = DOTS
    goal = None
    if best_cpu is not None and len(delegates) > 1:
        note += f" Dashed: the fastest CPU row ({best_cpu.name})."
        goal = best_cpu.median_ms
    legend = [(KINDS[one], DELEGATES[one]) for one in delegates]
    return dot_chart(f"{model} on {phone_name(run.phone)}, ms of one inference", drawn, "ms", legend, note, goal)


def _value(row: ReportRow) -> str:
    assert row.median_ms is not None
    words = milliseconds(row.median_ms)
    return f"{'≈ ' if 'rounded' in row.told else ''}{words}{' (mean)' if 'mean' in row.told else ''}"


def _row_name(row: ReportRow, run: BenchmarkRun) -> Markup:
    return marked(f"{row.model} · {row.name}", mark(run.phone))


def _time_cells(row: ReportRow, run: BenchmarkRun) -> tuple[object, ...]:
    summary, runs = row.summary, sum(map(len, row.groups))
    return (
        _row_name(row, run),
        _value(row),
        f"{digits(row.interval[0])} to {digits(row.interval[1])}" if row.interval else "too few starts",
        "" if math.isnan(summary.p5) else f"{digits(summary.p5)} to {digits(summary.p95)}",
        "" if math.isnan(summary.frame) else milliseconds(summary.frame),
        f"{len(row.groups)} × {round(runs / len(row.groups))}" if runs else "a summary only",
    )


def _start_cells(row: ReportRow, run: BenchmarkRun) -> tuple[object, ...]:
    def time(value: float | None) -> str:
        return "" if value is None else milliseconds(value)

    return (
        _row_name(row, run),
        time(row.cold_init_ms),
        time(row.warm_init_ms),
        time(row.first_ms),
        "" if row.peak_bytes is None else byte_words(row.peak_bytes),
        _difference(row),
        f"{row.nodes.delegated} of {row.nodes.total}" if row.nodes else "",
        row.nodes.partitions if row.nodes else "",
    )


def _difference(row: ReportRow) -> object:
    if row.summary.difference is None:
        return ""
    words = f"{100 * row.summary.difference:.2f} %"
    return words if row.summary.agrees else marked(words, "wrong answers")
