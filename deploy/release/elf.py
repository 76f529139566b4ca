"""How a native library wants to be loaded: its class and the alignment of its LOAD segments (ELF specification, part 1)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

PT_LOAD = 1


@dataclass(frozen=True)
class Library:
    """bits: 32 or 64; alignment: the smallest of its LOAD segments, in bytes."""

    bits: int
    alignment: int


def read_library(content: bytes) -> Library:
    """What the program headers of a little-endian ELF file say.

    Raises:
        ValueError: it is none, or is cut, or has nothing to load.
    """
    if content[:4] != b"\x7fELF" or len(content) < 64 or content[4] not in (1, 2) or content[5] != 1:
        raise ValueError("no little-endian ELF file")
    wide = content[4] == 2
    try:
        start = struct.unpack_from("<Q", content, 0x20)[0] if wide else struct.unpack_from("<I", content, 0x1C)[0]
        size, count = struct.unpack_from("<HH", content, 0x36 if wide else 0x2A)
        alignments = []
        for at in range(start, start + size * count, size):
            if struct.unpack_from("<I", content, at)[0] == PT_LOAD:
                alignments.append(struct.unpack_from("<Q" if wide else "<I", content, at + (0x30 if wide else 0x1C))[0])
    except (struct.error, ValueError) as error:
        raise ValueError("the ELF file is cut") from error
    if not alignments:
        raise ValueError("the ELF file has nothing to load")
    return Library(64 if wide else 32, min(alignments))
