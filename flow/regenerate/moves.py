"""Files that a newly generated project has in another place than the last one: the user's edits go along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from flow.regenerate.notes import Generated, is_text
from flow.regenerate.project import Item

_SAME_TAIL = 3
"""So many parts at the end of two paths tell that they name the same file, whatever is in it."""

_ALIKE = 0.6
"""Share of lines that two files with other names must have in common to be the same one; git asks for half."""


def find_moves(generated: Generated, theirs: Mapping[str, Item], new: Mapping[str, Item]) -> dict[str, str]:
    """New names by old ones: of generated files, and of the user's own files in folders that have moved as a whole.

    Args:
        generated: what `theirs` came from.
        theirs: the project as the user has made it.
        new: the newly generated project.
    """
    moves: dict[str, str] = {}
    fresh = [name for name in new if name not in generated.marks and name not in theirs]
    gone = [name for name in generated.marks if name not in new]
    for find in (_by_path, _by_content):
        for name in (name for name in gone if name not in moves):
            place = find(name, [place for place in fresh if place not in moves.values()], generated, theirs, new)
            if place is not None:
                moves[name] = place
    return moves | _own_files(moves, generated, theirs, new)


def follow_moves(generated: Generated, theirs: Mapping[str, Item], moves: Mapping[str, str]) -> tuple[Generated, dict[str, Item]]:
    """The last project and what the user has made of it, as if they had been laid out like the new one."""
    marks = {moves.get(name, name): mark for name, mark in generated.marks.items()}
    formerly = {place: name for name, place in moves.items()}
    return Generated(marks, generated.texts, formerly), {moves.get(name, name): item for name, item in theirs.items()}


def _by_path(
    name: str, fresh: list[str], generated: Generated, theirs: Mapping[str, Item], new: Mapping[str, Item]
) -> str | None:
    """The new file whose path ends as that of an old one; none where several do alike."""
    tails = {place: len(_tail(name, place)) for place in fresh}
    longest = max(tails.values(), default=0)
    best = [place for place in fresh if tails[place] == longest]
    return best[0] if longest >= _SAME_TAIL and len(best) == 1 else None


def _by_content(
    name: str, fresh: list[str], generated: Generated, theirs: Mapping[str, Item], new: Mapping[str, Item]
) -> str | None:
    """The new file of the same type that has most of the lines of an old one, which the user has changed or removed."""
    mine = theirs.get(name)
    if mine is not None and mine.mark == generated.marks[name]:
        return None  # nothing to take along
    base = generated.content(name, mine)
    places = [place for place in fresh if PurePosixPath(place).suffix == PurePosixPath(name).suffix and not new[place].is_link]
    if not base or not is_text(base):
        return None
    shares = {place: _share(base, new[place].path.read_bytes()) for place in places}
    best = max(places, key=lambda place: shares[place], default=None)
    return best if best is not None and shares[best] >= _ALIKE else None


def _share(old: bytes, new: bytes) -> float:
    """The share of lines that two texts have in common."""
    if not is_text(new):
        return 0.0
    matcher = SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0


def _own_files(
    moves: Mapping[str, str], generated: Generated, theirs: Mapping[str, Item], new: Mapping[str, Item]
) -> dict[str, str]:
    """Where the user's own files go whose folder has moved: nothing would build them in the old place."""
    folders: Counter[tuple[str, str]] = Counter()
    for name, place in moves.items():
        tail = len(_tail(name, place))
        if tail:
            folders["/".join(name.split("/")[:-tail]), "/".join(place.split("/")[:-tail])] += 1
    found: dict[str, str] = {}
    for name in theirs:
        if name in generated.marks or name in new:
            continue
        for (old, moved), _ in folders.most_common():
            place = f"{moved}{name.removeprefix(old)}"
            free = place not in new and place not in theirs
            if old and name.startswith(f"{old}/") and free and not any(file.startswith(f"{old}/") for file in new):
                found[name] = place
                break
    return found


def _tail(one: str, other: str) -> list[str]:
    """The parts that two paths have in common at their ends."""
    common: list[str] = []
    for part, twin in zip(reversed(one.split("/")), reversed(other.split("/")), strict=False):
        if part != twin:
            break
        common.append(part)
    return common
