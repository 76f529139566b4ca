"""Puts files into the kit's own folder on a phone, by their hashes: the same bytes are sent once, other bytes of that name again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from deploy.device.adb import Adb, connection_lost
from deploy.device.hashes import file_sha256, phone_sha256

FOLDER = "/data/local/tmp/apkiln"
"""What the shell's user may write and run; what lies there is kept, for the next time."""

ANSWER_S = 30.0
SLOWEST_BYTES_PER_S = 500_000.0
LONGEST_NAME = 60


@dataclass(frozen=True)
class Sent:
    """A file that lies on the phone; `sent_bytes` is 0 when these very bytes were there."""

    path: str
    sha256: str
    size_bytes: int
    sent_bytes: int


def send_file(adb: Adb, serial: str, file: Path, say: Callable[[str], None], executable: bool = False) -> Sent:
    """Sends a file unless the phone has it; a cut connection leaves one that the next call takes for what it is: not whole.

    Args:
        executable: the phone's shell is to run it.

    Raises:
        KitError: the file can't be read, the phone takes it not, or holds other bytes than were sent.
    """
    file = file.absolute()  # a name that begins with a dash is no option of adb
    try:
        digest, size = file_sha256(file), file.stat().st_size
    except OSError as error:
        raise KitError("nothing to send", f"{file}: {error.strerror}", "give the path of a file that can be read") from error
    path = f"{FOLDER}/{phone_name(file.name, digest)}"
    sent_bytes = 0
    if phone_sha256(adb, serial, path) != digest:
        _push(adb, serial, file, path, size, say)
        if phone_sha256(adb, serial, path) != digest:
            adb.shell(serial, ("rm", "-f", path))
            raise KitError(
                f"the phone {serial} doesn't hold what was sent",
                f"the sha256 of its {path} is not that of {file.name}",
                "the same command again; if it stays so, the phone's storage or cable is broken",
            )
        sent_bytes = size
    if executable and adb.shell(serial, ("chmod", "755", path)).code != 0:
        raise KitError(f"{file.name} can't be run on {serial}", f"chmod 755 {path} failed there", "look at the phone's storage")
    return Sent(path, digest, size, sent_bytes)


def phone_name(name: str, sha256: str) -> str:
    """What a file is called on the phone: its hash tells it apart, its own name is for people and loses all but plain letters."""
    return f"{sha256[:16]}-{re.sub(r'[^A-Za-z0-9._-]', '_', name)[-LONGEST_NAME:]}"


def _push(adb: Adb, serial: str, file: Path, path: str, size: int, say: Callable[[str], None]) -> None:
    adb.shell(serial, ("mkdir", "-p", FOLDER))
    say(f"sending {file.name} ({size / 1e6:.1f} MB)")
    reply = adb.run("push", str(file), path, serial=serial, timeout_s=ANSWER_S + size / SLOWEST_BYTES_PER_S)
    if reply.code == 0:
        return
    what = f"{file.name} can't be put on {serial}"
    if "No space left" in reply.text:
        adb.shell(serial, ("rm", "-f", path))
        fix = f"free some space; {adb.command('shell', 'rm', '-r', FOLDER, serial=serial)} removes what the kit has put there"
        raise KitError(what, "the phone's storage is full", fix)
    refused = re.search(r"(?:remote .*|couldn't create file: .*|Permission denied.*|Read-only file system.*)", reply.text)
    if refused is not None:
        raise KitError(what, f"{FOLDER}: {refused.group()}", "look at the phone's storage; some phones keep that folder locked")
    raise connection_lost(f"sending {file.name}", serial, adb)
