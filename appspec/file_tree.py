"""The files below a folder: links are followed, cycles noticed, litter passed over; whatever is passed over is counted."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from appspec.stages import STAMP

LITTER = frozenset(
    {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__pycache__", "$recycle.bin", "system volume information", "@eadir", "lost+found", "picasa.ini"}
)  # fmt: skip
"""What systems leave in folders, in lower case; so is every name that begins with a dot, or with ~$ as Office's locks do, and what editors and clouds leave."""

SURROGATES = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True)
class FileTree:
    """What lies below a folder. Paths are relative to it, as text with `/`; names that aren't UTF-8 hold surrogates.

    Attributes:
        files: in the order of their names.
        litter: files and folders that systems left, passed over; a folder counts once.
        dead_links: links to nothing.
        cycles: links to a folder that they lie in; not followed.
        closed: folders and files that may not be read.
    """

    folder: Path
    files: tuple[str, ...]
    litter: tuple[str, ...] = ()
    dead_links: tuple[str, ...] = ()
    cycles: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()

    def notes(self) -> list[str]:
        """What was passed over: one line each with count, example, and what to do."""
        lines = (
            (self.litter, "hidden files and those that systems leave", "they are no data"),
            (self.dead_links, "links to nothing", "mend them if their files belong to the data"),
            (self.cycles, "links back to a folder that they lie in", "remove them"),
            (self.closed, "files and folders that may not be read", "change their permissions if they belong to the data"),
        )
        return [f"passed over: {what}: {len(found)}, as {shown(found[0])}; {do}" for found, what, do in lines if found]


@dataclass
class _Walk:
    folder: Path
    files: list[str] = field(default_factory=list)
    litter: list[str] = field(default_factory=list)
    dead_links: list[str] = field(default_factory=list)
    cycles: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    def enter(self, path: str, relative: str, above: frozenset[tuple[int, int]]) -> None:
        try:
            status = os.stat(path)  # noqa: PTH116 (a million files: Path costs more than the call)
            with os.scandir(path) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            self.closed.append(relative or ".")
            return
        here = above | {(status.st_dev, status.st_ino)}
        for entry in entries:
            name = f"{relative}/{entry.name}" if relative else entry.name
            if name == STAMP:
                continue  # of a folder that a stage of the kit made
            if is_litter(entry.name):
                self.litter.append(name)
            else:
                self._enter(entry, name, here)

    def _enter(self, entry: os.DirEntry[str], name: str, above: frozenset[tuple[int, int]]) -> None:
        try:
            is_folder, is_file = entry.is_dir(), entry.is_file()
        except OSError:  # a link to itself
            is_folder = is_file = False
        if is_folder:
            self._folder(entry, name, above)
        elif is_file:
            (self.files if os.access(entry.path, os.R_OK) else self.closed).append(name)
        elif entry.is_symlink():
            self.dead_links.append(name)

    def _folder(self, entry: os.DirEntry[str], name: str, above: frozenset[tuple[int, int]]) -> None:
        if entry.is_symlink():
            status = entry.stat()
            if (status.st_dev, status.st_ino) in above:
                self.cycles.append(name)
                return
        self.enter(entry.path, name, above)


def read_tree(folder: Path) -> FileTree:
    """Everything below a folder; it is empty where the folder isn't there."""
    walk = _Walk(folder)
    if folder.is_dir():
        walk.enter(str(folder), "", frozenset())
    return FileTree(
        folder,
        tuple(sorted(walk.files)),
        tuple(walk.litter),
        tuple(walk.dead_links),
        tuple(walk.cycles),
        tuple(walk.closed),
    )


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name is nobody's data."""
    return name.startswith((".", "~$")) or name.endswith("~") or name.lower() in LITTER or ".sync-conflict-" in name


def shown(name: str) -> str:
    """A name for the screen: bytes that are no UTF-8 as \\xNN, halves of characters (from JSON) as \\uNNNN."""
    return SURROGATES.sub(lambda half: _written(ord(half[0])), name)


def _written(code: int) -> str:
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"


def with_suffix(files: Sequence[str], *suffixes: str) -> list[str]:
    """The files with one of these suffixes, in any case."""
    return [file for file in files if file.lower().endswith(suffixes)]
