"""The sync service: `adb push` and `adb pull` (AOSP, packages/modules/adb/SYNC.TXT and daemon/file_sync_service.cpp)."""

from __future__ import annotations

import asyncio
import struct

from deploy.virtual_phone.faults import CutError
from deploy.virtual_phone.files import may_read, may_write, whole_path
from deploy.virtual_phone.state import DiskFullError, PhoneState
from deploy.virtual_phone.stream import Stream

NO_ENTRY, NO_PERMISSION = 2, 13  # ENOENT, EACCES
CHUNK = 64 * 1024  # bytes, the protocol's limit
LONGEST_PATH = 4096


async def serve_sync(stream: Stream, state: PhoneState) -> None:
    """Answers requests until QUIT.

    Raises:
        asyncio.IncompleteReadError: the stream ended within a request.
    """
    while True:
        header = await stream.reader.readexactly(8)
        request, size = header[:4], int.from_bytes(header[4:], "little")
        if request == b"QUIT":
            return
        if size > LONGEST_PATH:
            await stream.write(_fail("path too long"))
            return
        argument = (await stream.reader.readexactly(size)).decode("utf-8", "replace")
        if request in (b"STAT", b"STA2", b"LST2"):
            await stream.write(_stat(request, argument, state))
        elif request in (b"LIST", b"LIS2"):
            await stream.write(_list(request, argument, state))
        elif request == b"SEND":
            if not await _receive(argument, stream, state):
                return
        elif request == b"RECV":
            await _send(argument, stream, state)
        else:
            await stream.write(_fail(f"unknown command {request.decode('latin-1')}"))
            return


def _stat(request: bytes, path: str, state: PhoneState) -> bytes:
    path = whole_path(path)
    disk, there = state.disk, may_read(path, "shell") and state.disk.exists(path)
    mode = disk.mode(path) if there else 0
    size, when = len(disk.content.get(path, b"")) if there else 0, int(disk.time(path)) if there else 0
    if request == b"STAT":
        return request + struct.pack("<III", mode, size & 0xFFFFFFFF, when & 0xFFFFFFFF)
    error = 0 if there else NO_ENTRY if may_read(path, "shell") else NO_PERMISSION
    return request + struct.pack("<IQQIIIIQqqq", error, 1, 1, mode, 1, 0, 0, size, when, when, when)


def _list(request: bytes, path: str, state: PhoneState) -> bytes:
    path, disk = whole_path(path), state.disk
    packed = b""
    for name in [".", "..", *disk.children(path)] if path in disk.folders and may_read(path, "shell") else []:
        one = path if name.startswith(".") and name in (".", "..") else f"{path.rstrip('/')}/{name}"
        mode, size, when = disk.mode(one), len(disk.content.get(one, b"")), int(disk.time(one))
        encoded = name.encode()
        if request == b"LIST":
            packed += b"DENT" + struct.pack("<IIII", mode, size, when, len(encoded)) + encoded
        else:
            packed += (
                b"DNT2" + struct.pack("<IQQIIIIQqqqI", 0, 1, 1, mode, 1, 0, 0, size, when, when, when, len(encoded)) + encoded
            )
    last = struct.pack("<IIII", 0, 0, 0, 0) if request == b"LIST" else bytes(struct.calcsize("<IQQIIIIQqqqI"))
    return packed + b"DONE" + last


async def _receive(argument: str, stream: Stream, state: PhoneState) -> bool:
    """One file of a push; whether it is there now.

    The old one goes first. A push that doesn't come to its end leaves nothing, but a phone that reboots meanwhile has no time to
    clean up: what had arrived stays.
    """
    path, _, mode = argument.rpartition(",")
    path = whole_path(path)
    problem = "" if may_write(path, "shell") else "couldn't create file: Permission denied"
    if path in state.disk.folders:
        problem = "couldn't create file: Is a directory"
    if not problem:
        state.disk.remove(path)
    received: list[bytes] = []
    try:
        problem = await _receive_data(received, stream, state, problem)
    except asyncio.IncompleteReadError:
        if state.uptime_s < 0 and not problem:
            state.disk.write(path, b"".join(received))
        raise
    data = b"".join(received)
    state.say(f"push of {len(data)} bytes to {path}{': ' if problem else ''}{problem}")
    if problem:
        return False
    state.disk.write(path, data, int(mode) & 0o777 if mode.isdigit() else 0o644)
    await stream.write(b"OKAY" + struct.pack("<I", 0))
    return True


async def _receive_data(received: list[bytes], stream: Stream, state: PhoneState, problem: str) -> str:
    """Takes pieces until DONE; what is wrong is told at once, and the rest thrown away, as adbd does."""
    if problem:
        await stream.write(_fail(problem))
    size_now = 0
    while True:
        header = await stream.reader.readexactly(8)
        size = int.from_bytes(header[4:], "little")
        if header[:4] == b"DONE":
            return problem
        if header[:4] != b"DATA" or size > CHUNK:
            if not problem:
                await stream.write(_fail("invalid data message"))
            return problem or "invalid data message"
        piece = await stream.reader.readexactly(size)
        if problem:
            continue
        size_now += size
        if state.faults.drop_after_bytes is not None and size_now > state.faults.drop_after_bytes:
            raise CutError
        try:
            state.take_room(size)
        except DiskFullError:
            problem = "write failed: No space left on device"
            await stream.write(_fail(problem))
            continue
        received.append(piece)


async def _send(path: str, stream: Stream, state: PhoneState) -> None:
    path = whole_path(path)
    data = state.files.get(path)
    if data is None or not may_read(path, "shell"):
        await stream.write(_fail(f"open failed: {'No such file or directory' if data is None else 'Permission denied'}"))
        return
    packed = bytearray()
    for start in range(0, len(data), CHUNK):
        piece = data[start : start + CHUNK]
        packed += b"DATA" + struct.pack("<I", len(piece)) + piece
        if len(packed) > 2**20:
            await stream.write(bytes(packed))
            packed.clear()
    await stream.write(bytes(packed) + b"DONE" + struct.pack("<I", 0))
    state.say(f"pull of {len(data)} bytes from {path}")


def _fail(text: str) -> bytes:
    encoded = text.encode()
    return b"FAIL" + struct.pack("<I", len(encoded)) + encoded
