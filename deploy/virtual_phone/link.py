"""The phone's side of one adb connection: handshake, authorization, streams."""

from __future__ import annotations

import asyncio
import os

from deploy.virtual_phone import framing
from deploy.virtual_phone.framing import Message
from deploy.virtual_phone.services import CutError, serve
from deploy.virtual_phone.state import PhoneState
from deploy.virtual_phone.stream import Stream

FEATURES = "shell_v2,cmd,stat_v2,ls_v2,fixed_push_mkdir"


class Link:
    """Serves one computer until either side goes away."""

    def __init__(self, state: PhoneState, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._state = state
        self._reader = reader
        self._writer = writer
        self._streams: dict[int, Stream] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._opened = 0
        self._checksums = True
        self._key_offered = False

    async def run(self) -> None:
        """Reads messages until the connection ends."""
        try:
            while True:
                message = await framing.read_message(self._reader)
                await self._throttle(message)
                self._handle(message)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            self.cut()
        finally:
            for stream in list(self._streams.values()):
                stream.end()

    def cut(self) -> None:
        """Aborts the connection."""
        self._writer.transport.abort()

    def greet(self) -> None:
        """Sends the phone's banner: from here on adb shows it as `device`."""
        model = self._state.model.replace(" ", "_")
        banner = f"device::ro.product.name=virtual;ro.product.model={model};ro.product.device=virtual;"
        self._send(Message("CNXN", framing.VERSION, framing.MAX_PAYLOAD, f"{banner}features={FEATURES}".encode()))

    @property
    def waits_for_key(self) -> bool:
        """Whether the computer has sent its key and waits for the user to accept it."""
        return self._key_offered

    def _handle(self, message: Message) -> None:
        stream = self._streams.get(message.arg1)
        if message.command == "CNXN":
            self._checksums = message.arg0 <= framing.VERSION_WITH_CHECKSUMS
            self._answer_connect()
        elif message.command == "AUTH":
            self._answer_key(message)
        elif message.command == "OPEN":
            self._open(message)
        elif message.command == "WRTE" and stream is not None:
            stream.reader.feed_data(message.payload)
            self._send(Message("OKAY", message.arg1, message.arg0))
        elif message.command == "OKAY" and stream is not None:
            stream.okay()
        elif message.command == "CLSE" and stream is not None:
            stream.end()

    async def _throttle(self, message: Message) -> None:
        """Delays the OKAY of a write, without which the computer may send no more of that stream: a slow cable."""
        rate = self._state.faults.receive_bytes_per_s
        if message.command == "WRTE":
            self._state.received_bytes += len(message.payload)
            if rate is not None:
                await asyncio.sleep(len(message.payload) / rate)

    def _answer_connect(self) -> None:
        if not self._state.faults.answers:
            return
        if self._state.faults.auth == "none":
            self.greet()
        else:
            self._send(Message("AUTH", framing.AUTH_TOKEN, 0, os.urandom(20)))

    def _answer_key(self, message: Message) -> None:
        if message.arg0 == framing.AUTH_SIGNATURE:  # unknown: asks again, until the computer sends its public key
            self._send(Message("AUTH", framing.AUTH_TOKEN, 0, os.urandom(20)))
        elif message.arg0 == framing.AUTH_PUBLIC_KEY:
            self._key_offered = True

    def _open(self, message: Message) -> None:
        self._opened += 1
        stream = Stream(self._opened, message.arg0, self._send)
        self._streams[stream.local] = stream
        self._send(Message("OKAY", stream.local, stream.remote))
        task = asyncio.create_task(self._serve(message.payload.rstrip(b"\0").decode(), stream))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, service: str, stream: Stream) -> None:
        try:
            await serve(service, stream, self._state)
        except CutError:
            self.cut()
        except (asyncio.IncompleteReadError, ConnectionError):
            stream.close()
        finally:
            self._streams.pop(stream.local, None)

    def _send(self, message: Message) -> None:
        self._writer.write(message.encode(self._checksums))
