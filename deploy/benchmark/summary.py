"""A run in the numbers that people look at: one row a file and processor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from appspec.across_starts import across_starts
from appspec.benchmark_result import Nodes
from appspec.benchmark_run import BenchmarkRun, Measurement, Start
from appspec.distribution import distribution
from appspec.resolution import resolution
from appspec.start_times import start_times
from appspec.words import counted

ROW = ("model", "variant", "processor", "threads")
TIMES = (*ROW, "p5", "median", "p95", "sure", "frame")
"""Columns of the first table, milliseconds."""

STARTS = (*ROW, "init_ms", "first_ms", "peak_memory", "delegated", "difference")
"""Columns of the second one: together they are wider than most terminals."""

AGREES = 0.05
"""Share of the output's range: up to this it is rounding, beyond it the answer is wrong; as the app judges (Agreement.kt)."""


@dataclass(frozen=True)
class Summary:
    """A row's figures over all its starts without an error. Milliseconds; NaN where nothing is known.

    Attributes:
        sure: how far the true median may be, as a share of it: the 95 % interval across starts; infinite after too few of them.
        low, high: that interval. No interval is narrower than a step of the times to each side.
        step: of the times, as a share of the median: 0.001 ms that are told to 0.0001 ms are no closer than 10 %.
        error: what ended every start of the row, empty where one of them ended well.
    """

    model: str
    variant: str
    delegate: str
    threads: int
    p5: float
    median: float
    p95: float
    low: float
    high: float
    sure: float
    step: float
    frame: float
    difference: float | None
    error: str

    @property
    def key(self) -> str:
        """As the app and app.toml name the processor: cpu4, gpu."""
        return f"{self.delegate}{self.threads or ''}"

    @property
    def agrees(self) -> bool:
        """Whether it gives the CPU's answers."""
        return self.difference is None or self.difference <= AGREES


def summarize(measurement: Measurement) -> Summary:
    """Of all starts of a row."""
    good = [start for start in measurement.starts if start.error is None]
    across = across_starts([start_times(start) for start in good])
    runs = [ms for start in good for ms in start.runs_ms]
    step_ms = resolution(
        [ms for start in good for ms in start_times(start)], any(one.printed and one.printed.rounded for one in good)
    )
    p5, middle, p95 = _percentiles(runs, good)
    step = step_ms / middle if middle > 0 else math.inf
    frames = [ms for start in good for ms in start.frame_ms]
    differences = [start.difference_from_cpu for start in good if start.difference_from_cpu is not None]
    failure = measurement.starts[-1].error if not good and measurement.starts else None
    return Summary(
        model=measurement.model,
        variant=measurement.variant,
        delegate=measurement.delegate,
        threads=measurement.threads,
        p5=p5,
        median=middle,
        p95=p95,
        low=min(across.low, max(middle - step_ms, 0.0)),
        high=max(across.high, middle + step_ms),
        sure=max(across.precision, step),
        step=step,
        frame=median(frames) if frames else math.nan,
        difference=max(differences) if differences else None,
        error=f"{failure.stage}: {failure.message}" if failure is not None else "",
    )


def table_rows(run: BenchmarkRun) -> list[dict[str, object]]:
    """The rows of the table on the screen, fastest first in each model; figures of what is no phone say so."""
    paired = [(summarize(measurement), measurement) for measurement in run.measurements]
    names = [model.name for model in run.models]
    paired.sort(key=lambda pair: (names.index(pair[0].model), math.isnan(pair[0].median), pair[0].median))
    mark = "" if run.phone.kind == "phone" else f" ({run.phone.kind})"
    return [_row(summary, measurement, mark) for summary, measurement in paired]


def _row(summary: Summary, measurement: Measurement, mark: str) -> dict[str, object]:
    good = [start for start in measurement.starts if start.error is None]
    row: dict[str, object] = {
        "model": summary.model,
        "variant": summary.variant,
        "processor": summary.delegate + mark,
        "threads": summary.threads or "",
    }
    if summary.error:
        return {**row, "median": summary.error}
    nodes = next((start.nodes for start in reversed(good) if start.nodes is not None), None)
    peaks = [start.peak_bytes for start in good if start.peak_bytes is not None]
    return {
        **row,
        "init_ms": _cold_and_warm(good, "init_ms"),
        "first_ms": _cold_and_warm(good, "first_ms"),
        "p5": number(summary.p5),
        "median": number(summary.median),
        "p95": number(summary.p95),
        "sure": _sure(summary.sure) if math.isfinite(summary.sure) else counted(len(good), "start"),
        "frame": number(summary.frame),
        "peak_memory": f"{max(peaks) / 1e6:.0f} MB" if peaks else "",
        "delegated": _taken(nodes) if nodes is not None else "",
        "difference": f"{summary.difference:.2%}{'' if summary.agrees else ' WRONG'}" if summary.difference is not None else "",
    }


def _sure(share: float) -> str:
    """In percent; never ±0%, which nothing is."""
    return f"±{share:.0%}" if share >= 0.01 else f"±{max(100 * share, 0.01):.1g}%"


def _taken(nodes: Nodes) -> str:
    return f"{nodes.delegated} of {nodes.total}" + (f", {nodes.partitions} partitions" if nodes.partitions > 1 else "")


def number(value: float) -> str:
    """Three digits that count; empty for NaN."""
    if math.isnan(value):
        return ""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _percentiles(runs: Sequence[float], good: Sequence[Start]) -> tuple[float, float, float]:
    """From every single time, else from what a tool printed of them: the median of its starts."""
    if runs:
        found = distribution(runs)
        return found.p5, found.median, found.p95
    printed = [start.printed for start in good if start.printed is not None]

    def of(values: Sequence[float | None]) -> float:
        known = [value for value in values if value is not None]
        return median(known) if known else math.nan

    middle = of([one.median_ms if one.median_ms is not None else one.mean_ms for one in printed])
    return of([one.p5_ms for one in printed]), middle, of([one.p95_ms for one in printed])


def _cold_and_warm(starts: Sequence[Start], field: str) -> str:
    cells = []
    for cache in ("cold", "warm", None):
        values = [getattr(start, field) for start in starts if start.cache == cache and getattr(start, field) is not None]
        if values:
            cells.append(f"{number(median(values))}{f' {cache}' if cache else ''}")
    return ", ".join(cells)
