"""How good p(Abnormal) is, window by window: PR-AUC, F1, and how sure one can be of a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]


def pr_auc(p: Numbers, truth: Numbers) -> float:
    """Average precision: the sum of precision × gain of recall over all thresholds, equal p taken together.

    Args:
        p: (N,) the higher, the more abnormal.
        truth: (N,) 1 abnormal, 0 normal.

    Returns:
        In [0, 1]; NaN where nothing is abnormal.
    """
    total = float(np.sum(truth > 0))
    if total == 0:
        return float("nan")
    order = np.argsort(-p, kind="stable")
    hits = np.cumsum(truth[order] > 0)
    last_of_equal = np.append(np.diff(p[order]) != 0, True)
    found = hits[last_of_equal]
    precision = found / (np.flatnonzero(last_of_equal) + 1)
    return float(np.sum(precision * np.diff(found, prepend=0)) / total)


def f1(p: Numbers, truth: Numbers, threshold: float) -> float:
    """Harmonic mean of precision and recall of p >= threshold; 0.0 where nothing is found."""
    called, abnormal = p >= threshold, truth > 0
    found = float(np.sum(called & abnormal))
    return 2 * found / float(called.sum() + abnormal.sum()) if found else 0.0


def bootstrap_interval(
    metric: Callable[[npt.NDArray[np.int64]], float], blocks: Numbers, repeats: int = 200, seed: int = 0, level: float = 0.95
) -> tuple[float, float]:
    """Confidence interval of a metric by drawing whole blocks with replacement: neighbours in a block are no independent cases.

    Args:
        metric: of the examples with these indices; NaN where it can't be measured, which is not counted.
        blocks: (N,) block of each example, e.g. its day.

    Returns:
        Lower and upper bound; NaN where no draw could be measured.
    """
    _, numbers = np.unique(blocks, return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(numbers))[:-1])
    rng = np.random.default_rng(seed)
    drawn = [metric(np.concatenate([members[i] for i in rng.integers(len(members), size=len(members))])) for _ in range(repeats)]
    known = [value for value in drawn if np.isfinite(value)]
    if not known:
        return float("nan"), float("nan")
    low, high = np.quantile(known, ((1 - level) / 2, (1 + level) / 2))
    return float(low), float(high)
