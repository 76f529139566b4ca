"""A phone's files: their bytes by path, with folders, modes and times; and who may read what."""

from __future__ import annotations

import fnmatch
import posixpath
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

TEMPORARY = "/data/local/tmp"
CARD = "/sdcard"
PRIVATE = ("/data/data", "/data/system", "/data/misc", "/data/vendor")
UNLISTED = ("/data", "/data/app", "/data/local")
FIRST_FOLDERS = ("/", "/data", "/data/app", "/data/local", TEMPORARY, CARD, "/system", "/system/bin", "/proc", "/dev")
EXECUTABLE = 0o111


@dataclass
class Files:
    """Everything on the phone's disk.

    Attributes:
        content: bytes of the files by their whole paths.
        folders: whole paths.
        modes, times: permission bits, and seconds since the epoch, of files and folders that have others than the usual ones.
        now: the phone's clock.
    """

    content: dict[str, bytes] = field(default_factory=dict)
    folders: set[str] = field(default_factory=lambda: set(FIRST_FOLDERS))
    modes: dict[str, int] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)
    now: Callable[[], float] = time.time

    @property
    def used(self) -> int:
        """Bytes that the files hold."""
        return sum(map(len, self.content.values()))

    def write(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Keeps a file, and makes its folder."""
        self.make_folder(posixpath.dirname(path))
        self.content[path] = bytes(data)
        self.modes[path] = mode
        self.times[path] = self.now()

    def make_folder(self, path: str) -> None:
        """Makes a folder and those above it."""
        while path not in self.folders:
            self.folders.add(path)
            self.times[path] = self.now()
            path = posixpath.dirname(path)

    def remove(self, path: str) -> None:
        """Removes a file, or a folder with all that is in it; nothing if it isn't there."""
        for one in [path, *self.below(path)]:
            self.content.pop(one, None)
            self.folders.discard(one)
            self.modes.pop(one, None)
            self.times.pop(one, None)

    def move(self, source: str, target: str) -> None:
        """Renames a file or a folder, replacing a file of that name."""
        for one in [source, *self.below(source)]:
            place = target + one[len(source) :]
            if one in self.content:
                self.content[place] = self.content.pop(one)
            else:
                self.folders.discard(one)
                self.folders.add(place)
            for table in (self.modes, self.times):
                if one in table:
                    table[place] = table.pop(one)  # type: ignore[assignment]

    def exists(self, path: str) -> bool:
        """Whether a file or folder of that path is there."""
        return path in self.content or path in self.folders

    def children(self, folder: str) -> list[str]:
        """Names of what is in a folder, sorted."""
        prefix = folder.rstrip("/") + "/"
        every = (*self.content, *self.folders)
        return sorted({path[len(prefix) :].split("/")[0] for path in every if path.startswith(prefix) and path != prefix})

    def below(self, folder: str) -> list[str]:
        """Whole paths of everything in a folder and its folders, sorted."""
        prefix = folder.rstrip("/") + "/"
        return sorted(path for path in (*self.content, *self.folders) if path.startswith(prefix) and path != prefix)

    def mode(self, path: str) -> int:
        """Kind and permission bits, as stat has them."""
        if path in self.folders:
            return 0o040000 | self.modes.get(path, 0o771)
        return 0o100000 | self.modes.get(path, 0o644)

    def time(self, path: str) -> float:
        """Seconds since the epoch."""
        return self.times.get(path, 1230768000.0)  # 2009-01-01, as in a system image

    def executable(self, path: str) -> bool:
        """Whether it is a file that may be started."""
        return path in self.content and bool(self.mode(path) & EXECUTABLE)


def whole_path(path: str, folder: str = "/") -> str:
    """A path as the phone's own: absolute, without `..`, its links followed.

    Args:
        folder: what a relative one begins from.
    """
    path = posixpath.normpath(posixpath.join(folder, path))
    path = path.replace("//", "/")
    for link, target in (("/storage/emulated/0", CARD), ("/storage/self/primary", CARD), ("/data/user/0", "/data/data")):
        if path == link or path.startswith(link + "/"):
            return target + path[len(link) :]
    return path


def may_read(path: str, user: str) -> bool:
    """Whether a user may look at a path: the shell sees no app's own folder, an app sees its own.

    Args:
        user: "shell" or a package.
    """
    if user != "shell" and _within(path, f"/data/data/{user}"):
        return True
    return path not in UNLISTED and not any(_within(path, folder) for folder in PRIVATE)


def may_write(path: str, user: str) -> bool:
    """Whether a user may change a path."""
    if user != "shell":
        return _within(path, f"/data/data/{user}") or _within(path, f"{CARD}/Android/data/{user}")
    return _within(path, TEMPORARY) or _within(path, CARD)


def matches(files: Files, pattern: str) -> Iterator[str]:
    """Paths that a pattern of the shell means, sorted; `*` and `?` do not cross a `/`."""
    depth = pattern.count("/")
    for path in sorted((*files.content, *files.folders)):
        if path.count("/") == depth and fnmatch.fnmatchcase(path, pattern):
            yield path


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + "/")
