"""What a program of the phone's shell is: a function of its session and its words, that answers at once or piece by piece."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from deploy.virtual_phone.files import may_read, may_write, whole_path
from deploy.virtual_phone.state import PhoneState


@dataclass(frozen=True)
class Answer:
    """What a program wrote, and its exit code."""

    out: bytes = b""
    err: bytes = b""
    code: int = 0


@dataclass
class Session:
    """Where a program runs.

    Attributes:
        user: "shell", or the package that `run-as` made it.
        folder: what relative paths begin from.
        code: exit code of the program before.
        stdin: what a pipe or a redirection gives it.
    """

    phone: PhoneState
    user: str = "shell"
    folder: str = "/"
    code: int = 0
    variables: dict[str, str] = field(default_factory=dict)
    stdin: bytes = b""

    def path(self, path: str) -> str:
        """A path as the phone's own."""
        return whole_path(path, self.folder)

    def readable(self, path: str) -> bool:
        """Whether this user may look at a whole path."""
        return may_read(path, self.user)

    def writable(self, path: str) -> bool:
        """Whether this user may change a whole path."""
        return may_write(path, self.user)


Result = Answer | AsyncIterator[Answer]
Program = Callable[[Session, list[str]], Result]


def lines(*text: str, code: int = 0) -> Answer:
    """An answer of text lines on standard output."""
    return Answer("".join(f"{line}\n" for line in text).encode(), code=code)


def failure(*text: str, code: int = 1) -> Answer:
    """An answer of text lines on standard error."""
    return Answer(err="".join(f"{line}\n" for line in text).encode(), code=code)


def options(words: list[str], with_value: str = "") -> tuple[dict[str, str], list[str]]:
    """Single-letter options and the other words; `--` ends the options.

    Args:
        with_value: letters of options that take the next word.
    """
    found: dict[str, str] = {}
    others: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            return found, others + rest
        if not word.startswith("-") or word == "-":
            others.append(word)
        elif word[1] in with_value:
            found[word[1]] = word[2:] or (rest.pop(0) if rest else "")
        else:
            found.update(dict.fromkeys(word[1:], ""))
    return found, others
