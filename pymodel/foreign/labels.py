"""Label files as people write them: a name a line, often with a running number before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from appspec.errors import KitError

MOST_BYTES = 4 * 2**20
BACKGROUND = ("background", "???", "__background__")
"""What files call a class that stands for none of the others."""

_NUMBERED = re.compile(r"(\d+)(?:\s*[:,;]\s*|\s+)(\S.*)")


def read_labels(path: Path) -> tuple[str, ...]:
    """The lines of a text file.

    Raises:
        KitError: it can't be read, is no text, or has no line.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise KitError(f"Can't use {path.name} as labels", f"it has more than {MOST_BYTES >> 20} MB", "give one name a line")
        return parse_labels(path.read_bytes(), path.name)
    except OSError as error:
        fix = "give the path of a text file with one label a line"
        raise KitError(f"Can't read {path}", error.strerror or str(error), fix) from error


def parse_labels(content: bytes, name: str) -> tuple[str, ...]:
    """The lines of a file of that name; empty ones at its end don't count.

    Raises:
        KitError: as read_labels.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fix = "save it as UTF-8, one label a line"
        raise KitError(f"Can't use {name} as labels", f"it is no UTF-8 text (byte {error.start})", fix) from error
    lines = [line.strip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    if not lines or any(ord(character) < 32 for line in lines for character in line if character != "\t"):
        why = "it is empty" if not lines else "it holds control characters: it is no text"
        raise KitError(f"Can't use {name} as labels", why, "give a text file with one label a line")
    return tuple(lines)


def numbered_labels(count: int) -> tuple[str, ...]:
    """Names for that many classes or points that have none."""
    return tuple(str(i) for i in range(count))


def without_numbers(labels: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """The labels without the running numbers before them (`0 Cat`, `1: Dog`), and whether they had some.

    Numbers run where each line has one, and they count from 0 or from 1 without a gap; others are part of the names.
    """
    found = [_NUMBERED.fullmatch(label) for label in labels]
    numbers = [int(match[1]) for match in found if match]
    if len(numbers) != len(labels) or not numbers or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return tuple(labels), False
    if numbers[0] not in (0, 1):
        return tuple(labels), False
    return tuple(match[2] for match in found if match), True


def is_background(label: str) -> bool:
    """Whether a label stands for none of the others."""
    return label.strip().lower() in BACKGROUND


_ONE = {"classes": "class", "points": "point"}


def wrong_count(name: str, labels: Sequence[str], count: int, of: str) -> KitError:
    """What to say where labels and outputs differ in number: nothing is shifted to make them fit.

    Args:
        of: what the model has `count` of.
    """
    hint = ""
    if len(labels) == count - 1 and not is_background(labels[0]):
        hint = "; if its first class stands for none of the others, add a first line: background"
    if len(labels) == count + 1 and is_background(labels[0]):
        hint = f"; if the model knows no {labels[0]!r}, remove that line"
    return KitError(
        f"The labels don't fit {name}",
        f"they are {len(labels)} ({labels[0]!r} to {labels[-1]!r}), the model has {count} {_ONE.get(of, of) if count == 1 else of}",
        f"give one label for each, in the model's order{hint}",
    )
