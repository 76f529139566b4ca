"""Virtual phones under the real adb, and a small APK."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.device.adb import Adb
from deploy.device.choose import Selection, choose_phones
from deploy.device.deploy import DeployResult, deploy
from deploy.device.fleet import on_each
from deploy.device.launch import Patience
from deploy.device.target import DeployTarget
from deploy.virtual_phone import PrivateAdbServer, VirtualPhone
from tests.deploy.tiny_apk import TinyApk

PACKAGE = "org.example.cats"
TARGET = DeployTarget(PACKAGE, "io.apkiln.app.MainActivity", ("arm64-v8a",), 24)
QUICK = Patience(start_s=1.0, drawn_s=0.3, stay_s=0.3, poll_s=0.05)

Deploy = Callable[..., DeployResult]


@pytest.fixture
def phone(server: PrivateAdbServer) -> Iterator[VirtualPhone]:
    """One connected phone."""
    with VirtualPhone() as phone:
        server.connect(phone)
        yield phone


@pytest.fixture
def adb(server: PrivateAdbServer) -> Adb:
    return Adb.bundled()


@pytest.fixture
def apk(tmp_path: Path) -> Path:
    """An APK of 3 MB in a folder with a blank and Hangul in its name."""
    folder = tmp_path / "build 고양이"
    folder.mkdir()
    path = folder / "cats.apk"
    path.write_bytes(TinyApk(payload_bytes=3_000_000).build())
    return path


@pytest.fixture
def messages() -> list[str]:
    """Progress lines that the code under test shows the user."""
    return []


@pytest.fixture
def run_deploy(adb: Adb, apk: Path, messages: list[str]) -> Deploy:
    """Deploys `apk` to the only phone, watching its start for a third of a second."""

    def run(target: DeployTarget = TARGET, serial: str | None = None, path: Path = apk, tool: Adb = adb) -> DeployResult:
        phones = choose_phones(Selection((serial,) if serial else ()), messages.append)
        (outcome,) = on_each(
            [replace(phone, adb=tool) for phone in phones],
            lambda phone, say: deploy(path, target, phone, say, QUICK),
            messages.append,
        )
        if outcome.result is None:
            assert outcome.error is not None
            raise outcome.error
        return outcome.result

    return run


def wait_until(condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
    """Waits until `condition` holds, for instance of adb's server or a process; long, for a machine that is busy."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.02)
