"""Which of the processes that `invoke test` starts runs which tests: those that need the same costly fixture stay together."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import Producer

TOGETHER: tuple[tuple[str, ...], ...] = (
    (  # the apps of tests/conftest.py
        "tests/test_end_to_end.py",
        "tests/test_bundle.py",
        "tests/test_preview.py",
        "tests/test_parity.py",
        "tests/test_every_kind.py",
    ),
    ("tests/phone/",),
    ("tests/test_command_line.py", "tests/pymodel/test_finished_models.py"),  # its kit
    ("tests/test_reproducible.py",),
    ("tests/test_kill.py",),
    ("tests/test_workers.py",),
    ("tests/screens/",),
    ("tests/pymodel/test_transfer.py",),
)
"""Files and folders; the groups that take longest first, so that no process is left with one of them at the end."""


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
