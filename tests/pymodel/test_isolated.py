"""A child that crashes, hangs, eats memory or fails is one clear error, and the parent goes on."""

from __future__ import annotations

import faulthandler
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from appspec.errors import KitError
from pymodel.isolated import run_isolated, step

HERE = "tests.pymodel.test_isolated"


def double(job: dict[str, Any]) -> dict[str, Any]:
    step("doubling")
    return {"twice": 2 * job["number"]}


def refuse(job: dict[str, Any]) -> dict[str, Any]:
    raise KitError("what", "why", "fix")


def fail(job: dict[str, Any]) -> dict[str, Any]:
    raise ValueError("a cause\nwith more lines")


def crash(job: dict[str, Any]) -> dict[str, Any]:
    faulthandler._sigsegv()  # type: ignore[attr-defined]
    return {}


def hang(job: dict[str, Any]) -> dict[str, Any]:
    step("hanging")
    Path(job["file"]).write_text(str(os.getpid()), encoding="ascii")
    time.sleep(600)
    return {}


def eat(job: dict[str, Any]) -> dict[str, Any]:
    return {"size": len(bytearray(1 << 45))}


def run(name: str, tmp_path: Path, **job: Any) -> dict[str, Any]:
    return run_isolated(f"{HERE}:{name}", job, tmp_path / "log", "Can't do it", timeout_s=20)


def test_what_comes_back(tmp_path: Path) -> None:
    assert run("double", tmp_path, number=21) == {"twice": 42}


def test_a_kit_error_comes_back_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(KitError) as caught:
        run("refuse", tmp_path)
    assert (caught.value.what, caught.value.why, caught.value.fix) == ("what", "why", "fix")


def test_any_other_error_is_one_line_and_its_traceback_in_the_log(tmp_path: Path) -> None:
    with pytest.raises(KitError) as caught:
        run("fail", tmp_path)
    assert caught.value.why == "ValueError: a cause"
    assert "Traceback" in (tmp_path / "log").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_crash_is_said_with_its_signal(tmp_path: Path) -> None:
    with pytest.raises(KitError) as caught:
        run("crash", tmp_path)
    assert "crashed (signal SIGSEGV)" in caught.value.why


def test_memory_is_limited(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="memory is too small"):
        run("eat", tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="process groups")
def test_a_child_that_hangs_is_ended(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="took longer than 3 s while hanging"):
        run_isolated(f"{HERE}:hang", {"file": str(tmp_path / "pid")}, tmp_path / "log", "Can't do it", timeout_s=3)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text(encoding="ascii")), 0)
