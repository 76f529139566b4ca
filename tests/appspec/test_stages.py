"""Stages: made once, whole or not at all."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from appspec.errors import KitError
from appspec.stages import ROOT, Stage, hash_tree, read_stamp


def silent(_: str) -> None:
    """Takes what a stage says."""


def write(text: str) -> object:
    def make(folder: Path) -> None:
        (folder / "result.txt").write_text(text, encoding="utf-8")

    return make


def make_two(folder: Path) -> None:
    (folder / "a").write_text("1", encoding="utf-8")
    (folder / "sub").mkdir()
    (folder / "sub" / "b").write_text("2", encoding="utf-8")


def test_the_second_run_makes_nothing(tmp_path: Path) -> None:
    calls: list[Path] = []

    def make(folder: Path) -> None:
        calls.append(folder)
        make_two(folder)

    stage = Stage("s", tmp_path / "out", {"x": 1})
    first, second = stage.run(make, silent), stage.run(make, silent)
    assert (first.made, second.made, len(calls)) == (True, False, 1)


@pytest.mark.parametrize("damage", ["input", "missing", "cut"])
def test_it_is_made_again_when_input_or_result_changed(tmp_path: Path, damage: str) -> None:
    stage = Stage("s", tmp_path / "out", {"x": 1})
    stage.run(make_two, silent)
    if damage == "input":
        stage = Stage("s", tmp_path / "out", {"x": 2})
    elif damage == "missing":
        (tmp_path / "out" / "sub" / "b").unlink()
    else:
        (tmp_path / "out" / "a").write_text("", encoding="utf-8")
    assert stage.run(make_two, silent).made
    assert (tmp_path / "out" / "a").read_text(encoding="utf-8") == "1"


def test_a_raised_version_makes_it_again_and_source_files_count_nothing(tmp_path: Path) -> None:
    lines: list[str] = []
    assert Stage("s", tmp_path / "out", {"x": 1}).run(make_two, silent).made
    assert not Stage("s", tmp_path / "out", {"x": 1}).run(make_two, silent).made
    assert Stage("s", tmp_path / "out", {"x": 1}, version=2).run(make_two, lines.append).made
    assert lines == ["s: the kit makes it in another way now; made again"]


@pytest.mark.parametrize(
    ("before", "now", "says"),
    [
        ({"input": {"size": [96, 96]}}, {"input": {"size": [128, 128]}}, "input.size was 96, is 128"),
        ({"input": {"size": [96, 96]}}, {"input": {"size": [96, 128]}}, "input.size[0] was None, is 96; "),
        ({"data": "a" * 64}, {"data": "b" * 64}, "data changed"),
        (
            {"a": 1, "b": 2, "c": 3, "d": 4},
            {"a": 2, "b": 3, "c": 4, "d": 5},
            "a was 1, is 2; b was 2, is 3; c was 3, is 4 and 1 more",
        ),
        ({"a": 1}, {}, "a was 1, is None"),
    ],
)
def test_it_says_why_it_is_made_again(tmp_path: Path, before: dict[str, object], now: dict[str, object], says: str) -> None:
    lines: list[str] = []
    Stage("train", tmp_path / "out", before).run(make_two, silent)
    Stage("train", tmp_path / "out", now).run(make_two, lines.append)
    assert lines[0].startswith(f"train: {says}")
    assert lines[0].endswith("made again")


def test_a_key_that_a_newer_kit_knows_counts_only_where_it_is_set(tmp_path: Path) -> None:
    before = {"series": {"window": 48, "label": None}, "models": [{"name": "a"}, {"name": "b"}], "sizes": [96, 96]}
    old = Stage("s", tmp_path / "out", before).run(make_two, silent)
    models = [{"name": "a", "order": None}, {"name": "b", "order": None}]
    newer = {"series": {"window": 48, "label": None, "channel": None}, "models": models, "sizes": [96, 96], "units": None}
    stage = Stage("s", tmp_path / "out", newer)
    again = stage.run(make_two, silent)
    assert (stage.stands(), again.made, again.stamp) == (True, False, old.stamp), "the stages after it stand too"

    lines: list[str] = []
    assert Stage("s", tmp_path / "out", newer | {"units": "percent"}).run(make_two, lines.append).made
    assert Stage("s", tmp_path / "out", newer | {"sizes": None, "units": "percent"}).run(make_two, lines.append).made
    assert lines == ["s: units was None, is percent; made again", "s: sizes was 96, is None; made again"]


def test_a_key_that_is_gone_is_a_reason_in_words(tmp_path: Path) -> None:
    lines: list[str] = []
    Stage("s", tmp_path / "out", {"x": 1, "gone": None}).run(make_two, silent)
    assert Stage("s", tmp_path / "out", {"x": 1}).run(make_two, lines.append).made
    assert lines == ["s: made by an older version of the kit; made again"]


@pytest.mark.parametrize("found", ["a file", "another stage", "a link"])
def test_what_it_did_not_make_is_refused_and_stays(tmp_path: Path, found: str) -> None:
    folder = tmp_path / "out"
    if found == "a file":
        folder.mkdir()
    elif found == "another stage":
        Stage("draw", folder, {}).run(make_two, silent)
    else:
        (tmp_path / "photographs").mkdir()
        folder.symlink_to(tmp_path / "photographs")
    (folder / "mine.jpg").write_text("mine", encoding="utf-8")
    with pytest.raises(KitError, match="would replace") as caught:
        Stage("s", folder, {"x": 1}).run(make_two, silent)
    assert "nothing was touched" in caught.value.why
    assert (folder / "mine.jpg").read_text(encoding="utf-8") == "mine"
    assert not Stage("s", folder, {"x": 1}).stands()


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert Stage("s", tmp_path / "out", {}).run(make_two, silent).made


def test_a_failed_stage_leaves_the_old_result(tmp_path: Path) -> None:
    Stage("s", tmp_path / "out", {"x": 1}).run(make_two, silent)

    def fail(folder: Path) -> None:
        (folder / "half").write_text("half", encoding="utf-8")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Stage("s", tmp_path / "out", {"x": 2}).run(fail, silent)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    assert not (tmp_path / "out" / "half").exists()
    assert not Stage("s", tmp_path / "out", {"x": 1}).run(make_two, silent).made


def test_a_full_disk_is_told_in_words(tmp_path: Path) -> None:
    def fail(_: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(KitError) as caught:
        Stage("draw", tmp_path / "out", {}).run(fail, silent)
    assert "full" in caught.value.why
    assert list(tmp_path.iterdir()) == []


def test_kept_folders_move_into_the_new_result(tmp_path: Path) -> None:
    Stage("s", tmp_path / "out", {"x": 1}).run(make_two, silent)
    (tmp_path / "out" / "cache" / "deep").mkdir(parents=True)
    (tmp_path / "out" / "cache" / "deep" / "c").write_text("3", encoding="utf-8")
    Stage("s", tmp_path / "out", {"x": 2}).run(make_two, silent, keep=("cache/deep",))
    assert (tmp_path / "out" / "cache" / "deep" / "c").read_text(encoding="utf-8") == "3"


def test_remains_of_a_killed_run_go_even_where_the_result_stands(tmp_path: Path) -> None:
    stage = Stage("s", tmp_path / "out", {"x": 1})
    stage.run(make_two, silent)
    for remains in (".out.making", ".out.old"):
        folder = tmp_path / remains
        folder.mkdir()
        make_two(folder)
    assert not stage.run(make_two, silent).made
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


SLOW = """
import sys, time
from pathlib import Path
from appspec.stages import Stage
def make(folder):
    (folder / "a").write_text("half")
    print("writing", flush=True)
    time.sleep(60)
Stage("s", Path(sys.argv[1]) / "out", {"x": 2}).run(make, lambda line: None)
"""


def test_after_a_kill_the_next_run_equals_a_clean_one(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"writing\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert read_stamp(tmp_path / "out") is None
    Stage("s", tmp_path / "out", {"x": 2}).run(make_two, silent)
    Stage("s", tmp_path / "clean", {"x": 2}).run(make_two, silent)
    assert hash_tree(tmp_path / "out") == hash_tree(tmp_path / "clean")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clean", "out"]


def test_tree_hash_follows_content_not_the_remembered_one(tmp_path: Path) -> None:
    folder, cache = tmp_path / "data", tmp_path / "cache.json"
    folder.mkdir()
    (folder / "a").write_text("1", encoding="utf-8")
    first = hash_tree(folder, cache)
    assert hash_tree(folder, cache) == first == hash_tree(folder)
    time.sleep(0.01)
    (folder / "a").write_text("2", encoding="utf-8")
    assert hash_tree(folder, cache) != first
