"""Where long work reports to: the user's screen, or nowhere."""

from __future__ import annotations

from typing import Protocol


class Reporter(Protocol):
    """What the user sees of work that goes on."""

    def say(self, line: str) -> None:
        """One line that stays."""

    def heading(self, line: str) -> None:
        """One line that starts a stage."""

    def progress(self, what: str, done: int, total: int) -> None:
        """How far a long step is; redrawn in place."""

    def status(self, line: str) -> None:
        """What is going on now; redrawn in place."""


class Silent:
    """Reports nothing."""

    def say(self, line: str) -> None:
        """Nothing."""

    def heading(self, line: str) -> None:
        """Nothing."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Nothing."""

    def status(self, line: str) -> None:
        """Nothing."""
