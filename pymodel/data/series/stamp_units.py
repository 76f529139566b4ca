"""Stamps that are numbers: seconds and their parts, days of spreadsheets, ticks, digits of a date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from pymodel.data.series.recording import Floats

if TYPE_CHECKING:
    import pandas as pd

FARTHEST = 1e22
"""Larger numbers are no stamps in any unit."""

Unit = Literal[
    "digits", "seconds since 1904", "s", "ms", "µs", ".NET ticks", "ns", "FILETIME", "Excel days", "MATLAB days", "Julian days"
]
UNITS: dict[Unit, tuple[float, float]] = {
    "seconds since 1904": (1.0, 2082844800),
    "s": (1.0, 0),
    "ms": (1e-3, 0),
    "µs": (1e-6, 0),
    ".NET ticks": (1e-7, 621355968000000000),
    "ns": (1e-9, 0),
    "FILETIME": (1e-7, 116444736000000000),
    "Excel days": (86400.0, 25569),
    "MATLAB days": (86400.0, 719529),
    "Julian days": (86400.0, 2440587.5),
}
"""Seconds of one, and 1970-01-01 in it. LabVIEW counts from 1904 (as seconds since 1970 its stamps would lie after 2056), .NET from
the year 1, Windows from 1601, MATLAB's datenum from the year 0. The order is that in which they are tried: where two fit, the first
one is meant (nobody has data of 2056, or nanoseconds of 1990)."""

DIGITS = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S", 17: "%Y%m%d%H%M%S"}
"""Compact stamps by the count of their digits; the last three of 17 are milliseconds."""

SHORT_YEARS = {10: (2101010000, "%y%m%d%H%M"), 12: (210101000000, "%y%m%d%H%M%S")}
"""Of so many digits those from here on begin with a year of two: as one of four it would lie after 2100."""


def numbers_of(column: pd.Series) -> pd.Series:
    """The cells as numbers, also with decimal commas; NaN where a cell is none."""
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce")
    if pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column):
        rest = numbers.isna() & column.notna()
        if rest.any():
            text = column[rest].astype(str).str.strip()
            commas = text.str.fullmatch(r"\d+,\d+(?:[eE][+-]?\d+)?")
            if commas.any():
                numbers = numbers.astype(np.float64)
                numbers[text.index[commas]] = pd.to_numeric(text[commas].str.replace(",", "."), errors="coerce")
    return numbers


def to_seconds(numbers: pd.Series, unit: Unit) -> Floats:
    """(N,) seconds since 1970; NaN where a number is no stamp."""
    import pandas as pd

    if unit == "digits":
        return _from_digits(numbers)
    size, zero = UNITS[unit]
    if size < 1e-6 and pd.api.types.is_integer_dtype(numbers):  # more digits than a float holds
        whole, parts = numbers.to_numpy(np.int64) - int(zero), round(1 / size)
        return np.asarray(whole // parts + whole % parts / parts, np.float64)
    values = np.clip(floats(numbers), -FARTHEST, FARTHEST) - zero
    return _whole_times(values) if size == 86400 else np.asarray(values * size, np.float64)


def floats(numbers: pd.Series) -> Floats:
    """As an array."""
    return np.asarray(numbers.to_numpy(np.float64, na_value=np.nan), np.float64)


def _whole_times(days: Floats) -> Floats:
    """Seconds of days, which have few decimals: what lies within their precision of whole minutes or seconds is meant so."""
    seconds = days * 86400
    known = np.isfinite(days)
    decimals = next((d for d in range(10) if np.allclose(days[known], np.round(days[known], d), rtol=0, atol=1e-9)), 10)
    precision = 0.5 * 86400 / 10**decimals + 1e-4
    for step in (60, 1):
        near = np.round(seconds / step) * step
        if precision < step and np.all(np.abs(near - seconds)[known] <= precision):
            return np.asarray(near, np.float64)
    return np.asarray(np.round(seconds, 3), np.float64)


def _from_digits(numbers: pd.Series) -> Floats:
    """Compact dates: 20240301, 202403010010 …; NaN where a number is none."""
    import pandas as pd

    values = floats(numbers)
    found = np.full(len(values), np.nan)
    known = np.flatnonzero(np.isfinite(values) & (values > 1e7) & (values < 1e17))
    if not len(known) or np.any(values[known] % 1):
        return found
    whole = numbers.iloc[known].to_numpy(np.int64) if pd.api.types.is_integer_dtype(numbers) else values[known].astype(np.int64)
    digits = np.floor(np.log10(whole.astype(np.float64) + 0.5)).astype(int) + 1
    for count in np.unique(digits):
        if count not in DIGITS:
            continue
        rows = digits == count
        part = whole[rows]
        form = DIGITS[count]
        if count in SHORT_YEARS and part.min() >= SHORT_YEARS[count][0]:
            form = SHORT_YEARS[count][1]
        fraction = np.zeros(len(part))
        if count == 17:
            part, fraction = part // 1000, part % 1000 / 1000
        dates = pd.to_datetime(pd.Series(part).astype(str), format=form, errors="coerce", utc=True)
        parsed = np.where(dates.notna(), dates.astype("int64") / 1e9, np.nan)
        found[known[rows]] = parsed + fraction
    return found
