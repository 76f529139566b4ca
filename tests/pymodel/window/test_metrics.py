"""Metrics and alarms against second implementations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score

from pymodel.data.series.recording import Event
from pymodel.tasks.window.alarms import HOLDS, THRESHOLDS, WEEK_S, Policy, Track, choose_policy, judge, raise_alarms
from pymodel.tasks.window.metrics import block_bootstrap, f1, pr_auc

answers = st.lists(st.tuples(st.integers(0, 10), st.booleans()), min_size=1, max_size=60)


@given(answers)
def test_pr_auc_is_scikit_learns_average_precision(rows: list[tuple[int, bool]]) -> None:
    p, truth = np.array([row[0] / 10 for row in rows]), np.array([float(row[1]) for row in rows])
    if not truth.any():
        assert np.isnan(pr_auc(p, truth))
    else:
        assert pr_auc(p, truth) == pytest.approx(average_precision_score(truth, p))


@given(answers, st.integers(0, 10))
def test_f1_is_scikit_learns(rows: list[tuple[int, bool]], threshold: int) -> None:
    p, truth = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    assert f1(p, truth, threshold) == pytest.approx(f1_score(truth, p >= threshold, zero_division=0.0))


def track(p: list[float], events: list[Event], stamps: list[float] | None = None, horizon: float = 5) -> Track:
    places = np.arange(float(len(p))) if stamps is None else np.array(stamps, float)
    return Track(np.array(p), places, np.zeros(len(p), np.int64), 1.0, horizon, [events])


def raised(p: list[float], stamps: list[int], threshold: float, hold: int) -> list[int]:
    """Sample by sample, as the phone does."""
    found, run, before = [], 0, None
    for value, stamp in zip(p, stamps, strict=True):
        if before is not None and stamp - before > 1:
            run = 0
        run = run + 1 if value >= threshold else 0
        if run == hold:
            found.append(stamp)
        before = stamp
    return found


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 2)), max_size=60), st.integers(1, 4), st.integers(1, 4))
def test_alarms_sample_by_sample(rows: list[tuple[int, int]], threshold: int, hold: int) -> None:
    p, stamps = [float(row[0]) for row in rows], np.cumsum([row[1] for row in rows], dtype=int).tolist()
    alarms = raise_alarms(track(p, [], stamps), Policy(threshold, hold))
    assert [alarm.raised_s for alarm in alarms] == raised(p, stamps, threshold, hold)


def test_an_alarm_in_the_horizon_announces_and_its_lead_is_known() -> None:
    p = [0.0] * 20
    p[13:18] = [1.0] * 5
    verdict = judge(track(p, [Event(17, 17)]), Policy(0.5, 2))
    assert verdict.announcements[0].lead_s == 3
    assert not verdict.false_alarms


def test_an_alarm_before_the_horizon_announces_only_where_it_still_stands() -> None:
    p = [0.0] * 20
    p[10:18] = [1.0] * 8
    assert judge(track(p, [Event(17, 17)]), Policy(0.5, 1)).announcements[0].lead_s == 7
    p[11:] = [0.0] * 9
    verdict = judge(track(p, [Event(17, 17)]), Policy(0.5, 1))
    assert (verdict.missed, len(verdict.false_alarms)) == (1, 1)


def test_an_alarm_that_always_stands_announces_nothing() -> None:
    verdict = judge(track([1.0] * 40, [Event(30, 30)]), Policy(0.5, 1))
    assert (verdict.missed, len(verdict.false_alarms)) == (1, 1)


def test_a_second_alarm_about_the_same_failure_is_not_false() -> None:
    p = [0.0] * 20
    p[13] = p[15] = 1.0
    verdict = judge(track(p, [Event(17, 17)]), Policy(0.5, 1))
    assert (verdict.announcements[0].lead_s, len(verdict.false_alarms)) == (4, 0)


def test_alarms_within_an_event_count_though_late() -> None:
    p = [0.0] * 30
    p[20:] = [1.0] * 10
    assert judge(track(p, [Event(15, 25)]), Policy(0.5, 1)).announcements[0].lead_s == -5


def test_false_alarms_are_counted_per_time_observed() -> None:
    p = [0.0] * 1008
    p[100] = p[500] = 1.0
    found = Track(np.array(p), np.arange(1008) * 600.0, np.zeros(1008, np.int64), 600.0, 3600.0, [[]])
    assert judge(found, Policy(0.5, 1)).false_alarms_per(WEEK_S) == pytest.approx(2.0)


def test_the_policy_announces_all_with_the_fewest_false_alarms() -> None:
    rng = np.random.default_rng(2)
    p = rng.uniform(0, 0.4, 400)
    p[[50, 120, 300]] = 0.95
    for event in (100, 200, 350):
        p[event - 8 : event] = 0.8
    tracks = [track(p.tolist(), [Event(at, at) for at in (100, 200, 350)], horizon=10)]
    policy, (verdict,) = choose_policy(tracks, tracks[0].events)
    assert verdict.missed == 0
    assert not verdict.false_alarms
    best = min((v.missed, len(v.false_alarms)) for t in THRESHOLDS for h in HOLDS for v in [judge(tracks[0], Policy(t, h))])
    assert (verdict.missed, len(verdict.false_alarms)) == best
    assert 0.4 < policy.threshold <= 0.8
    assert policy.hold > 1


def test_the_interval_over_blocks_is_wider_where_examples_repeat() -> None:
    rng = np.random.default_rng(1)
    p = rng.uniform(size=60)
    truth = (rng.uniform(size=60) < p).astype(float)
    many_p, many_truth = np.repeat(p, 20), np.repeat(truth, 20)
    by_block = block_bootstrap(lambda i: pr_auc(many_p[i], many_truth[i]), np.repeat(np.arange(60), 20))
    alone = block_bootstrap(lambda i: pr_auc(many_p[i], many_truth[i]), np.arange(1200))
    assert by_block.value == alone.value == pytest.approx(pr_auc(many_p, many_truth), abs=1e-5)
    assert by_block.high - by_block.low > 2 * (alone.high - alone.low)
