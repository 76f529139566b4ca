"""An app's files, from a phone to a folder here: those beside other apps' (as its benchmarks), or its private ones."""

from __future__ import annotations

import re
import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from appspec.errors import KitError
from deploy.device.adb import Adb, connection_lost
from deploy.device.install import is_installed

LIMIT_S = 600.0


@dataclass(frozen=True)
class PulledFile:
    """One file that was fetched; `name` is its path below the app's folder."""

    name: str
    path: Path
    size: int


def pull(adb: Adb, serial: str, package: str, folder: Path, private: bool, arguments: str = "") -> list[PulledFile]:
    """Fetches an app's files; each stands in the folder whole or not at all.

    Args:
        folder: gets them; files of the same names are replaced.
        private: those that only the app itself may read (it must be debuggable), in place of those in Android/data.
        arguments: as those of a DeployTarget.

    Raises:
        KitError: the app isn't there, has no files, or isn't debuggable; the phone can't be reached or was lost; its files can't be
            written here.
    """
    if not is_installed(adb, serial, package):
        raise not_installed(package, serial, arguments)
    fetch = _fetch_private if private else _fetch_shared
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".apkiln-", dir=folder) as name:
            arrived = Path(name) / "files"
            fetch(adb, serial, package, arrived, arguments)
            found = [path for path in sorted(arrived.rglob("*")) if path.is_file() and not path.is_symlink()]
            return [_move(path, folder, path.relative_to(arrived)) for path in found]
    except OSError as error:
        fix = "free some room there, or give --out another folder"
        raise KitError(f"{package}'s files can't be written to {folder}", error.strerror or str(error), fix) from error


def not_installed(package: str, serial: str, arguments: str) -> KitError:
    """The error for an app that the phone doesn't have."""
    return KitError(
        f"{package} is not on {serial}",
        "the app isn't installed there",
        f"invoke deploy{arguments} --device {shlex.quote(serial)}",
    )


def _fetch_shared(adb: Adb, serial: str, package: str, folder: Path, arguments: str) -> None:
    source = f"/sdcard/Android/data/{package}/files"
    if adb.shell(serial, ("ls", source)).code != 0:
        raise _no_files(package, serial, source, arguments)
    reply = adb.run("pull", source, str(folder.absolute()), serial=serial, timeout_s=LIMIT_S)
    if reply.code != 0:
        complaint = re.search(r"adb: error: (.*)", reply.text)
        if complaint is None or re.search("EOF|closed|connect", complaint[1]):
            raise connection_lost("fetching the app's files", serial, adb)
        raise KitError(f"{package}'s files can't be fetched from {serial}", complaint[1], "see that there is room on this disk")


def _fetch_private(adb: Adb, serial: str, package: str, folder: Path, arguments: str) -> None:
    reply = adb.shell(serial, ("run-as", package, "find", ".", "-type", "f", "-print0"))
    if reply.code != 0:
        words = (reply.text.splitlines() or ["it gives no reason"])[-1]
        raise KitError(
            f"{package}'s private files can't be read on {serial}",
            words,
            f"invoke deploy{arguments}: the kit's debug build lets them be read",
        )
    names = [name.removeprefix("./") for name in reply.out.split("\0") if name]
    if not names:
        raise _no_files(package, serial, f"/data/data/{package}", arguments)
    for name in names:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise KitError(f"{serial} names a file outside the app's folder", name, "don't trust this phone")
        size = adb.shell(serial, ("run-as", package, "stat", "-c", "%s", f"./{name}")).out.strip()
        data = adb.fetch(serial, "run-as", package, "cat", f"./{name}", timeout_s=LIMIT_S)
        if str(len(data)) != size:
            raise connection_lost(f"fetching {name}", serial, adb)
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _no_files(package: str, serial: str, source: str, arguments: str) -> KitError:
    return KitError(
        f"{package} has no files on {serial}",
        f"{source} is empty or not there",
        f"let the app, or invoke benchmark{arguments}, run once",
    )


def _move(path: Path, folder: Path, name: Path) -> PulledFile:
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
    return PulledFile(name.as_posix(), target, target.stat().st_size)
