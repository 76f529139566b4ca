"""Pictures as a stage: from a data folder to a store of examples, and a look at the folder."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import cast

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.progress import Reporter
from appspec.words import counted
from pymodel.data.document import InspectionDocument
from pymodel.data.inspection import inspect
from pymodel.data.store import ExampleStore, write_store

STAGE_VERSION = 3
"""Raised when a store holds something else for the same data and settings."""

PROBLEMS_SHOWN = 10


def read_pictures(folder: Path, data: Data, target: Path, reporter: Reporter) -> None:
    """Data folder → store of examples in the folder `target`.

    Raises:
        KitError: no data, too much of it unreadable, or a split without any.
    """
    write_store(folder, data, target, reporter)
    store = ExampleStore(target)
    counts = ", ".join(f"{count} {name}" for name, count in store.counts().items())
    reporter.say(f"  {counts}; {len(store.problems)} left out")
    for problem in store.problems[:PROBLEMS_SHOWN]:
        reporter.say(f"  left out: {problem.file}: {problem.why}")
    empty = [name for name, count in store.counts().items() if not count]
    if empty:
        total = sum(store.counts().values())
        raise KitError(
            f"{counted(total, 'picture')} in {folder}: too few",
            f"none of them fell into {' and '.join(empty)} (a picture's split follows from its file name)",
            "add pictures (200 or more), or raise the shares in [data] split of app.toml",
        )


def inspect_pictures(folder: Path, data: Data, sheet: Path, pictures: int) -> InspectionDocument:
    """What pymodel.data.inspection finds, as JSON-able values with lines in words.

    Raises:
        KitError: as it does.
    """
    found = inspect(folder, data, sheet, pictures)
    lines = [*found.notes, f"Sizes: {', '.join(f'{size} ({count})' for size, count in found.sizes)}"]
    if found.box_share is not None:
        low, middle, high = found.box_share
        lines.append(f"Objects: {low:.0%} to {high:.0%} of the picture's width (5th to 95th percentile), median {middle:.0%}")
    return cast(InspectionDocument, {**asdict(found), "folder": str(folder), "lines": lines})
