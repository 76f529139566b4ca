"""Stamps in columns of their parts: year, month, day, hour …"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pymodel.data.series.columns import Columns, plain_name
from pymodel.data.series.recording import Floats

if TYPE_CHECKING:
    import pandas as pd

PARTS = {
    "year": ({"year", "yyyy", "yr", "yy", "jahr", "annee", "année", "año", "anno", "ano", "년", "연도", "年"}, 1900, 2200),
    "month": ({"month", "mm", "mo", "mon", "mth", "monat", "mois", "mes", "mese", "월", "月"}, 1, 12),
    "day": ({"day", "dd", "dy", "tag", "jour", "dia", "día", "giorno", "day of month", "일", "日"}, 1, 31),
    "day of the year": ({"doy", "day of year", "dayofyear", "yday", "jday", "julian day"}, 1, 366),
    "hour": ({"hour", "hh", "hr", "h", "hours", "stunde", "heure", "hora", "ora", "시", "시간", "時", "时"}, 0, 24),
    "minute": ({"minute", "min", "mi", "mn", "mm", "minutes", "minuto", "분", "分"}, 0, 59),
    "second": ({"second", "sec", "ss", "s", "seconds", "sekunde", "seconde", "segundo", "초", "秒"}, 0, 60),
}
"""Of each part the names of its column in lower case, and the numbers that it may hold."""

TIME_OF_DAY = PARTS["hour"][0] | PARTS["minute"][0] | PARTS["second"][0]


@dataclass(frozen=True)
class DateParts:
    """The columns of one table that make its stamps together.

    Attributes:
        names: of the columns, the longest time first.
        values: (N,) of each part.
    """

    names: tuple[str, ...]
    values: dict[str, Floats]

    def dates(self) -> pd.Series:
        """(N,) ISO 8601; missing where a part is."""
        import pandas as pd

        count = len(self.values["year"])
        known = np.all([np.isfinite(one) for one in self.values.values()], 0)
        filled = {name: np.nan_to_num(one, nan=1.0) for name, one in self.values.items()}
        year = np.char.mod("%04d", filled["year"].astype(np.int64)).astype("datetime64[Y]")
        if "month" in filled:
            month = (year.astype("datetime64[M]").astype(np.int64) + filled["month"].astype(np.int64) - 1).astype("datetime64[M]")
            days = month.astype("datetime64[D]") + (filled["day"].astype(np.int64) - 1).astype("timedelta64[D]")
            known &= days.astype("datetime64[M]") == month
        else:
            days = year.astype("datetime64[D]") + (filled["day of the year"].astype(np.int64) - 1).astype("timedelta64[D]")
        seconds = np.zeros(count)
        for part, size in (("hour", 3600), ("minute", 60), ("second", 1)):
            seconds += filled.get(part, np.zeros(count)) * size
        stamps = days.astype("datetime64[ms]") + np.round(seconds * 1000).astype("timedelta64[ms]")
        return pd.Series(np.datetime_as_string(stamps), dtype=object).where(known)


def find_date_parts(columns: Columns, named: str | None) -> DateParts | None:
    """The columns of year, month and day (or day of the year), and of the time where there are any; None where they aren't there.

    Args:
        named: the column that a setting names as that of the stamps: it must be that of the year.
    """
    import pandas as pd

    found: dict[str, str] = {}
    values: dict[str, Floats] = {}
    for part, (names, low, high) in PARTS.items():
        for column in columns.places:
            cells = columns.column(column)
            if (
                part in found
                or column in found.values()
                or plain_name(column).casefold() not in names
                or not pd.api.types.is_numeric_dtype(cells)
            ):
                continue
            numbers = np.asarray(cells.to_numpy(np.float64, na_value=np.nan), np.float64)
            known = numbers[np.isfinite(numbers)]
            if len(known) and known.min() >= low and known.max() <= high and (part == "second" or not np.any(known % 1)):
                found[part], values[part] = column, numbers
    dated = "year" in found and ({"month", "day"} <= set(found) or "day of the year" in found)
    if not dated or named not in (None, found["year"]):
        return None
    if {"month", "day"} <= set(found):
        values.pop("day of the year", None)
    else:
        values.pop("month", None)
        values.pop("day", None)
    if "hour" not in found:
        values.pop("minute", None)
        values.pop("second", None)
    return DateParts(tuple(found[part] for part in values), values)
