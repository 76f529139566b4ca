"""The services that a computer can open on the phone: shell, exec (an APK streamed into the package manager), sync."""

from __future__ import annotations

import asyncio
import shlex
import struct

from deploy.virtual_phone.commands import Answer
from deploy.virtual_phone.packages import install
from deploy.virtual_phone.shell import run_line
from deploy.virtual_phone.state import PhoneState
from deploy.virtual_phone.stream import Stream
from deploy.virtual_phone.sync import serve_sync

STDOUT, STDERR, EXIT_CODE = 1, 2, 3  # packets of shell protocol v2


class CutError(Exception):
    """A fault asks for the connection to be cut now."""


async def serve(service: str, stream: Stream, state: PhoneState) -> None:
    """Serves one open stream until the service ends.

    Args:
        service: as the computer named it, such as `shell,v2,raw:getprop`.

    Raises:
        CutError: the whole connection must be dropped.
    """
    kind, _, argument = service.partition(":")
    if kind.startswith("shell"):
        await _shell(kind.split(","), argument, stream, state)
    elif kind == "exec" and "install" in shlex.split(argument):
        await _install(argument, stream, state)
    elif kind == "exec":
        await stream.write((await _run(argument, state)).out)
    elif kind == "sync":
        await serve_sync(stream, state)
    stream.close()


async def _run(line: str, state: PhoneState) -> Answer:
    state.commands.append(line)
    if state.faults.drop_at_command is not None and line.startswith(state.faults.drop_at_command):
        raise CutError
    await asyncio.sleep(state.faults.command_delay_s)
    return run_line(state, line)


async def _shell(kind: list[str], line: str, stream: Stream, state: PhoneState) -> None:
    answer = await _run(line, state)
    if "v2" not in kind:
        await stream.write(answer.out + answer.err)
        return
    for packet, data in ((STDOUT, answer.out), (STDERR, answer.err)):
        if data:
            await stream.write(struct.pack("<BI", packet, len(data)) + data)
    await stream.write(struct.pack("<BIB", EXIT_CODE, 1, answer.code))


async def _install(line: str, stream: Stream, state: PhoneState) -> None:
    state.commands.append(line)
    words = shlex.split(line)
    announced = int(words[words.index("-S") + 1])
    received, cut = await _receive(announced, stream, state)
    answer = install(state, announced, received, words)
    if cut or state.faults.drop_before_install_answer:
        raise CutError
    await stream.write(f"{answer}\n".encode())


async def _receive(announced: int, stream: Stream, state: PhoneState) -> tuple[bytes, bool]:
    """The APK's bytes, fewer if the computer went away; and whether a fault cuts the connection here."""
    limit = state.faults.drop_after_bytes
    received = bytearray()
    while len(received) < announced:
        piece = await stream.reader.read(min(announced - len(received), 64 * 1024))
        if not piece:
            break
        received += piece
        if limit is not None and len(received) > limit:
            return bytes(received[:limit]), True
    return bytes(received), False
