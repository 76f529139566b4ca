"""Tables of a flatbuffer, each read checked against the buffer's size: a hostile file ends in an error and in nothing else.

Format: FlatBuffers' "Internals" page. Offsets are little-endian; a table begins with the distance back to its vtable, which
holds the size of itself, that of the table, and the place of each field within the table (0: the field is not there).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache

MOST_STEPS = 2_000_000
"""Tables and sixteenths of vectors that one buffer may make us read: the largest models need a hundredth. Shared tables would
let a small file ask for far more than its size."""


class DamagedError(ValueError):
    """What a flatbuffer says can't be."""


class Buffer:
    """The bytes of one flatbuffer, and how much reading it may still cause."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._steps = MOST_STEPS

    def root(self) -> Table:
        """The table that the buffer begins with."""
        return self.table(self.number("I", 0))

    def table(self, place: int) -> Table:
        """The table at a place.

        Raises:
            DamagedError: it does not lie within the buffer.
        """
        self.step()
        vtable = place - self.number("i", place)
        size = self.number("H", vtable)
        if size < 4 or size % 2 or vtable + size > len(self.data):
            raise DamagedError(f"the table at byte {place} has fields outside the file")
        return Table(self, place, struct.unpack_from(f"<{size // 2}H", self.data, vtable)[2:])

    def number(self, code: str, place: int) -> int:
        """A whole number, as `struct` codes it."""
        layout = _layout(code)
        if not 0 <= place <= len(self.data) - layout.size:
            raise DamagedError(f"it ends before byte {place}, where it says that more follows")
        return int(layout.unpack_from(self.data, place)[0])

    def step(self, count: int = 1) -> None:
        """Counts what is read."""
        self._steps -= count
        if self._steps < 0:
            raise DamagedError(f"it asks to be read over and over, more than {MOST_STEPS} times")


@dataclass(frozen=True, slots=True)
class Table:
    """One table; a field is named by its number in the schema, from 0."""

    buffer: Buffer
    place: int
    fields: tuple[int, ...]

    def integer(self, field: int, code: str, default: int = 0) -> int:
        """A whole number, as `struct` codes it; the default where the field is not there."""
        place = self._place(field)
        return self.buffer.number(code, place) if place else default

    def real(self, field: int) -> float:
        """A float32, 0 where it is not there."""
        place = self._place(field)
        if not place:
            return 0.0
        raw = self.buffer.number("I", place)
        return float(struct.unpack("<f", struct.pack("<I", raw))[0])

    def table(self, field: int) -> Table | None:
        """A table; None where it is not there."""
        place = self._place(field)
        return self.buffer.table(place + self.buffer.number("I", place)) if place else None

    def tables(self, field: int) -> tuple[Table, ...]:
        """A vector of tables."""
        start, _ = self.extent(field, 4)
        offsets = self.vector(field, "I")
        return tuple(self.buffer.table(start + 4 * i + offset) for i, offset in enumerate(offsets))

    def vector(self, field: int, code: str) -> tuple[int, ...]:
        """A vector of whole numbers, as `struct` codes each."""
        start, count = self.extent(field, _layout(code).size)
        return self._numbers(f"<{count}{code}", start, count)

    def reals(self, field: int) -> tuple[float, ...]:
        """A vector of float32."""
        start, count = self.extent(field, 4)
        return self._numbers(f"<{count}f", start, count)

    def text(self, field: int) -> str:
        """A string; what is no UTF-8 in it is replaced."""
        start, count = self.extent(field, 1)
        self.buffer.step(1 + count // 16)
        return self.buffer.data[start : start + count].decode("utf-8", "replace")

    def texts(self, field: int) -> tuple[str, ...]:
        """A vector of strings."""
        start, _ = self.extent(field, 4)
        found = []
        for i, offset in enumerate(self.vector(field, "I")):
            place = start + 4 * i + offset
            first, count = self._checked(place, 1)
            self.buffer.step(1 + count // 16)
            found.append(self.buffer.data[first : first + count].decode("utf-8", "replace"))
        return tuple(found)

    def extent(self, field: int, item_bytes: int) -> tuple[int, int]:
        """Where a vector's first item lies, and how many there are; without reading them.

        Raises:
            DamagedError: it does not lie within the buffer.
        """
        place = self._place(field)
        return self._checked(place + self.buffer.number("I", place), item_bytes) if place else (0, 0)

    def _checked(self, place: int, item_bytes: int) -> tuple[int, int]:
        count = self.buffer.number("I", place)
        if place + 4 + count * item_bytes > len(self.buffer.data):
            raise DamagedError(f"it ends before the {count} values at byte {place}")
        return place + 4, count

    def _numbers(self, layout: str, start: int, count: int) -> tuple[int, ...]:
        self.buffer.step(1 + count // 16)
        return struct.unpack_from(layout, self.buffer.data, start) if count else ()

    def _place(self, field: int) -> int:
        offset = self.fields[field] if field < len(self.fields) else 0
        return self.place + offset if offset else 0


@cache
def _layout(code: str) -> struct.Struct:
    return struct.Struct(f"<{code}")
