"""The classes that a dex file defines (Android's "Dalvik executable format": header, string, type and class tables)."""

from __future__ import annotations

import struct


def defined_classes(dex: bytes) -> frozenset[str]:
    """Names such as `org.example.MainActivity` of all classes whose code is in `dex`.

    Raises:
        ValueError: it is no dex file, or is cut.
    """
    if dex[:4] != b"dex\n" or len(dex) < 0x70:
        raise ValueError("no dex file")
    try:
        strings_at = struct.unpack_from("<I", dex, 0x3C)[0]
        types_at = struct.unpack_from("<I", dex, 0x44)[0]
        count, classes_at = struct.unpack_from("<II", dex, 0x60)
        names = set()
        for index in range(count):
            type_index = struct.unpack_from("<I", dex, classes_at + 32 * index)[0]
            string_index = struct.unpack_from("<I", dex, types_at + 4 * type_index)[0]
            names.add(_class_name(dex, struct.unpack_from("<I", dex, strings_at + 4 * string_index)[0]))
    except (struct.error, IndexError, ValueError) as error:
        raise ValueError("the dex file is cut") from error
    return frozenset(names)


def _class_name(dex: bytes, at: int) -> str:
    """`a.b.C` for the descriptor `La/b/C;`, a NUL-terminated modified UTF-8 text after its length as ULEB128."""
    while dex[at] & 0x80:
        at += 1
    text = dex[at + 1 : dex.index(b"\0", at + 1)].decode("utf-8", errors="replace")
    return text.removeprefix("L").removesuffix(";").replace("/", ".")
