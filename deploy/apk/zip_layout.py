"""Where things lie in a ZIP file: entries with their data offsets, the central directory, the end record."""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

_END = b"PK\x05\x06"
_LOCAL = b"PK\x03\x04"


@dataclass(frozen=True)
class Entry:
    """One file of an APK. Sizes and `data_offset` (where its data begins in the APK) are in bytes."""

    name: str
    size: int
    packed_size: int
    stored: bool
    data_offset: int


@dataclass(frozen=True)
class Ends:
    """Offsets in bytes of the central directory and of the end record."""

    directory: int
    end_record: int


def read_entries(path: Path) -> tuple[Entry, ...]:
    """All files of the APK, in the order of its central directory.

    Raises:
        zipfile.BadZipFile: it is no ZIP file, or a local header is not where the directory says.
    """
    with zipfile.ZipFile(path) as apk, path.open("rb") as file:
        entries = []
        for info in apk.infolist():
            file.seek(info.header_offset)
            header = file.read(30)
            if len(header) < 30 or header[:4] != _LOCAL:
                raise zipfile.BadZipFile(f"no local header for {info.filename}")
            name_size, extra_size = struct.unpack_from("<HH", header, 26)
            offset = info.header_offset + 30 + name_size + extra_size
            stored = info.compress_type == zipfile.ZIP_STORED
            entries.append(Entry(info.filename, info.file_size, info.compress_size, stored, offset))
    return tuple(entries)


def find_ends(data: bytes) -> Ends:
    """Offsets of the central directory and the end record.

    Raises:
        ValueError: there is no end record that fits the file's size.
    """
    at = data.rfind(_END)
    while at >= 0:
        if at + 22 <= len(data) and at + 22 + struct.unpack_from("<H", data, at + 20)[0] == len(data):
            directory = struct.unpack_from("<I", data, at + 16)[0]
            if directory <= at:
                return Ends(directory, at)
        at = data.rfind(_END, 0, at)
    raise ValueError("no ZIP end record")
