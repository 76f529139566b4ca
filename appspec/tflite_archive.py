"""The files that travel inside a `.tflite`: a ZIP appended to the flatbuffer, of which a stranger may have written every byte."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from appspec.errors import KitError

MOST_FILES = 256
MOST_BYTES = 32 * 2**20
"""Of all files together, unpacked: vocabularies and labels are far smaller."""

_END = b"PK\x05\x06"
_END64 = b"PK\x06\x07"
_END_BYTES, _LONGEST_COMMENT = 22, 2**16
_LONGEST_ENTRY = 2**10
"""Bytes of the directory for one file."""


def associated_files(name: str, data: bytes) -> dict[str, bytes]:
    """The packed files by name; none where nothing is appended.

    Args:
        name: of the model, for messages.

    Raises:
        KitError: there are too many, they unpack to too much, one has a name that leaves its folder, or they are damaged.
    """
    if not _has_directory(name, data):
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES:
                raise _refused(name, f"they are {len(entries)}, more than {MOST_FILES}")
            left, found = MOST_BYTES, {}
            for entry in entries:
                if not _is_plain(entry.filename):
                    raise _refused(name, f"one is called {entry.filename[:80]!r}, which leaves its folder")
                with archive.open(entry) as file:
                    found[entry.filename] = file.read(left + 1)
                left -= len(found[entry.filename])
                if left < 0:
                    raise _refused(name, f"they unpack to more than {MOST_BYTES // 2**20} MB")
            return found
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise _refused(name, f"they are damaged: {error}") from error


def _has_directory(name: str, data: bytes) -> bool:
    """Whether a ZIP's directory ends the file; one that only reading would show to be huge is refused first."""
    tail = max(0, len(data) - _END_BYTES - _LONGEST_COMMENT)
    place = data.rfind(_END, tail)
    if place < 0 or place + _END_BYTES > len(data):
        return False
    count = int.from_bytes(data[place + 10 : place + 12], "little")
    size = int.from_bytes(data[place + 12 : place + 16], "little")
    if data[place - 20 : place - 16] == _END64 or count > MOST_FILES or size > MOST_FILES * _LONGEST_ENTRY:
        raise _refused(name, f"they are {count if count < 2**16 - 1 else 'too many'}, more than {MOST_FILES}")
    return True


def _is_plain(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and not set(name) & {"\\", ":", "\0"}


def _refused(name: str, why: str) -> KitError:
    return KitError(
        f"The files packed into {name} are refused",
        why,
        "pack only its label files into the model again, or take the model from another place",
    )
