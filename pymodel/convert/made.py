"""A target, written: its files, and what can be asked of it on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pymodel.convert.loaded import Values


class UncheckedError(Exception):
    """Why the written file's answer can't be computed on this machine; the file may be right all the same."""


OVERFLOWED = "float16_overflowed"
"""The fact that names weights which float16 can't hold."""


@dataclass(frozen=True)
class Made:
    """What a target module wrote.

    Attributes:
        files: in the folder given, the model itself first.
        run: the written file's own answer, by the source's names; raises UncheckedError.
        checked_by: what runs it here, in words.
        facts: what else is known of it, for the report.
        notes: what the user should know.
    """

    files: tuple[Path, ...]
    run: Callable[[Values], Values]
    checked_by: str
    facts: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
