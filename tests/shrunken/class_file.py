"""What a class file defines (Java Virtual Machine Specification, chapter 4)."""

from __future__ import annotations

import struct

_SIZES = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
"""Bytes after the tag of each kind of constant except text."""


def class_members(content: bytes) -> frozenset[str]:
    """The fields and methods of a class, as `name:descriptor`: `count:I`, `add:(II)I`.

    Raises:
        ValueError: it is not a class file, or is truncated.
    """
    if content[:4] != b"\xca\xfe\xba\xbe":
        raise ValueError("not a class file")
    try:
        texts, at = _texts(content)
        at += 6  # access flags, this class, its parent
        (interfaces,) = struct.unpack_from(">H", content, at)
        at += 2 + 2 * interfaces
        members = set()
        for _ in range(2):  # fields, then methods
            (count,) = struct.unpack_from(">H", content, at)
            at += 2
            for _ in range(count):
                name, descriptor, attributes = struct.unpack_from(">HHH", content, at + 2)
                members.add(f"{texts[name]}:{texts[descriptor]}")
                at += 8
                for _ in range(attributes):
                    at += 6 + int(struct.unpack_from(">I", content, at + 2)[0])
    except (struct.error, IndexError, KeyError) as error:
        raise ValueError("the class file is truncated") from error
    return frozenset(members)


def _texts(content: bytes) -> tuple[dict[int, str], int]:
    """The texts of the constant pool by their numbers, and where it ends."""
    (count,) = struct.unpack_from(">H", content, 8)
    texts, at, number = {}, 10, 1
    while number < count:
        tag = content[at]
        if tag == 1:
            (size,) = struct.unpack_from(">H", content, at + 1)
            texts[number] = content[at + 3 : at + 3 + size].decode("utf-8", errors="replace")
            at += 3 + size
        else:
            at += 1 + _SIZES[tag]
        number += 2 if tag in (5, 6) else 1  # a long or a double takes two places
    return texts, at
