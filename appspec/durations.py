"""Durations as they are written in app.toml: 0.5s, 10min, 24h, 7d."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)")


def seconds(duration: str) -> float:
    """The seconds of a duration.

    Raises:
        ValueError: it is not a number with a unit.
    """
    match = _WRITTEN.fullmatch(duration.strip())
    if match is None:
        raise ValueError(f"must be a number with one of the units {', '.join(UNITS)}, as 10min or 24h")
    return float(match[1]) * UNITS[match[2]]


def _checked(duration: str) -> str:
    seconds(duration)
    return duration


Duration = Annotated[str, AfterValidator(_checked)]
