"""Clocks that count from the start, lose the time, jitter or lack a half of the day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from appspec.errors import KitError
from pymodel.data.series.check_stamps import check_stamps
from pymodel.data.series.choose_clock import choose_clock
from tests.pymodel.window.kit import FAILURES, read
from tests.pymodel.window.stamp_kit import Form, assert_read, at, form, unix, written


@pytest.mark.parametrize(
    ("write", "side"), [(lambda m: f"{unix(m) - unix(at(0)):.0f}", "before 1990"), (form("2124-%m-%dT%H:00"), "after 2100")]
)
def test_stamps_of_another_time_stop(tmp_path: Path, write: Form, side: str) -> None:
    written(tmp_path, write)
    with pytest.raises(KitError) as caught:
        read(tmp_path, failures="failures.txt")
    assert side in caught.value.what
    assert "line 2" in caught.value.why


@pytest.mark.parametrize(
    ("name", "step", "word"), [("t [min]", 60, "minutes"), ("time_ms", 0.001, "milliseconds"), ("Time (s)", 1, "seconds")]
)
def test_what_is_counted_from_the_start_stands_in_the_header(tmp_path: Path, name: str, step: float, word: str) -> None:
    written(tmp_path, lambda m: f"{(unix(m) - unix(at(0))) / step:.0f}", header=f"{name},a", failures=False)
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert f'where {name} counts from the start of the recording: begin = "2024-03-01T00:00"' in caught.value.fix
    found = read(tmp_path, begin="2024-03-01T00:00")
    assert_read(found)
    assert any(f"count {word}" in note for note in found.notes)


def test_a_clock_that_jitters_has_its_mean_interval(tmp_path: Path) -> None:
    written(tmp_path, lambda m: (m + timedelta(milliseconds=m.hour * 37 % 50)).isoformat(), failures=False)
    assert read(tmp_path).interval_s == 3600


RESETS: dict[str, Form] = {
    "1970": lambda m: f"1970-01-01T00:{m.hour:02}:00",
    "1980": form("1980-01-06T%H:00:00"),
    "2000": form("2000-01-01T%H:00:00"),
    "2099": form("2099-12-31T%H:00:00"),
}


@pytest.mark.parametrize("year", RESETS)
def test_a_few_rows_of_a_clock_that_lost_the_time_are_left_out_and_said(tmp_path: Path, year: str) -> None:
    written(tmp_path, lambda m: RESETS[year](m) if m in (at(50), at(51)) else m.isoformat())
    found = read(tmp_path)
    assert len(found.recordings[0].values) == 200
    assert any("2 rows left out" in note and "line 52" in note and year in note for note in found.notes)


def test_numbers_of_a_clock_that_lost_the_time(tmp_path: Path) -> None:
    written(tmp_path, lambda m: "0" if m == at(50) else f"{unix(m) * 1e3:.0f}")
    found = read(tmp_path)
    assert len(found.recordings[0].values) == 200
    assert any("1 row left out" in note and "line 52: '0'" in note for note in found.notes)


def test_many_rows_of_such_a_clock_stop(tmp_path: Path) -> None:
    written(tmp_path, lambda m: m.replace(year=1970).isoformat() if m < at(20) else m.isoformat())
    with pytest.raises(KitError, match="before 1990"):
        read(tmp_path)


def test_a_recording_of_another_year_stays() -> None:
    """It may have been made then: a clock begins anew in a January."""
    column = pd.Series([at(hour).replace(year=2021 if hour < 5 else 2024).isoformat() for hour in range(200)])
    notes: list[str] = []
    assert check_stamps(choose_clock([("", column)], None, None)[0].seconds(column), column, np.arange(200), "", notes).all()
    assert not notes


def test_hours_that_lack_am_and_pm_stop(tmp_path: Path) -> None:
    written(tmp_path, form("%Y-%m-%d %I:%M"), failures=False)
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert "AM or PM" in caught.value.why


@pytest.mark.parametrize(
    ("cell", "form"), [("00:00.0", "hh:mm:ss.000"), ("########", "enough width"), ("12:30:00", "date in front")]
)
def test_what_a_spreadsheet_showed_in_place_of_stamps_is_told(tmp_path: Path, cell: str, form: str) -> None:
    written(tmp_path, lambda _: cell)
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert form in caught.value.fix


def test_a_clock_that_counts_from_the_start_is_helped_by_begin(tmp_path: Path) -> None:
    written(tmp_path, lambda moment: f"{unix(moment) - unix(at(0)):.0f}")
    with pytest.raises(KitError) as caught:
        read(tmp_path, failures="failures.txt")
    assert 'begin = "2024-03-01T00:00"' in caught.value.fix
    assert_read(read(tmp_path, failures="failures.txt", begin="2024-03-01T00:00"))
    dates = tuple(at(hour).isoformat() for hour in FAILURES)
    assert_read(read(tmp_path, failures=dates, begin="2024-03-01T00:00"))


def test_an_hour_twice_is_said(tmp_path: Path) -> None:
    rows = [f"{at(hour - (hour >= 100)):%Y-%m-%d %H:%M},{hour}" for hour in range(200)]
    (tmp_path / "press.csv").write_text("\n".join(["timestamp,a", *rows]))
    found = read(tmp_path)
    assert any("1 stamps stand there more than once" in note for note in found.notes)
    assert found.recordings[0].values[99, 0] == 100
