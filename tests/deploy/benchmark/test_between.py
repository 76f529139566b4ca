"""How far starts lie apart: found again where it was put in."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import polygamma

from deploy.benchmark.comparison.between import (
    ASSUMED,
    LEAST,
    Row,
    _inverse_trigamma,
    as_row,
    shifts,
    spread_of_starts,
)
from deploy.benchmark.comparison.start import Location

WITHIN = 0.005


def rows(seed: int, apart: float | list[float], count: int = 12, starts: int = 4, shift: float = 0.0) -> list[Row]:
    """Rows whose starts' locations are drawn directly."""
    random = np.random.default_rng(seed)
    apart_of = apart if isinstance(apart, list) else [apart] * count

    def side(scale: float, center: float) -> list[Location]:
        spread = math.hypot(scale, WITHIN)
        return [Location(center + spread * float(random.standard_normal()), WITHIN**2, 29.0) for _ in range(starts)]

    return [as_row(side(scale, 1.0), side(scale, 1.0 + shift)) for scale in apart_of]


def test_the_spread_of_starts_is_found_again() -> None:
    found = [math.sqrt(spread_of_starts(rows(seed, 0.02)).variance) for seed in range(200)]
    assert np.median(found) == pytest.approx(0.02, rel=0.05)


def test_starts_that_do_not_differ_have_the_least_spread() -> None:
    found = [math.sqrt(spread_of_starts(rows(seed, 0.0)).variance) for seed in range(100)]
    assert min(found) == LEAST
    assert np.median(found) < 0.002


def test_it_is_assumed_where_no_row_was_started_twice() -> None:
    spread = spread_of_starts(rows(1, 0.02, starts=1))
    assert (spread.variance, spread.known) == (ASSUMED**2, False)


@pytest.mark.parametrize("apart", [0.0, 0.02, [0.005, 0.01, 0.02, 0.04] * 3])
def test_statistics_without_a_difference_have_the_tails_of_their_t(apart: float | list[float]) -> None:
    from scipy.stats import t

    beyond = []
    for seed in range(300):
        made = rows(seed, apart)
        found = shifts(made, spread_of_starts(made))
        beyond += [abs(one.size) / one.error > t.ppf(0.995, one.freedom) for one in found]
    assert np.mean(beyond) < 0.014


def test_other_rows_make_a_row_surer_where_all_are_alike() -> None:
    made = rows(3, 0.02)
    many = shifts(made, spread_of_starts(made))[0]
    alone = shifts(made[:1], spread_of_starts(made[:1]))[0]
    assert many.freedom > 15 > alone.freedom == 6


def test_rows_that_differ_stand_for_themselves() -> None:
    made = rows(3, [0.001, 0.1] * 6)
    assert shifts(made, spread_of_starts(made))[0].freedom < 12


def test_a_single_start_beside_repeated_rows_is_judged_by_their_spread() -> None:
    made = [*rows(5, 0.02), *rows(6, 0.02, count=1, starts=1)]
    single = shifts(made, spread_of_starts(made))[-1]
    assert single.error == pytest.approx(math.hypot(0.02, WITHIN) * math.sqrt(2), rel=0.3)


def test_a_row_of_which_nothing_is_known_has_no_error() -> None:
    made = [*rows(5, 0.02, count=1), *rows(6, 0.02, count=1, starts=1)]
    assert shifts(made, spread_of_starts(made))[-1].error == math.inf


@pytest.mark.parametrize("value", [0.01, 0.3, 2.0, 50.0])
def test_the_inverse_of_the_trigamma_function(value: float) -> None:
    assert float(polygamma(1, _inverse_trigamma(value))) == pytest.approx(value)
