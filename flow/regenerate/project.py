"""The files of a generated project, as they are compared: content, run bit, or where a link points."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from appspec.stages import hash_file

CACHES = (".gradle", "build", "app/build")
"""Gradle's own folders: they move into a newly generated project, so that its build is incremental."""

FOREIGN = (*CACHES, ".git", ".idea", ".kotlin", "local.properties")
"""What other tools put into a project: no edit of the user's. It moves into a newly generated project too."""

ASIDE = "regenerated"
"""Folder for the new version of files whose old one stays; no part of the build."""

NOTES = ".stamp"
"""How the names of the kit's own notes in a project begin."""


@dataclass(frozen=True)
class Item:
    """One file: two are equal where content, run bit and kind are.

    Attributes:
        path: where its content lies now.
        mark: sha256 of the content, with `+x` where it can be run; `-> PLACE` of a link.
    """

    path: Path = field(compare=False)
    mark: str

    @property
    def is_link(self) -> bool:
        return self.mark.startswith("->")

    @property
    def sha256(self) -> str:
        return self.mark.removesuffix("+x")

    @property
    def executable(self) -> bool:
        return self.mark.endswith("+x")

    def copy(self, target: Path) -> None:
        """Puts the same file at `target`, in place of what is there."""
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copy2(self.path, target, follow_symlinks=False)


def read_item(path: Path) -> Item:
    """The file or link at `path`."""
    if path.is_symlink():
        return Item(path, f"-> {path.readlink()}")
    runs = "+x" if os.name == "posix" and path.stat().st_mode & 0o111 else ""
    return Item(path, hash_file(path) + runs)


def read_project(project: Path) -> dict[str, Item]:
    """Every file of a project that its APK may follow from, by its name with forward slashes; empty where there is none."""
    found = {}
    for folder, folders, files in os.walk(project):
        here = Path(folder).relative_to(project)
        links = [name for name in folders if (project / here / name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in links and not _left_out((here / name).as_posix()))
        for name in (*files, *links):
            place = (here / name).as_posix()
            if not _left_out(place):
                found[place] = read_item(project / place)
    return dict(sorted(found.items()))


def tree_hash(items: Mapping[str, Item]) -> str:
    """Hash of all names and contents."""
    text = "".join(f"{name}\0{item.mark}\n" for name, item in sorted(items.items()))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _left_out(place: str) -> bool:
    return place in (*FOREIGN, ASIDE) or place.startswith(NOTES)
