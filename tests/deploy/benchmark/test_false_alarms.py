"""What is promised of `invoke compare`, on pairs of runs whose truth is known; benchmarks/compare_noise.py tries more kinds of noise."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from deploy.benchmark.comparison.compare import compare_runs
from deploy.benchmark.comparison.types import Comparison
from tests.deploy.benchmark.made_runs import ROWS, MadeRow, made_run

PAIRS, FEWER = 1000, 150
STARTS = 4
"""As many as `invoke benchmark` takes at least."""

FEW = tuple(replace(ROWS[place], noise=replace(ROWS[place].noise, starts=0.02)) for place in (0, 2, 6))
"""CPU with 2 and 6 % of noise, GPU with 16 %."""


@cache
def pairs(rows: tuple[MadeRow, ...], slower: float, count: int) -> tuple[Comparison, ...]:
    return tuple(
        compare_runs(made_run(2 * seed, rows, starts=STARTS), made_run(2 * seed + 1, rows, starts=STARTS, slower=slower))
        for seed in range(count)
    )


def says_something(compared: Comparison) -> bool:
    return any(row.word not in ("no difference seen", "can't be told") for row in (*compared.inference, *compared.others))


def test_of_1000_pairs_without_a_difference_no_more_than_5_percent_are_said_to_differ() -> None:
    assert np.mean([says_something(compared) for compared in pairs(FEW, 0.0, PAIRS)]) <= 0.05


def test_nor_are_pairs_of_twelve_rows() -> None:
    assert np.mean([says_something(compared) for compared in pairs(ROWS, 0.0, FEWER)]) <= 0.05


def test_ten_percent_are_found_in_95_of_100_rows_of_each_noise() -> None:
    words = np.asarray([[row.word == "slower" for row in compared.inference] for compared in pairs(ROWS, 0.1, FEWER)])
    for delegate, most_threads in (("cpu", 2), ("cpu", 4), ("gpu", 0)):
        places = [i for i, row in enumerate(ROWS) if row.delegate == delegate and row.threads <= most_threads]
        assert words[:, places].mean() >= 0.95, (delegate, most_threads)


def test_all_intervals_of_a_table_hold_the_truth_at_once() -> None:
    for slower, made in ((0.0, pairs(FEW, 0.0, PAIRS)), (0.1, pairs(ROWS, 0.1, FEWER))):
        held = [all(row.change and row.change.low <= slower <= row.change.high for row in one.inference) for one in made]
        assert np.mean(held) >= 1 - 0.05


def test_what_is_said_to_be_visible_is_seen_95_times_of_100() -> None:
    visible = [row.change.visible for one in pairs(FEW, 0.0, PAIRS) for row in one.inference[:1] if row.change]
    compared = pairs(FEW, float(np.median(visible)), FEWER)
    assert np.mean([one.inference[0].word == "slower" for one in compared]) == pytest.approx(0.95, abs=0.05)
