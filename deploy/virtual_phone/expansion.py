"""What becomes of a word before a program gets it: variables and commands in it replaced, blanks split, patterns filled."""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from collections.abc import Awaitable, Callable

from deploy.virtual_phone.files import matches
from deploy.virtual_phone.session import Answer, Session
from deploy.virtual_phone.syntax import Part, Word

Collect = Callable[[Session, str], Awaitable[Answer]]
"""Runs a line to its end: the shell itself."""


async def expand(session: Session, word: Word, collect: Collect) -> list[str]:
    """The words that one word becomes: variables and commands replaced, blanks in them split, patterns filled."""
    fields: list[list[Part]] = [[]]
    for part in word:
        if part.kind in ("plain", "quoted"):
            fields[-1].append(part)
            continue
        value = await _value(session, part, collect)
        if part.kind.startswith("quoted"):
            fields[-1].append(Part("quoted", value))
            continue
        pieces = value.split()
        for place, piece in enumerate(pieces):
            if place:
                fields.append([])
            fields[-1].append(Part("plain", piece))
    found: list[str] = []
    for one in fields:
        if one:
            found += _filled(session, one)
    return found


async def _value(session: Session, part: Part, collect: Collect) -> str:
    if part.kind.endswith("command"):
        inner = dataclasses.replace(session, variables=dict(session.variables))
        answer = await collect(inner, part.text)
        session.code = answer.code
        return answer.out.decode("utf-8", "replace").rstrip("\n")
    if part.text == "?":
        return str(session.code)
    known = {"HOME": "/", "PWD": session.folder, "EXTERNAL_STORAGE": "/sdcard", "USER": session.user, "SHELL": "/system/bin/sh"}
    return session.variables.get(part.text, known.get(part.text, ""))


def _filled(session: Session, parts: list[Part]) -> list[str]:
    text = "".join(part.text for part in parts)
    if not any(part.kind == "plain" and re.search(r"[*?\[]", part.text) for part in parts):
        return [text]
    pattern = "".join(part.text if part.kind == "plain" else re.sub(r"([*?\[])", r"[\1]", part.text) for part in parts)
    absolute = session.path(pattern)
    found = [path for path in matches(session.phone.disk, absolute) if session.readable(path)]
    if not pattern.startswith("/"):
        prefix = session.folder.rstrip("/") + "/"
        found = [path.removeprefix(prefix) for path in found]
    return [path for path in found if fnmatch.fnmatch(path.rsplit("/")[-1][:1], "[!.]") or "/." in pattern] or [text]
