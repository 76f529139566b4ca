"""A virtual phone: the device side of the adb protocol on 127.0.0.1, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

from deploy.virtual_phone.faults import Faults
from deploy.virtual_phone.held_port import held_port
from deploy.virtual_phone.link import Link
from deploy.virtual_phone.state import PhoneState

T = TypeVar("T")


class VirtualPhone:
    """A phone that the real adb can `connect` to while the context is open.

    Args:
        state: what the phone is and holds; by default an empty phone with Android 16.
        faults: how it misbehaves; by default not at all.
        port: on 127.0.0.1; 0: a free one. It stays the phone's while it is off or reboots.

    Attributes:
        state: belongs to the phone's thread; read it when no adb command is running.
        port: where it listens; 0 before the context is open, if a free one was asked for.
    """

    _loop: asyncio.AbstractEventLoop
    """While the context is open."""

    def __init__(self, state: PhoneState | None = None, faults: Faults | None = None, port: int = 0) -> None:
        self.state = state or PhoneState()
        if faults is not None:
            self.state.faults = faults
        self._server: asyncio.Server | None = None
        self._more_servers: list[asyncio.Server] = []
        self._links: set[Link] = set()
        self._reboots: set[asyncio.Task[None]] = set()
        self._opened = contextlib.ExitStack()
        self.port = port

    @property
    def faults(self) -> Faults:
        """How it misbehaves; may be changed between commands."""
        return self.state.faults

    @property
    def serial(self) -> str:
        """Its adb serial number: 127.0.0.1:PORT."""
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> VirtualPhone:
        with contextlib.ExitStack() as opened:
            self.port = opened.enter_context(held_port(self.port))
            self._loop = opened.enter_context(_running_loop())
            self.switch_on()
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.switch_off()
        self._in_thread(_cancel_all())
        self._opened.close()

    def switch_on(self) -> None:
        """Listens at its port; nothing changes for one that is on or reboots."""
        if self._server is None:
            self._server = self._in_thread(self._listen(self.port))

    def switch_off(self) -> None:
        """Cuts every connection and stops listening."""

        async def close() -> None:
            for server in (self._server, *self._more_servers):
                if server is not None:
                    server.close()
            self._server = None
            self._more_servers.clear()
            await self._cut_all()

        self._in_thread(close())

    def accept_key(self) -> None:
        """Taps "Allow USB debugging" for every computer that is waiting for it."""

        async def greet() -> None:
            for link in self._links:
                if link.waits_for_key:
                    link.greet()

        self._in_thread(greet())

    def wake(self) -> None:
        """Ends a hang: the connection is cut, and the next one works."""
        self.state.faults.hang_at_step = None
        self.cut()

    def cut(self) -> None:
        """Cuts every connection; adb makes a new one within a second."""
        self._in_thread(self._cut_all())

    def reboot(self) -> None:
        """Reboots, and returns once the phone is up again and can be reached."""
        self._in_thread(self._reboot(), 60)

    def listen_at(self, port: int) -> int:
        """Can be reached at another port too, as a phone at the cable and by Wi-Fi is; returns the port, a free one for 0."""
        server: asyncio.Server = self._in_thread(self._listen(port))
        self._more_servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    def call(self, action: Callable[[], None]) -> None:
        """Runs something in the phone's own thread, as a change of its state while adb is busy with it."""

        async def run() -> None:
            action()

        self._in_thread(run())

    def _begin_reboot(self) -> None:
        task = self._loop.create_task(self._reboot())
        self._reboots.add(task)
        task.add_done_callback(self._reboots.discard)

    async def _reboot(self) -> None:
        self.state.faults.reboot_at_step = None
        self.state.restart()
        if self._server is not None:
            self._server.close()
        await self._cut_all()
        await asyncio.sleep(self.state.faults.reboot_s)
        self._server = await self._listen(self.port)
        await asyncio.sleep(self.state.faults.boot_s)

    async def _listen(self, port: int) -> asyncio.Server:
        return await asyncio.start_server(self._accept, "127.0.0.1", port, limit=2**26)

    async def _cut_all(self) -> None:
        for link in list(self._links):
            link.cut()

    def _in_thread(self, work: Coroutine[Any, Any, T], timeout_s: float = 5.0) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout_s)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(self.state, reader, writer, self._begin_reboot)
        self._links.add(link)
        try:
            await link.run()
        finally:
            self._links.discard(link)


@contextlib.contextmanager
def _running_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that runs in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="virtual-phone", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)
        loop.close()


async def _cancel_all() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
