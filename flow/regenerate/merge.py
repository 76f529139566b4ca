"""Three trees into one: what was generated last, what the user made of it, what is generated now."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from flow.regenerate.notes import Generated, is_text
from flow.regenerate.project import ASIDE, Item
from flow.regenerate.texts import merge_texts


@dataclass(frozen=True)
class Conflict:
    """A file that the user has to look at.

    Attributes:
        says: what is the matter, in words.
        places: how many places in it stand between markers; 0 where the file itself is whole.
    """

    name: str
    says: str
    places: int = 0


def merge_project(generated: Generated, theirs: Mapping[str, Item], new: Mapping[str, Item], target: Path) -> list[Conflict]:
    """Lays what the user has made over a newly generated project.

    Args:
        generated: what `theirs` came from.
        new: the files that are in `target` now.
        target: the newly generated project; gets the result.

    Raises:
        KitError: git can't be run.
    """
    conflicts = _make_room(generated, theirs, new, target)
    for name in sorted({*theirs, *new, *generated.marks} - {conflict.name for conflict in conflicts}):
        mine, old, now = theirs.get(name), generated.marks.get(name), new.get(name)
        if _mark(mine) == old or mine == now:
            continue  # not touched, or changed to the same: the new one counts
        if _mark(now) == old:
            _put(mine, target / name)  # changed or removed by the user alone
            continue
        found = _both(name, mine, now, generated, target)
        if found is not None:
            conflicts.append(found)
    return conflicts


def _make_room(generated: Generated, theirs: Mapping[str, Item], new: Mapping[str, Item], target: Path) -> list[Conflict]:
    """New files go aside where the user has a folder of that name, or a file in place of the folder."""
    kept = {name for name, item in theirs.items() if item.mark != generated.marks.get(name)}
    folders = {parent for name in kept for parent in _parents(name)}
    conflicts = []
    for name, item in new.items():
        taken = name if name in folders else next((parent for parent in _parents(name) if parent in kept), None)
        if taken is not None:
            _put(item, target / ASIDE / name)
            _put(None, target / name)
            conflicts.append(Conflict(name, f"finds its place taken by your {taken}; the new one lies in {ASIDE}/"))
    for place in {target / name for name in kept if (target / name).is_dir()}:
        shutil.rmtree(place)  # nothing but folders is in there
    return conflicts


def _parents(name: str) -> list[str]:
    return [parent.as_posix() for parent in PurePosixPath(name).parents][:-1]


def _both(name: str, mine: Item | None, now: Item | None, generated: Generated, target: Path) -> Conflict | None:
    """A file that both have changed, each in another way."""
    if now is None:
        _put(mine, target / name)
        return Conflict(name, "is not generated any more; yours stays because you changed it")
    if mine is None:
        _put(now, target / ASIDE / name)
        _put(None, target / name)
        return Conflict(name, f"you removed it, and it has changed; the new one lies in {ASIDE}/")
    texts = _texts(name, mine, now, generated)
    if texts is None:
        _put(now, target / ASIDE / name)
        _put(mine, target / name)
        return Conflict(name, f"has changed on both sides and can't be merged; yours stays, the new one lies in {ASIDE}/")
    merged = merge_texts(*texts)
    runs = mine.executable if mine.executable != generated.marks.get(name, "").endswith("+x") else now.executable
    (target / name).write_bytes(merged.content)
    (target / name).chmod(0o755 if runs else 0o644)
    if merged.conflicts:
        return Conflict(name, "you and the new version have changed the same lines", merged.conflicts)
    return None


def _texts(name: str, mine: Item, now: Item, generated: Generated) -> tuple[bytes, bytes, bytes] | None:
    """The user's text, the one it came from (empty where both are new), the new one; None where one is no text."""
    base = generated.content(name, mine) if name in generated.marks else b""
    if mine.is_link or now.is_link or base is None:
        return None
    texts = (mine.path.read_bytes(), base, now.path.read_bytes())
    return texts if all(map(is_text, texts)) else None


def _mark(item: Item | None) -> str | None:
    return item.mark if item else None


def _put(item: Item | None, target: Path) -> None:
    """The file at `target`; None: no file there."""
    if item is not None:
        item.copy(target)
    else:
        target.unlink(missing_ok=True)
