"""What the shell itself does: `echo`, `cd`, `test`, `exit` …"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

from deploy.virtual_phone.session import Answer, Program, Session, failure, lines

ESCAPES = {"a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}


def echo(session: Session, arguments: list[str]) -> Answer:
    """`echo [-n] WORDS`; as mksh's, it reads `\\n` and its kin."""
    newline = arguments[:1] != ["-n"]
    text = _escaped(" ".join(arguments if newline else arguments[1:]))
    return Answer(text.encode() + (b"\n" if newline else b""))


def printf(session: Session, arguments: list[str]) -> Answer:
    """`printf FORMAT WORDS` with %s and %d; again from the start while words are left."""
    layout, values = arguments[0], list(arguments[1:])
    out = ""
    while True:
        for piece in re.split(r"(%[sd%])", layout):
            out += "%" if piece == "%%" else (values.pop(0) if values else "") if piece in ("%s", "%d") else _escaped(piece)
        if not values or not re.search(r"%[sd]", layout):
            return Answer(out.encode())


def _escaped(text: str) -> str:
    return re.sub(r"\\([abefnrtv\\])", lambda found: ESCAPES[found.group(1)], text)


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
