"""What a window is called, by a second definition that asks sample by sample."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pymodel.data.series.recording import ABNORMAL, LEFT_OUT, NORMAL, Event
from pymodel.data.series.states import merge_events, runs, sample_states
from tests.pymodel.window.kit import FAILURES, iso, read, write_hours


def state(t: float, events: list[Event], horizon: float, margin: float) -> int:
    """The module's table, read line by line."""
    if any(event.at_s <= t <= event.until_s for event in events):
        return ABNORMAL
    if any(event.until_s < t <= event.until_s + margin for event in events):
        return LEFT_OUT
    return ABNORMAL if any(event.at_s - horizon <= t < event.at_s for event in events) else NORMAL


moments = st.lists(st.integers(-20, 120), max_size=6, unique=True).map(sorted)


@settings(max_examples=200, deadline=None)
@given(moments, st.integers(0, 30), st.integers(0, 30))
def test_states_of_listed_failures(failures: list[int], horizon: int, margin: int) -> None:
    events = [Event(at, at) for at in failures]
    stamps = np.arange(100.0)
    found = sample_states(stamps, None, events, horizon, margin)
    assert found.tolist() == [state(t, events, horizon, margin) for t in stamps]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.0, 0.0, 1.0, np.nan]), min_size=1, max_size=80), st.integers(0, 9), st.integers(0, 9))
def test_states_of_labels(labels: list[float], horizon: int, margin: int) -> None:
    stamps, column = np.arange(float(len(labels))), np.array(labels)
    found = sample_states(stamps, column, runs(column, stamps), horizon, margin)
    for t, label in enumerate(labels):
        if label == 1:
            assert found[t] == ABNORMAL
        elif found[t] == ABNORMAL and np.isfinite(label):
            assert 1.0 in labels[t : t + horizon + 1]
        elif found[t] == NORMAL:
            assert label == 0.0
            assert 1.0 not in labels[max(0, t - margin) : t + horizon + 1]


@given(moments, st.integers(0, 30))
def test_joined_events_lie_further_apart_than_the_margin(failures: list[int], margin: int) -> None:
    found = merge_events([Event(at, at) for at in failures], margin)
    assert all(after.at_s - before.until_s > margin for before, after in itertools.pairwise(found))
    assert {event.at_s for event in found} <= set(failures)
    assert all(any(event.at_s <= at <= event.until_s for event in found) for at in failures)


def test_windows_are_called_what_their_last_sample_is(tmp_path: Path) -> None:
    write_hours(tmp_path)
    found = read(tmp_path, horizon="3h", margin="2h")
    windows = found.windows("train", 1)
    hours = ((windows.stamps - found.recordings[0].start_s) / 3600).astype(int)
    abnormal = {hour - k for hour in FAILURES for k in range(4)}
    left_out = {hour + k for hour in FAILURES for k in (1, 2)}
    assert [hour for hour, y in zip(hours, windows.y, strict=True) if y] == sorted(abnormal & set(range(3, 120)))
    assert set(hours) == set(range(3, 120)) - left_out


def test_a_failure_between_two_samples_counts(tmp_path: Path) -> None:
    write_hours(tmp_path)
    found = read(tmp_path, failures=(iso(30.5), iso(110.5), iso(150.5), iso(185.5)), horizon="2h", margin="1h")
    states = found.recordings[0].states
    assert states[28:33].tolist() == [NORMAL, ABNORMAL, ABNORMAL, LEFT_OUT, NORMAL]
