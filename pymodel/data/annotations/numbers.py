"""Numbers as annotation tools write them: also as text, also with a decimal comma."""

from __future__ import annotations

import math
from collections.abc import Iterable


def number(value: object) -> float | None:
    """A finite number; None where the value is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        text = value.strip()
        value = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    if not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def numbers(values: object) -> list[float] | None:
    """A list of finite numbers; None where it is no list, or one of them is none."""
    if not isinstance(values, Iterable) or isinstance(values, (str, bytes, dict)):
        return None
    found = [number(value) for value in values]
    return None if None in found else [value for value in found if value is not None]


def identity(value: object) -> int | str | None:
    """An id that is the same for 7, 7.0 and "7"; None where there is none."""
    if isinstance(value, (list, dict, tuple)) or value is None or value == "":
        return None
    found = number(value)
    if found is not None and found == int(found):
        return int(found)
    return str(value).strip()


def true(value: object) -> bool:
    """Whether a flag is set: 1, "1", true, "true"."""
    return value is True or (number(value) or 0) != 0 or (isinstance(value, str) and value.strip().lower() in ("true", "yes"))
