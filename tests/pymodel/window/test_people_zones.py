"""Zones behind stamps as offsets and abbreviations: the right moment, a word about those that mean several."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from appspec.errors import KitError
from tests.pymodel.window.kit import FAILURES, read
from tests.pymodel.window.stamp_kit import Form, assert_read, at, form, written

ZONES: dict[str, tuple[Form, float]] = {
    "KST": (form("%Y-%m-%d %H:%M KST"), -9),
    "UTC": (form("%Y-%m-%d %H:%M:%S UTC"), 0),
    "CET": (form("%d.%m.%Y %H:%M CET"), -1),
    "EST": (form("%Y-%m-%d %H:%M:%S EST"), 5),
    "an offset": (form("%Y-%m-%d %H:%M:%S +0530"), -5.5),
    "an offset and its name": (form("%Y-%m-%dT%H:%M:%S+09:00[Asia/Seoul]"), -9),
    "GMT and hours": (form("%m/%d/%Y %H:%M:%S GMT+9"), -9),
    "half days and a zone": (form("%m/%d/%Y %I:%M:%S %p JST"), -9),
    "half a year each": (
        lambda m: m.isoformat() + "+01:00" if m < at(100) else (m + timedelta(hours=1)).isoformat() + "+02:00",
        -1,
    ),
    "summer time in words": (
        lambda m: m.strftime("%d.%m.%Y %H:%M CET") if m < at(100) else (m + timedelta(hours=1)).strftime("%d.%m.%Y %H:%M CEST"),
        -1,
    ),
}


@pytest.mark.parametrize("case", ZONES)
def test_zones(tmp_path: Path, case: str) -> None:
    write, shift = ZONES[case]
    written(tmp_path, write)
    assert_read(read(tmp_path, failures="failures.txt"), shift)


@pytest.mark.parametrize(("zone", "hours"), [("CST", 6), ("IST", -5.5)])
def test_an_abbreviation_of_several_zones_is_said(tmp_path: Path, zone: str, hours: float) -> None:
    written(tmp_path, form(f"%Y-%m-%d %H:%M {zone}"))
    found = read(tmp_path, failures="failures.txt")
    assert_read(found, hours)
    assert any(f"{zone} is read as" in note and "write the offset" in note for note in found.notes)


def test_beside_its_summer_time_it_is_no_question(tmp_path: Path) -> None:
    written(tmp_path, lambda m: f"{m:%Y-%m-%d %H:%M} CST" if m < at(100) else f"{m + timedelta(hours=1):%Y-%m-%d %H:%M} CDT")
    found = read(tmp_path, failures="failures.txt")
    assert_read(found, 6)
    assert not any("CST is" in note for note in found.notes)


def test_failures_without_a_zone_are_in_that_of_the_data(tmp_path: Path) -> None:
    written(tmp_path, form("%Y-%m-%dT%H:%M:%S+09:00"))
    found = read(tmp_path, failures=tuple(f"{at(hour):%Y-%m-%d %H:%M}" for hour in FAILURES))
    assert_read(found, -9)
    assert any("+09:00; failures and settings without a zone are read so too" in note for note in found.notes)


def test_failures_must_say_which_zone_of_several_and_that_helps(tmp_path: Path) -> None:
    written(tmp_path, ZONES["half a year each"][0])
    with pytest.raises(KitError) as caught:
        read(tmp_path, failures=tuple(at(hour).isoformat() for hour in FAILURES))
    assert "2024-03-02T06:00:00+01:00" in caught.value.fix
    assert_read(read(tmp_path, failures=tuple(at(hour).isoformat() + "+01:00" for hour in FAILURES)), -1)


def test_a_zone_that_failures_alone_say_is_told(tmp_path: Path) -> None:
    written(tmp_path, form("%Y-%m-%d %H:%M"))
    found = read(tmp_path, failures=tuple(at(hour + 9).isoformat() + "+09:00" for hour in FAILURES))
    assert_read(found)
    assert any("the stamps of the data don't" in note for note in found.notes)
