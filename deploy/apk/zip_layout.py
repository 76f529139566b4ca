"""Where the data of each entry lies in a ZIP file."""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

_LOCAL = b"PK\x03\x04"


@dataclass(frozen=True)
class Entry:
    """One file of an APK. Sizes and `data_offset` (where its data begins in the APK) are in bytes."""

    name: str
    size: int
    packed_size: int
    stored: bool
    data_offset: int


def read_entries(path: Path) -> tuple[Entry, ...]:
    """All files of the APK, in the order of its central directory.

    Raises:
        zipfile.BadZipFile: it is not a ZIP file, or a local header is not where the central directory says.
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
