"""How sure a metric is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RESAMPLES = 1000
Values = npt.NDArray[np.float64]


Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Interval:
    """A metric and its 95 % confidence interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.4f} ({self.low:.4f} to {self.high:.4f})"


@dataclass(frozen=True)
class Scores:
    """How one model did on independent examples, so that another can be held against it on the same ones.

    Attributes:
        count: of the examples; of blocks of them where neighbours are no independent ones.
        metric: of those drawn, by number; the same one may be drawn several times.
    """

    count: int
    metric: Callable[[Indices], float]

    @property
    def value(self) -> float:
        """Of all of them."""
        return self.metric(np.arange(self.count))


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


def paired_loss(scores: Scores, reference: Scores, lower_is_better: bool, seed: int = 0) -> Interval:
    """What a model loses against another, as a share of its metric, with the same examples drawn for both: paired bootstrap.

    Efron and Tibshirani: An Introduction to the Bootstrap, 1993.

    Args:
        scores, reference: on the same examples.
    """

    def loss(rows: Values) -> float:
        drawn = rows.astype(np.int64)
        return metric_loss(scores.metric(drawn), reference.metric(drawn), lower_is_better)

    return bootstrap(np.arange(scores.count, dtype=np.float64), loss, seed)


def metric_loss(value: float, reference: float, lower_is_better: bool) -> float:
    """How much worse a metric is than its reference, as a share of the reference; negative where it is better."""
    worse = value - reference if lower_is_better else reference - value
    return worse / reference if reference else 0.0
