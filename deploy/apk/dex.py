"""What a dex file defines (Android's "Dalvik executable format": header, string, type, field, method and class tables)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager


def defined_classes(dex: bytes) -> frozenset[str]:
    """Names such as `org.example.MainActivity` of all classes whose code is in `dex`.

    Raises:
        ValueError: it is no dex file, or is cut.
    """
    with _reading(dex) as tables:
        return frozenset(name for name, _ in tables.classes())


def defined_members(dex: bytes) -> dict[str, frozenset[str]]:
    """The fields and methods of all classes whose code is in `dex`, as `name:descriptor`: `count:I`, `add:(II)I`.

    Raises:
        ValueError: it is no dex file, or is cut.
    """
    with _reading(dex) as tables:
        return {name: frozenset(tables.members(data) if data else ()) for name, data in tables.classes()}


@contextmanager
def _reading(dex: bytes) -> Iterator[_Tables]:
    if dex[:4] != b"dex\n" or len(dex) < 0x70:
        raise ValueError("no dex file")
    try:
        yield _Tables(dex)
    except (struct.error, IndexError, ValueError) as error:
        raise ValueError("the dex file is cut") from error


class _Tables:
    """The tables of one dex file, by their offsets in its header."""

    def __init__(self, dex: bytes) -> None:
        self.dex = dex
        self.strings, self.types, self.protos, self.fields, self.methods = (
            self._word(at) for at in (0x3C, 0x44, 0x4C, 0x54, 0x5C)
        )

    def classes(self) -> Iterator[tuple[str, int]]:
        """Name of each class, and where its class_data_item lies; 0 where it has none."""
        count, start = struct.unpack_from("<II", self.dex, 0x60)
        for at in range(start, start + 32 * count, 32):
            descriptor = self._type(self._word(at))
            yield descriptor.removeprefix("L").removesuffix(";").replace("/", "."), self._word(at + 24)

    def members(self, at: int) -> list[str]:
        """What a class_data_item lists: static and instance fields, direct and virtual methods, each list by differences of index."""
        sizes = []
        for _ in range(4):
            size, at = self._uleb128(at)
            sizes.append(size)
        members = []
        for kind, size in enumerate(sizes):
            index = 0
            for _ in range(size):
                step, at = self._uleb128(at)
                _, at = self._uleb128(at)  # access flags
                if kind >= 2:
                    _, at = self._uleb128(at)  # where the code lies
                index += step
                members.append(self._field(index) if kind < 2 else self._method(index))
        return members

    def _field(self, index: int) -> str:
        _, kind, name = struct.unpack_from("<HHI", self.dex, self.fields + 8 * index)
        return f"{self._string(name)}:{self._type(kind)}"

    def _method(self, index: int) -> str:
        _, proto, name = struct.unpack_from("<HHI", self.dex, self.methods + 8 * index)
        _, result, parameters = struct.unpack_from("<III", self.dex, self.protos + 12 * proto)
        count = self._word(parameters) if parameters else 0
        types = struct.unpack_from(f"<{count}H", self.dex, parameters + 4) if count else ()
        return f"{self._string(name)}:({''.join(map(self._type, types))}){self._type(result)}"

    def _type(self, index: int) -> str:
        return self._string(self._word(self.types + 4 * index))

    def _string(self, index: int) -> str:
        """A NUL-terminated modified UTF-8 text after its length."""
        _, at = self._uleb128(self._word(self.strings + 4 * index))
        return self.dex[at : self.dex.index(b"\0", at)].decode("utf-8", errors="replace")

    def _word(self, at: int) -> int:
        return int(struct.unpack_from("<I", self.dex, at)[0])

    def _uleb128(self, at: int) -> tuple[int, int]:
        value = shift = 0
        while True:
            byte = self.dex[at]
            value |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if byte < 0x80:
                return value, at
