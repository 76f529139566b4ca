"""Years of other calendars in dates: Thailand's, Taiwan's and Iran's are read; Islamic ones are not, for their months differ by country."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

GREGORIAN = 1600, 2500
"""Years of four digits that are of our calendar."""

THAI = 2500, 2700
TAIWAN = 79, 190
IRAN = 1369, 1411
"""Years from and below which they are of these calendars; all lie between 1990 and 2160 of ours."""

ISLAMIC = re.compile(r"\D{0,3}14[1-5]\d\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}(?!\d).*", re.DOTALL)
"""Dates of the Islamic calendar: 1411 began in 1990."""

KINDS = (
    (re.compile(r"(?<![\d.,:])2(?:5[3-9]|6[0-3])\d(?![\d.,:])"), "of Thailand's calendar, 543 more than others"),
    (re.compile(r"^\D{0,3}1[0-8]\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]"), "of Taiwan's calendar, 1911 less than others"),
    (
        re.compile(r"^\D{0,3}(?:1369|13[7-9]\d|140\d|1410)\s?[-/.]\s?\d{1,2}\s?[-/.]"),
        "of Iran's calendar, whose year begins in March",
    ),
)
"""How a cell looks whose year is of another calendar, and what is said about it."""

_BEGIN = 1948320 - 2440588
"""Days from 1970-01-01 to the day before the first one of Iran's calendar, whose Julian days are these."""


def in_common_years(year: Ints, digits: Ints) -> Ints:
    """Years of Thailand's and Taiwan's calendars as those of ours; the others as they are.

    Args:
        digits: of each year as it is written.
    """
    year = np.where((year >= THAI[0]) & (year < THAI[1]), year - 543, year)
    return np.where((digits == 3) & (year >= TAIWAN[0]) & (year < TAIWAN[1]), year + 1911, year)


def is_iranian(year: Ints) -> Mask:
    """(N,) which years are of Iran's calendar."""
    return (year >= IRAN[0]) & (year < IRAN[1])


def iranian_days(year: Ints, month: Ints, day: Ints) -> tuple[Ints, Mask]:
    """(days since 1970, which dates there are): 8 leap years in 33, as Iran's calendar had them from 1206 and has them to 1498.

    Source: Heydari-Malayeri, A concise review of the Iranian calendar, 2004.
    """
    length = np.where(month <= 6, 31, np.where(month <= 11, 30, 29 + _is_leap(year)))
    before = np.where(month <= 7, (month - 1) * 31, 186 + (month - 7) * 30)
    leaps = (8 * (year - 1) + 29) // 33
    return _BEGIN + 365 * (year - 1) + leaps + before + day - 1, (month >= 1) & (month <= 12) & (day >= 1) & (day <= length)


def _is_leap(year: Ints) -> Mask:
    return np.isin(year % 33, (1, 5, 9, 13, 17, 22, 26, 30))
