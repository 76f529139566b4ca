"""A benchmark's rows in numbers, as the page shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from appspec.benchmark_result import Nodes
from appspec.benchmark_run import BenchmarkRun, Delegate, Measurement, OperationTime, Start
from appspec.distribution import Distribution, distribution
from deploy.report.words import processor


@dataclass(frozen=True)
class ReportRow:
    """One file of a model on one processor.

    Attributes:
        groups: times of single runs, by start, in the order they were taken; empty where a tool told a summary only.
        spread: of all of them; None without.
        median_ms: of all runs; of a summary the median of what the starts told, their mean where they told no median.
        is_mean: median_ms is a mean.
        cold_init_ms, warm_init_ms: with the GPU's kernels to be compiled, or kept; of the CPU and where it isn't known: warm.
        failure: of the last start, where none measured anything.
    """

    model: str
    variant: str
    delegate: Delegate
    threads: int
    groups: Sequence[Sequence[float]]
    spread: Distribution | None
    median_ms: float | None
    is_mean: bool
    rounded: bool
    frame_ms: float | None
    cold_init_ms: float | None
    warm_init_ms: float | None
    first_ms: float | None
    peak_bytes: int | None
    difference: float | None
    nodes: Nodes | None
    operations: Sequence[OperationTime]
    failure: str

    @property
    def processor(self) -> str:
        """In words."""
        return processor(self.delegate, self.threads)

    @property
    def name(self) -> str:
        """Variant and processor."""
        return f"{self.variant} · {self.processor}"


def report_rows(run: BenchmarkRun) -> list[ReportRow]:
    """Of a run, fastest first; those that were not measured come last."""
    rows = [_row(one) for one in run.measurements]
    return sorted(rows, key=lambda row: (row.model, row.median_ms is None, row.median_ms or 0.0))


def fastest(rows: Sequence[ReportRow]) -> ReportRow | None:
    """Of one model's rows."""
    return min((row for row in rows if row.median_ms is not None), key=lambda row: row.median_ms or 0.0, default=None)


def _row(measurement: Measurement) -> ReportRow:
    starts = measurement.starts
    groups = [one.runs_ms for one in starts if one.runs_ms]
    spread = distribution([value for group in groups for value in group]) if groups else None
    told, is_mean = _printed(starts)
    failures = [one.error for one in starts if one.error]
    return ReportRow(
        measurement.model,
        measurement.variant,
        measurement.delegate,
        measurement.threads,
        groups,
        spread,
        spread.median if spread else told,
        spread is None and is_mean,
        spread is None and any(one.printed is not None and one.printed.rounded for one in starts),
        _middle([value for one in starts for value in one.frame_ms]),
        _typical(starts, lambda one: one.init_ms if one.cache == "cold" else None),
        _typical(starts, lambda one: one.init_ms if one.cache != "cold" else None),
        _typical(starts, lambda one: one.first_ms),
        max((one.peak_bytes for one in starts if one.peak_bytes is not None), default=None),
        max((one.difference_from_cpu for one in starts if one.difference_from_cpu is not None), default=None),
        next((one.nodes for one in reversed(starts) if one.nodes), None),
        measurement.operations,
        f"{failures[-1].stage}: {failures[-1].message}" if failures and not groups and told is None else "",
    )


def _printed(starts: Sequence[Start]) -> tuple[float | None, bool]:
    summaries = [one.printed for one in starts if one.printed]
    medians = [one.median_ms for one in summaries if one.median_ms is not None]
    if medians:
        return _middle(medians), False
    return _middle([one.mean_ms for one in summaries if one.mean_ms is not None]), True


def _typical(starts: Sequence[Start], value: Callable[[Start], float | None]) -> float | None:
    return _middle([found for found in map(value, starts) if found is not None])


def _middle(values: Sequence[float]) -> float | None:
    return median(values) if values else None
