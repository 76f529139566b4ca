"""What was mended or passed over while data is read: counted by kind, with an example each."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from appspec.file_tree import shown

COMMONEST = 5


def others_note(counts: Mapping[str, int], chosen: str, noun: str) -> list[str]:
    """The line for objects of other categories than the chosen one: how many, and the commonest; none where there are none.

    Args:
        noun: what is counted, in the plural.
    """
    others = Counter({name: count for name, count in counts.items() if name != chosen and count})
    if not others:
        return []
    listed = ", ".join(f"{shown(name) or '(no name)'} {count}" for name, count in others.most_common(COMMONEST))
    more = " …" if len(others) > COMMONEST else ""
    return [f"passed over: {others.total()} {noun} of other categories than {shown(chosen)} ({listed}{more})"]


def one_case(counts: Mapping[str, int], remarks: Remarks) -> dict[str, str]:
    """Of each category's name the commonest that differs from it in upper and lower case alone; a remark where there are such."""
    chosen: dict[str, str] = {}
    for name in sorted(counts, key=lambda one: (-counts[one], one)):
        chosen.setdefault(name.casefold().strip(), name)
    names = {name: chosen[name.casefold().strip()] for name in counts}
    for name, other in names.items():
        if name != other:
            remarks.add(f"categories that differ from {shown(other)} in upper and lower case alone count as it", name)
    return names


def files_note(what: str, files: Sequence[str]) -> list[str]:
    """The line for files that are passed over: WHAT, how many, and an example; none where there are none."""
    return [f"passed over: {what}: {len(files)}, as {shown(files[0])}"] if files else []


@dataclass
class Remarks:
    """May be added to by several threads."""

    _found: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, what: str, file: str, do: str = "") -> None:
        """One more of a kind.

        Args:
            what: the kind, for a line `WHAT: 3, as FILE`.
            file: where; the same one counts once.
            do: what the user can do about it.
        """
        with self._lock:
            self._found.setdefault((what, do), set()).add(file)

    def lines(self) -> tuple[str, ...]:
        """A line for each kind, in the order of their first words."""
        with self._lock:
            return tuple(
                f"{what}: {len(files)}, as {shown(min(files))}{f'; {do}' if do else ''}"
                for (what, do), files in sorted(self._found.items())
            )
