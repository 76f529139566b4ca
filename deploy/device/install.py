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
from deploy.device.refusals import CLOSED_USER, Refusal, not_up, read_refusal

OWNER = ("--user", "0")
"""For the phone's owner alone: without it, for every user of the phone, and one of them may be closed to computers."""

QUESTION_S = 120.0  # some phones ask their user before they install
SLOWEST_BYTES_PER_S = 500_000.0


@dataclass(frozen=True)
class Installation:
    """`installed` is False, and `sent_bytes` 0, when the phone had these very bytes."""

    installed: bool
    sent_bytes: int


def install_apk(
    adb: Adb,
    serial: str,
    apk: Path,
    package: str,
    say: Callable[[str], None],
    replace_data: bool = False,
    arguments: str = "",
) -> Installation:
    """Installs `apk` over what is there, keeping the app's data.

    Android's package manager takes the bytes as one stream and keeps them only when all have come, so a
    connection cut at any moment leaves the phone as it was.

    Args:
        replace_data: where the phone refuses the app because of the one that is there, remove that one, with its data.
        arguments: as those of a DeployTarget.

    Raises:
        KitError: the file is no whole APK, the phone refused it, the connection was lost, or the phone holds
            other bytes than were sent.
    """
    wanted = _host_sha256(apk, arguments)
    if installed_sha256(adb, serial, package) == wanted:
        return Installation(False, 0)
    size = apk.stat().st_size
    say(f"sending {size / 1e6:.1f} MB; the phone may ask to allow it")
    refusal = _send(adb, serial, apk, say)
    if refusal is not None and refusal.replaceable and replace_data and is_installed(adb, serial, package):
        say(f"{refusal.code}: removing the {package} that is there with its data, as --replace-data says")
        uninstall(adb, serial, package)
        refusal = _send(adb, serial, apk, say)
    if refusal is not None:
        raise refusal.error(package, serial, adb.command, arguments)
    if installed_sha256(adb, serial, package) != wanted:
        raise KitError(
            f"the phone {serial} doesn't hold what was sent",
            f"the sha256 of its {package} is not that of {apk.name}",
            "the same command again; if it stays so, the phone's storage or cable is broken",
        )
    return Installation(True, size)


def is_installed(adb: Adb, serial: str, package: str) -> bool:
    """Whether the phone has the package.

    Raises:
        KitError: the phone can't be reached.
    """
    return bool(_paths(adb, serial, package))


def uninstall(adb: Adb, serial: str, package: str) -> None:
    """Removes the package and its data.

    Raises:
        KitError: the phone refuses, or can't be reached.
    """
    reply = adb.run("uninstall", package, serial=serial, timeout_s=QUESTION_S)
    if re.search(CLOSED_USER, reply.text):
        reply = adb.shell(serial, ("pm", "uninstall", *OWNER, package))
    if reply.code == 0 and "Success" in reply.out:
        return
    found = re.search(r"Failure \[(.*)\]|Exception: *(.*)", reply.text)
    why = (found.group(1) or found.group(2)) if found is not None else reply.text
    if not why:
        raise connection_lost("removing the app", serial, adb)
    fix = "see on it whether an administrator or a work profile holds the app: Settings > Apps"
    raise KitError(f"the phone {serial} keeps {package}", f"it says: {why}", fix)


def _send(adb: Adb, serial: str, apk: Path, say: Callable[[str], None]) -> Refusal | None:
    """Installs; None: the phone says that it went well.

    Raises:
        KitError: the phone isn't up yet, or the connection ended.
    """
    refusal = _install(adb, serial, apk)
    if refusal is not None and re.search(CLOSED_USER, refusal.detail):
        say(f"{refusal.detail}: that is a work profile or the like; sending it for the phone's owner alone")
        return _install(adb, serial, apk, *OWNER)
    return refusal


def _install(adb: Adb, serial: str, apk: Path, *flags: str) -> Refusal | None:
    """One install command."""
    limit_s = QUESTION_S + apk.stat().st_size / SLOWEST_BYTES_PER_S
    file = str(apk.absolute())  # adb takes a name that begins with - for a flag
    reply = adb.run("install", "-r", *flags, file, serial=serial, timeout_s=limit_s)
    if reply.code == 0:
        return None
    answer = reply.text.replace(file, "")
    starting = not_up(answer, serial)
    if starting is not None:
        raise starting
    refusal = read_refusal(answer)
    if refusal is None:
        raise connection_lost("sending the app", serial, adb)
    return refusal


def installed_sha256(adb: Adb, serial: str, package: str) -> str | None:
    """The hash of the package's APK on the phone; None when it has none, or one in several parts.

    Raises:
        KitError: the phone can't be reached.
    """
    paths = _paths(adb, serial, package)
    if len(paths) != 1:
        return None
    return phone_sha256(adb, serial, paths[0])


def _paths(adb: Adb, serial: str, package: str) -> list[str]:
    return re.findall(r"^package:(.+?)\r?$", adb.shell(serial, ("pm", "path", package)).out, re.MULTILINE)


def _host_sha256(apk: Path, arguments: str) -> str:
    if not apk.is_file():
        raise KitError("no APK to deploy", f"{apk} is not there", f"invoke build-apk{arguments}")
    if not zipfile.is_zipfile(apk):
        raise KitError("no APK to deploy", f"{apk} is not a whole APK", f"remove it, then invoke build-apk{arguments}")
    return file_sha256(apk)
