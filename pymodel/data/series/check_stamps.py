"""Which rows have a stamp of our time; the others are left out and said, or stop."""

from __future__ import annotations

import difflib
import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from appspec.errors import KitError
from appspec.words import counted
from pymodel.data.series.calendars import ISLAMIC
from pymodel.data.series.clock import EARLIEST, LATEST, NO_STAMP, outside
from pymodel.data.series.csv_lines import Indices
from pymodel.data.series.named_zones import database, iana_name
from pymodel.data.series.recording import Floats
from pymodel.data.series.zones import take_name

if TYPE_CHECKING:
    import pandas as pd

Mask = npt.NDArray[np.bool_]

MOST_BAD = 0.05
"""Share of the rows that may have no stamp, or one of a clock that had lost the time; they are left out."""

YEAR_S = 365 * 86400.0
FAR = 10.0
"""Spans of all other stamps that one of a reset clock lies away from them."""

HALF_DAY_S = 43200.0

_SHEET = "in the spreadsheet, give the column the format {} and enough width, and save it as CSV again"
KNOWN = (
    (
        re.compile(r"\d{1,3}:\d{2}[.,]\d"),
        "it shows minutes and seconds alone, as Excel shows stamps with milliseconds",
        _SHEET.format("yyyy-mm-dd hh:mm:ss.000"),
    ),
    (
        ISLAMIC,
        "its year is of the Islamic calendar, whose months begin on other days in other countries",
        "convert the column with the calendar of your country, as hijridate.Hijri(1445, 8, 20).to_gregorian() of the Python "
        "package hijridate does with that of Saudi Arabia",
    ),
    (re.compile(r"#{4,}"), "its column was too narrow in the spreadsheet that wrote it", _SHEET.format("yyyy-mm-dd hh:mm:ss")),
    (
        re.compile(r"(?:\d+\s*(?:d|days?),?\s*)?\d{1,5}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"),
        "it is a time without a date",
        "write the date in front of it, or in a column of its own; where it counts from the start, write seconds, and "
        'begin = "2024-03-01T00:00" in [data.series]',
    ),
)
"""What isn't a stamp though it comes from one, why, and what helps."""


def check_stamps(found: Floats, column: pd.Series, lines: Indices, where: str, notes: list[str]) -> Mask:
    """(N,) which rows have a stamp; the others are noted.

    Args:
        found: what the clock made of the column.
        lines: of the rows in their file.

    Raises:
        KitError: too many have none, or one lies before 1990 or after 2100; or AM and PM are missing.
    """
    import pandas as pd

    good = np.isfinite(found)
    bad = np.flatnonzero(~good)
    if len(bad):
        cell = column.iloc[bad[0]]
        what = "it is empty" if pd.isna(cell) else f"{str(cell)!r} is no stamp"
        if len(bad) > MOST_BAD * len(found):
            more = f", and {len(bad) - 1} more rows" if len(bad) > 1 else ""
            raise _no_stamps(where, f"line {lines[bad[0]]}: {what}{more}", str(cell))
        notes.append(f"{where}: {counted(len(bad), 'row')} without a stamp left out, as line {lines[bad[0]]}: {what}")
    lost = _of_reset_clock(found)
    rows = np.flatnonzero(lost)
    if len(rows):
        first = rows[0]
        notes.append(
            f"{where}: {counted(len(rows), 'row')} left out, with stamps far from all others, as line {lines[first]}: "
            f"{str(column.iloc[first])!r}: the logger's clock had lost the time"
        )
        good &= ~lost
    wrong = np.flatnonzero(good & ~((found >= EARLIEST) & (found < LATEST)))
    if len(wrong):
        raise outside(where, f"line {lines[wrong[0]]}: {str(column.iloc[wrong[0]])!r}", float(found[wrong[0]]))
    if not pd.api.types.is_numeric_dtype(column):
        _check_halves(found[good], where)
    return good


def _no_stamps(where: str, why: str, cell: str) -> KitError:
    for pattern, what, fix in KNOWN:
        if pattern.fullmatch(cell.strip()):
            return KitError(f"Can't read the stamps in {where}", f"{why}; {what}", fix)
    named = take_name(cell.strip())
    if named is not None and iana_name(named[1]) is None:
        return _unknown_zone(where, why, named[1])
    return KitError(f"Can't read the stamps in {where}", why, NO_STAMP)


def check_zones(column: pd.Series, where: str) -> None:
    """Stops where cells end in a zone that isn't known: nothing else tells then that they are stamps.

    Raises:
        KitError: so it is.
    """
    import pandas as pd

    known = column.dropna()
    if pd.api.types.is_numeric_dtype(column) or not len(known):
        return
    cell = str(known.iloc[0]).strip()
    named = take_name(cell)
    if named is not None and iana_name(named[1]) is None and ":" in named[0]:
        raise _unknown_zone(where, f"{cell!r} is no stamp", named[1])


def _unknown_zone(where: str, why: str, name: str) -> KitError:
    near = difflib.get_close_matches(name.casefold(), database(), 1)
    meant = f" (perhaps {database()[near[0]]} is meant)" if near else ""
    return KitError(
        f"Can't read the stamps in {where}",
        f"{why}; there is no time zone {name!r}{meant}",
        "write a name of the IANA database, as Europe/Berlin, or the offset in its place, as +01:00",
    )


def _of_reset_clock(found: Floats) -> Mask:
    """(N,) stamps of a clock that had lost the time: a few, far from all others.

    Before 1990 or after 2100 none is right. Within that time those count that lie more than a year, and ten times the span of the
    others, away from them; before them only in a January, for clocks begin anew on the first day of a year.
    """
    none = np.zeros(len(found), bool)
    known = np.isfinite(found)
    inside = known & (found >= EARLIEST) & (found < LATEST)
    most = MOST_BAD * len(found)
    lost: Mask = known & ~inside
    if not inside.any() or lost.sum() > most:
        return none
    if np.ptp(found[inside]) <= YEAR_S:
        return lost
    ordered = np.sort(found[inside])
    for before in (True, False):
        if len(ordered) < 3:
            break
        gaps = np.diff(ordered)
        place = int(gaps.argmax())
        few, others = (ordered[: place + 1], ordered[place + 1 :]) if before else (ordered[place + 1 :], ordered[: place + 1])
        far = gaps[place] > max(YEAR_S, FAR * float(np.ptp(others)))
        if far and len(few) + lost.sum() <= most and (not before or all(map(_in_january, (few[0], few[-1])))):
            lost |= inside & ((found <= few[-1]) if before else (found >= few[0]))
            ordered = others
    return lost


def _in_january(seconds: float) -> bool:
    return datetime.fromtimestamp(seconds, timezone.utc).month == 1


def _check_halves(found: Floats, where: str) -> None:
    """Stops where hours run from 1 to 12 over and over: AM and PM are missing."""
    if len(found) < 3:
        return
    hours = found % 86400 // 3600
    back = np.diff(found)
    back = back[back < 0]
    half = np.abs(back + HALF_DAY_S) < 3600 * 2
    if len(back) >= 2 and half.mean() > 0.9 and hours.min() >= 1 and hours.max() == 12:
        raise KitError(
            f"The stamps in {where} go back half a day {counted(len(back), 'time')}",
            "their hours run from 1 to 12, and nothing says AM or PM",
            "export them with AM and PM, or with hours from 0 to 23",
        )
