"""Every row is measured as often as its own noise asks for, in an order that no drift can follow, and nothing is lost at an end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appspec.across_starts import LEAST_STARTS
from appspec.benchmark_result import Failure, Heat
from appspec.errors import KitError
from deploy.benchmark.rounds import Plan, Rounds, run_rounds
from deploy.benchmark.rows import Row
from deploy.device.stop import Stop
from tests.deploy.benchmark.fake_starter import FakeStarter, made_row

PLAN = Plan(seed=5, precision=0.05, limit_s=60.0, cool_poll_s=0.001, cool_patience_s=0.02)
ROWS = [made_row(threads=threads) for threads in (1, 2, 4, 8)]


def measured(starter: FakeStarter, rows: list[Row], plan: Plan = PLAN) -> tuple[Rounds, list[int], list[str]]:
    rounds, saved, said = Rounds(rows), list[int](), list[str]()
    run_rounds(rounds, starter, plan, Stop(), said.append, lambda: saved.append(rounds.count))
    return rounds, saved, said


def test_a_quiet_row_needs_the_fewest_starts_that_tell_anything() -> None:
    rounds, saved, _ = measured(FakeStarter(), ROWS)
    assert rounds.ended == "precise"
    assert [len(starts) for starts in rounds.starts] == [LEAST_STARTS] * 4
    assert saved[:3] == [1, 2, 3]
    assert sorted(start.order for starts in rounds.starts for start in starts) == list(range(rounds.count))


def test_a_noisy_row_is_repeated_and_the_others_are_not() -> None:
    rounds, _, _ = measured(FakeStarter(noise=lambda row: 0.1 if row.threads == 4 else 0.001), ROWS)
    counts = [len(starts) for starts in rounds.starts]
    assert rounds.ended == "precise"
    assert counts[2] > 2 * LEAST_STARTS
    assert counts[:2] + counts[3:] == [LEAST_STARTS] * 3


def test_the_seed_alone_decides_the_order_and_rounds_differ() -> None:
    first, again, other = FakeStarter(), FakeStarter(), FakeStarter()
    measured(first, ROWS)
    measured(again, ROWS)
    measured(other, ROWS, replace(PLAN, seed=6))
    assert first.log == again.log != other.log
    rounds = [tuple(first.log[at : at + 4]) for at in range(0, len(first.log), 4)]
    assert all(len(set(one)) == 4 for one in rounds)
    assert len(set(rounds)) > 1


def test_a_gpu_starts_cold_and_then_at_once_warm() -> None:
    starter = FakeStarter()
    measured(starter, [made_row(delegate="gpu"), *ROWS[:2]])
    caches = [cache for _, delegate, _, cache in starter.log if delegate == "gpu"]
    assert caches[:2] == ["cold", "warm"]
    assert set(caches[2:]) == {"warm"}
    cold = [place for place, (*_, cache) in enumerate(starter.log) if cache == "cold"]
    assert [starter.log[place + 1][3] for place in cold] == ["warm"]
    assert {cache for _, delegate, _, cache in starter.log if delegate == "cpu"} == {None}


def test_cold_in_every_round_on_request() -> None:
    starter = FakeStarter()
    measured(starter, [made_row(delegate="gpu")], replace(PLAN, always_cold=True))
    assert [cache for *_, cache in starter.log] == ["cold", "warm"] * (LEAST_STARTS // 2)


def test_a_row_that_fails_twice_in_a_row_is_given_up() -> None:
    failure = Failure(stage="init", type="UnsupportedProcessor", message="this phone has no gpu")
    starter = FakeStarter(fails=lambda row, order: failure if row.threads == 2 else None)
    rounds, _, _ = measured(starter, ROWS)
    assert rounds.ended == "precise"
    assert [len(starts) for starts in rounds.starts] == [LEAST_STARTS, 2, LEAST_STARTS, LEAST_STARTS]


def test_one_failure_among_good_starts_costs_only_itself() -> None:
    failure = Failure(stage="run", type="LeftFront", message="another app came to the front")
    rounds, _, _ = measured(FakeStarter(fails=lambda row, order: failure if order == 0 else None), ROWS[:1])
    assert rounds.ended == "precise"
    assert len(rounds.starts[0]) == LEAST_STARTS + 1


def test_the_time_ends_it_but_something_is_measured() -> None:
    rounds, _, _ = measured(FakeStarter(noise=lambda row: 0.5), ROWS, replace(PLAN, limit_s=0.0))
    assert (rounds.ended, rounds.count) == ("time", 1)
    assert len(rounds.measurements()) == 1


def test_a_lost_phone_keeps_what_was_measured() -> None:
    lost = KitError("lost the phone", "the connection ended", "replug it")
    rounds, saved, _ = measured(FakeStarter(fails=lambda row, order: lost if order == 6 else None), ROWS)
    assert (rounds.ended, rounds.failure, rounds.count, saved[-1]) == ("phone lost", lost, 6, 6)


def test_ctrl_c_keeps_what_was_measured() -> None:
    rounds, saved = Rounds(ROWS), list[int]()
    starter = FakeStarter(fails=lambda row, order: KeyboardInterrupt() if order == 3 else None)
    with pytest.raises(KeyboardInterrupt):
        run_rounds(rounds, starter, PLAN, Stop(), print, lambda: saved.append(rounds.count))
    assert (rounds.ended, rounds.failure, saved[-1]) == ("stopped", None, 3)


def test_a_warm_phone_may_cool_down_before_a_start() -> None:
    def heat(asked: int) -> Heat:
        return "moderate" if asked <= 3 else "none"

    starter = FakeStarter(heat=heat)
    _, _, said = measured(starter, ROWS[:1], replace(PLAN, cool_patience_s=30.0))
    assert starter.asked == 3 + LEAST_STARTS
    assert [line for line in said if "moderate" in line] != []


def test_a_phone_that_never_cools_down_is_measured_all_the_same() -> None:
    rounds, _, _ = measured(FakeStarter(heat=lambda asked: "severe"), ROWS[:1])
    assert rounds.ended == "precise"


def test_a_phone_that_tells_no_heat_is_not_waited_for() -> None:
    starter = FakeStarter(heat=lambda asked: None)
    measured(starter, ROWS[:1])
    assert starter.asked == LEAST_STARTS
