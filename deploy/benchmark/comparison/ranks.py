"""Ranks: Mann–Whitney's test, Cliff's delta, and Holm's correction for many tests."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from deploy.benchmark.comparison.start import Floats


def mann_whitney(a: Floats, b: Floats, inflation: float = 1.0) -> tuple[float, float]:
    """Two-sided p and Cliff's delta: positive where b is the larger.

    The normal approximation, with ties and continuity corrected.

    Args:
        inflation: of the statistic's variance, as neighbouring runs are alike.

    Source: Mann and Whitney 1947; Cliff 1993.
    """
    together = np.concatenate((a, b))
    count_a, count_b, count = len(a), len(b), len(together)
    _values, place, repeats = np.unique(together, return_inverse=True, return_counts=True)
    last = np.cumsum(repeats)
    ranks = (last - (repeats - 1) / 2)[place]
    above = float(ranks[count_a:].sum()) - count_b * (count_b + 1) / 2
    middle = count_a * count_b / 2
    ties = float((repeats.astype(np.float64) ** 3 - repeats).sum()) / (count * (count - 1))
    variance = count_a * count_b / 12 * (count + 1 - ties) * inflation
    delta = (above - middle) / middle
    if variance <= 0:
        return 1.0, delta
    z = max(0.0, abs(above - middle) - 0.5) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2)), delta


def holm(p: Sequence[float]) -> list[float]:
    """Each p as it counts among all of them: below a limit, it is so with that limit for a single false one.

    Source: Holm 1979.
    """
    adjusted, largest = [0.0] * len(p), 0.0
    for done, place in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        largest = max(largest, min(1.0, p[place] * (len(p) - done)))
        adjusted[place] = largest
    return adjusted
