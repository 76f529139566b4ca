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
    """What one phone measured in one way: the latest run, the one before it, and the latest with a part that ran without a pause."""

    latest: FoundRun
    before: FoundRun | None
    sustained: FoundRun | None


def found_runs(folder: Path, app: str) -> tuple[list[FoundRun], list[KitError]]:
    """An app's runs that lie in a folder, and why others there can't be shown."""
    runs, problems = [], []
    for path in sorted(folder.glob("*.json")):
        try:
            runs.append(_found(path, app))
        except KitError as error:
            problems.append(error)
    return runs, problems


def named_runs(paths: Sequence[Path], app: str) -> list[FoundRun]:
    """An app's runs in files, and in folders of them.

    Raises:
        KitError: one of them isn't there, holds none, can't be read, or is another app's.
    """
    files: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        if not inside:
            raise KitError(
                "There are no results", f"{path} holds no .json", "name a file of invoke benchmark, or a folder of them"
            )
        files += inside
    return [_found(path, app) for path in dict.fromkeys(files)]


def by_phone(runs: Sequence[FoundRun]) -> list[PhoneRuns]:
    """The latest run of each phone and way; phones before virtual ones, and these before this computer."""
    groups: dict[tuple[str, ...], list[FoundRun]] = {}
    for one in sorted(runs, key=lambda one: one.run.started_at):
        phone = one.run.phone
        groups.setdefault((phone.kind, phone.serial or phone.model, one.run.settings.way), []).append(one)
    order = {"phone": 0, "virtual": 1, "host": 2}
    found = [_of_phone(group) for group in groups.values()]
    return sorted(found, key=lambda one: (order[one.latest.run.phone.kind], one.latest.run.phone.model))


def _of_phone(group: Sequence[FoundRun]) -> PhoneRuns:
    held = [one for one in group if one.run.sustained]
    return PhoneRuns(group[-1], group[-2] if len(group) > 1 else None, held[-1] if held else None)


def _found(path: Path, app: str) -> FoundRun:
    run = read_run(path)
    if run.app.name != app:
        raise KitError(
            "The result is another app's", f"{path} is of {run.app.name}, not of {app}", f"invoke report --app {run.app.name}"
        )
    return FoundRun(path, run)
