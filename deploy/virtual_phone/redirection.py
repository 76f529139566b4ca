"""Where a program's words go and come from: `>`, `>>`, `2>`, `2>&1`, `<`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from deploy.virtual_phone.expansion import Collect, expand
from deploy.virtual_phone.session import Answer, Session
from deploy.virtual_phone.syntax import Program

NULL = "/dev/null"

Emit = Callable[[Answer], Awaitable[None]]
"""Gets what is written, as soon as it is."""


class RedirectError(Exception):
    """The target can't be written or read."""


async def redirect(session: Session, program: Program, emit: Emit, collect: Collect) -> Emit:
    """Emits into files what the redirections send there.

    Raises:
        RedirectError: a file can't be written or read.
    """
    targets: dict[int, str] = {}
    joined: dict[int, int] = {}
    for descriptor, operator, word in program.redirections:
        name = " ".join(await expand(session, word, collect))
        if operator == ">&":
            joined[descriptor] = int(name)
            if int(name) in targets:
                targets[descriptor] = targets[int(name)]
            continue
        path = session.path(name)
        if operator == "<":
            if path not in session.phone.files:
                raise RedirectError(f"can't open {name}: No such file or directory")
            session.stdin = session.phone.files[path]
            continue
        if path != NULL:
            if not session.writable(path):
                raise RedirectError(f"can't create {name}: Permission denied")
            old = session.phone.files.get(path, b"") if operator == ">>" else b""
            session.phone.disk.write(path, old)
        targets[descriptor] = path
        joined.pop(descriptor, None)

    async def redirected(piece: Answer) -> None:
        streams = {1: piece.out, 2: piece.err}
        left = {1: b"", 2: b""}
        for descriptor, data in streams.items():
            if not data:
                continue
            if descriptor in targets:
                if targets[descriptor] != NULL:
                    session.phone.take_room(len(data))
                    session.phone.files[targets[descriptor]] += data
            else:
                left[joined.get(descriptor, descriptor)] += data
        await emit(Answer(left[1], left[2], piece.code))

    return redirected
