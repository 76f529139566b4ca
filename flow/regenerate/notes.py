"""What the kit notes in a project: what it generated last, and which files wait for the user."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from appspec.whole_file import write_whole
from flow.regenerate.project import NOTES, Item

MARKS = f"{NOTES}-generated.json"
TEXTS = f"{NOTES}-generated.zip"
WAITING = f"{NOTES}-conflicts.json"
"""They lie in the project itself, so that they come and go with it, whenever the process dies."""


@dataclass(frozen=True)
class Generated:
    """What was generated last, before the user's edits.

    Attributes:
        marks: `Item.mark` of each file by its name.
        texts: file with the content of those that are text.
        formerly: the names that some of them have in there, where they are called otherwise now.
    """

    marks: Mapping[str, str]
    texts: Path
    formerly: Mapping[str, str] = field(default_factory=dict)

    def content(self, name: str, standing: Item | None) -> bytes | None:
        """What was generated under that name; None where that is not known any more.

        Args:
            standing: the file as it is now, which may be the same.
        """
        if standing is not None and self.marks.get(name, "").removesuffix("+x") == standing.mark.removesuffix("+x"):
            return None if standing.is_link else standing.path.read_bytes()
        try:
            with zipfile.ZipFile(self.texts) as archive:
                return archive.read(self.formerly.get(name, name))
        except (OSError, KeyError, zipfile.BadZipFile):
            return None


def read_generated(project: Path) -> Generated:
    """What was generated last; without a readable note of it, nothing: then every file counts as the user's."""
    try:
        marks = json.loads((project / MARKS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        marks = {}
    known = marks if isinstance(marks, dict) else {}
    return Generated({str(name): str(mark) for name, mark in known.items()}, project / TEXTS)


def note_generated(project: Path, items: Mapping[str, Item]) -> None:
    """Notes in a newly generated project what it holds."""
    marks = {name: item.mark for name, item in items.items()}
    (project / MARKS).write_text(json.dumps(marks, indent=0), encoding="utf-8")
    with zipfile.ZipFile(project / TEXTS, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, item in items.items():
            content = item.path.read_bytes()
            if is_text(content):
                with archive.open(zipfile.ZipInfo(name), "w") as entry:
                    entry.write(content)


def is_text(content: bytes) -> bool:
    """As git tells: no NUL among the first 8000 bytes."""
    return b"\0" not in content[:8000]


def waiting(project: Path) -> list[str]:
    """Files whose conflicts were left to the user."""
    try:
        names = json.loads((project / WAITING).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [str(name) for name in names] if isinstance(names, list) else []


def note_waiting(project: Path, names: Sequence[str]) -> None:
    """Notes which files have conflicts; none: forgets them."""
    if names:
        write_whole(project / WAITING, json.dumps(list(names)))
    else:
        (project / WAITING).unlink(missing_ok=True)
