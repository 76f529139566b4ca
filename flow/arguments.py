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


def whole_number(flag: str, text: str, example: str) -> int:
    """A number without a fraction; `example` is one, for the error.

    Raises:
        KitError: the text is none.
    """
    try:
        return int(text)
    except ValueError as error:
        raise KitError(f"{flag} {text} can't be used", "it is no whole number", f"give one, as {flag} {example}") from error


def given_path(flag: str, text: str | None) -> Path | None:
    """A file or folder that was named; None where none was.

    Raises:
        KitError: the name is empty.
    """
    if text is not None and not text.strip():
        raise KitError(f"{flag} is empty", "a shell variable in it may not be set", f"give {flag} a name, or leave it out")
    return Path(text).expanduser() if text is not None else None


def file_place(flag: str, file: Path) -> None:
    """Makes the folder that a file is to lie in, before any work is done for it.

    Raises:
        KitError: the file is a folder, or its folder can't be made.
    """
    fix = f"give {flag} a file in a folder that you can write"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KitError(f"{flag} {file} can't be written", error.strerror or str(error), fix) from error
    if file.is_dir():
        raise KitError(f"{flag} {file} can't be written", "it is a folder", fix)


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
