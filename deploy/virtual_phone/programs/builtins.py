"""What the shell itself does: `echo`, `cd`, `test`, `exit` …"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from deploy.virtual_phone.session import Answer, Program, Session, failure, lines


def echo(session: Session, arguments: list[str]) -> Answer:
    """`echo [-n] WORDS`."""
    if arguments[:1] == ["-n"]:
        return Answer(" ".join(arguments[1:]).encode())
    return lines(" ".join(arguments))


def printf(session: Session, arguments: list[str]) -> Answer:
    """`printf FORMAT WORDS` with %s and %d."""
    layout, values = arguments[0].replace("\\n", "\n").replace("\\t", "\t"), list(arguments[1:])
    while "%s" in layout or "%d" in layout:
        at = min(place for place in (layout.find("%s"), layout.find("%d")) if place >= 0)
        layout = layout[:at] + (values.pop(0) if values else "") + layout[at + 2 :]
    return Answer(layout.encode())


def cd(session: Session, arguments: list[str]) -> Answer:
    """`cd FOLDER`."""
    folder = session.path(arguments[0] if arguments else "/")
    if folder not in session.phone.disk.folders:
        return failure(f"/system/bin/sh: cd: {folder}: No such file or directory", code=2)
    session.folder = folder
    return Answer()


def pwd(session: Session, arguments: list[str]) -> Answer:
    """`pwd`."""
    return lines(session.folder)


def export(session: Session, arguments: list[str]) -> Answer:
    """`export NAME=VALUE`."""
    for word in arguments:
        name, _, value = word.partition("=")
        session.variables[name] = value
    return Answer()


def test(session: Session, arguments: list[str]) -> Answer:
    """`test -e|-f|-d|-s|-x|-n|-z WORD`, `test A = B`, `!=`, `-eq` and its kin; `!` before any."""
    if arguments[:1] == ["!"]:
        return Answer(code=int(not test(session, arguments[1:]).code))
    if len(arguments) == 3:
        left, operator, right = arguments
        numbers = {"-eq": "==", "-ne": "!=", "-gt": ">", "-ge": ">=", "-lt": "<", "-le": "<="}
        if operator in numbers:
            return Answer(code=int(not _compare(int(left), numbers[operator], int(right))))
        return Answer(code=int(not (left == right if operator in ("=", "==") else left != right)))
    if len(arguments) == 2:
        operator, word = arguments
        path, disk = session.path(word), session.phone.disk
        there = session.readable(path)
        known = {
            "-e": there and disk.exists(path),
            "-f": there and path in disk.content,
            "-d": there and path in disk.folders,
            "-s": there and bool(disk.content.get(path)),
            "-r": there and disk.exists(path),
            "-x": there and (disk.executable(path) or path in disk.folders),
            "-n": bool(word),
            "-z": not word,
        }
        return Answer(code=int(not known.get(operator, False)))
    return Answer(code=int(not (arguments and arguments[0])))


def bracket(session: Session, arguments: list[str]) -> Answer:
    """`[ EXPRESSION ]`."""
    if arguments[-1:] != ["]"]:
        return failure("/system/bin/sh: [: missing ]", code=2)
    return test(session, arguments[:-1])


async def sleep(session: Session, arguments: list[str]) -> AsyncIterator[Answer]:
    """`sleep SECONDS`."""
    await asyncio.sleep(float(arguments[0]))
    yield Answer()


def _compare(left: int, operator: str, right: int) -> bool:
    return {
        "==": left == right,
        "!=": left != right,
        ">": left > right,
        ">=": left >= right,
        "<": left < right,
        "<=": left <= right,
    }[operator]


def _code(code: int) -> Program:
    def program(session: Session, arguments: list[str]) -> Answer:
        return Answer(code=code)

    return program


PROGRAMS: dict[str, Program] = {
    "echo": echo,
    "printf": printf,
    "cd": cd,
    "pwd": pwd,
    "export": export,
    "test": test,
    "[": bracket,
    "sleep": sleep,
    "true": _code(0),
    ":": _code(0),
    "false": _code(1),
}
