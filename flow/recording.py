"""A recording of one's own for the app's sensor screen to play."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from appspec.errors import KitError

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|nan", re.IGNORECASE)
SHOWN_BAD = 60
"""Characters of a bad field that are shown."""


def check_recording(path: Path, channels: Sequence[str]) -> None:
    """Reads a CSV file as the app's Recording.kt does: the twin of its rules.

    A header with a name for the stamp first, then the channels in any order; below it plain numbers, empty or "nan" where a
    value is missing; other columns count nothing.

    Args:
        channels: those that the model asks for.

    Raises:
        KitError: the file can't be read, is no CSV, is empty, or lacks a channel.
    """
    fix = f"give a CSV file with the columns timestamp,{','.join(channels)}"
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise KitError(f"Can't read {path}", error.strerror or str(error), fix) from error
    except UnicodeDecodeError as error:
        raise KitError(f"{path.name} is no CSV file", "it is no text in UTF-8", fix) from error
    if not lines or not lines[0].strip():
        raise KitError(f"{path.name} is empty", "there is no header in its first line", fix)
    names = [name.strip() for name in lines[0].split(",")]
    missing = [channel for channel in channels if channel not in names[1:]]
    if missing:
        found = ", ".join(names)[:SHOWN_BAD]
        raise KitError(f"{path.name} lacks {', '.join(missing)}", f"its header says {found}", fix)
    samples = 0
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        fields = [field.strip() for field in line.split(",")]
        if len(fields) != len(names):
            why = f"line {number} has {len(fields)} fields, the header {len(names)}"
            raise KitError(f"{path.name} is no whole CSV file", why, f"mend the line, or {fix}")
        for channel in channels:
            _check_number(path, number, channel, fields[names.index(channel, 1)])
        samples += 1
    if not samples:
        raise KitError(f"{path.name} is empty", "there is no sample below its header", fix)


def _check_number(path: Path, line: int, channel: str, field: str) -> None:
    if field and not NUMBER.fullmatch(field):
        raise KitError(
            f"{path.name} holds something that is no number",
            f"line {line}, {channel}: {field[:SHOWN_BAD]}",
            "leave the field empty where there is no value",
        )
