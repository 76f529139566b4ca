"""Lists of failures as people keep them: with remarks, numbers, machines, in another form than the data."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from appspec.errors import KitError
from tests.pymodel.window.kit import FAILURES, read
from tests.pymodel.window.stamp_kit import assert_read, at, form, unix, written

LISTS: dict[str, tuple[Callable[[], list[str]], str]] = {
    "words behind": (lambda: [f"{at(hour).isoformat()}  bearing 3 seized" for hour in FAILURES], "remarks behind the stamps"),
    "a table": (lambda: ["time,reason", *(f"{at(hour).isoformat()},bearing" for hour in FAILURES)], "remarks behind the stamps"),
    "a table, the stamps in its second column": (
        lambda: ["Nr;Zeit;Grund", *(f"{i};{at(hour):%d.%m.%Y %H:%M};Lager" for i, hour in enumerate(FAILURES))],
        "taken from column Zeit",
    ),
    "JSON by files": (lambda: [json.dumps({"press.csv": [at(hour).isoformat() for hour in FAILURES]})], ""),
    "JSON, beginnings and ends": (lambda: [json.dumps([[at(h).isoformat(), at(h + 1).isoformat()] for h in FAILURES])], ""),
    "numbered": (lambda: [f"{i}. {at(hour).isoformat()}" for i, hour in enumerate(FAILURES, 1)], ""),
    "bullets": (lambda: [f"- {at(hour).isoformat()}" for hour in FAILURES], ""),
    "the machine in front": (lambda: [f"press, {at(hour).isoformat()}" for hour in FAILURES], ""),
    "JSON": (lambda: [json.dumps([at(hour).isoformat() for hour in FAILURES], indent=1)], ""),
    "one line": (lambda: [", ".join(at(hour).isoformat() for hour in FAILURES)], ""),
    "day first": (lambda: [f"{at(hour):%d.%m.%Y %H:%M}" for hour in FAILURES], "failures: dates such as"),
    "seconds": (lambda: [f"{unix(at(hour)):.0f}" for hour in FAILURES], ""),
}


@pytest.mark.parametrize("case", LISTS)
def test_lists_of_failures_written_otherwise_than_the_data(tmp_path: Path, case: str) -> None:
    written(tmp_path, datetime.isoformat)
    make, word = LISTS[case]
    (tmp_path / "failures.txt").write_text("\n".join(make()), encoding="utf-8")
    found = read(tmp_path, failures="failures.txt")
    assert_read(found)
    assert word in " ".join(found.notes)


@pytest.mark.parametrize("between", [" - ", "/", ",", " bis "])
def test_of_ranges_the_beginning_counts_and_that_is_said(tmp_path: Path, between: str) -> None:
    written(tmp_path, datetime.isoformat)
    lines = [f"{at(hour).isoformat()}{between}{at(hour + 2).isoformat()}" for hour in FAILURES]
    (tmp_path / "failures.txt").write_text("\n".join(lines), encoding="utf-8")
    found = read(tmp_path, failures="failures.txt")
    assert_read(found)
    assert any("fails at the beginning" in note for note in found.notes)


def test_days_in_a_list_of_failures_are_said(tmp_path: Path) -> None:
    written(tmp_path, datetime.isoformat)
    found = read(tmp_path, failures=("2024-03-02", "2024-03-04", "2024-03-06", "2024-03-08", "2024-03-09"))
    assert any("taken as midnight" in note for note in found.notes)


def test_a_list_of_failures_under_another_case_is_named_and_that_helps(tmp_path: Path) -> None:
    written(tmp_path, datetime.isoformat)
    (tmp_path / "failures.txt").rename(tmp_path / "Failures.TXT")
    with pytest.raises(KitError) as caught:
        read(tmp_path, failures="failures.txt")
    assert 'failures = "Failures.TXT"' in caught.value.fix
    assert_read(read(tmp_path, failures="Failures.TXT"))


def test_settings_are_read_as_the_data_or_as_iso(tmp_path: Path) -> None:
    write = form("%d.%m.%Y %H:%M")
    written(tmp_path, write)
    failures = tuple((write if i % 2 else datetime.isoformat)(at(hour)) for i, hour in enumerate(FAILURES))
    found = read(tmp_path, failures=failures, validation_from=write(at(100)), test_from=at(160).isoformat())
    assert_read(found)
    assert np.bincount(found.recordings[0].splits).tolist() == [100, 60, 40]


@pytest.mark.parametrize(
    "entry",
    [
        "left, 2024-03-02 06:00",
        "Mar 2, 2024 6:00 AM, left",
        '"2024-03-02T06:00:00";left',
        "2024-03-02 06:00\tleft",
        "2024. 3. 2. 오전 6:00, left",
    ],
)
def test_failures_name_their_machine_behind_any_stamp(tmp_path: Path, entry: str) -> None:
    for name in ("left", "right"):
        rows = [f"{at(hour).isoformat()},{hour}" for hour in range(200 + (name == "left"))]
        (tmp_path / f"{name}.csv").write_text("\n".join(["timestamp,a", *rows]))
    others = tuple(f"{at(hour).isoformat()}, right" for hour in FAILURES)
    left, right = read(tmp_path, failures=(entry, *others)).recordings
    assert [event.at_s for event in left.events] == [unix(at(30))]
    assert len(right.events) == len(FAILURES)
