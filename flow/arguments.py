"""Words of the command line that a task takes as something else: a number, a folder. Invoke's own conversions end in a traceback."""

from __future__ import annotations

import math
from pathlib import Path

from appspec.errors import KitError


def number(flag: str, text: str, example: str) -> float:
    """A finite number; `example` is one, for the error.

    Raises:
        KitError: the text is none.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise KitError(f"{flag} {text} can't be used", "it is no number", f"give a number, as {flag} {example}")
    return value


def made_folder(flag: str, folder: Path) -> Path:
    """A folder that results go into, made where it isn't there.

    Raises:
        KitError: it is a file, lies in one, or can't be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = "it is a file" if folder.is_file() else error.strerror or str(error)
        raise KitError(f"{flag} {folder} can't be used", why, f"give {flag} a folder, or a name that is free") from error
    return folder


def share(flag: str, text: str) -> float:
    """`10%`, `10 %` and `0.1` are the same; a bare number of 1 or more could be meant either way.

    Raises:
        KitError: the text is none of these, or negative.
    """
    bare = text.strip().removesuffix("%").rstrip()
    in_percent = text.strip().endswith("%")
    value = number(flag, bare, "10%") / (100 if in_percent else 1)
    fix = f"give percent or a share below 1, as {flag} 10% or {flag} 0.1"
    if value < 0:
        raise KitError(f"{flag} {text} can't be used", "it is negative", fix)
    if value >= 1 and not in_percent:
        raise KitError(f"{flag} {text} can't be used", f"is it {bare} % or {bare} times?", fix)
    return value
