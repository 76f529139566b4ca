"""What has come on a stream and was not yet read: pieces as they arrived, which are not copied together."""

from __future__ import annotations

import asyncio
from collections import deque


class PieceReader:
    """The read side of asyncio.StreamReader, as far as it is needed; for 100 MB it copies 100 MB less."""

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._at = 0  # of the first piece
        self._size = 0
        self._ended = False
        self._changed = asyncio.Event()

    def feed_data(self, data: bytes) -> None:
        """Something has come."""
        if data:
            self._pieces.append(data)
            self._size += len(data)
            self._changed.set()

    def feed_eof(self) -> None:
        """Nothing more will come."""
        self._ended = True
        self._changed.set()

    async def read(self, most: int) -> bytes:
        """What is there, at most so many bytes; waits for the first; empty at the end."""
        while not self._size and not self._ended:
            await self._wait()
        return self._take(min(most, self._size)) if self._size else b""

    async def readexactly(self, count: int) -> bytes:
        """So many bytes.

        Raises:
            asyncio.IncompleteReadError: the stream ends before.
        """
        while self._size < count:
            if self._ended:
                raise asyncio.IncompleteReadError(self._take(self._size), count)
            await self._wait()
        return self._take(count)

    async def _wait(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _take(self, count: int) -> bytes:
        self._size -= count
        taken: list[bytes] = []
        while count:
            first = self._pieces[0]
            end = min(len(first), self._at + count)
            taken.append(first[self._at : end])
            count -= end - self._at
            self._at = end
            if end == len(first):
                self._pieces.popleft()
                self._at = 0
        return taken[0] if len(taken) == 1 else b"".join(taken)
