"""Where the times of one start lie, on a logarithmic scale, and how sure that is.

On this scale a change is a shift by as much for fast and for slow rows. The trimmed mean stands for the middle of the runs: what held up
a few of them, as happens on phones, does not move it, and it is surer than the median where the noise is wide.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

TRIMMED = 0.2
"""Of the runs, at each end. Source: Wilcox: Introduction to Robust Estimation and Hypothesis Testing, 4th ed., section 3.3."""

SHORTEST_MS = 1e-6
"""A clock that shows 0 ms could not see the time; its logarithm must be a number."""

MOST_CORRELATION = 0.95


@dataclass(frozen=True)
class Location:
    """Where one start lies.

    Attributes:
        center: of the logarithms of its times.
        variance: of `center`, were the start repeated without a change from start to start.
        freedom: degrees of freedom of `variance`; infinite where there is no variance within a start.
    """

    center: float
    variance: float
    freedom: float


def logarithms(times: Sequence[float]) -> Floats:
    """(n,) natural logarithms."""
    logs: Floats = np.log(np.maximum(np.asarray(times, np.float64), SHORTEST_MS))
    return logs


def locate(logs: Floats, inflation: float) -> Location:
    """Of a start with at least 5 runs.

    Args:
        logs: (n,) in any order.
        inflation: what `variance_inflation` says of the row.
    """
    count = len(logs)
    cut = int(TRIMMED * count)
    ordered = np.sort(logs)
    kept = ordered[cut : count - cut]
    winsorized = np.clip(ordered, kept[0], kept[-1])
    variance = float(winsorized.var(ddof=1)) / ((1 - 2 * TRIMMED) ** 2 * count) * inflation
    return Location(float(kept.mean()), variance, max(1.0, (len(kept) - 1) / inflation))


def variance_inflation(starts: Sequence[Floats]) -> float:
    """By how much neighbouring runs being alike makes a mean less sure than as many independent runs would be; at least 1.

    From the correlation of each run with the one before it, with its bias in short series taken back: (1 + r) / (1 - r).

    Source: Bayley and Hammersley 1946, for series in which it falls off exponentially; Kendall 1954 for the bias.
    """
    correlations, weights = [], []
    for logs in starts:
        cut = int(TRIMMED / 2 * len(logs))
        ordered = np.sort(logs)
        residuals = np.clip(logs, ordered[cut], ordered[-1 - cut])
        residuals = residuals - residuals.mean()
        total = float(residuals @ residuals)
        if len(logs) >= 10 and total > 0:
            raw = float(residuals[1:] @ residuals[:-1]) / total
            correlations.append(raw + (1 + 3 * raw) / len(logs))
            weights.append(len(logs))
    if not weights:
        return 1.0
    correlation = min(MOST_CORRELATION, max(0.0, float(np.average(correlations, weights=weights))))
    return (1 + correlation) / (1 - correlation)


def summary_location(center_ms: float, std_ms: float | None, count: int | None) -> Location:
    """Of a start of which a tool printed a summary only; without a known variance, as if there were none within a start."""
    known = std_ms is not None and count is not None and count > 1 and center_ms > 0
    variance = (std_ms / center_ms) ** 2 / count if known and std_ms is not None and count else 0.0
    return Location(math.log(max(center_ms, SHORTEST_MS)), variance, float(count - 1) if known and count else math.inf)
