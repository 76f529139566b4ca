"""Programs that read text: `cat`, `head`, `tail`, `grep`, `wc`; from files or from what stands before the pipe."""

from __future__ import annotations

import re
from collections.abc import Callable

from deploy.virtual_phone.session import Answer, Program, Session, failure, lines, options


def read(session: Session, program: str, paths: list[str]) -> tuple[bytes, list[str]]:
    """What is in files, one after the other, and what is wrong with the others; without paths, what the program is given."""
    if not paths:
        return session.stdin, []
    found, wrong = b"", []
    for name in paths:
        path = session.path(name)
        if not session.readable(path):
            wrong.append(f"{program}: {name}: Permission denied")
        elif path in session.phone.disk.folders:
            wrong.append(f"{program}: read error: Is a directory")
        elif path not in session.phone.files:
            wrong.append(f"{program}: {name}: No such file or directory")
        else:
            found += session.phone.files[path]
    return found, wrong


def cat(session: Session, arguments: list[str]) -> Answer:
    """`cat FILES`."""
    data, wrong = read(session, "cat", options(arguments)[1])
    return Answer(data, failure(*wrong).err, int(bool(wrong)))


def grep(session: Session, arguments: list[str]) -> Answer:
    """`grep [-ivcEFq] PATTERN [FILES]`."""
    chosen, words = options(arguments, "em")
    pattern = chosen.get("e") or words.pop(0)
    if "F" in chosen:
        pattern = re.escape(pattern)
    data, wrong = read(session, "grep", words)
    flags = re.IGNORECASE if "i" in chosen else 0
    every = data.decode("utf-8", "replace").splitlines()
    found = [line for line in every if (re.search(pattern, line, flags) is not None) is ("v" not in chosen)]
    out = lines(str(len(found))) if "c" in chosen else Answer() if "q" in chosen else lines(*found)
    return Answer(out.out, failure(*wrong).err, 2 if wrong else int(not found))


def _ends(name: str, take: Callable[[list[str], int], list[str]]) -> Program:
    def program(session: Session, arguments: list[str]) -> Answer:
        chosen, words = options([re.sub(r"^-(\d+)$", r"-n\1", word) for word in arguments], "nc")
        data, wrong = read(session, name, words)
        if "c" in chosen:
            size = int(chosen["c"])
            return Answer(data[:size] if name == "head" else data[-size:])
        return Answer(
            lines(*take(data.decode("utf-8", "replace").splitlines(), int(chosen.get("n", "10")))).out, failure(*wrong).err
        )

    return program


def wc(session: Session, arguments: list[str]) -> Answer:
    """`wc [-lc] [FILES]`."""
    chosen, words = options(arguments)
    data, wrong = read(session, "wc", words)
    numbers = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data)}
    shown = " ".join(str(numbers[letter]) for letter in "lwc" if letter in chosen or not chosen)
    return Answer(lines(" ".join([shown, *words])).out, failure(*wrong).err, int(bool(wrong)))


PROGRAMS: dict[str, Program] = {
    "cat": cat,
    "grep": grep,
    "wc": wc,
    "head": _ends("head", lambda every, count: every[:count]),
    "tail": _ends("tail", lambda every, count: every[-count:]),
}
