"""The runs that a page shows: those that lie in an app's folder, or those that the user names."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appspec.benchmark_run import BenchmarkRun, is_foreign, parse_run, read_run, read_text
from appspec.errors import KitError


@dataclass(frozen=True)
class FoundRun:
    """A run and its file."""

    path: Path
    run: BenchmarkRun


@dataclass(frozen=True)
class PhoneRuns:
    """What one phone measured in one way.

    Attributes:
        latest: of those that ended by themselves; of all where none did.
        before: the one before it, likewise.
        sustained: the latest with a part that ran without a pause.
        note: a newer run that was passed over, or that the latest was stopped; empty without.
    """

    latest: FoundRun
    before: FoundRun | None
    sustained: FoundRun | None
    note: str = ""


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
    """An app's runs in files, and in folders of them, where other apps' runs and JSON of something else may lie too.

    Raises:
        KitError: one of them isn't there, can't be read, or is another app's; a folder holds none of the app's.
    """
    found: dict[Path, FoundRun] = {}
    for path in paths:
        found |= _in_folder(path, app) if path.is_dir() else {path: _found(path, app)}
    return list(found.values())


def _in_folder(folder: Path, app: str) -> dict[Path, FoundRun]:
    runs, others = dict[Path, FoundRun](), set[str]()
    for path in sorted(folder.rglob("*.json")):
        text = read_text(path)
        if not is_foreign(text):
            run = parse_run(text, str(path))
            others.add(run.app.name)
            if run.app.name == app:
                runs[path] = FoundRun(path, run)
    if not runs:
        why = (
            f"{folder} holds runs of {', '.join(sorted(others))} alone"
            if others
            else f"{folder} holds no run of invoke benchmark"
        )
        raise KitError(f"There are no results of {app}", why, "name a file of invoke benchmark, or a folder of them")
    return runs


def by_phone(runs: Sequence[FoundRun]) -> list[PhoneRuns]:
    """The latest run of each phone and way; phones before virtual ones, and these before this computer."""
    groups: dict[tuple[str, ...], list[FoundRun]] = {}
    for one in sorted(runs, key=lambda one: one.run.started_at):
        phone = one.run.phone
        groups.setdefault((phone.kind, phone.identity, one.run.settings.way), []).append(one)
    order = {"phone": 0, "virtual": 1, "host": 2}
    found = [_of_phone(group) for group in groups.values()]
    return sorted(found, key=lambda one: (order[one.latest.run.phone.kind], one.latest.run.phone.model))


def _of_phone(group: Sequence[FoundRun]) -> PhoneRuns:
    held = [one for one in group if one.run.sustained]
    whole = [one for one in group if one.run.is_whole]
    latest = (whole or group)[-1]
    earlier = (whole or group)[:-1] or [one for one in group if one.run.started_at < latest.run.started_at]
    note = "" if latest.run.is_whole else f"{latest.path.name} was stopped early, and there is none that ended by itself."
    if latest is not group[-1]:
        note = f"A newer run was stopped early and is passed over: {group[-1].path.name}."
    return PhoneRuns(latest, earlier[-1] if earlier else None, held[-1] if held else None, note)


def _found(path: Path, app: str) -> FoundRun:
    run = read_run(path)
    if run.app.name != app:
        fix = f"invoke report --app {shlex.quote(run.app.name)} --results {shlex.quote(str(path))}"
        raise KitError("The result is another app's", f"{path} is of {run.app.name}, not of {app}", fix)
    return FoundRun(path, run)
