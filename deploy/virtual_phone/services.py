"""The services that a computer can open on the phone: shell, exec, sync, reboot; others are refused (AOSP, adb/SERVICES.TXT)."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import struct

from deploy.virtual_phone.faults import CutError, RebootError
from deploy.virtual_phone.packages import install
from deploy.virtual_phone.session import Answer, Session
from deploy.virtual_phone.shell import run
from deploy.virtual_phone.state import PhoneState
from deploy.virtual_phone.stream import Stream
from deploy.virtual_phone.sync import serve_sync

STDOUT, STDERR, EXIT_CODE = 1, 2, 3  # packets of shell protocol v2
KINDS = ("shell", "exec", "sync", "reboot")
NO_DIALOG = "the virtual phone has no interactive shell: give adb shell a command\r\n"


def known(service: str) -> bool:
    """Whether a service is one of the phone's."""
    return service.partition(":")[0].split(",")[0] in KINDS


async def serve(service: str, stream: Stream, state: PhoneState) -> None:
    """Serves one open stream until the service ends.

    Args:
        service: as the computer named it, such as `shell,v2,raw:getprop`.

    Raises:
        CutError: the whole connection must be dropped.
        RebootError: the phone must reboot.
    """
    kind, _, argument = service.partition(":")
    if kind.startswith("shell"):
        await _until_closed(_shell(kind.split(","), argument, stream, state), stream)
    elif kind == "exec" and _installs(argument):
        await _install(argument, stream, state)
    elif kind == "exec":
        await _until_closed(_exec(argument, stream, state), stream)
    elif kind == "sync":
        await serve_sync(stream, state)
    elif kind == "reboot":
        raise RebootError
    stream.close()


async def _until_closed(work: asyncio.Future[None] | object, stream: Stream) -> None:
    """Ends what runs for a stream as soon as the computer closes it, as adbd's hang-up does."""
    task: asyncio.Task[None] = asyncio.ensure_future(work)  # type: ignore[arg-type]
    closed = asyncio.ensure_future(stream.ended.wait())
    try:
        await asyncio.wait({task, closed}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            return
        await task
    finally:
        closed.cancel()
        task.cancel()


async def _begin(line: str, state: PhoneState) -> None:
    state.commands.append(line)
    state.say(f"$ {line}")
    if state.faults.drop_at_command is not None and line.startswith(state.faults.drop_at_command):
        raise CutError
    if line.split()[:1] == ["reboot"]:
        raise RebootError
    await asyncio.sleep(state.faults.command_delay_s)


async def _shell(kind: list[str], line: str, stream: Stream, state: PhoneState) -> None:
    v2 = "v2" in kind

    async def emit(piece: Answer) -> None:
        if not v2:
            if piece.out + piece.err:
                await stream.write(piece.out + piece.err)
            return
        for packet, data in ((STDOUT, piece.out), (STDERR, piece.err)):
            if data:
                await stream.write(struct.pack("<BI", packet, len(data)) + data)

    await _begin(line, state)
    if not line:
        await emit(Answer(err=NO_DIALOG.encode()))
        code = 1
    else:
        code = await run(Session(state), line, emit)
    if v2:
        await stream.write(struct.pack("<BIB", EXIT_CODE, 1, code & 0xFF))


async def _exec(line: str, stream: Stream, state: PhoneState) -> None:
    async def emit(piece: Answer) -> None:
        await stream.write(piece.out + piece.err)

    await _begin(line, state)
    await run(Session(state), line, emit)


def _installs(line: str) -> bool:
    """`cmd package install … -S BYTES`: the APK follows on the stream."""
    try:
        words = shlex.split(line)
    except ValueError:
        return False
    return words[:3] == ["cmd", "package", "install"] and words[words.index("-S") + 1 :][:1] != [] if "-S" in words else False


async def _install(line: str, stream: Stream, state: PhoneState) -> None:
    state.commands.append(line)
    state.say(f"$ {line}")
    words = shlex.split(line)
    size = words[words.index("-S") + 1]
    if not state.ready or not size.isdigit():
        await stream.write(b"cmd: Can't find service: package\n" if size.isdigit() else b"Error: Invalid size\n")
        return
    announced = int(size)
    received, cut = await _receive(announced, stream, state)
    answer = install(state, announced, received, words)
    if cut or state.faults.drop_before_install_answer:
        raise CutError
    await stream.write(f"{answer}\n".encode())


async def _receive(announced: int, stream: Stream, state: PhoneState) -> tuple[bytes, bool]:
    """The APK's bytes, fewer if the computer went away; and whether a fault cuts the connection here."""
    limit = state.faults.drop_after_bytes
    pieces: list[bytes] = []
    size = 0
    while size < announced:
        piece = await stream.reader.read(min(announced - size, 2**20))
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
        if limit is not None and size > limit:
            return b"".join(pieces)[:limit], True
    return b"".join(pieces), False
