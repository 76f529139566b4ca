"""The median's interval is that of published tables, and holds as often as it says."""

from __future__ import annotations

import numpy as np
import pytest

from appspec.distribution import distribution

# 95 % intervals of the median by rank, for example in Conover: Practical Nonparametric Statistics.
RANKS = {6: (1, 6), 10: (2, 9), 20: (6, 15), 50: (18, 33), 100: (40, 61)}


@pytest.mark.parametrize("count", RANKS)
def test_the_interval_ends_at_the_ranks_of_the_table(count: int) -> None:
    found = distribution([float(rank) for rank in range(count, 0, -1)])
    assert (found.low, found.high) == RANKS[count]
    assert found.median == (count + 1) / 2


def test_it_holds_for_skewed_times() -> None:
    rng = np.random.default_rng(0)
    found = [distribution(rng.exponential(size=30).tolist()) for _ in range(2000)]
    inside = sum(one.low <= np.log(2) <= one.high for one in found) / len(found)
    assert 0.94 < inside < 0.99


def test_one_time_is_all_of_its_distribution() -> None:
    found = distribution([7.0])
    assert (found.count, found.p5, found.median, found.p95, found.low, found.high) == (1, 7, 7, 7, 7, 7)


def test_many_times_are_counted_exactly() -> None:
    found = distribution([float(rank) for rank in range(1, 100_001)])
    assert (found.low, found.high) == (49_690, 50_311)  # 50,000.5 ± 1.96 √100,000 / 2
