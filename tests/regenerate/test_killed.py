"""SIGKILL at any moment of a regeneration: the next run gives what one clean run gives."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from appspec.stages import ROOT
from tests.regenerate.kit import read_files, run, write_files

DYING = """
import json, os, signal, sys
from pathlib import Path
from tests.regenerate.kit import run

left = int(sys.argv[3])
project = sys.argv[1]

def watch(event, arguments):
    global left
    if event in ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "subprocess.Popen"):
        if ".py" not in str(arguments[0]):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

files = {name: bytes.fromhex(text) for name, text in json.loads(sys.argv[2]).items()}
sys.addaudithook(watch)
run(Path(project), files)
print(left)
"""

LINES = b"".join(b"line %d\n" % number for number in range(9))
OLD = {"a.kt": LINES, "b.kt": LINES, "c.bin": b"\0", "app/d.kt": LINES}
NEW = {"a.kt": LINES + b"more\n", "b.kt": LINES.replace(b"1", b"one"), "c.bin": b"\0\0", "app/e.kt": LINES}
FOREIGN = {".git/objects/x": b"history", "local.properties": b"sdk.dir=/x", "build/cache": b"cache"}


def edited_project(project: Path) -> None:
    """Generated once, then edited: a merge, a conflict, a binary one, an added, a removed file."""
    assert run(project, OLD) == ([], None)
    write_files(project, {"a.kt": b"mine\n" + LINES, "b.kt": LINES.replace(b"1", b"uno"), "c.bin": b"\0mine", "mine.kt": b"x"})
    (project / "app/d.kt").unlink()
    write_files(project, FOREIGN)


def die(project: Path, moment: int) -> int | None:
    """Regenerates in a child that dies at the moment-th touch of the disk; how many were left where it came to its end."""
    files = json.dumps({name: content.hex() for name, content in NEW.items()})
    child = subprocess.run(
        [sys.executable, "-c", DYING, str(project), files, str(moment)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    assert child.returncode in (0, -9), child.stderr
    return int(child.stdout) if child.returncode == 0 else None


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    project = tmp_path_factory.mktemp("clean") / "android"
    edited_project(project)
    _, error = run(project, NEW)
    assert error is not None
    result = read_files(project)
    assert result["a.kt"] == b"mine\n" + LINES + b"more\n"
    assert {"b.kt", "mine.kt", "regenerated/c.bin", *FOREIGN} <= set(result)
    return result


def test_a_kill_loses_nothing(tmp_path: Path, clean: dict[str, bytes]) -> None:
    project, untouched = tmp_path / "android", tmp_path / "untouched"
    edited_project(untouched)
    shutil.copytree(untouched, project)
    left = die(project, 100_000)
    assert left is not None
    touches = 100_000 - left
    assert touches > 60
    tail = range(touches - 40, touches + 1)  # where the folders change places
    moments = sorted({*range(1, touches, max(1, touches // 30)), *tail})
    for moment in moments:
        shutil.rmtree(tmp_path / "android")
        shutil.copytree(untouched, project, symlinks=True)
        assert die(project, moment) is None
        _, error = run(project, NEW)
        assert error is not None
        assert read_files(project) == clean, moment
        beside = sorted(path.name for path in tmp_path.iterdir())
        assert beside == ["android", "untouched"], moment
