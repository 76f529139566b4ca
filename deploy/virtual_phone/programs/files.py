"""Programs that look at files (toybox): `ls`, `stat`, `sha256sum`, `df`, `du`, `find`."""

from __future__ import annotations

import fnmatch
import hashlib
import posixpath
import stat as bits
import time
from collections.abc import Iterator

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
    "df": df,
    "du": du,
    "find": find,
    **{f"{name}sum": _sums(name) for name in ("sha256", "sha1", "md5")},
}
