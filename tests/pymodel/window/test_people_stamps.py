"""Stamps as people's programs write them: the right moment, or a question with a setting that answers it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from appspec.errors import KitError
from pymodel.data.series.choose_clock import choose_clock
from tests.pymodel.window.kit import FAILURES, read
from tests.pymodel.window.stamp_kit import Form, assert_read, at, form, unix, written

NEW_YEAR_1900 = datetime(1899, 12, 30)
"""Day 0 of spreadsheets."""


def korean(moment: datetime) -> str:
    half, hour = ("오전", "오후")[moment.hour // 12], moment.hour % 12 or 12
    return f"{moment.year}. {moment.month}. {moment.day}. {half} {hour}:{moment:%M}"


FRENCH = {2: "févr.", 3: "mars"}


FORMS: dict[str, Form] = {
    "ISO": form("%Y-%m-%dT%H:%M:%S"),
    "ISO with Z": form("%Y-%m-%dT%H:%M:%SZ"),
    "ISO, milliseconds after a comma": form("%Y-%m-%d %H:%M:%S,250"),
    "seconds": lambda moment: f"{unix(moment):.0f}",
    "seconds with decimals": lambda moment: f"{unix(moment):.3f}",
    "milliseconds": lambda moment: f"{unix(moment) * 1e3:.0f}",
    "microseconds": lambda moment: f"{unix(moment) * 1e6:.0f}",
    "nanoseconds": lambda moment: f"{int(unix(moment)) * 10**9}",
    "days of Excel": lambda moment: f"{(moment - NEW_YEAR_1900) / timedelta(days=1):.8f}",
    "days of Excel, four decimals": lambda moment: f"{(moment - NEW_YEAR_1900) / timedelta(days=1):.4f}",
    "10 digits": form("%Y%m%d%H"),
    "12 digits": form("%Y%m%d%H%M"),
    "14 digits": form("%Y%m%d%H%M%S"),
    "10 digits, a short year": form("%y%m%d%H%M"),
    "12 digits, a short year": form("%y%m%d%H%M%S"),
    "dates of Access": form("#%Y-%m-%d %H:%M:%S#"),
    "17 digits": form("%Y%m%d%H%M%S000"),
    "day first, points": form("%d.%m.%Y %H:%M"),
    "day first, slashes": form("%d/%m/%Y %H:%M:%S"),
    "day first, short": lambda moment: f"{moment.day}.{moment.month}.{moment:%y} {moment.hour}:{moment:%M}",
    "month first": form("%m/%d/%Y %H:%M"),
    "month first, half days": form("%m/%d/%Y %I:%M %p"),
    "month first, short": lambda moment: f"{moment.month}/{moment.day}/{moment:%y} {moment.hour}:{moment:%M}",
    "half days with points": lambda moment: moment.strftime("%Y-%m-%d %I:%M:%S %p").replace("AM", "a.m.").replace("PM", "p.m."),
    "year first, slashes": form("%Y/%m/%d %H:%M"),
    "year first, points": form("%Y.%m.%d %H:%M:%S"),
    "names of months": form("%d-%b-%Y %H:%M:%S"),
    "names of months in front": form("%b %d, %Y %I:%M:%S %p"),
    "weekdays": form("%a, %d %b %Y %H:%M:%S"),
    "as C writes it": form("%a %b %d %H:%M:%S %Y"),
    "German months": lambda moment: (
        moment.strftime("%d. ") + {2: "Februar", 3: "März"}[moment.month] + moment.strftime(" %Y %H:%M")
    ),
    "Korean half days": korean,
    "Korean words": lambda moment: f"{moment.year}년 {moment.month}월 {moment.day}일 {moment.hour}시 {moment.minute}분",
    "time in front": form("%H:%M:%S %d.%m.%Y"),
    "time after a dash": form("%Y-%m-%d-%H.%M.%S"),
    "digits of Arabic": lambda moment: moment.strftime("%Y-%m-%d %H:%M").translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    "full-width digits": lambda moment: moment.strftime("%Y/%m/%d %H:%M").translate(
        str.maketrans("0123456789/:", "０１２３４５６７８９／：")
    ),
    "a year of Thailand": lambda moment: f"{moment.year + 543}-{moment:%m-%d %H:%M}",
    "day first, a year of Thailand": lambda moment: f"{moment.day}/{moment.month}/{moment.year + 543} {moment:%H:%M}",
    "Go": form("%Y-%m-%d %H:%M:%S.000000 +0000 UTC m=+0.000000001"),
    "a range": lambda moment: f"{moment:%d.%m.%Y %H:%M} - {moment + timedelta(hours=1):%d.%m.%Y %H:%M}",
    "a range within a day": lambda moment: f"{moment:%Y-%m-%d %H:%M} - {moment + timedelta(hours=1):%H:%M}",
    "a range of ISO 8601": lambda moment: f"{moment.isoformat()}/{(moment + timedelta(hours=1)).isoformat()}",
    "the command date": form("%a %b %d %H:%M:%S UTC %Y"),
    "a web server's log": form("[%d/%b/%Y:%H:%M:%S +0000]"),
    "weeks": form("%G-W%V-%uT%H:%M"),
    "days of the year": form("%Y-%jT%H:%M:%S"),
    "eight digits and six": form("%Y%m%d_%H%M%S"),
    "an era of Japan": lambda moment: f"R{moment.year - 2018}.{moment.month}.{moment.day} {moment:%H:%M}",
    "an era of Japan in words": lambda moment: (
        f"令和{moment.year - 2018}年{moment.month}月{moment.day}日 {moment.hour}時{moment.minute:02}分"
    ),
    "Spanish half days": lambda moment: moment.strftime("%Y-%m-%d %I:%M:%S ") + ("a.\u00a0m.", "p.\u00a0m.")[moment.hour // 12],
    "French weekdays": lambda moment: (
        f"{['mer', 'jeu', 'ven', 'sam', 'dim', 'lun', 'mar'][(moment - at(0)).days % 7]}. {moment.day} {FRENCH[moment.month]} {moment:%Y %H:%M}"
    ),
    "weekdays in brackets": lambda moment: f"{moment.year}年{moment.month}月{moment.day}日(金) {moment:%H:%M}",
    "days of Excel with a comma": lambda moment: f"{(moment - NEW_YEAR_1900) / timedelta(days=1):.5f}".replace(".", ","),
    "days of MATLAB": lambda moment: f"{(moment - datetime(1, 1, 1)) / timedelta(days=1) + 367:.6f}",
    "days of astronomers": lambda moment: f"{unix(moment) / 86400 + 2440587.5:.6f}",
    "seconds of LabVIEW": lambda moment: f"{(moment - datetime(1904, 1, 1)).total_seconds():.3f}",
    "ticks of Windows": lambda moment: f"{int((moment - datetime(1601, 1, 1)).total_seconds()) * 10**7}",
    "ticks of .NET": lambda moment: f"{int((moment - datetime(1, 1, 1)).total_seconds()) * 10**7}",
}


@pytest.mark.parametrize("case", FORMS)
def test_stamps_of_any_kind_and_failures_alike(tmp_path: Path, case: str) -> None:
    written(tmp_path, FORMS[case])
    found = read(tmp_path, failures="failures.txt")
    assert_read(found, 0.25 / 3600 if "after a comma" in case else 0)
    said = " ".join(found.notes)
    assert ("543 more than others" in said) == ("Thailand" in case)
    assert ("day first" in said) == case.startswith("day first") or case in (
        "time in front",
        "names of months",
        "weekdays",
        "a range",
    )


MONTHS = {
    "Spanish": "enero feb mar. abril mayo jun julio ago. sept. oct nov diciembre",
    "Italian": "gen febbraio mar apr mag giugno lug ago set ottobre nov dic",
    "Portuguese": "jan fev março abr mai jun jul ago set out nov dezembro",
    "Polish": "sty luty mar kwi maja cze lip sierpnia wrz paź lis grudnia",
    "Turkish": "Ocak Şub Mart Nis Mayıs Haz Tem Ağustos Eyl Ekim Kas Aralık",
    "Russian": "янв февраля мар апр мая июня июл авг сен окт ноя декабря",
    "German": "Jänner Februar März April Mai Juni Juli August Sept. Okt. Nov. Dezember",
}


@pytest.mark.parametrize("language", MONTHS)
def test_names_of_months(language: str) -> None:
    column = pd.Series([f"{day} {name} 2024 10:30" for day, name in enumerate(MONTHS[language].split(), 3)])
    found = choose_clock([("", column)], None, None)[0].seconds(column)
    assert found.tolist() == [unix(datetime(2024, month, month + 2, 10, 30)) for month in range(1, 13)]


@pytest.mark.parametrize(
    "cell", ["2024-03-01 10:00 Moon", "Q3.3.24 10:00", "2024-03-01 10:00:00 Europe/Berln", "2024-W60-5T00:00", "R6.13.1 10:00"]
)
def test_words_that_no_date_holds_make_it_none(cell: str) -> None:
    """Their numbers may mean anything: a year of an era, a quarter, another zone."""
    column = pd.Series([cell] * 3)
    assert np.isnan(choose_clock([("", column)], None, None)[0].seconds(column)).all()


@pytest.mark.parametrize("pattern", ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"])
def test_of_two_orders_that_fit_the_one_without_breaks_is_taken(tmp_path: Path, pattern: str) -> None:
    """From the 2nd to the 10th of a month either number may be the day."""
    start = datetime(2024, 3, 2)
    written(tmp_path, form(pattern), start=start)
    assert_read(read(tmp_path, failures="failures.txt"), start=start)


def test_two_orders_that_fit_alike_are_asked_for_and_the_setting_helps() -> None:
    """A row a day, or a row a month."""
    column = pd.Series([f"{day:02}/04/2024" for day in range(1, 13)])
    with pytest.raises(KitError) as caught:
        choose_clock([("press.csv, column timestamp", column)], None, None)
    assert "2 ways" in caught.value.what
    assert 'dates = "day first" or dates = "month first"' in caught.value.fix
    for dates, last in (("day first", datetime(2024, 4, 12)), ("month first", datetime(2024, 12, 4))):
        clock, _ = choose_clock([("press.csv, column timestamp", column)], dates, None)
        assert clock.seconds(column).tolist()[0::11] == [
            unix(last.replace(**{"day first": {"day": 1}, "month first": {"month": 1}}[dates])),
            unix(last),
        ]


@pytest.mark.parametrize(
    ("columns", "write"),
    [
        ("date,time,a", form('%Y-%m-%d","%H:%M:%S')),
        ("Datum,Uhrzeit,a", form('%d.%m.%Y","%H:%M')),
        ("date,time,a", form('%m/%d/%Y","%I:%M %p')),
        ("Date,Time,a", form('%d/%m/%Y","%H.%M.%S')),
        ("date,time,a", form('%Y%m%d","%H%M')),
        ("date,time,a", form('%Y%m%d","%H%M%S')),
        ("Datum,Anfang,Ende,a", lambda moment: f'{moment:%d.%m.%Y}","{moment:%H:%M}","{moment + timedelta(hours=1):%H:%M}'),
        ("date,hour,a", lambda moment: f'{moment:%Y-%m-%d}","{moment.hour}'),
        ("Datum;Stunde,a".replace(";", ","), form('%d.%m.%Y","%H:%M')),
        ("date,hour,a", lambda moment: f'{(moment - timedelta(hours=1)):%Y-%m-%d}","{(moment - timedelta(hours=1)).hour + 1}'),
    ],
)
def test_dates_in_two_columns(tmp_path: Path, columns: str, write: Form) -> None:
    written(tmp_path, write, header=columns, failures=False)
    found = read(tmp_path)
    assert_read(found)
    assert any("together" in note for note in found.notes)


def test_dates_in_two_columns_where_the_first_is_named(tmp_path: Path) -> None:
    written(tmp_path, form('%Y-%m-%d","%H:%M:%S'), header="day,clock,a", failures=False)
    assert_read(read(tmp_path, timestamp="day"))


def test_one_reading_for_all_files(tmp_path: Path) -> None:
    """The second file alone could be read both ways; the first one can't."""
    for name, start, count in (("one", 300, 200), ("two", 24, 200)):
        rows = [f"{at(start + hour):%d/%m/%Y %H:%M},{hour}" for hour in range(count)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["timestamp,a", *rows]))
    failures = (
        *(f"{at(300 + hour):%d/%m/%Y %H:%M}, one" for hour in FAILURES),
        *(f"{at(24 + hour):%d/%m/%Y %H:%M}, two" for hour in FAILURES),
    )
    one, two = read(tmp_path, failures=failures).recordings
    assert (one.start_s, two.start_s) == (unix(at(300)), unix(at(24)))


def test_several_columns_of_stamps_are_asked_for_and_the_remedy_helps(tmp_path: Path) -> None:
    rows = [f"{at(hour).isoformat()},{at(hour + 1).isoformat()},{np.sin(hour):.4f}" for hour in range(200)]
    (tmp_path / "press.csv").write_text("\n".join(["begun,ended,a", *rows]))
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert 'timestamp = "begun"' in caught.value.fix
    assert_read(read(tmp_path, timestamp="begun"))
