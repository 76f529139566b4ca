"""What both runs measured in a row: its starts, sorted by the GPU's store of kernels, and the times of each quantity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from appspec.benchmark_run import BenchmarkRun, Start
from deploy.benchmark.comparison.start import Location, locate, logarithms, summary_location, variance_inflation
from deploy.benchmark.comparison.types import Quantity, RowKey, Side

FEWEST_RUNS = 5
"""Of a start: fewer have no middle."""

Starts = dict[RowKey, list[Start]]

SERIES: dict[Quantity, Callable[[Start], Sequence[float]]] = {
    "inference": lambda start: start.runs_ms,
    "frame": lambda start: start.frame_ms,
}
SINGLE: dict[Quantity, Callable[[Start], float | None]] = {
    "init": lambda start: start.init_ms,
    "first": lambda start: start.first_ms,
    "memory": lambda start: start.peak_bytes,
}


def rows_of(run: BenchmarkRun) -> Starts:
    """All starts of each row, failed ones too."""
    rows: Starts = {}
    for row in run.measurements:
        for start in row.starts:
            rows.setdefault(RowKey(row.model, row.variant, row.delegate, row.threads, start.cache), []).append(start)
    return rows


def side(starts: Sequence[Start], quantity: Quantity) -> Side:
    """A quantity of one run's row."""
    whole = [start for start in starts if start.error is None]
    if quantity in SERIES:
        series = [tuple(SERIES[quantity](start)) for start in whole if len(SERIES[quantity](start)) >= FEWEST_RUNS]
        if not series and quantity == "inference":
            centers = _printed(whole)
            return Side(len(centers), (), median(centers) if centers else None, _failures(starts))
    else:
        values = [SINGLE[quantity](start) for start in whole]
        series = [(value,) for value in values if value is not None]
    times = [time for one in series for time in one]
    return Side(len(series), tuple(series), median(times) if times else None, _failures(starts))


def locations(a: Sequence[Start], b: Sequence[Start], quantity: Quantity) -> tuple[tuple[list[Location], list[Location]], float]:
    """Where each start of both sides lies, and the inflation of variances by neighbouring runs being alike."""
    whole = tuple([start for start in starts if start.error is None] for starts in (a, b))
    if quantity in SINGLE:
        values = tuple([SINGLE[quantity](start) for start in starts] for starts in whole)
        first, second = (
            [Location(float(logarithms([v])[0]), 0.0, float("inf")) for v in side if v is not None] for side in values
        )
        return (first, second), 1.0
    logs = tuple(
        [logarithms(SERIES[quantity](start)) for start in starts if len(SERIES[quantity](start)) >= FEWEST_RUNS] for starts in whole
    )  # fmt: skip
    if quantity == "inference" and not any(logs):
        return (_summaries(whole[0], whole[1])), 1.0
    inflation = variance_inflation([*logs[0], *logs[1]])
    return ([locate(one, inflation) for one in logs[0]], [locate(one, inflation) for one in logs[1]]), inflation


def _printed(whole: Sequence[Start]) -> list[float]:
    centers = [start.printed.median_ms or start.printed.mean_ms for start in whole if start.printed]
    return [center for center in centers if center]


def _summaries(a: Sequence[Start], b: Sequence[Start]) -> tuple[list[Location], list[Location]]:
    """By the medians where all starts have one, else by the means: the two are no match for each other."""
    printed = [[start.printed for start in starts if start.printed] for starts in (a, b)]
    medians = all(one.median_ms is not None for side in printed for one in side)
    found: list[list[Location]] = []
    for one_side in printed:
        centers = [(one.median_ms if medians else one.mean_ms, one) for one in one_side]
        found.append([summary_location(center, one.std_ms, one.count) for center, one in centers if center])
    return found[0], found[1]


def _failures(starts: Sequence[Start]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{start.error.stage}: {start.error.message}" for start in starts if start.error))
