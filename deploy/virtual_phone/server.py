"""An adb server apart from the user's own: its port, key and home folder are private."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

from appspec.errors import KitError
from deploy.virtual_phone.phone import VirtualPhone


class PrivateAdbServer:
    """The real adb's server on a free port; ends that server, and no other, when the context closes.

    Args:
        adb: the program.
        home: an existing folder for adb's key and log.

    Attributes:
        program: adb.
        environment: variables that make any adb started with them use this server.
    """

    def __init__(self, adb: Path, home: Path) -> None:
        self.program = adb
        self.port = _free_port()
        self.environment = {
            "HOME": str(home),
            "ANDROID_USER_HOME": str(home / ".android"),
            "ANDROID_ADB_SERVER_PORT": str(self.port),
            "ANDROID_ADB_LOG_PATH": str(home / "adb.log"),
            "ADB_MDNS": "0",  # no phones on the network
            "ADB_USB": "0",  # no phones on USB
            "ADB_LOCAL_TRANSPORT_MAX_PORT": "5553",  # no emulators
        }

    def __enter__(self) -> PrivateAdbServer:
        start = self.run("start-server")
        if start.returncode:
            why = (start.stderr.strip().splitlines() or [f"it ended with exit code {start.returncode}"])[-1]
            raise KitError("adb's server did not start", why, f"run it by hand: {self.program} start-server")
        return self

    def __exit__(self, *_: object) -> None:
        self.run("kill-server")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs adb against this server, for 30 s at most.

        Raises:
            OSError: adb can't be started.
            subprocess.TimeoutExpired: adb hangs.
        """
        return subprocess.run(
            [str(self.program), *arguments],
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
        )

    def connect(self, phone: VirtualPhone) -> str:
        """Runs `adb connect`, whatever comes of it; returns the phone's serial number."""
        self.run("connect", phone.serial)
        return phone.serial


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
