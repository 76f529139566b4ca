"""Where one start's runs lie, and how sure that is: against SciPy and against repeating it many times."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import trim_mean

from deploy.benchmark.comparison.start import locate, logarithms, summary_location, variance_inflation
from tests.deploy.benchmark.made_runs import Noise


def test_the_center_is_the_trimmed_mean_of_logarithms() -> None:
    times = np.random.default_rng(0).lognormal(1, 0.2, 53)
    assert locate(logarithms(times), 1.0).center == pytest.approx(trim_mean(np.log(times), 0.2))


def test_a_few_runs_that_were_held_up_do_not_move_it() -> None:
    times = np.random.default_rng(0).lognormal(1, 0.02, 50)
    held_up = np.where(np.arange(50) % 10 == 0, 3 * times, times)
    assert locate(logarithms(held_up), 1.0).center == pytest.approx(locate(logarithms(times), 1.0).center, abs=0.01)


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("noise", [Noise(body=0.02), Noise(body=0.16, spikes=0.0)])
def test_its_variance_is_that_of_many_repetitions(noise: Noise, correlation: float) -> None:
    noise = Noise(noise.body, correlation=correlation, spikes=noise.spikes)
    random = np.random.default_rng(7)
    rows = [[logarithms(noise.factors(random, 50).tolist()) for _ in range(8)] for _ in range(250)]
    found = [locate(start, variance_inflation(row)) for row in rows for start in row]
    seen, told = np.var([one.center for one in found]), np.mean([one.variance for one in found])
    assert 0.8 < told / seen < 1.6, "too small: false alarms; too large: nothing is found"


def test_the_inflation_is_that_of_an_autoregressive_series() -> None:
    series = [lfilter([1], [1, -0.5], np.random.default_rng(seed).standard_normal(2000)) for seed in range(20)]
    assert variance_inflation(series) == pytest.approx(3, rel=0.15)


def test_equal_times_and_no_time_at_all_are_no_numbers_to_fall_over() -> None:
    assert locate(logarithms([0.0] * 20), 1.0).variance == 0
    assert variance_inflation([logarithms([2.0] * 20)]) == 1


def test_a_summary_tells_its_standard_error() -> None:
    location = summary_location(10.0, 1.0, 25)
    assert location.center == pytest.approx(np.log(10))
    assert np.sqrt(location.variance) == pytest.approx(0.02)
    assert summary_location(10.0, None, 25).variance == 0
