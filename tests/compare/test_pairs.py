"""Which runs `invoke compare` holds against each other."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.benchmark.comparison.comparability import comparability
from flow.compare_pairs import both_words, pairs
from tests.compare.conftest import DAYS, days_of, git, run, write
from tests.deploy.benchmark.made_runs import made_phone, made_settings


def test_two_files_are_compared_as_they_are_given(root: Path) -> None:
    folder = root / "results" / "cat_landmarks"
    assert days_of(folder / "run-1.json", folder / "run-3.json", root) == [(1, 3)]
    assert days_of(folder / "run-3.json", folder / "run-1.json", root) == [(3, 1)]


def test_before_and_last_are_the_last_two_that_are_comparable(root: Path) -> None:
    assert days_of("before", "last", root) == [(2, 3)]
    write(root, "by-tool.json", run(4, settings=made_settings(num_runs=20, way="tool")))
    hot = made_phone(serial="FFFF", model="Ten")
    write(root, "other-phone.json", run(5, phone=hot))
    assert days_of("before", "last", root) == [(2, 3)]
    write(root, "other-phone-again.json", run(6, phone=hot))
    assert sorted(days_of("before", "last", root)) == [(2, 3), (5, 6)]


def test_stopped_runs_hide_no_whole_ones_and_are_told(root: Path) -> None:
    write(root, "stopped.json", run(4, ended="stopped"))
    said: list[str] = []
    (pair,) = pairs("before", "last", root, said.append)
    assert [DAYS.index(one.run.started_at) for one in pair] == [2, 3]
    assert len(said) == 1
    assert re.search(r"passed over, as it was stopped early: .*stopped\.json, newer than .*run-3\.json", said[0])
    write(root, "run-5.json", run(5))
    said.clear()
    (pair,) = pairs("before", "last", root, said.append)
    assert [DAYS.index(one.run.started_at) for one in pair] == [3, 5]
    assert [line.startswith("! passed over") for line in said] == [True]


def test_where_all_runs_were_stopped_they_are_taken_and_that_is_told(root: Path) -> None:
    shutil.rmtree(root / "results")
    for day, ended in ((1, "stopped"), (2, "phone lost")):
        write(root, f"{day}.json", run(day, ended=ended))
    said: list[str] = []
    (pair,) = pairs("before", "last", root, said.append)
    assert [DAYS.index(one.run.started_at) for one in pair] == [1, 2]
    assert "2.json was stopped early, and there is none that ended by itself" in said[0]


def test_a_phone_without_an_earlier_run_is_told(root: Path) -> None:
    write(root, "ten.json", run(4, phone=made_phone(serial="FFFF", model="Ten")))
    said: list[str] = []
    assert len(pairs("before", "last", root, said.append)) == 1
    assert said == ["! no earlier run for: cat_landmarks on FFFF (app)"]
    assert "only in" in _said_by(str(root / "results"), str(root / "results/cat_landmarks/run-1.json"), root)


def _said_by(a: str, b: str, root: Path) -> str:
    said: list[str] = []
    pairs(a, b, root, said.append)
    return "\n".join(said)


def test_before_may_be_another_phone_of_the_same_model_but_not_one_measured_beside_it(root: Path) -> None:
    twin = made_phone(serial="TWIN")
    write(root, "twin.json", run(4, phone=twin))
    assert sorted(days_of("before", "last", root)) == [(2, 3), (3, 4)]
    write(root, "own.json", run(5))
    beside = run(5, phone=made_phone(serial="THIRD"), started_at="2026-05-06T12:00:05+00:00")
    write(root, "beside.json", beside)
    found = {other.run.phone.serial: one.run.phone.serial for one, other in pairs("before", "last", root, print)}
    assert found == {"0A1B2C3D": "0A1B2C3D", "TWIN": "0A1B2C3D", "THIRD": "TWIN"}


def test_a_phone_at_the_cable_is_the_same_one_by_wifi(root: Path) -> None:
    """And two phones that two adb servers call alike are two."""
    same = {"serial": "192.168.0.5:41234", "serial_number": "0A1B2C3D"}
    write(root, "wifi.json", run(4, phone=made_phone(**same)))
    ((earlier, later),) = pairs("before", "last", root, print)
    assert (earlier.run.phone.serial, later.run.phone.serial) == ("0A1B2C3D", "192.168.0.5:41234")
    assert not [why for why in comparability(earlier.run, later.run).reasons if "two phones" in why]
    for server in ("shelf-1:5037", "shelf-2:5037"):
        write(root, f"{server[:7]}.json", run(5, phone=made_phone(serial="emulator-5554", adb_server=server)))
    assert len(pairs("before", "last", root, print)) == 3


def test_one_word_or_none_means_the_newest_and_the_one_before_it(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    two = "results/cat_landmarks/run-2.json"
    assert [both_words(a, None) for a in (None, "last", "before", "results", two)] == [
        ("before", "last"), ("before", "last"), ("before", "last"), ("before", "results"), ("before", two),
    ]  # fmt: skip
    assert both_words("v1", None) == ("v1", "last")
    assert both_words(None, "v1") == ("before", "v1")
    assert both_words("v1", two) == ("v1", two)
    assert days_of(*both_words("results", None), repository) == [(2, 3)]
    assert days_of(*both_words("v1", None), repository) == [(2, 3)]


def test_a_folder_with_one_run_says_what_is_missing(root: Path, tmp_path: Path) -> None:
    write(tmp_path / "one", "run.json", run(1))
    with pytest.raises(KitError, match="no run before it to compare with") as raised:
        pairs(*both_words(str(tmp_path / "one"), None), root, print)
    assert raised.value.fix == "measure a second time, or give two files; invoke benchmark"


@pytest.mark.parametrize("a", ["last", "before"])
def test_before_is_for_a_only(root: Path, a: str) -> None:
    with pytest.raises(KitError, match="B can't be 'before'") as raised:
        pairs(a, "before", root, print)
    assert raised.value.fix == "invoke compare before last"


def test_before_a_file_is_the_one_beside_it(root: Path) -> None:
    assert days_of("before", root / "results/cat_landmarks/run-2.json", root) == [(1, 2)]
    with pytest.raises(KitError, match="no run before it"):
        pairs("before", str(root / "results/cat_landmarks/run-1.json"), root, print)


def test_a_folder_stands_for_the_newest_run_of_each_phone(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "others"
    for phone, day in (("0A1B2C3D", 4), ("FFFF", 5)):
        write(other, f"{phone}.json", run(day, phone=made_phone(serial=phone)))
    write(root, "second-phone.json", run(1, phone=made_phone(serial="FFFF")))
    assert sorted(days_of(root / "results", other, root)) == [(1, 5), (3, 4)]
    assert days_of(root / "results/cat_landmarks/run-1.json", other, root) == [(1, 4)]


@pytest.mark.parametrize("ways", [("run-1.json", "run-1.json"), ("run-3.json", ".")])
def test_a_run_is_not_compared_with_itself(root: Path, ways: tuple[str, str]) -> None:
    folder = root / "results" / "cat_landmarks"
    with pytest.raises(KitError, match="are the same run"):
        pairs(str(folder / ways[0]), str(folder / ways[1]), root, print)


def test_two_folders_without_a_phone_in_common(root: Path, tmp_path: Path) -> None:
    for serial in ("X1", "X2"):
        write(tmp_path / "b", f"{serial}.json", run(4, phone=made_phone(serial=serial)))
    with pytest.raises(KitError, match="no app on the same phone in common"):
        pairs(str(root / "results"), str(tmp_path / "b"), root, print)


def test_nothing_measured_between_two_revisions(repository: Path) -> None:
    git(repository, "commit", "-q", "--allow-empty", "-m", "words only")
    with pytest.raises(KitError, match="are the same run"):
        pairs("HEAD~1", "HEAD", repository, print)
