"""Stamps as people's programs write them: the right moment, or a question with a setting that answers it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from appspec.errors import KitError
from pymodel.data.series.check_stamps import check_stamps
from pymodel.data.series.choose_clock import choose_clock
from pymodel.data.series.windows import WindowSet
from tests.pymodel.window.kit import FAILURES, START, read

Form = Callable[[datetime], str]

NEW_YEAR_1900 = datetime(1899, 12, 30)
"""Day 0 of spreadsheets."""


def form(pattern: str) -> Form:
    return lambda moment: moment.strftime(pattern)


def at(hour: float, start: datetime | None = None) -> datetime:
    return (start or START).replace(tzinfo=None) + timedelta(hours=hour)


def unix(moment: datetime) -> float:
    return (moment - datetime(1970, 1, 1)).total_seconds()


def korean(moment: datetime) -> str:
    half, hour = ("오전", "오후")[moment.hour // 12], moment.hour % 12 or 12
    return f"{moment.year}. {moment.month}. {moment.day}. {half} {hour}:{moment:%M}"


def written(
    folder: Path, write: Form, count: int = 200, header: str = "timestamp,a", failures: bool = True, start: datetime | None = None
) -> None:
    """A column of stamps, one an hour, and failures.txt written alike."""
    rows = [f'"{write(at(hour, start))}",{np.sin(hour):.4f}' for hour in range(count)]
    (folder / "press.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    if failures:
        (folder / "failures.txt").write_text("".join(f"{write(at(hour, start))}\n" for hour in FAILURES), encoding="utf-8")


def assert_read(found: WindowSet, shift_h: float = 0, start: datetime | None = None) -> None:
    (recording,) = found.recordings
    assert recording.start_s == pytest.approx(unix(at(shift_h, start)), abs=1e-3)
    assert found.interval_s == 3600
    assert len(recording.values) == 200
    np.testing.assert_allclose(recording.values[:, 0], np.sin(np.arange(200)).round(4), atol=1e-6)
    assert [round(event.at_s - recording.start_s) for event in recording.events] == [hour * 3600 for hour in FAILURES]


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
    assert ("day first" in said) == case.startswith("day first") or case in ("time in front", "names of months", "weekdays")


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


ZONES: dict[str, tuple[Form, float]] = {
    "KST": (form("%Y-%m-%d %H:%M KST"), -9),
    "UTC": (form("%Y-%m-%d %H:%M:%S UTC"), 0),
    "CET": (form("%d.%m.%Y %H:%M CET"), -1),
    "EST": (form("%Y-%m-%d %H:%M:%S EST"), 5),
    "an offset": (form("%Y-%m-%d %H:%M:%S +0530"), -5.5),
    "an offset and its name": (form("%Y-%m-%dT%H:%M:%S+09:00[Asia/Seoul]"), -9),
    "GMT and hours": (form("%m/%d/%Y %H:%M:%S GMT+9"), -9),
    "half days and a zone": (form("%m/%d/%Y %I:%M:%S %p JST"), -9),
    "half a year each": (
        lambda m: m.isoformat() + "+01:00" if m < at(100) else (m + timedelta(hours=1)).isoformat() + "+02:00",
        -1,
    ),
    "summer time in words": (
        lambda m: m.strftime("%d.%m.%Y %H:%M CET") if m < at(100) else (m + timedelta(hours=1)).strftime("%d.%m.%Y %H:%M CEST"),
        -1,
    ),
}


@pytest.mark.parametrize("case", ZONES)
def test_zones(tmp_path: Path, case: str) -> None:
    write, shift = ZONES[case]
    written(tmp_path, write)
    assert_read(read(tmp_path, failures="failures.txt"), shift)


@pytest.mark.parametrize(("zone", "hours"), [("CST", 6), ("IST", -5.5)])
def test_an_abbreviation_of_several_zones_is_said(tmp_path: Path, zone: str, hours: float) -> None:
    written(tmp_path, form(f"%Y-%m-%d %H:%M {zone}"))
    found = read(tmp_path, failures="failures.txt")
    assert_read(found, hours)
    assert any(f"{zone} is read as" in note and "write the offset" in note for note in found.notes)


def test_beside_its_summer_time_it_is_no_question(tmp_path: Path) -> None:
    written(tmp_path, lambda m: f"{m:%Y-%m-%d %H:%M} CST" if m < at(100) else f"{m + timedelta(hours=1):%Y-%m-%d %H:%M} CDT")
    found = read(tmp_path, failures="failures.txt")
    assert_read(found, 6)
    assert not any("CST is" in note for note in found.notes)


def test_failures_without_a_zone_are_in_that_of_the_data(tmp_path: Path) -> None:
    written(tmp_path, form("%Y-%m-%dT%H:%M:%S+09:00"))
    found = read(tmp_path, failures=tuple(f"{at(hour):%Y-%m-%d %H:%M}" for hour in FAILURES))
    assert_read(found, -9)
    assert any("+09:00; failures and settings without a zone are read so too" in note for note in found.notes)


def test_failures_must_say_which_zone_of_several_and_that_helps(tmp_path: Path) -> None:
    written(tmp_path, ZONES["half a year each"][0])
    with pytest.raises(KitError) as caught:
        read(tmp_path, failures=tuple(at(hour).isoformat() for hour in FAILURES))
    assert "2024-03-02T06:00:00+01:00" in caught.value.fix
    assert_read(read(tmp_path, failures=tuple(at(hour).isoformat() + "+01:00" for hour in FAILURES)), -1)


def test_a_zone_that_failures_alone_say_is_told(tmp_path: Path) -> None:
    written(tmp_path, form("%Y-%m-%d %H:%M"))
    found = read(tmp_path, failures=tuple(at(hour + 9).isoformat() + "+09:00" for hour in FAILURES))
    assert_read(found)
    assert any("the stamps of the data don't" in note for note in found.notes)


LISTS: dict[str, tuple[Callable[[], list[str]], str]] = {
    "words behind": (lambda: [f"{at(hour).isoformat()}  bearing 3 seized" for hour in FAILURES], "remarks behind the stamps"),
    "a table": (lambda: ["time,reason", *(f"{at(hour).isoformat()},bearing" for hour in FAILURES)], "remarks behind the stamps"),
    "numbered": (lambda: [f"{i}. {at(hour).isoformat()}" for i, hour in enumerate(FAILURES, 1)], ""),
    "bullets": (lambda: [f"- {at(hour).isoformat()}" for hour in FAILURES], ""),
    "one line": (lambda: [", ".join(at(hour).isoformat() for hour in FAILURES)], ""),
    "day first": (lambda: [f"{at(hour):%d.%m.%Y %H:%M}" for hour in FAILURES], "failures: dates such as"),
    "seconds": (lambda: [f"{unix(at(hour)):.0f}" for hour in FAILURES], ""),
}


@pytest.mark.parametrize("case", LISTS)
def test_lists_of_failures_written_otherwise_than_the_data(tmp_path: Path, case: str) -> None:
    written(tmp_path, datetime.isoformat)
    make, word = LISTS[case]
    (tmp_path / "failures.txt").write_text("\n".join(make()), encoding="utf-8")
    found = read(tmp_path, failures="failures.txt")
    assert_read(found)
    assert word in " ".join(found.notes)


def test_ranges_in_a_list_of_failures_stop(tmp_path: Path) -> None:
    written(tmp_path, datetime.isoformat)
    (tmp_path / "failures.txt").write_text(f"{at(30).isoformat()} - {at(31).isoformat()}\n", encoding="utf-8")
    with pytest.raises(KitError) as caught:
        read(tmp_path, failures="failures.txt")
    assert "one stamp a line" in caught.value.fix


def test_days_in_a_list_of_failures_are_said(tmp_path: Path) -> None:
    written(tmp_path, datetime.isoformat)
    found = read(tmp_path, failures=("2024-03-02", "2024-03-04", "2024-03-06", "2024-03-08", "2024-03-09"))
    assert any("taken as midnight" in note for note in found.notes)


def test_a_list_of_failures_under_another_case_is_named_and_that_helps(tmp_path: Path) -> None:
    written(tmp_path, datetime.isoformat)
    (tmp_path / "failures.txt").rename(tmp_path / "Failures.TXT")
    with pytest.raises(KitError) as caught:
        read(tmp_path, failures="failures.txt")
    assert 'failures = "Failures.TXT"' in caught.value.fix
    assert_read(read(tmp_path, failures="Failures.TXT"))


def test_settings_are_read_as_the_data_or_as_iso(tmp_path: Path) -> None:
    write = form("%d.%m.%Y %H:%M")
    written(tmp_path, write)
    failures = tuple((write if i % 2 else datetime.isoformat)(at(hour)) for i, hour in enumerate(FAILURES))
    found = read(tmp_path, failures=failures, validation_from=write(at(100)), test_from=at(160).isoformat())
    assert_read(found)
    assert np.bincount(found.recordings[0].splits).tolist() == [100, 60, 40]


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


@pytest.mark.parametrize(
    ("write", "side"), [(lambda m: f"{unix(m) - unix(at(0)):.0f}", "before 1990"), (form("2124-%m-%dT%H:00"), "after 2100")]
)
def test_stamps_of_another_time_stop(tmp_path: Path, write: Form, side: str) -> None:
    written(tmp_path, write)
    with pytest.raises(KitError) as caught:
        read(tmp_path, failures="failures.txt")
    assert side in caught.value.what
    assert "line 2" in caught.value.why


@pytest.mark.parametrize(
    ("name", "step", "word"), [("t [min]", 60, "minutes"), ("time_ms", 0.001, "milliseconds"), ("Time (s)", 1, "seconds")]
)
def test_what_is_counted_from_the_start_stands_in_the_header(tmp_path: Path, name: str, step: float, word: str) -> None:
    written(tmp_path, lambda m: f"{(unix(m) - unix(at(0))) / step:.0f}", header=f"{name},a", failures=False)
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert f'where {name} counts from the start of the recording: begin = "2024-03-01T00:00"' in caught.value.fix
    found = read(tmp_path, begin="2024-03-01T00:00")
    assert_read(found)
    assert any(f"count {word}" in note for note in found.notes)


def test_a_clock_that_jitters_has_its_mean_interval(tmp_path: Path) -> None:
    written(tmp_path, lambda m: (m + timedelta(milliseconds=m.hour * 37 % 50)).isoformat(), failures=False)
    assert read(tmp_path).interval_s == 3600


RESETS: dict[str, Form] = {
    "1970": lambda m: f"1970-01-01T00:{m.hour:02}:00",
    "1980": form("1980-01-06T%H:00:00"),
    "2000": form("2000-01-01T%H:00:00"),
    "2099": form("2099-12-31T%H:00:00"),
}


@pytest.mark.parametrize("year", RESETS)
def test_a_few_rows_of_a_clock_that_lost_the_time_are_left_out_and_said(tmp_path: Path, year: str) -> None:
    written(tmp_path, lambda m: RESETS[year](m) if m in (at(50), at(51)) else m.isoformat())
    found = read(tmp_path)
    assert len(found.recordings[0].values) == 200
    assert any("2 rows left out" in note and "line 52" in note and year in note for note in found.notes)


def test_numbers_of_a_clock_that_lost_the_time(tmp_path: Path) -> None:
    written(tmp_path, lambda m: "0" if m == at(50) else f"{unix(m) * 1e3:.0f}")
    found = read(tmp_path)
    assert len(found.recordings[0].values) == 200
    assert any("1 row left out" in note and "line 52: '0'" in note for note in found.notes)


def test_many_rows_of_such_a_clock_stop(tmp_path: Path) -> None:
    written(tmp_path, lambda m: m.replace(year=1970).isoformat() if m < at(20) else m.isoformat())
    with pytest.raises(KitError, match="before 1990"):
        read(tmp_path)


def test_a_recording_of_another_year_stays() -> None:
    """It may have been made then: a clock begins anew in a January."""
    column = pd.Series([at(hour).replace(year=2021 if hour < 5 else 2024).isoformat() for hour in range(200)])
    notes: list[str] = []
    assert check_stamps(choose_clock([("", column)], None, None)[0].seconds(column), column, np.arange(200), "", notes).all()
    assert not notes


def test_hours_that_lack_am_and_pm_stop(tmp_path: Path) -> None:
    written(tmp_path, form("%Y-%m-%d %I:%M"), failures=False)
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert "AM or PM" in caught.value.why


@pytest.mark.parametrize(
    ("cell", "form"), [("00:00.0", "hh:mm:ss.000"), ("########", "enough width"), ("12:30:00", "date in front")]
)
def test_what_a_spreadsheet_showed_in_place_of_stamps_is_told(tmp_path: Path, cell: str, form: str) -> None:
    written(tmp_path, lambda _: cell)
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert form in caught.value.fix


def test_a_clock_that_counts_from_the_start_is_helped_by_begin(tmp_path: Path) -> None:
    written(tmp_path, lambda moment: f"{unix(moment) - unix(at(0)):.0f}")
    with pytest.raises(KitError) as caught:
        read(tmp_path, failures="failures.txt")
    assert 'begin = "2024-03-01T00:00"' in caught.value.fix
    assert_read(read(tmp_path, failures="failures.txt", begin="2024-03-01T00:00"))
    dates = tuple(at(hour).isoformat() for hour in FAILURES)
    assert_read(read(tmp_path, failures=dates, begin="2024-03-01T00:00"))


def test_an_hour_twice_is_said(tmp_path: Path) -> None:
    rows = [f"{at(hour - (hour >= 100)):%Y-%m-%d %H:%M},{hour}" for hour in range(200)]
    (tmp_path / "press.csv").write_text("\n".join(["timestamp,a", *rows]))
    found = read(tmp_path)
    assert any("1 stamps stand there more than once" in note for note in found.notes)
    assert found.recordings[0].values[99, 0] == 100


def test_several_columns_of_stamps_are_asked_for_and_the_remedy_helps(tmp_path: Path) -> None:
    rows = [f"{at(hour).isoformat()},{at(hour + 1).isoformat()},{np.sin(hour):.4f}" for hour in range(200)]
    (tmp_path / "press.csv").write_text("\n".join(["begun,ended,a", *rows]))
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert 'timestamp = "begun"' in caught.value.fix
    assert_read(read(tmp_path, timestamp="begun"))


@pytest.mark.parametrize(
    "entry",
    ["Mar 2, 2024 6:00 AM, left", '"2024-03-02T06:00:00";left', "2024-03-02 06:00\tleft", "2024. 3. 2. 오전 6:00, left"],
)
def test_failures_name_their_machine_behind_any_stamp(tmp_path: Path, entry: str) -> None:
    for name in ("left", "right"):
        rows = [f"{at(hour).isoformat()},{hour}" for hour in range(200 + (name == "left"))]
        (tmp_path / f"{name}.csv").write_text("\n".join(["timestamp,a", *rows]))
    others = tuple(f"{at(hour).isoformat()}, right" for hour in FAILURES)
    left, right = read(tmp_path, failures=(entry, *others)).recordings
    assert [event.at_s for event in left.events] == [unix(at(30))]
    assert len(right.events) == len(FAILURES)
