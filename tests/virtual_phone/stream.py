"""One stream of an adb connection: bytes both ways, each write waiting for the other side's OKAY."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.virtual_phone.framing import Message

CHUNK = 256 * 1024  # bytes


class Stream:
    """The phone's end. `reader` gets what the computer sends; it ends when either side closes.

    Args:
        local: the phone's number for it.
        remote: the computer's.
        send: puts one message on the connection.
    """

    def __init__(self, local: int, remote: int, send: Callable[[Message], None]) -> None:
        self.local = local
        self.remote = remote
        self.reader = asyncio.StreamReader(limit=2**26)
        self._send = send
        self._ready = asyncio.Event()
        self._closed = False

    async def write(self, data: bytes) -> None:
        """Sends bytes.

        Raises:
            ConnectionResetError: the stream was closed meanwhile.
        """
        for start in range(0, len(data), CHUNK):
            if self._closed:
                raise ConnectionResetError("stream closed")
            self._ready.clear()
            self._send(Message("WRTE", self.local, self.remote, data[start : start + CHUNK]))
            await self._ready.wait()

    def okay(self) -> None:
        """The computer took the last write."""
        self._ready.set()

    def end(self) -> None:
        """Nothing more comes: the computer closed the stream, or the connection is gone."""
        self._closed = True
        self._ready.set()
        self.reader.feed_eof()

    def close(self) -> None:
        """Tells the computer that the service has ended."""
        if not self._closed:
            self._send(Message("CLSE", self.local, self.remote))
            self._closed = True
