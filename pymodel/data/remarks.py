"""What was mended or passed over while data is read: counted by kind, with an example each."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from appspec.file_tree import shown


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
