"""The fields and methods that a dex file defines (Android's "Dalvik executable format", class_data_item)."""

from __future__ import annotations

import struct

from deploy.apk.dex import DexTables, reading


def defined_members(dex: bytes) -> dict[str, frozenset[str]]:
    """The fields and methods of all classes whose code is in `dex`, as `name:descriptor`: `count:I`, `add:(II)I`.

    Raises:
        ValueError: it is not a dex file, or is truncated.
    """
    with reading(dex) as tables:
        return {name: frozenset(_members(tables, data) if data else ()) for name, data in tables.classes()}


def _members(tables: DexTables, at: int) -> list[str]:
    """What the class_data_item at `at` lists: static and instance fields, direct and virtual methods.

    Each list gives the first index, then differences of indices.
    """
    sizes = []
    for _ in range(4):
        size, at = tables.uleb128(at)
        sizes.append(size)
    members = []
    for kind, size in enumerate(sizes):
        index = 0
        for _ in range(size):
            step, at = tables.uleb128(at)
            _, at = tables.uleb128(at)  # access flags
            if kind >= 2:
                _, at = tables.uleb128(at)  # offset of the code
            index += step
            members.append(_field(tables, index) if kind < 2 else _method(tables, index))
    return members


def _field(tables: DexTables, index: int) -> str:
    _, kind, name = struct.unpack_from("<HHI", tables.dex, tables.word(0x54) + 8 * index)
    return f"{tables.string(name)}:{tables.type(kind)}"


def _method(tables: DexTables, index: int) -> str:
    _, proto, name = struct.unpack_from("<HHI", tables.dex, tables.word(0x5C) + 8 * index)
    _, result, parameters = struct.unpack_from("<III", tables.dex, tables.word(0x4C) + 12 * proto)
    count = tables.word(parameters) if parameters else 0
    types = struct.unpack_from(f"<{count}H", tables.dex, parameters + 4) if count else ()
    return f"{tables.string(name)}:({''.join(map(tables.type, types))}){tables.type(result)}"
