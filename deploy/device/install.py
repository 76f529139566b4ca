"""Brings an APK's bytes onto the phone: none when they are there, else all of them; hashes decide, never words."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from deploy.device.adb import Adb, connection_lost
from deploy.device.hashes import file_sha256, phone_sha256
from deploy.device.refusals import refusal

QUESTION_S = 120.0  # some phones ask their user before they install
SLOWEST_BYTES_PER_S = 500_000.0


@dataclass(frozen=True)
class Installation:
    """`installed` is False, and `sent_bytes` 0, when the phone had these very bytes."""

    installed: bool
    sent_bytes: int


def install_apk(adb: Adb, serial: str, apk: Path, package: str, say: Callable[[str], None]) -> Installation:
    """Installs `apk` over what is there, keeping the app's data; never uninstalls.

    Android's package manager takes the bytes as one stream and keeps them only when all have come, so a
    connection cut at any moment leaves the phone as it was.

    Raises:
        KitError: the file is no whole APK, the phone refused it, the connection was lost, or the phone holds
            other bytes than were sent.
    """
    wanted = _host_sha256(apk)
    if installed_sha256(adb, serial, package) == wanted:
        return Installation(False, 0)
    size = apk.stat().st_size
    say(f"sending {size / 1e6:.1f} MB; the phone may ask to allow it")
    reply = adb.run("install", "-r", str(apk), serial=serial, timeout_s=QUESTION_S + size / SLOWEST_BYTES_PER_S)
    if reply.code != 0:
        raise refusal(reply.text, package, serial, adb) or connection_lost("sending the app", serial, adb)
    if installed_sha256(adb, serial, package) != wanted:
        raise KitError(
            f"the phone {serial} doesn't hold what was sent",
            f"the sha256 of its {package} is not that of {apk.name}",
            "invoke deploy again; if it stays so, the phone's storage or cable is broken",
        )
    return Installation(True, size)


def installed_sha256(adb: Adb, serial: str, package: str) -> str | None:
    """The hash of the package's APK on the phone; None when it has none, or one in several parts.

    Raises:
        KitError: the phone can't be reached.
    """
    paths = re.findall(r"^package:(.+?)\r?$", adb.shell(serial, ("pm", "path", package)).out, re.MULTILINE)
    if len(paths) != 1:
        return None
    return phone_sha256(adb, serial, paths[0])


def _host_sha256(apk: Path) -> str:
    if not apk.is_file():
        raise KitError("no APK to deploy", f"{apk} is not there", "invoke build-apk")
    if not zipfile.is_zipfile(apk):
        raise KitError("no APK to deploy", f"{apk} is not a whole APK", "remove it, then invoke build-apk")
    return file_sha256(apk)
