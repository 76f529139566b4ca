"""ELF files of a few hundred bytes, as far as their headers: programs, libraries, for this and that processor."""

from __future__ import annotations

import struct

ARM64, ARM, X86_64, X86 = (2, 183), (1, 40), (2, 62), (1, 3)


def elf(machine: tuple[int, int] = ARM64, interpreter: str = "/system/bin/linker64", kind: int = 3, entry: int = 0x1000) -> bytes:
    """A header, one program header for the interpreter if there is one, and its name."""
    bits, number = machine
    name = interpreter.encode() + b"\0" if interpreter else b""
    count = 1 if interpreter else 0
    ident = b"\x7fELF" + bytes([bits, 1, 1]) + bytes(9)
    if bits == 2:
        head = ident + struct.pack("<HHIQQQIHHHHHH", kind, number, 1, entry, 64, 0, 0, 64, 56, count, 0, 0, 0)
        table = struct.pack("<IIQQQQQQ", 3, 4, 64 + 56, 0, 0, len(name), len(name), 1) if count else b""
    else:
        head = ident + struct.pack("<HHIIIIIHHHHHH", kind, number, 1, entry, 52, 0, 0, 52, 32, count, 0, 0, 0)
        table = struct.pack("<IIIIIIII", 3, 52 + 32, 0, 0, len(name), len(name), 4, 1) if count else b""
    return head + table + name + b"code" * 100
