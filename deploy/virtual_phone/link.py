"""The phone's side of one adb connection: handshake, authorization, streams; and the faults that befall single messages."""

from __future__ import annotations

import asyncio
import dataclasses
import os
from collections.abc import Callable

from deploy.virtual_phone import framing
from deploy.virtual_phone.faults import CutError, RebootError
from deploy.virtual_phone.framing import Message
from deploy.virtual_phone.services import known, serve
from deploy.virtual_phone.state import PhoneState
from deploy.virtual_phone.stream import Stream

FEATURES = "shell_v2,cmd,stat_v2,ls_v2,fixed_push_mkdir"
OLD_FEATURES = "shell_v2,cmd"  # before Android 8
SHORT = 64  # bytes


class Link:
    """Serves one computer until either side goes away.

    Args:
        reboot: makes the phone reboot.
    """

    def __init__(
        self, state: PhoneState, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, reboot: Callable[[], None]
    ) -> None:
        self._state = state
        self._reader = reader
        self._writer = writer
        self._reboot = reboot
        self._streams: dict[int, Stream] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._opened = 0
        self._checksums = True
        self._most = framing.MAX_PAYLOAD
        self._key_offered = False

    async def run(self) -> None:
        """Reads messages until the connection ends."""
        try:
            while True:
                message: Message | None = await framing.read_message(self._reader)
                assert message is not None
                await self._throttle(message)
                if message.command in ("OPEN", "WRTE"):
                    message = self._step(message)
                if message is not None and not self._hangs:
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
        """Sends the phone's banner: from here on adb shows it as `device`, or as what its mode is."""
        state = self._state
        features = FEATURES if state.sdk >= 26 else OLD_FEATURES
        model = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in state.model)
        name = state.fingerprint.split("/")[1]
        banner = f"{state.mode}::ro.product.name={name};ro.product.model={model};ro.product.device={state.device};"
        self._send(Message("CNXN", framing.VERSION, framing.MAX_PAYLOAD, f"{banner}features={features}".encode()))

    @property
    def waits_for_key(self) -> bool:
        """Whether the computer has sent its key and waits for the user to accept it."""
        return self._key_offered

    @property
    def _hangs(self) -> bool:
        limit = self._state.faults.hang_at_step
        return limit is not None and self._state.steps >= limit

    def _step(self, message: Message) -> Message | None:
        """Counts a message, and returns what becomes of it; None: it is lost."""
        state, faults = self._state, self._state.faults
        state.steps += 1
        if state.steps == faults.cut_at_step:
            state.say(f"step {state.steps}: the connection is cut")
            self.cut()
            return None
        if state.steps == faults.reboot_at_step:
            state.say(f"step {state.steps}: reboots")
            self._reboot()
            return None
        if state.steps == faults.wrong_bytes_at_step and message.payload:
            state.say(f"step {state.steps}: a wrong bit")
            return dataclasses.replace(message, payload=_flipped(message.payload))
        return message

    def _handle(self, message: Message) -> None:
        stream = self._streams.get(message.arg1)
        if message.command == "CNXN":
            self._checksums = message.arg0 <= framing.VERSION_WITH_CHECKSUMS
            self._most = min(message.arg1, framing.MAX_PAYLOAD)
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
            stream.closed_by_computer()

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
        service = message.payload.rstrip(b"\0").decode("utf-8", "replace")
        if not known(service):
            self._state.say(f"refused the service {service}")
            self._send(Message("CLSE", 0, message.arg0))
            return
        self._opened += 1
        stream = Stream(self._opened, message.arg0, self._send, self._most)
        self._streams[stream.local] = stream
        self._send(Message("OKAY", stream.local, stream.remote))
        task = asyncio.create_task(self._serve(service, stream))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, service: str, stream: Stream) -> None:
        try:
            await serve(service, stream, self._state)
        except CutError:
            self.cut()
        except RebootError:
            self._reboot()
        except (asyncio.IncompleteReadError, ConnectionError):
            stream.close()
        finally:
            self._streams.pop(stream.local, None)

    def _send(self, message: Message) -> None:
        sent: Message | None = self._step(message) if message.command == "WRTE" else message
        if sent is not None and not self._hangs:
            self._writer.write(sent.encode(self._checksums))


def _flipped(payload: bytes) -> bytes:
    """With one bit another one: in the middle of long ones, at the end of short ones."""
    at = len(payload) // 2 if len(payload) > SHORT else len(payload) - 1
    return payload[:at] + bytes([payload[at] ^ 1]) + payload[at + 1 :]
