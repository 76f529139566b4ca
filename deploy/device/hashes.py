"""SHA-256 of files here and on a phone: what decides whether something is sent."""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path

from deploy.device.adb import Adb

PULL_S = 120.0


def file_sha256(path: Path) -> str:
    """Of a file on this computer.

    Raises:
        OSError: it can't be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()


def phone_sha256(adb: Adb, serial: str, path: str) -> str | None:
    """Of a file on the phone; None where it isn't there. A phone without sha256sum (Android 7) has it fetched and hashed here.

    Raises:
        KitError: the phone can't be reached.
    """
    reply = adb.shell(serial, ("sha256sum", path))
    found = re.match(r"[0-9a-f]{64}\b", reply.out)
    if reply.code == 0 and found is not None:
        return found.group()
    if "No such file" in reply.text:
        return None
    with tempfile.TemporaryDirectory(prefix="apkiln-") as folder:
        copy = Path(folder) / "file"
        pulled = adb.run("pull", path, str(copy), serial=serial, timeout_s=PULL_S)
        return file_sha256(copy) if pulled.code == 0 and copy.is_file() else None
