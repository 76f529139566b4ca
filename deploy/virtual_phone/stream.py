"""One stream of an adb connection: bytes in both directions, each write waiting for the other side's OKAY."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from deploy.virtual_phone.framing import Message
from deploy.virtual_phone.pieces import PieceReader

CHUNK = 256 * 1024  # bytes


class Stream:
    """The phone's end of a stream. `reader` gets what the computer sends, and ends when either side closes.

    Args:
        local: the phone's id of the stream.
        remote: the computer's id of it.
        send: sends one message over the connection.
        most: bytes that the computer takes in one message.

    Attributes:
        ended: set once the computer has closed the stream, or the connection is gone.
    """

    def __init__(self, local: int, remote: int, send: Callable[[Message], None], most: int = CHUNK) -> None:
        self.local = local
        self.remote = remote
        self.reader = PieceReader()
        self.ended = asyncio.Event()
        self._send = send
        self._most = min(most, CHUNK)
        self._ready = asyncio.Event()
        self._closed = False

    async def write(self, data: bytes) -> None:
        """Sends bytes.

        Raises:
            ConnectionResetError: the stream is closed.
        """
        for start in range(0, len(data), self._most):
            if self._closed:
                raise ConnectionResetError("stream closed")
            self._ready.clear()
            self._send(Message("WRTE", self.local, self.remote, data[start : start + self._most]))
            await self._ready.wait()

    def okay(self) -> None:
        """The computer has received the last write."""
        self._ready.set()

    def end(self) -> None:
        """The computer closed the stream, or the connection is gone."""
        self._closed = True
        self._ready.set()
        self.ended.set()
        self.reader.feed_eof()

    def closed_by_computer(self) -> None:
        """Ends the stream and answers as adbd does, for which some computers wait."""
        self.close()
        self.end()

    def close(self) -> None:
        """Tells the computer that the service has ended."""
        if not self._closed:
            self._send(Message("CLSE", self.local, self.remote))
            self._closed = True
