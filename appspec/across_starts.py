"""How sure a row's time is: an interval over starts, since the runs of one start are no independent ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

LEAST_STARTS = 4
"""With fewer, stopping as soon as the interval looks narrow makes it too narrow too often: by simulation, 90 % of them hold the true
value where starts differ by 8 %; with these 92 %, and 95 % where they differ by 4 % or less."""
CONFIDENCE = 0.95


@dataclass(frozen=True)
class AcrossStarts:
    """A row's median time and its 95 % interval; both infinite where too few starts tell how far they differ.

    Attributes:
        starts: with times.
        median: of all runs of all starts; NaN without any.
    """

    starts: int
    median: float
    low: float
    high: float

    @property
    def precision(self) -> float:
        """The larger half of the interval, as a share of the median."""
        if not self.median > 0:
            return math.inf
        return max(self.high - self.median, self.median - self.low) / self.median


def across_starts(starts: Sequence[Sequence[float]]) -> AcrossStarts:
    """Of the times of each start.

    A process gets its memory, its cores and its clock once: all its runs share that luck, and thousands of them show nothing of
    it. So a start counts as one observation, its median, and the interval is Student's over their logarithms.

    Source: Kalibera and Jones: Rigorous Benchmarking in Reasonable Time, 2013.
    """
    measured = [np.asarray(times, np.float64) for times in starts if len(times)]
    if not measured:
        return AcrossStarts(0, math.nan, -math.inf, math.inf)
    median = float(np.median(np.concatenate(measured)))
    if len(measured) < LEAST_STARTS:
        return AcrossStarts(len(measured), median, -math.inf, math.inf)
    logs = np.log([max(float(np.median(times)), 1e-9) for times in measured])
    centre = float(np.mean(logs))
    half = student(len(logs) - 1) * float(np.std(logs, ddof=1)) / math.sqrt(len(logs))
    return AcrossStarts(len(measured), median, math.exp(centre - half), math.exp(centre + half))


@lru_cache
def student(freedom: int) -> float:
    """The 97.5 % quantile of Student's t, by bisection of its closed form.

    Source: Abramowitz and Stegun, 26.7.3 and 26.7.4.
    """
    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < CONFIDENCE else (low, middle)
    return (low + high) / 2


def _within(t: float, freedom: int) -> float:
    """The probability of |T| ≤ t."""
    angle = math.atan(t / math.sqrt(freedom))
    cosine = math.cos(angle)
    odd = freedom % 2
    term = total = cosine if odd else 1.0
    if freedom == 1:
        return 2 * angle / math.pi
    for k in range(2 + odd, freedom - 1, 2):
        term *= cosine**2 * (k - 1) / k
        total += term
    return 2 / math.pi * (angle + math.sin(angle) * total) if odd else math.sin(angle) * total
