"""Protocol buffers read field by field, without a schema: bounds are checked, nothing is copied, nothing can crash.

Encoding: protobuf.dev, "Encoding".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

Field: TypeAlias = "tuple[int, int | memoryview]"
"""Number of the field; an integer, or the bytes of a string, a message or a packed list."""


class WireError(ValueError):
    """These bytes are no message."""


def fields(message: memoryview) -> Iterator[Field]:
    """The fields of a message in their order.

    Raises:
        WireError: it ends within a field, or has a field of an unknown kind.
    """
    at, end = 0, len(message)
    while at < end:
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise WireError("a field without a number")
        if kind == 0:
            value, at = _varint(message, at)
            yield number, value
            continue
        size = {1: 8, 5: 4}.get(kind, 0)
        if kind == 2:
            size, at = _varint(message, at)
        elif not size:
            raise WireError(f"a field of kind {kind}")
        if size > end - at:
            raise WireError("it ends too early")
        yield number, message[at : at + size]
        at += size


def text(value: int | memoryview) -> str:
    """A string field."""
    return bytes(value).decode("utf-8", "replace") if isinstance(value, memoryview) else ""


def messages(message: memoryview, number: int) -> Iterator[memoryview]:
    """The values of one field that holds messages or strings."""
    for found, value in fields(message):
        if found == number and isinstance(value, memoryview):
            yield value


def signed(value: int | memoryview) -> int:
    """An int64 field."""
    if not isinstance(value, int):
        return 0
    return value - (1 << 64) if value >= 1 << 63 else value


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 70:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise WireError("it ends within a number")
