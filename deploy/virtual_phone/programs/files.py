"""Programs about files (toybox): `ls`, `stat`, `mkdir`, `rm`, `mv`, `cp`, `chmod`, `touch`, `sha256sum`, `df`, `du`, `find`."""

from __future__ import annotations

import fnmatch
import hashlib
import posixpath
import stat as bits
import time
from collections.abc import Callable, Iterator

from deploy.virtual_phone.session import Answer, Program, Session, failure, lines, options


def ls(session: Session, arguments: list[str]) -> Answer:
    """`ls [-l] [-a] [-d] [-1] [PATHS]`."""
    chosen, words = options(arguments)
    out, wrong = [], []
    for name in words or ["."]:
        path, disk = session.path(name), session.phone.disk
        if not session.readable(path):
            wrong.append(f"ls: {name}: Permission denied")
        elif not disk.exists(path):
            wrong.append(f"ls: {name}: No such file or directory")
        elif path in disk.folders and "d" not in chosen:
            inside = [child for child in disk.children(path) if "a" in chosen or not child.startswith(".")]
            if len(words) > 1:
                out.append(f"{name}:")
            if "l" in chosen:
                out.append(f"total {sum(-(-len(disk.content.get(f'{path}/{child}', b'')) // 512) for child in inside)}")
            out += [_long(session, f"{path.rstrip('/')}/{child}", child) if "l" in chosen else child for child in inside]
        else:
            out.append(_long(session, path, name) if "l" in chosen else name)
    return Answer(lines(*out).out, failure(*wrong).err, int(bool(wrong)))


def _long(session: Session, path: str, name: str) -> str:
    """`-rw-rw-rw- 1 shell shell 1234 2026-01-31 12:00 name`."""
    disk, owner = session.phone.disk, _owner(session, path)
    size = len(disk.content[path]) if path in disk.content else 3452
    links = 2 if path in disk.folders else 1
    when = time.strftime("%Y-%m-%d %H:%M", time.gmtime(disk.time(path)))
    return f"{bits.filemode(disk.mode(path))} {links} {owner} {owner} {size} {when} {name}"


def stat(session: Session, arguments: list[str]) -> Answer:
    """`stat [-c FORMAT] PATHS` with %s %n %a %Y %U %F; without a format, the first lines of toybox's own."""
    chosen, words = options(arguments, "c")
    out, wrong = [], []
    for name in words:
        path, disk = session.path(name), session.phone.disk
        if not session.readable(path) or not disk.exists(path):
            why = "No such file or directory" if session.readable(path) else "Permission denied"
            wrong.append(f"stat: '{name}': {why}")
            continue
        size, mode = len(disk.content.get(path, b"")), disk.mode(path)
        kind = "directory" if path in disk.folders else "regular file" if size else "regular empty file"
        values = {
            "%s": str(size),
            "%n": name,
            "%a": f"{mode & 0o7777:o}",
            "%Y": str(int(disk.time(path))),
            "%U": _owner(session, path),
            "%F": kind,
        }
        layout = chosen.get("c", f"  File: %n\n  Size: %s\t Blocks: {-(-size // 512)}\t IO Blocks: 512\t%F")
        for key, value in values.items():
            layout = layout.replace(key, value)
        out.append(layout)
    return Answer(lines(*out).out, failure(*wrong).err, int(bool(wrong)))


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


def _sums(name: str) -> Program:
    def program(session: Session, arguments: list[str]) -> Answer:
        chosen, words = options(arguments)
        out, wrong = [], []
        for word in words:
            path = session.path(word)
            data = session.phone.files.get(path)
            if data is None or not session.readable(path):
                wrong.append(
                    f"{name}sum: {word}: {'No such file or directory' if session.readable(path) else 'Permission denied'}"
                )
            else:
                digest = hashlib.new(name, data).hexdigest()
                out.append(digest if "b" in chosen else f"{digest}  {word}")
        return Answer(lines(*out).out, failure(*wrong).err, int(bool(wrong)))

    return program


def df(session: Session, arguments: list[str]) -> Answer:
    """`df [-k] [-h] [PATHS]`: the one disk, in blocks of 1 KiB."""
    phone, chosen = session.phone, options(arguments)[0]
    size, free = phone.storage_bytes // 1024, phone.free_bytes // 1024
    place = "/data" if phone.sdk >= 29 else "/storage/emulated"
    if "h" in chosen:
        shown = [f"{blocks / 2**20:.0f}G" for blocks in (size, size - free, free)]
        row = f"/dev/block/dm-44 {shown[0]:>5} {shown[1]:>4} {shown[2]:>5} {100 * (size - free) // size:3d}% {place}"
        return lines("Filesystem       Size Used Avail Use% Mounted on", row)
    row = f"/dev/block/dm-44 {size:>9} {size - free:>8} {free:>9} {100 * (size - free) // size:3d}% {place}"
    return lines("Filesystem       1K-blocks     Used Available Use% Mounted on", row)


def du(session: Session, arguments: list[str]) -> Answer:
    """`du [-s] [-k] PATHS`, in KiB."""
    out = []
    for name in options(arguments)[1]:
        path, disk = session.path(name), session.phone.disk
        sizes = [len(disk.content.get(one, b"")) for one in [path, *disk.below(path)]]
        out.append(f"{sum(-(-size // 1024) for size in sizes)}\t{name}")
    return lines(*out)


def find(session: Session, arguments: list[str]) -> Answer:
    """`find FOLDER [-name PATTERN] [-type f|d] [-print0]`."""
    name, rest = arguments[0], [word for word in arguments[1:] if word != "-print0"]
    wanted = dict(zip(rest[::2], rest[1::2], strict=False))
    path, disk = session.path(name), session.phone.disk
    if not disk.exists(path) or not session.readable(path):
        return failure(f"find: '{name}': No such file or directory")

    def found() -> Iterator[str]:
        for one in [path, *disk.below(path)]:
            kind = "d" if one in disk.folders else "f"
            if fnmatch.fnmatch(posixpath.basename(one), wanted.get("-name", "*")) and wanted.get("-type", kind) == kind:
                yield name + one[len(path) :]

    return Answer("".join(f"{one}\0" for one in found()).encode()) if "-print0" in arguments else lines(*found())


def _owner(session: Session, path: str) -> str:
    for package, installed in session.phone.packages.items():
        if path.startswith((f"/data/data/{package}/", f"/sdcard/Android/data/{package}")) or path == f"/data/data/{package}":
            return f"u0_a{installed.uid - 10000}"
    return "system" if path.startswith("/data/app") else "root" if path.startswith("/system") else "shell"


PROGRAMS: dict[str, Program] = {
    "ls": ls,
    "stat": stat,
    "mkdir": mkdir,
    "rm": rm,
    "mv": mv,
    "cp": cp,
    "chmod": chmod,
    "touch": touch,
    "df": df,
    "du": du,
    "find": find,
    **{f"{name}sum": _sums(name) for name in ("sha256", "sha1", "md5")},
}
