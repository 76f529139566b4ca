"""Zones by their names in the IANA database: the right moment, also when clocks are put back; golden moments from zoneinfo itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from appspec.data_spec import Series
from appspec.errors import KitError
from pymodel.data.series.named_zones import to_utc
from pymodel.data.series.survey import survey_series
from pymodel.data.series.windows import WindowSet
from tests.pymodel.window.kit import FAILURES, read

BERLIN = "Europe/Berlin"
BACK = datetime(2024, 10, 27, 1, tzinfo=timezone.utc)
"""When Berlin's clocks are put from 03:00 back to 02:00."""

BEGIN = BACK - timedelta(hours=20)
"""200 samples of half an hour: sample 40 is at BACK."""

Form = Callable[[datetime], str]


def moment(i: float, begin: datetime = BEGIN) -> datetime:
    return begin + timedelta(minutes=30 * i)


def local(at: datetime, zone: str = BERLIN) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def written(folder: Path, write: Form, header: str = "timestamp,a", order: int = 1) -> None:
    rows = [f"{write(moment(i))},{np.sin(i):.4f}" for i in range(200)][::order]
    (folder / "press.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def read_back(folder: Path, **settings: Any) -> WindowSet:
    given = {"failures": tuple(local(moment(i)) for i in FAILURES), "horizon": "90 min", "margin": "1h", **settings}
    found = read(folder, **given)
    (recording,) = found.recordings
    assert recording.start_s == BEGIN.timestamp()
    assert found.interval_s == 1800
    np.testing.assert_allclose(recording.values[:, 0], np.sin(np.arange(200)).round(4), atol=1e-6)
    assert [event.at_s for event in recording.events] == [moment(i).timestamp() for i in FAILURES]
    return found


WRITTEN: dict[str, tuple[Form, str]] = {
    "behind it": (lambda at: f"{local(at)} Europe/Berlin", "timestamp,a"),
    "in brackets": (lambda at: f"{local(at)} (europe/berlin)", "timestamp,a"),
    "a column": (lambda at: f"{local(at)},Europe/Berlin", "timestamp,tz,a"),
    "three columns": (lambda at: f"{local(at).replace(' ', ',')},{BERLIN}", "date,time,zone,a"),
    "with its offset, as Java writes it": (lambda at: f"{at.astimezone(ZoneInfo(BERLIN)).isoformat()}[{BERLIN}]", "timestamp,a"),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_clocks_that_are_put_back(tmp_path: Path, case: str) -> None:
    write, header = WRITTEN[case]
    written(tmp_path, write, header)
    said = " ".join(read_back(tmp_path, timestamp=header.split(",")[0]).notes)
    assert "stamps are written in Europe/Berlin; failures and settings without a zone are read so too" in said
    assert ("4 rows lie in an hour that Europe/Berlin tells twice, as 2024-10-27 02:00: which one is meant" in said) == (
        "Java" not in case
    )


def test_the_newest_row_may_stand_first(tmp_path: Path) -> None:
    written(tmp_path, WRITTEN["behind it"][0], order=-1)
    read_back(tmp_path)


def test_a_column_of_offsets(tmp_path: Path) -> None:
    """+0200 is no number there."""
    written(tmp_path, lambda at: f"{at.astimezone(ZoneInfo(BERLIN)):%Y-%m-%d %H:%M,%z}", "timestamp,utc_offset,a")
    failures = tuple(f"{moment(i):%Y-%m-%d %H:%M}Z" for i in FAILURES)
    assert read_back(tmp_path, failures=failures).channels == ("a",)


def test_a_column_of_zones_beside_stamps_that_are_called_utc_changes_nothing(tmp_path: Path) -> None:
    written(tmp_path, lambda at: f"{at:%Y-%m-%d %H:%M},Europe/Berlin", "time_utc,tz,a")
    failures = tuple(f"{moment(i):%Y-%m-%d %H:%M}" for i in FAILURES)
    read_back(tmp_path, timestamp="time_utc", failures=failures)


def test_a_unit_with_a_slash_is_no_zone(tmp_path: Path) -> None:
    written(tmp_path, lambda at: f"{at:%Y-%m-%d %H:%M},{at.hour} mm/s", "timestamp,speed,a")
    assert read(tmp_path, failures=tuple(f"{moment(i):%Y-%m-%d %H:%M}" for i in FAILURES)).channels == ("speed", "a")


def test_a_new_app_takes_no_zone_for_a_label(tmp_path: Path) -> None:
    written(tmp_path, lambda at: f"{at.astimezone(ZoneInfo(BERLIN)):%d.%m.%Y,%H:%M,%Z}", "Datum,Uhrzeit,Zeitzone,a")

    found = survey_series(tmp_path, None, Series())
    assert (found.stamps, found.labels, found.values, found.step_s) == (("Datum",), {}, ("a",), 1800)


@pytest.mark.parametrize(
    ("zone", "meant"), [("Europe/Berln", "perhaps Europe/Berlin is meant"), ("Mars/Olympus", "no time zone 'Mars/Olympus'")]
)
@pytest.mark.parametrize("header", ["timestamp,a", "when,a"])
def test_a_name_that_no_zone_has_is_told(tmp_path: Path, zone: str, meant: str, header: str) -> None:
    written(tmp_path, lambda at: f"{local(at)} {zone}", header)
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert meant in caught.value.why
    assert "as Europe/Berlin, or the offset" in caught.value.fix


def seconds(*times: str) -> list[float]:
    return [datetime.fromisoformat(f"2024-{time}+00:00").timestamp() for time in times]


LISBON = {
    "each twice, side by side": ("01:00 01:00 01:30 01:30", "00:00 01:00 00:30 01:30"),
    "an hour apart": ("01:00 01:00", "00:00 01:00"),
    "once": ("01:00 01:30", "00:00 00:30"),
    "one after the other, with a jitter": ("01:00 01:31 01:30 01:00 01:30", "00:00 00:31 00:30 01:00 01:30"),
}


@pytest.mark.parametrize("case", LISBON)
def test_which_telling_of_an_hour_is_meant(case: str) -> None:
    told, meant = ([f"10-27T{time}" for time in times.split()] for times in LISBON[case])
    found = to_utc(np.array(seconds("10-27T00:30", *told, "10-27T02:00")), "Europe/Lisbon")
    assert found.seconds.tolist() == seconds("10-26T23:30", *meant, "10-27T02:00")
    assert (found.untold.sum(), found.by_order.sum()) == ((2, 0) if case == "once" else (0, len(told)))


def test_several_machines_tell_an_hour_twice_each_in_its_rows() -> None:
    found = to_utc(
        np.array(seconds(*[f"10-27T0{hour}:00" for hour in (0, 0, 1, 1, 1, 1, 2, 2)])),
        "Europe/Lisbon",
    )
    assert found.seconds.tolist() == seconds("10-26T23:00", "10-26T23:00", *[f"10-27T0{hour}:00" for hour in (0, 0, 1, 1, 2, 2)])


def test_an_hour_that_clocks_skip_is_taken_as_if_they_had_not() -> None:
    found = to_utc(np.array(seconds("03-31T02:30", "03-31T03:30")), BERLIN)
    assert found.seconds.tolist() == seconds("03-31T01:30", "03-31T01:30")
    assert found.skipped.tolist() == [True, False]


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "Etc/GMT+5"])
def test_any_zone_over_a_year(zone: str) -> None:
    """Against Python's own conversion, half an hour apart."""
    moments = [datetime(2024, 1, 1, tzinfo=timezone.utc) + timedelta(minutes=30 * i) for i in range(17520)]
    told = [at.astimezone(ZoneInfo(zone)).replace(tzinfo=timezone.utc).timestamp() for at in moments]
    assert to_utc(np.array(told), zone).seconds.tolist() == [at.timestamp() for at in moments]
