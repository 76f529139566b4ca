"""How good p(Abnormal) is, window by window: PR-AUC, F1, and how sure one can be of a number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from appspec.intervals import Interval, bootstrap

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


def block_bootstrap(metric: Callable[[npt.NDArray[np.int64]], float], blocks: Numbers) -> Interval:
    """A metric and its confidence interval, drawing whole blocks: neighbours within one are no independent examples.

    Args:
        metric: of the examples with these indices.
        blocks: (N,) block of each example, e.g. its day.
    """
    found = by_block(blocks)
    return bootstrap(np.arange(len(found), dtype=np.float64), lambda drawn: metric(members(found, drawn)))


def by_block(blocks: Numbers) -> list[npt.NDArray[np.int64]]:
    """The examples of each block, by number; see block_bootstrap."""
    _, numbers = np.unique(blocks, return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    return np.split(order, np.cumsum(np.bincount(numbers))[:-1])


def members(blocks: Sequence[npt.NDArray[np.int64]], drawn: Numbers) -> npt.NDArray[np.int64]:
    """The examples of the blocks drawn."""
    return np.concatenate([blocks[int(i)] for i in drawn])
