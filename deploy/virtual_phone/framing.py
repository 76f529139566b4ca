"""The adb protocol's frame: a 24-byte header and a payload (AOSP, packages/modules/adb/protocol.txt)."""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass

VERSION_WITH_CHECKSUMS = 0x01000000
VERSION = 0x01000001  # since this version neither side checks the checksum
MAX_PAYLOAD = 1024 * 1024  # bytes

AUTH_TOKEN, AUTH_SIGNATURE, AUTH_PUBLIC_KEY = 1, 2, 3


@dataclass(frozen=True)
class Message:
    """One frame; `command` is its four letters: CNXN, AUTH, OPEN, OKAY, WRTE or CLSE."""

    command: str
    arg0: int
    arg1: int
    payload: bytes = b""

    def encode(self, checksum: bool = False) -> bytes:
        """The frame's bytes; `checksum` for a peer older than `VERSION`."""
        code = int.from_bytes(self.command.encode("ascii"), "little")
        total = sum(self.payload) & 0xFFFFFFFF if checksum else 0
        header = struct.pack("<6I", code, self.arg0, self.arg1, len(self.payload), total, code ^ 0xFFFFFFFF)
        return header + self.payload


async def read_message(reader: asyncio.StreamReader) -> Message:
    """The next frame.

    Raises:
        asyncio.IncompleteReadError: the peer went away.
        ValueError: what arrived is not an adb frame.
    """
    code, arg0, arg1, size, _, magic = struct.unpack("<6I", await reader.readexactly(24))
    if magic != code ^ 0xFFFFFFFF or size > MAX_PAYLOAD:
        raise ValueError(f"not an adb frame: command {code:#x}, magic {magic:#x}, {size} bytes")
    return Message(code.to_bytes(4, "little").decode("ascii"), arg0, arg1, await reader.readexactly(size))
