"""What a dex file defines (Android's "Dalvik executable format": header, string, type and class tables)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager


def defined_classes(dex: bytes) -> frozenset[str]:
    """Names such as `org.example.MainActivity` of all classes whose code is in `dex`.

    Raises:
        ValueError: it is not a dex file, or is truncated.
    """
    with reading(dex) as tables:
        return frozenset(name for name, _ in tables.classes())


@contextmanager
def reading(dex: bytes) -> Iterator[DexTables]:
    """The tables of `dex`; what a damaged one raises within the block becomes a ValueError.

    Raises:
        ValueError: it is not a dex file, or is truncated.
    """
    if dex[:4] != b"dex\n" or len(dex) < 0x70:
        raise ValueError("not a dex file")
    try:
        yield DexTables(dex)
    except (struct.error, IndexError, ValueError) as error:
        raise ValueError("the dex file is truncated") from error


class DexTables:
    """The tables of one dex file; `at` is always an offset into its bytes, `index` one into a table."""

    def __init__(self, dex: bytes) -> None:
        self.dex = dex

    def classes(self) -> Iterator[tuple[str, int]]:
        """Name and class_data_item offset of each class; the offset is 0 for a class without members."""
        count, start = struct.unpack_from("<II", self.dex, 0x60)
        for at in range(start, start + 32 * count, 32):
            descriptor = self.type(self.word(at))
            yield descriptor.removeprefix("L").removesuffix(";").replace("/", "."), self.word(at + 24)

    def type(self, index: int) -> str:
        """The descriptor of a type, such as `Lorg/example/MainActivity;`."""
        return self.string(self.word(self.word(0x44) + 4 * index))

    def string(self, index: int) -> str:
        """A NUL-terminated text in modified UTF-8, which follows its length."""
        _, at = self.uleb128(self.word(self.word(0x3C) + 4 * index))
        return self.dex[at : self.dex.index(b"\0", at)].decode("utf-8", errors="replace")

    def word(self, at: int) -> int:
        """The uint32 at `at`."""
        return int(struct.unpack_from("<I", self.dex, at)[0])

    def uleb128(self, at: int) -> tuple[int, int]:
        """The unsigned LEB128 number at `at`, and where the next value begins."""
        value = shift = 0
        while True:
            byte = self.dex[at]
            value |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if byte < 0x80:
                return value, at
