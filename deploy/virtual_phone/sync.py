"""The sync service: `adb push` and `adb pull` (AOSP, packages/modules/adb/SYNC.TXT)."""

from __future__ import annotations

import struct

from deploy.virtual_phone.state import PhoneState
from deploy.virtual_phone.stream import Stream

REGULAR_FILE, FOLDER = 0o100644, 0o40755
FOLDERS = ("/data/local/tmp", "/sdcard")
NO_ENTRY = 2  # ENOENT
CHUNK = 64 * 1024  # bytes, the protocol's limit


async def serve_sync(stream: Stream, state: PhoneState) -> None:
    """Answers requests until QUIT; keeps a file only once its DONE has arrived.

    Raises:
        asyncio.IncompleteReadError: the stream ended within a request.
    """
    while True:
        header = await stream.reader.readexactly(8)
        request, size = header[:4], int.from_bytes(header[4:], "little")
        if request == b"QUIT":
            return
        argument = (await stream.reader.readexactly(size)).decode()
        if request in (b"STAT", b"STA2", b"LST2"):
            await stream.write(_stat(request, argument, state))
        elif request == b"SEND":
            await _receive(argument.rsplit(",", 1)[0], stream, state)
        elif request == b"RECV":
            await _send(argument, stream, state)
        else:
            await stream.write(_fail(f"unknown request {request!r}"))


def _stat(request: bytes, path: str, state: PhoneState) -> bytes:
    data = state.files.get(path)
    mode = REGULAR_FILE if data is not None else FOLDER if path.rstrip("/") in FOLDERS else 0
    size = len(data or b"")
    if request == b"STAT":
        return request + struct.pack("<III", mode, size, 0)
    error = 0 if mode else NO_ENTRY
    return request + struct.pack("<IQQIIIIQqqq", error, 1, 1, mode, 1, 0, 0, size, 0, 0, 0)


async def _receive(path: str, stream: Stream, state: PhoneState) -> None:
    received = bytearray()
    while True:
        header = await stream.reader.readexactly(8)
        if header[:4] == b"DONE":
            break
        received += await stream.reader.readexactly(int.from_bytes(header[4:], "little"))
    state.files[path] = bytes(received)
    await stream.write(b"OKAY" + struct.pack("<I", 0))


async def _send(path: str, stream: Stream, state: PhoneState) -> None:
    data = state.files.get(path)
    if data is None:
        await stream.write(_fail("No such file or directory"))
        return
    for start in range(0, len(data), CHUNK):
        piece = data[start : start + CHUNK]
        await stream.write(b"DATA" + struct.pack("<I", len(piece)) + piece)
    await stream.write(b"DONE" + struct.pack("<I", 0))


def _fail(text: str) -> bytes:
    return b"FAIL" + struct.pack("<I", len(text)) + text.encode()
