"""One virtual phone under the real adb."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.virtual_phone import PrivateAdbServer, VirtualPhone

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def phone(server: PrivateAdbServer) -> Iterator[VirtualPhone]:
    with VirtualPhone() as phone:
        server.connect(phone)
        yield phone


@pytest.fixture
def adb(server: PrivateAdbServer, phone: VirtualPhone) -> Run:
    """Runs adb for that phone."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return server.run("-s", phone.serial, *map(str, arguments))

    return run
