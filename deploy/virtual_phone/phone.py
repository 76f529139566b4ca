"""A virtual phone: the device side of the adb protocol on 127.0.0.1, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading

from deploy.virtual_phone.link import Link
from deploy.virtual_phone.state import Faults, PhoneState


class VirtualPhone:
    """A phone that the real adb can `connect` to while the context is open.

    Args:
        state: what the phone is and holds; by default an empty phone with Android 16.
        faults: how it misbehaves; by default not at all.

    Attributes:
        state: belongs to the phone's thread; read it when no adb command is running.
        port: on 127.0.0.1; 0 before it is first switched on.
    """

    def __init__(self, state: PhoneState | None = None, faults: Faults | None = None) -> None:
        self.state = state or PhoneState()
        if faults is not None:
            self.state.faults = faults
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="virtual-phone", daemon=True)
        self._server: asyncio.Server | None = None
        self._links: set[Link] = set()
        self.port = 0

    @property
    def faults(self) -> Faults:
        """How it misbehaves; may be changed between commands."""
        return self.state.faults

    @property
    def serial(self) -> str:
        """Its adb serial number: 127.0.0.1:PORT."""
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> VirtualPhone:
        self._thread.start()
        self.switch_on()
        return self

    def __exit__(self, *_: object) -> None:
        self.switch_off()
        asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result(timeout=5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()

    def switch_on(self) -> None:
        """Listens, on the same port as before if it was on before.

        Raises:
            OSError: the port was taken meanwhile.
        """

        async def listen() -> asyncio.Server:
            return await asyncio.start_server(self._accept, "127.0.0.1", self.port, limit=2**26)

        self._server = asyncio.run_coroutine_threadsafe(listen(), self._loop).result(timeout=5)
        self.port = self._server.sockets[0].getsockname()[1]

    def switch_off(self) -> None:
        """Cuts every connection and stops listening."""

        async def close() -> None:
            if self._server is not None:
                self._server.close()
                self._server = None
            for link in list(self._links):
                link.cut()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(timeout=5)

    def accept_key(self) -> None:
        """Taps "Allow USB debugging" for every computer that is waiting for it."""

        async def greet() -> None:
            for link in self._links:
                if link.waits_for_key:
                    link.greet()

        asyncio.run_coroutine_threadsafe(greet(), self._loop).result(timeout=5)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(self.state, reader, writer)
        self._links.add(link)
        try:
            await link.run()
        finally:
            self._links.discard(link)


async def _cancel_all() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
