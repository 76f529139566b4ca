"""Damaged CSV files end in windows or in one error in words, never in a traceback or in silence about rows."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, seed, settings

from appspec.data_spec import Series, Split
from appspec.errors import KitError
from appspec.progress import Silent
from pymodel.data.series.read import read_windows
from tests.pymodel.window.csv_mutants import mutants

COUNT = int(os.environ.get("APKILN_MUTANTS", "200"))
"""A thousand and more where somebody has the time."""

SERIES = Series(label="state", window=4, horizon="2h", margin="0s")


@seed(32)
@settings(max_examples=COUNT, deadline=10_000, database=None, suppress_health_check=list(HealthCheck))
@given(mutants())
def test_no_damage_is_a_traceback(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "press.csv").write_bytes(data)
        try:
            found = read_windows(Path(folder), SERIES, Split(validation=0.2, test=0.2), Silent())
        except KitError as error:
            for words in (error.what, error.why, error.fix):
                assert words
                assert "\n" not in words
        else:
            assert found.channels
            for recording in found.recordings:
                known = recording.values[np.isfinite(recording.values)]
                assert len(known)
                assert np.abs(known).max() <= 1e30
                assert 631152000 <= recording.start_s < 4102444800
