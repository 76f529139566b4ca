"""Rank statistics against SciPy and against counting."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from deploy.benchmark.comparison.ranks import holm, mann_whitney


@pytest.mark.parametrize(("count_a", "count_b", "digits"), [(50, 50, 8), (7, 40, 1), (30, 30, 0), (400, 300, 2)])
def test_mann_whitney_is_that_of_scipy_with_and_without_ties(count_a: int, count_b: int, digits: int) -> None:
    random = np.random.default_rng(count_a)
    a = np.round(random.lognormal(0, 1, count_a), digits)
    b = np.round(random.lognormal(0.3, 1, count_b), digits)
    expected = stats.mannwhitneyu(a, b, method="asymptotic")
    p, delta = mann_whitney(a, b)
    assert p == pytest.approx(expected.pvalue, rel=1e-9)
    above = (b[:, None] > a[None, :]).sum() - (b[:, None] < a[None, :]).sum()
    assert delta == pytest.approx(above / (count_a * count_b))


def test_times_that_are_all_the_same_do_not_differ() -> None:
    assert mann_whitney(np.ones(20), np.ones(30)) == (1.0, 0.0)


def test_neighbours_that_are_alike_make_the_same_difference_less_sure() -> None:
    random = np.random.default_rng(1)
    a, b = random.normal(0, 1, 50), random.normal(0.6, 1, 50)
    assert mann_whitney(a, b)[0] < 0.02 < mann_whitney(a, b, inflation=3.0)[0]


def test_holm_on_an_example_worked_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []
