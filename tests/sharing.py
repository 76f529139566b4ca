"""What the processes that `invoke test` starts share: costly things are made once for all of them, and each takes whole files."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import pytest
from filelock import FileLock
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import Producer

Made = TypeVar("Made")


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """What `make` gives for an empty folder: the first process of a test run that asks makes it, the others wait and take it.

    What is shared is only looked at; a test that changes it works on a copy.

    Args:
        make: its result is pickled.
    """
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # of all processes
    folder, note = root / "shared" / name, root / "shared" / f"{name}.pickle"
    folder.parent.mkdir(exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not note.is_file():
            shutil.rmtree(folder, ignore_errors=True)  # of one that failed
            folder.mkdir()
            note.write_bytes(pickle.dumps(make(folder)))
        return cast(Made, pickle.loads(note.read_bytes()))


TOGETHER: tuple[tuple[str, ...], ...] = (
    ("tests/test_kill.py",),
    ("tests/test_end_to_end.py",),
    ("tests/phone/", "tests/screens/"),
    ("tests/test_bundle.py",),
    ("tests/test_every_kind.py",),
    ("tests/test_reproducible.py",),
    ("tests/test_parity.py",),
    ("tests/test_command_line.py",),
    ("tests/test_updates.py",),
    ("tests/test_workers.py",),
    ("tests/test_preview.py",),
    ("tests/test_sensor_screen.py",),
    ("tests/test_made_up_kind.py",),
    ("tests/pymodel/test_finished_models.py",),
    ("tests/pymodel/test_transfer.py",),
)
"""Files and folders: those that take long first, so that no process is left with one of them at the end, and no two that
would make the same thing at the same time side by side. Folders in one group need the same and little else."""


class SharedFixtures(LoadScopeScheduling):
    """Gives a process that has nothing left to do the next group of [TOGETHER], then the next file."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        config.option.loadscopereorder = False  # the order of `in_order` stays
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        rank = _rank(nodeid)
        return TOGETHER[rank][0] if rank < len(TOGETHER) else file


def in_order(items: list[pytest.Item]) -> None:
    """Sorts tests by their groups; a process that runs all of them makes each fixture once, too."""
    items.sort(key=lambda item: _rank(item.nodeid))


def _rank(nodeid: str) -> int:
    return next((rank for rank, places in enumerate(TOGETHER) if nodeid.startswith(places)), len(TOGETHER))
