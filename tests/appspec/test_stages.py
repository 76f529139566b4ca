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


def test_changed_code_changes_the_stamp(tmp_path: Path) -> None:
    code = ROOT / "appspec" / "errors.py"
    assert Stage("s", tmp_path, {}, ("appspec/errors.py",)).stamp() != Stage("s", tmp_path, {}).stamp()
    assert code.is_file()


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
