"""Programs that change files (toybox): `mkdir`, `rm`, `mv`, `cp`, `chmod`, `touch`."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from deploy.virtual_phone.session import Answer, Program, Session, failure, options


def mkdir(session: Session, arguments: list[str]) -> Answer:
    """`mkdir [-p] FOLDERS`."""
    chosen, words = options(arguments, "m")
    wrong = []
    for name in words:
        path, disk = session.path(name), session.phone.disk
        if disk.exists(path) and not ("p" in chosen and path in disk.folders):
            wrong.append(f"mkdir: '{name}': File exists")
        elif not session.writable(path) and not disk.exists(path):
            wrong.append(f"mkdir: '{name}': Permission denied")
        elif "p" not in chosen and posixpath.dirname(path) not in disk.folders:
            wrong.append(f"mkdir: '{name}': No such file or directory")
        else:
            disk.make_folder(path)
    return failure(*wrong, code=int(bool(wrong)))


def rm(session: Session, arguments: list[str]) -> Answer:
    """`rm [-rf] PATHS`."""
    chosen, words = options(arguments)
    wrong = []
    for name in words:
        path, disk = session.path(name), session.phone.disk
        if not disk.exists(path):
            if "f" not in chosen:
                wrong.append(f"rm: {name}: No such file or directory")
        elif not session.writable(path):
            wrong.append(f"rm: {name}: Permission denied")
        elif path in disk.folders and not {"r", "R"} & set(chosen):
            wrong.append(f"rm: {name}: Is a directory")
        else:
            disk.remove(path)
    return failure(*wrong, code=int(bool(wrong)))


def mv(session: Session, arguments: list[str]) -> Answer:
    """`mv [-f] SOURCE TARGET`."""
    return _transfer(session, "mv", options(arguments)[1], session.phone.disk.move)


def cp(session: Session, arguments: list[str]) -> Answer:
    """`cp [-f] SOURCE TARGET`, files only."""

    def copy(source: str, target: str) -> None:
        disk = session.phone.disk
        session.phone.write_file(target, disk.content[source], disk.mode(source) & 0o777)

    return _transfer(session, "cp", options(arguments)[1], copy)


def _transfer(session: Session, program: str, words: list[str], act: Callable[[str, str], None]) -> Answer:
    source, target = session.path(words[0]), session.path(words[1])
    disk = session.phone.disk
    if target in disk.folders:
        target = f"{target}/{posixpath.basename(source)}"
    if not session.readable(source) or not disk.exists(source):
        return failure(f"{program}: bad '{words[0]}': No such file or directory")
    if not session.writable(target) or (program == "mv" and not session.writable(source)):
        return failure(f"{program}: bad '{words[1]}': Permission denied")
    if posixpath.dirname(target) not in disk.folders:
        return failure(f"{program}: bad '{words[1]}': No such file or directory")
    if source != target:
        act(source, target)
    return Answer()


def chmod(session: Session, arguments: list[str]) -> Answer:
    """`chmod MODE PATHS`: an octal number, or `+x` and its kin for everybody."""
    words = [word for word in arguments if word != "-R"]
    wrong = []
    for name in words[1:]:
        path, disk = session.path(name), session.phone.disk
        if not disk.exists(path):
            wrong.append(f"chmod: {name}: No such file or directory")
        elif not session.writable(path):
            wrong.append(f"chmod: changing permissions of {name}: Operation not permitted")
        else:
            disk.modes[path] = _mode(words[0], disk.mode(path) & 0o7777)
    return failure(*wrong, code=int(bool(wrong)))


def _mode(asked: str, old: int) -> int:
    if asked.isdigit():
        return int(asked, 8)
    who, sign, what = asked.partition("+") if "+" in asked else asked.partition("-")
    change = 0
    for letter in what:
        change |= {"r": 4, "w": 2, "x": 1}.get(letter, 0)
    change = sum(change << shift for name, shift in (("u", 6), ("g", 3), ("o", 0)) if not who or name in who or "a" in who)
    return old | change if sign == "+" else old & ~change


def touch(session: Session, arguments: list[str]) -> Answer:
    """`touch PATHS`."""
    wrong = []
    for name in options(arguments, "dt")[1]:
        path = session.path(name)
        if not session.writable(path):
            wrong.append(f"touch: '{name}': Permission denied")
        else:
            session.phone.write_file(path, session.phone.files.get(path, b""))
    return failure(*wrong, code=int(bool(wrong)))


PROGRAMS: dict[str, Program] = {"mkdir": mkdir, "rm": rm, "mv": mv, "cp": cp, "chmod": chmod, "touch": touch}
