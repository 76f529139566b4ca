"""Times in a few numbers: percentiles, and how sure their median is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Distribution:
    """Percentiles of times, and the median's 95 % interval (order statistics; no shape of the distribution is assumed)."""

    count: int
    p5: float
    median: float
    p95: float
    low: float
    high: float

    @property
    def precision(self) -> float:
        """The larger half of the median's interval, as a share of the median."""
        return max(self.high - self.median, self.median - self.low) / self.median if self.median > 0 else float("inf")


def distribution(times: Sequence[float]) -> Distribution:
    """Of at least one time.

    Source: David and Nagaraja: Order Statistics, 3rd ed., section 7.1.
    """
    ordered = np.sort(np.asarray(times, np.float64))
    count = len(ordered)
    outside = _outside(count)
    p5, median, p95 = np.percentile(ordered, (5, 50, 95))
    return Distribution(count, float(p5), float(median), float(p95), float(ordered[outside]), float(ordered[-1 - outside]))


def _outside(count: int) -> int:
    """How many of the ordered times lie outside of the median's interval on each side.

    The k-th smallest one exceeds the median with the probability that fewer than k of `count` tosses of a coin are heads.
    """
    tail, log_all = 0.0, count * math.log(2)
    for heads in range(count):
        tail += math.exp(math.lgamma(count + 1) - math.lgamma(heads + 1) - math.lgamma(count - heads + 1) - log_all)
        if tail > (1 - CONFIDENCE) / 2:
            return heads - 1 if heads else 0
    return 0
