"""A kit with three runs, as files and as commits."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from appspec.benchmark_run import BenchmarkRun, write_run
from flow.compare_pairs import pairs
from tests.deploy.benchmark.made_runs import ROWS, made_run, made_settings

FEW = ROWS[:3]
DAYS = [f"2026-05-0{day}T12:00:00+00:00" for day in range(1, 8)]


def run(seed: int, **changes: Any) -> BenchmarkRun:
    """Small; measured on day `seed`."""
    return made_run(seed, FEW, starts=4, runs=20, **{"started_at": DAYS[seed], "settings": made_settings(num_runs=20), **changes})


def write(root: Path, name: str, one: BenchmarkRun) -> Path:
    path = root / "results" / "cat_landmarks" / name
    write_run(one, path)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A kit with three runs, one a day."""
    folder = tmp_path / "my 키트"
    for day in (1, 2, 3):
        write(folder, f"run-{day}.json", run(day))
    return folder


def git(root: Path, *arguments: str) -> None:
    identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, env={**os.environ, **identity, **alone})


@pytest.fixture
def repository(root: Path) -> Path:
    """The same, a commit a day; the first one has no results, and `v1` is that of day 2."""
    moved = [(path, path.read_text()) for path in sorted((root / "results").rglob("*.json"))]
    shutil.rmtree(root / "results")
    git(root, "init", "-q", "-b", "main")
    (root / "README.md").write_text("x")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "empty")
    for day, (path, text) in enumerate(moved, 1):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        git(root, "add", "-A")
        git(root, "commit", "-qm", f"day {day}")
        if day == 2:
            git(root, "tag", "v1")
    return root


def days_of(a: str | Path, b: str | Path, root: Path) -> list[tuple[int, int]]:
    """Which days' runs are compared."""
    return [
        (DAYS.index(one.run.started_at), DAYS.index(other.run.started_at)) for one, other in pairs(str(a), str(b), root, print)
    ]
