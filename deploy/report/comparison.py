"""A run against the one before it on the same phone: what changed, as far as the noise allows to say."""

from __future__ import annotations

from appspec.benchmark_run import BenchmarkRun
from appspec.errors import KitError
from deploy.benchmark.comparison.compare import compare_runs
from deploy.benchmark.comparison.types import Change, Comparison, RowComparison, RowKey
from deploy.report.words import digits, mark, milliseconds, moment, phone_name, processor
from pages.cells import marked
from pages.interval_chart import Interval, interval_chart
from pages.page import Section

COLUMNS = ("", "before", "now", "change", "would have been seen from")
OTHERS = {
    "inference": "inference",
    "frame": "whole frame",
    "init": "getting ready",
    "first": "first run",
    "memory": "peak memory",
}
KINDS = {"faster": "c4", "slower": "c2"}


def comparison_section(before: BenchmarkRun, now: BenchmarkRun) -> Section:
    """Every row that both have."""
    title = f"Since the run before, on {phone_name(now.phone)}"
    try:
        compared = compare_runs(before, now)
    except KitError as error:
        return Section(title, [f"They can't be compared: {error.what}. {error.why}."])
    rows = [_cells(row, mark(now.phone)) for row in compared.inference]
    changed = [row for row in compared.inference if row.change]
    charts = []
    if changed:
        intervals = [_interval(row, row.change) for row in changed if row.change]
        legend = [(kind, word) for word, kind in KINDS.items() if any(row.word == word for row in changed)]
        legend += [("c0", "no difference seen")] if any(row.word not in KINDS for row in changed) else []
        note = "Change of an inference's time; the field is its interval. All of them hold together in 96 of 100 such charts."
        charts.append(interval_chart(f"Change on {phone_name(now.phone)}, % of the time before", intervals, legend, note))
    return Section(title, _text(compared), charts=charts, columns=COLUMNS, rows=rows, sections=_others(compared, mark(now.phone)))


def _name(key: RowKey) -> str:
    return f"{key.model} · {key.variant} · {processor(key.delegate, key.threads)}{f', {key.cache}' if key.cache else ''}"


def _text(compared: Comparison) -> list[str]:
    found = [
        f"The run of {moment(compared.a.started_at)} against that of {moment(compared.b.started_at)}: {compared.comparability}."
    ]
    if compared.comparability.subject:
        found.append(f"Changed between them: {', '.join(compared.comparability.subject)}.")
    slower, faster = ([row for row in compared.inference if row.word == word] for word in ("slower", "faster"))
    if compared.comparability.word != "not comparable":
        found.append(f"Of {len(compared.inference)} rows {len(slower)} are slower and {len(faster)} faster than before.")
    only = [f"{_name(key)}, before only" for key in compared.only_a] + [f"{_name(key)}, now only" for key in compared.only_b]
    return [*found, *([f"In one of them alone: {'; '.join(only)}."] if only else [])]


def _cells(row: RowComparison, phone: str) -> tuple[object, ...]:
    change = row.change
    return (
        marked(_name(row.key), phone),
        "" if row.a.median is None else milliseconds(row.a.median),
        "" if row.b.median is None else milliseconds(row.b.median),
        row.note or row.word if change is None else f"{_words(row, change)}{f'; {row.note}' if row.note else ''}",
        "" if change is None else f"{digits(100 * change.visible)} %",
    )


def _words(row: RowComparison, change: Change) -> str:
    if row.word not in KINDS and row.word not in ("less", "more"):
        return row.word
    return f"{abs(100 * change.share):.1f} % {row.word} ({100 * change.low:+.1f} to {100 * change.high:+.1f} %)".replace("-", "−")


def _interval(row: RowComparison, change: Change) -> Interval:
    low, value, high = (100 * share for share in (change.low, change.share, change.high))
    words = f"{abs(value):.1f} % {row.word}" if row.word in KINDS else row.word
    return Interval(_name(row.key), low, value, high, words, KINDS.get(row.word, "c0"))


def _others(compared: Comparison, phone: str) -> list[Section]:
    """Other quantities, where they differ."""
    rows = [
        (marked(f"{_name(row.key)}, {OTHERS[row.quantity]}", phone), _words(row, row.change))
        for row in compared.others
        if row.change and row.word not in ("no difference seen", "can't be told")
    ]
    return [Section("What else changed", columns=("", "change"), rows=rows)] if rows else []
