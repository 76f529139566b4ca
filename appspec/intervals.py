"""How sure a metric is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RESAMPLES = 1000
Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A metric and its 95 % confidence interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.4f} ({self.low:.4f} to {self.high:.4f})"


def bootstrap(rows: Values, metric: Callable[[Values], float] = lambda rows: float(rows.mean()), seed: int = 0) -> Interval:
    """A metric of rows drawn anew from the rows, with replacement, RESAMPLES times: its 2.5th and 97.5th percentile.

    Efron: Bootstrap Methods: Another Look at the Jackknife, 1979.

    Args:
        rows: (N, …) independent ones, N ≥ 1.
    """
    rng = np.random.default_rng(seed)
    found = [metric(rows[rng.integers(0, len(rows), len(rows))]) for _ in range(RESAMPLES)]
    low, high = np.nanpercentile(found, (2.5, 97.5))
    return Interval(round(float(metric(rows)), 5), round(float(low), 5), round(float(high), 5))
