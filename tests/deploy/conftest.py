"""An empty cache of the test's own, and the real adb on a private server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.device.adb import Adb
from deploy.virtual_phone import PrivateAdbServer


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, in a path with a space and Hangul."""
    folder = tmp_path / "빈 캐시"
    monkeypatch.setenv("APKILN_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def private_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateAdbServer]:
    with PrivateAdbServer(Adb.bundled().program, tmp_path_factory.mktemp("adb")) as server:
        yield server


@pytest.fixture
def server(private_server: PrivateAdbServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateAdbServer]:
    """That server, seen by every adb this test starts; forgets the test's phones at its end."""
    monkeypatch.delenv("ANDROID_SERIAL", raising=False)
    for name, value in private_server.environment.items():
        monkeypatch.setenv(name, value)
    yield private_server
    private_server.run("disconnect")
