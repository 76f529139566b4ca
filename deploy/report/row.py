"""A benchmark's rows as the page shows them: their summary, every single time, and what a start tells beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from appspec.benchmark_result import Nodes
from appspec.benchmark_run import BenchmarkRun, Delegate, Measurement, OperationTime, Start
from deploy.benchmark.summary import Summary, summarize
from deploy.report.words import processor


@dataclass(frozen=True)
class ReportRow:
    """One file of a model on one processor.

    Attributes:
        groups: times of single runs, by start, in the order they were taken; empty where a tool told a summary only.
        told: what a tool's summary is: "mean" where it has no median, "rounded" where it has few digits.
        cold_init_ms, warm_init_ms: with the GPU's kernels to be compiled, or kept; of the CPU and where it isn't known: warm.
    """

    summary: Summary
    delegate: Delegate
    groups: Sequence[Sequence[float]]
    told: frozenset[str]
    cold_init_ms: float | None
    warm_init_ms: float | None
    first_ms: float | None
    peak_bytes: int | None
    nodes: Nodes | None
    operations: Sequence[OperationTime]

    @property
    def model(self) -> str:
        """Its name."""
        return self.summary.model

    @property
    def median_ms(self) -> float | None:
        """None where nothing was measured."""
        return None if math.isnan(self.summary.median) else self.summary.median

    @property
    def interval(self) -> tuple[float, float] | None:
        """The median's, over starts; None after too few of them."""
        return (self.summary.low, self.summary.high) if math.isfinite(self.summary.sure) else None

    @property
    def processor(self) -> str:
        """In words."""
        return processor(self.delegate, self.summary.threads)

    @property
    def name(self) -> str:
        """Variant and processor."""
        return f"{self.summary.variant} · {self.processor}"


def report_rows(run: BenchmarkRun) -> list[ReportRow]:
    """Of a run, in the models' order, the fastest first; those that were not measured come last."""
    names = [*(model.name for model in run.models), *(one.model for one in run.measurements)]
    rows = [_row(one) for one in run.measurements]
    return sorted(rows, key=lambda row: (names.index(row.model), row.median_ms is None, row.median_ms or 0.0))


def fastest(rows: Sequence[ReportRow]) -> ReportRow | None:
    """Of one model's rows; one with wrong answers is the fastest of nothing."""
    good = [row for row in rows if row.median_ms is not None and row.summary.agrees]
    return min(good, key=lambda row: row.summary.median, default=None)


def _row(measurement: Measurement) -> ReportRow:
    good = [start for start in measurement.starts if start.error is None]
    groups = [start.runs_ms for start in good if start.runs_ms]
    printed = [start.printed for start in good if start.printed] if not groups else []
    told = {"mean" for one in printed if one.median_ms is None} | {"rounded" for one in printed if one.rounded}
    return ReportRow(
        summarize(measurement),
        measurement.delegate,
        groups,
        frozenset(told),
        _typical(good, lambda one: one.init_ms if one.cache == "cold" else None),
        _typical(good, lambda one: one.init_ms if one.cache != "cold" else None),
        _typical(good, lambda one: one.first_ms),
        max((one.peak_bytes for one in good if one.peak_bytes is not None), default=None),
        next((one.nodes for one in reversed(good) if one.nodes), None),
        measurement.operations,
    )


def _typical(starts: Sequence[Start], value: Callable[[Start], float | None]) -> float | None:
    found = [one for one in map(value, starts) if one is not None]
    return median(found) if found else None
