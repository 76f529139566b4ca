"""The interval across starts holds the true value as often as it says, also where measuring stops as soon as it is narrow."""

from __future__ import annotations

import math

import numpy as np
import pytest

from appspec.across_starts import LEAST_STARTS, across_starts, student


@pytest.mark.parametrize(
    ("freedom", "value"),
    [
        (1, 12.706),
        (2, 4.303),
        (3, 3.182),
        (4, 2.776),
        (5, 2.571),
        (9, 2.262),
        (10, 2.228),
        (29, 2.045),
        (30, 2.042),
        (120, 1.980),
    ],
)
def test_students_quantiles_are_those_of_the_tables(freedom: int, value: float) -> None:
    assert student(freedom) == pytest.approx(value, abs=6e-4)


def simulated(rng: np.random.Generator, between: float) -> np.ndarray:
    """The runs of a start: its own luck, and noise that is common to no two of them."""
    return 2.0 * math.exp(rng.normal(0, between)) * np.exp(rng.normal(0, 0.01, 25))


@pytest.mark.parametrize(("between", "least"), [(0.02, 0.93), (0.04, 0.93), (0.08, 0.89)])
def test_it_holds_the_true_median(between: float, least: float) -> None:
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(500):
        starts = [simulated(rng, between) for _ in range(LEAST_STARTS)]
        while across_starts(starts).precision > 0.05 and len(starts) < 60:
            starts.append(simulated(rng, between))
        found = across_starts(starts)
        held += found.low <= 2.0 <= found.high
    assert held / 500 >= least


def test_thousands_of_runs_of_one_start_prove_nothing() -> None:
    rng = np.random.default_rng(0)
    for count in range(LEAST_STARTS):
        found = across_starts([rng.normal(2, 0.001, 5000) for _ in range(count)])
        assert found.precision == math.inf
        assert found.starts == count


def test_the_median_is_that_of_all_runs() -> None:
    assert across_starts([[1.0, 2.0], [], [3.0]]).median == 2.0
    assert math.isnan(across_starts([]).median)
