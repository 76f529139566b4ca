"""A private adb server of the tests' own: its port, its key and its home touch nothing of the user's."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

from tests.virtual_phone.phone import VirtualPhone


class PrivateAdbServer:
    """The real adb, on a server port of its own; ends that server, and no other, when the context closes.

    Args:
        adb: the program.
        home: an empty folder for adb's key and log.

    Attributes:
        environment: variables that make any adb started with them use this server.
    """

    def __init__(self, adb: Path, home: Path) -> None:
        self._adb = adb
        self.port = _free_port()
        self.environment = {
            "HOME": str(home),
            "ANDROID_USER_HOME": str(home / ".android"),
            "ANDROID_ADB_SERVER_PORT": str(self.port),
            "ANDROID_ADB_LOG_PATH": str(home / "adb.log"),
            "ADB_MDNS": "0",  # no phones of the neighbourhood,
            "ADB_USB": "0",  # none on this machine's cables,
            "ADB_LOCAL_TRANSPORT_MAX_PORT": "5553",  # and no emulators
        }

    def __enter__(self) -> PrivateAdbServer:
        self.run("start-server")
        return self

    def __exit__(self, *_: object) -> None:
        self.run("kill-server")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs adb against this server."""
        return subprocess.run(
            [str(self._adb), *arguments],
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
        )

    def connect(self, phone: VirtualPhone) -> str:
        """`adb connect`; returns the phone's serial."""
        self.run("connect", phone.serial)
        return phone.serial


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
