"""What `invoke new` can't see: from a flag, by a question on a terminal, else by its own proposal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from flow.screen import Screen

LISTED = 12


@dataclass
class Questions:
    """Asks on a terminal alone.

    Attributes:
        asks: whether there is somebody to ask.
        folder: for pictures of what is asked.
    """

    screen: Screen
    asks: bool
    folder: Path

    @classmethod
    def on(cls, screen: Screen, take_proposals: bool, folder: Path) -> Questions:
        """Asks where standard input and output are a terminal, unless proposals are to be taken."""
        return cls(screen, sys.stdin.isatty() and sys.stdout.isatty() and not take_proposals and not screen.as_json, folder)

    def choose(self, flag: str, what: str, choices: Sequence[str], proposal: str | None, said: str | None = None) -> str:
        """One of several.

        Args:
            flag: that answers it, as --category.
            what: the question.
            proposal: what is taken without an answer; None: it must be answered.
            said: what the flag says.

        Raises:
            KitError: the flag says something else, or nobody can be asked and there is no proposal.
        """
        listed = ", ".join(choices[:LISTED]) + (f" and {len(choices) - LISTED} more" if len(choices) > LISTED else "")
        if said is not None:
            found = match(said, choices)
            if found is None:
                raise KitError(f"{flag} {said} can't be used", f"there is {listed or 'none'}", f"give one of them as {flag}")
            return found
        if len(choices) == 1:
            return choices[0]
        if not self.asks:
            if proposal is None:
                raise KitError(what, f"there is {listed}", f"say which: {flag} {choices[0] if choices else 'NAME'}")
            self.screen.say(f"{what} Taken: {proposal}, of {listed} ({flag} NAME takes another)")
            return proposal
        self.screen.say(f"{what} {listed}")
        while True:
            answer = self._read(proposal)
            found = proposal if not answer else match(answer, choices)
            if found is not None:
                return found
            self.screen.say(f"  none of them is {answer!r}" if answer else "  there is no proposal: type one of them")

    def words(self, flag: str, what: str, choices: Sequence[str], proposal: Sequence[str], said: str | None = None) -> list[str]:
        """Some of several, with commas between.

        Raises:
            KitError: the flag names another.
        """
        if said is not None:
            found, lost = _parted(said, choices)
            if lost or not found:
                raise KitError(
                    f"{flag} {lost or said} can't be used", f"there is {', '.join(choices)}", f"give some of them as {flag}"
                )
            return found
        if not self.asks:
            self.screen.say(f"{what} Taken: {', '.join(proposal)} ({flag} says otherwise)")
            return list(proposal)
        self.screen.say(what)
        while True:
            answer = self._read(", ".join(proposal))
            found, lost = _parted(answer, choices) if answer else (list(proposal), "")
            if found and not lost:
                return found
            self.screen.say(f"  none of them is {lost or answer!r}")

    def _read(self, proposal: str | None) -> str:
        try:
            return input(f"  [{proposal}] " if proposal is not None else "  > ").strip()
        except EOFError:
            if proposal is None:
                raise KeyboardInterrupt from None
            return ""


def _parted(text: str, choices: Sequence[str]) -> tuple[list[str], str]:
    """The choices that are named, and the first name that is none."""
    named = [(word.strip(), match(word, choices)) for word in text.split(",") if word.strip()]
    return [choice for _, choice in named if choice is not None], next((word for word, choice in named if choice is None), "")


def match(text: str, choices: Sequence[str]) -> str | None:
    """The choice that is written so, but for case and blanks around;."""
    plain = text.strip().casefold()
    exact = [choice for choice in choices if choice == text] or [one for one in choices if one.strip().casefold() == plain]
    return exact[0] if exact else None
