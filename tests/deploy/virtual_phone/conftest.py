"""The real adb on a private server, and one virtual phone that it is connected to."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.device.adb import Adb
from deploy.virtual_phone import PrivateAdbServer, VirtualPhone

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def private_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateAdbServer]:
    with PrivateAdbServer(Adb.bundled().program, tmp_path_factory.mktemp("adb")) as server:
        yield server


@pytest.fixture
def server(private_server: PrivateAdbServer) -> Iterator[PrivateAdbServer]:
    """That server; forgets the test's phones at its end."""
    yield private_server
    private_server.run("disconnect")


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
