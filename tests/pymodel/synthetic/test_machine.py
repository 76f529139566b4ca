"""The simulated machine: it writes files like a user's, and failures have a precursor in the right channel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from appspec.progress import Silent
from pymodel.synthetic.machine.simulate import (
    CHANNELS,
    FAILURE_KINDS,
    SAMPLES_PER_DAY,
    plan_failures,
    precursor,
    simulate_channels,
    simulate_machine,
)


def simulate(folder: Path, seed: int = 1) -> Path:
    folder.mkdir()
    simulate_machine(folder, 30, seed, Silent())
    return folder


def test_files_look_like_a_users(tmp_path: Path) -> None:
    folder = simulate(tmp_path / "a")
    table = pd.read_csv(folder / "machine.csv", parse_dates=["timestamp"])
    assert tuple(table.columns) == ("timestamp", *CHANNELS)
    assert table.timestamp.diff().mode()[0] == pd.Timedelta("10min")
    assert (table.timestamp.diff() > pd.Timedelta("10min")).any()
    assert table.isna().any().any()
    failures = pd.to_datetime((folder / "failures.txt").read_text().split())
    assert all(5 <= gap.days <= 15 for gap in np.diff(failures.to_numpy()).astype("timedelta64[s]").astype(object))
    menu = table.groupby(table.timestamp.dt.date).cafeteria_menu.nunique()
    assert set(menu) <= {0, 1}


def test_equal_seeds_write_equal_files(tmp_path: Path) -> None:
    files = [simulate(tmp_path / name, seed) / "machine.csv" for name, seed in (("a", 4), ("b", 4), ("c", 5))]
    one, same, other = (file.read_bytes() for file in files)
    assert one == same != other


@pytest.mark.parametrize("kind", FAILURE_KINDS)
def test_precursor_grows_beyond_the_daily_rhythm_in_its_channel(kind: str) -> None:
    rng = np.random.default_rng(8)
    failures = plan_failures(365, rng)
    values = simulate_channels(365, failures, rng)
    channel = {"cooling": 0, "bearing": 1, "electrical": 2}[kind]
    running = np.ones(len(values), bool)
    for failure in failures:
        running[failure.starts_at : failure.repaired_at + SAMPLES_PER_DAY] = False
    usual = values[running, channel]
    own = [failure for failure in failures if failure.kind == kind]
    last = np.mean([values[failure.failed_at - 12 : failure.failed_at, channel].mean() for failure in own])
    first = np.concatenate([values[failure.starts_at : failure.critical_at - 12, channel] for failure in own]).mean()
    assert last > usual.mean() + usual.std()
    assert first < usual.mean() + usual.std() / 2
    for failure in own:
        assert 12 * SAMPLES_PER_DAY / 24 <= failure.failed_at - failure.starts_at <= 48 * SAMPLES_PER_DAY / 24 + 1
        assert (np.diff(precursor(failure)) > 0).all()
        assert values[failure.failed_at + 6 : failure.repaired_at, 2].max() < 3
