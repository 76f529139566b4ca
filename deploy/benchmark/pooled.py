"""The figures of a row over all runs of all its starts: every one of them is of the same runs, so that none contradicts another."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import chain
from statistics import median

from appspec.benchmark_run import Printed, Start
from deploy.benchmark.table_file import counted, printed_or_counted


def pooled(starts: Sequence[Start]) -> Printed | None:
    """Of the starts that measured something; None without any.

    Single times are put together. Where a tool told summaries only, mean, standard deviation and extremes are those of all its
    runs, each start weighing as many as it had (all alike where a tool tells no number of runs); percentiles can't be put together
    from summaries, and are the median of the starts'.
    """
    figures = [one for one in map(printed_or_counted, starts) if one is not None and one.count != 0]
    if not figures:
        return None
    if all(start.runs_ms for start in starts if start.runs_ms or start.printed is not None):
        return counted(list(chain.from_iterable(start.runs_ms for start in starts)))
    counts = [one.count for one in figures if one.count is not None]
    all_counted = len(counts) == len(figures)
    mean, std = _moments(figures, counts if all_counted else [1] * len(figures))
    return Printed(
        count=sum(counts) if all_counted else None,
        first_ms=figures[0].first_ms,
        min_ms=_of_all([one.min_ms for one in figures], min),
        p5_ms=_of_all([one.p5_ms for one in figures], median),
        median_ms=_of_all([one.median_ms for one in figures], median),
        p95_ms=_of_all([one.p95_ms for one in figures], median),
        max_ms=_of_all([one.max_ms for one in figures], max),
        mean_ms=mean,
        std_ms=std,
        rounded=any(one.rounded for one in figures),
    )


def _moments(figures: Sequence[Printed], weights: Sequence[int]) -> tuple[float | None, float | None]:
    """Mean and standard deviation of all runs: the variance within the starts and that between their means."""
    means = [one.mean_ms for one in figures if one.mean_ms is not None]
    if len(means) < len(figures):
        return None, None
    total = sum(weights)
    mean = sum(weight * one for weight, one in zip(weights, means, strict=True)) / total
    spreads = [one.std_ms for one in figures if one.std_ms is not None]
    if len(spreads) < len(figures):
        return mean, None
    squares = (weight * (std**2 + (one - mean) ** 2) for weight, one, std in zip(weights, means, spreads, strict=True))
    return mean, math.sqrt(sum(squares) / total)


def _of_all(values: Sequence[float | None], of: Callable[[list[float]], float]) -> float | None:
    """None where one start doesn't tell it: it would be that of other runs."""
    known = [value for value in values if value is not None]
    return of(known) if len(known) == len(values) else None
