"""How the kit says that something failed."""

from __future__ import annotations


class KitError(Exception):
    """A failure the user can mend.

    Args:
        what: one line, what failed.
        why: one line, the cause in the user's words.
        fix: one line, what to do about it; a command where there is one.
    """

    def __init__(self, what: str, why: str, fix: str) -> None:
        super().__init__(f"{what}: {why}")
        self.what = what
        self.why = why
        self.fix = fix
