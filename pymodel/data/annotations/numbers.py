"""Numbers as annotation tools write them: also as text, also with a decimal comma."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

WHOLE = re.compile(r"([+-]?\d{1,30})(?:\.0*)?", re.ASCII)
"""A whole number as text; ids are not longer."""

SEPARATORS = re.compile(r"[\s,;\[\]]+")

LARGEST = 1e15
"""No coordinate, size or label is larger; more would leave float32."""


def number(value: object) -> float | None:
    """A finite number of a reasonable size; None where the value is none."""
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
    return found if math.isfinite(found) and abs(found) <= LARGEST else None


def numbers(values: object) -> list[float] | None:
    """A list of finite numbers; None where it is no list, or one of them is none."""
    if not isinstance(values, Iterable) or isinstance(values, (str, bytes, dict)):
        return None
    found = [number(value) for value in values]
    return None if None in found else [value for value in found if value is not None]


def number_list(values: object) -> list[float] | None:
    """As numbers; also of nested lists, and of text as `[1, 2, 3, 4]` or `1 2 3 4`."""
    if isinstance(values, str):
        values = [part for part in SEPARATORS.split(values.strip("[](){} \t\r\n")) if part]
    if isinstance(values, list) and any(isinstance(part, list) for part in values):
        values = [one for part in values for one in (part if isinstance(part, list) else [part])]
    return numbers(values)


def identity(value: object) -> int | str | None:
    """An id that is the same for 7, 7.0 and "7"; None where there is none."""
    if isinstance(value, (list, dict, tuple, bool)) or value is None:
        return None
    if isinstance(value, int):
        return value  # not by float: ids of 64 bits are told apart
    text = str(value).strip()
    whole = WHOLE.fullmatch(text)
    return int(whole[1]) if whole else text or None


def true(value: object) -> bool:
    """Whether a flag is set: 1, "1", true, "true"."""
    return value is True or (number(value) or 0) != 0 or (isinstance(value, str) and value.strip().lower() in ("true", "yes"))
