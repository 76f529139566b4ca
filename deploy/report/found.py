"""The runs that a page shows: those that lie in an app's folder, or those that the user names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appspec.benchmark_run import BenchmarkRun, read_run
from appspec.errors import KitError


@dataclass(frozen=True)
class FoundRun:
    """A run and its file."""

    path: Path
    run: BenchmarkRun


@dataclass(frozen=True)
class PhoneRuns:
    """What one phone measured in one way: the latest run, and the one before it."""

    latest: FoundRun
    before: FoundRun | None


def found_runs(folder: Path) -> tuple[list[FoundRun], list[KitError]]:
    """Runs that lie in a folder, and why others there can't be read."""
    runs, problems = [], []
    for path in sorted(folder.glob("*.json")):
        try:
            runs.append(FoundRun(path, read_run(path)))
        except KitError as error:
            problems.append(error)
    return runs, problems


def named_runs(paths: Sequence[Path]) -> list[FoundRun]:
    """Runs in files, and in folders of them.

    Raises:
        KitError: one of them isn't there, holds none, or can't be read.
    """
    files: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        if not inside:
            raise KitError(
                "There are no results", f"{path} holds no .json", "name a file of invoke benchmark, or a folder of them"
            )
        files += inside
    return [FoundRun(path, read_run(path)) for path in dict.fromkeys(files)]


def by_phone(runs: Sequence[FoundRun]) -> list[PhoneRuns]:
    """The latest run of each phone and way; phones before virtual ones, and these before this computer."""
    groups: dict[tuple[str, ...], list[FoundRun]] = {}
    for one in sorted(runs, key=lambda one: one.run.started_at):
        phone = one.run.phone
        groups.setdefault((phone.kind, phone.serial or phone.model, one.run.settings.way), []).append(one)
    order = {"phone": 0, "virtual": 1, "host": 2}
    found = [PhoneRuns(group[-1], group[-2] if len(group) > 1 else None) for group in groups.values()]
    return sorted(found, key=lambda one: (order[one.latest.run.phone.kind], one.latest.run.phone.model))
