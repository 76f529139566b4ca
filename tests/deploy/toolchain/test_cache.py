"""The cache: where it is, how a folder in it comes to be whole, what its failures say."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.toolchain.cache import assembled, cache_dir, content_key, locked, writing


def test_the_user_says_where_it_is(cache: Path) -> None:
    assert cache_dir() == cache


def test_a_failure_leaves_nothing_that_looks_whole(cache: Path) -> None:
    target = cache / "thing"

    def half(folder: Path) -> None:
        (folder / "first").write_text("1")
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        assembled(target, half)
    assert not target.exists()
    assert sorted(path.name for path in assembled(target, lambda folder: (folder / "second").touch()).iterdir()) == ["second"]


def test_what_is_there_is_not_made_again(cache: Path) -> None:
    assembled(cache / "thing", lambda folder: (folder / "file").touch())
    assert assembled(cache / "thing", lambda folder: pytest.fail("made again")) == cache / "thing"


def test_two_runs_side_by_side_make_it_once(cache: Path) -> None:
    made: list[Path] = []
    messages: list[str] = []
    begun = threading.Event()

    def make(folder: Path) -> None:
        made.append(folder)
        begun.set()
        threading.Event().wait(0.3)

    runs = [threading.Thread(target=assembled, args=(cache / "thing", make, messages.append)) for _ in range(2)]
    runs[0].start()
    begun.wait()
    runs[1].start()
    for run in runs:
        run.join()
    assert len(made) == 1
    assert messages == ["another run is preparing thing: waiting for it"]


def test_a_killed_holder_frees_the_lock(cache: Path) -> None:
    code = "import os, signal\nfrom deploy.toolchain.cache import locked\nwith locked('x'): os.kill(os.getpid(), signal.SIGKILL)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    messages: list[str] = []
    with locked("x", messages.append):
        assert messages == []


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EACCES, "no permission"),
        (errno.EROFS, "no permission"),
    ],
)
def test_a_write_that_fails_is_said_in_words(cache: Path, number: int, why: str) -> None:
    with pytest.raises(KitError, match=why) as failed, writing("Gradle"):
        raise OSError(number, "no", str(cache))
    assert failed.value.what == "could not write Gradle"
    assert "APKILN_CACHE" in failed.value.fix


def test_a_cache_that_is_a_file_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("APKILN_CACHE", str(tmp_path / "file"))
    with pytest.raises(KitError, match="is no folder"):
        assembled(tmp_path / "file" / "thing", lambda folder: None)


def test_the_key_follows_the_content_and_where_parts_end(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    assert content_key("ab", "c") != content_key("a", "bc")
    assert content_key(tmp_path / "a") == content_key("x") == content_key(b"x")
