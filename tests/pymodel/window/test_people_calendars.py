"""Years of other calendars; and stamps within the words of programs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from appspec.errors import KitError
from pymodel.data.series.calendars import iranian_days
from tests.pymodel.window.kit import read
from tests.pymodel.window.stamp_kit import Form, assert_read, form, written

NEW_YEARS = {
    1370: "1991-03-21", 1375: "1996-03-20", 1376: "1997-03-21", 1379: "2000-03-20", 1383: "2004-03-20", 1387: "2008-03-20",
    1388: "2009-03-21", 1391: "2012-03-20", 1395: "2016-03-20", 1396: "2017-03-21", 1399: "2020-03-20", 1400: "2021-03-21",
    1401: "2022-03-21", 1402: "2023-03-21", 1403: "2024-03-20", 1404: "2025-03-21", 1405: "2026-03-21", 1408: "2029-03-20", 1409: "2030-03-21",
}  # fmt: skip
"""First days of Iran's years, as almanacs have them."""


def iranian(moment: datetime) -> str:
    """As a program in Iran writes it: counted from the first day of the year, 31 days in each of the first six months."""
    year = max(year for year, first in NEW_YEARS.items() if date.fromisoformat(first) <= moment.date())
    day = (moment.date() - date.fromisoformat(NEW_YEARS[year])).days
    month, day = (day // 31, day % 31) if day < 186 else (6 + (day - 186) // 30, (day - 186) % 30)
    return f"{year}/{month + 1:02}/{day + 1:02} {moment:%H:%M}"


def test_first_days_of_irans_years() -> None:
    years = np.array(list(NEW_YEARS))
    ones = np.ones_like(years)
    found, exist = iranian_days(years, ones, ones)
    assert [str(date(1970, 1, 1) + timedelta(int(days))) for days in found] == list(NEW_YEARS.values())
    assert exist.all()


def test_the_last_day_of_a_leap_year() -> None:
    _, exist = iranian_days(np.array([1402, 1403, 1403, 1403]), np.array([12, 12, 1, 7]), np.array([30, 30, 31, 31]))
    assert exist.tolist() == [False, True, True, False]


CALENDARS: dict[str, tuple[Form, str]] = {
    "Iran": (iranian, "of Iran's calendar"),
    "Iran, its digits": (
        lambda moment: iranian(moment).replace("/", "-").translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")),
        "of Iran's calendar",
    ),
    "Taiwan": (lambda moment: f"{moment.year - 1911}/{moment:%m/%d %H:%M}", "of Taiwan's calendar"),
    "Taiwan in words": (lambda moment: f"民國{moment.year - 1911}年{moment:%m月%d日 %H:%M}", ""),
    "Thailand": (lambda moment: f"{moment.year + 543}-{moment:%m-%d %H:%M}", "of Thailand's calendar"),
}


@pytest.mark.parametrize("case", CALENDARS)
@pytest.mark.parametrize("start", [datetime(2024, 3, 15), datetime(2023, 9, 20)])
def test_years_of_other_calendars(tmp_path: Path, case: str, start: datetime) -> None:
    write, said = CALENDARS[case]
    written(tmp_path, write, start=start)
    found = read(tmp_path, failures="failures.txt")
    assert_read(found, start=start)
    assert said in " ".join(found.notes)


def test_failures_may_be_of_our_calendar(tmp_path: Path) -> None:
    start = datetime(2024, 3, 1)
    written(tmp_path, iranian, start=start)
    assert_read(read(tmp_path), start=start)


def test_years_of_the_islamic_calendar_are_called_so(tmp_path: Path) -> None:
    written(tmp_path, form("1445-08-%d %H:%M"))
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert "Islamic calendar" in caught.value.why
    assert "hijridate" in caught.value.fix


PROGRAMS: dict[str, Form] = {
    "IEC 61131": form("DT#%Y-%m-%d-%H:%M:%S"),
    "TIA Portal": form("DTL#%Y-%m-%d-%H:%M:%S.000"),
    "ODBC": form("{ts '%Y-%m-%d %H:%M:%S'}"),
    "pandas": form("Timestamp('%Y-%m-%d %H:%M:%S')"),
    "Python": lambda moment: f"datetime.datetime({moment.year}, {moment.month}, {moment.day}, {moment.hour}, {moment.minute})",
    "MongoDB": form("ISODate('%Y-%m-%dT%H:%M:%SZ')"),
    "bytes": form("b'%Y-%m-%d %H:%M:%S'"),
    "halves of the day in Persian": lambda moment: f"{moment:%Y/%m/%d %I:%M} {'ق.ظ' if moment.hour < 12 else 'ب.ظ'}",
    "in Arabic": lambda moment: f"{moment:%d/%m/%Y %I:%M} {'ص' if moment.hour < 12 else 'م'}",
    "in Vietnamese": lambda moment: f"{moment:%d/%m/%Y %I:%M:%S} {'SA' if moment.hour < 12 else 'CH'}",
    "a German Saturday in front": lambda moment: f"Sa {moment:%d.%m.%Y %H:%M}",
}


@pytest.mark.parametrize("case", PROGRAMS)
def test_stamps_as_programs_write_their_values(tmp_path: Path, case: str) -> None:
    written(tmp_path, PROGRAMS[case])
    assert_read(read(tmp_path, failures="failures.txt"))
