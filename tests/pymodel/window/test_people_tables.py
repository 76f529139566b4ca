"""Tables as programs of plants export them: a row a value, several machines, parts of dates, a file a month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from appspec.errors import KitError
from pymodel.data.series.windows import WindowSet
from tests.pymodel.window.kit import FAILURES, START, iso, read

HOURS = range(200)


def a(hour: int) -> float:
    return round(20 + float(np.sin(hour)), 4)


def b(hour: int) -> float:
    return round(5 + float(np.cos(hour)), 4)


def put(folder: Path, rows: Sequence[str], name: str = "press.csv") -> None:
    (folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8")


def assert_both(found: WindowSet, machine: int = 0) -> None:
    """Channels a and b of 200 hours."""
    recording = found.recordings[machine]
    assert found.channels == ("a", "b")
    assert recording.start_s == START.timestamp()
    np.testing.assert_allclose(recording.values, [(a(hour), b(hour)) for hour in HOURS], rtol=1e-6)
    assert [event.at_s - recording.start_s for event in recording.events] == [hour * 3600 for hour in FAILURES]


def german(hour: int) -> str:
    return (START + timedelta(hours=hour)).strftime("%d.%m.%Y %H:%M:%S")


def of_wincc() -> list[str]:
    rows = ['"VarName";"TimeString";"VarValue";"Validity";"Time_ms"']
    for hour in HOURS:
        for name, value in (("a", a(hour)), ("b", b(hour))):
            rows.append(f'"{name}";"{german(hour)}";{value:.4f};1;{45352000000 + hour * 41666.6667:.4f}'.replace(".", ",", 0))
    return [
        row if i == 0 else ";".join(c if k < 2 else c.replace(".", ",") for k, c in enumerate(row.split(";")))
        for i, row in enumerate(rows)
    ]


def of_influx() -> list[str]:
    rows = ["#group,false,false,true,true,false,false,true,true", "#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string",
            "#default,_result,,,,,,,", ",result,table,_start,_stop,_time,_value,_field,_measurement"]  # fmt: skip
    for table, (name, value) in enumerate((("a", a), ("b", b))):
        rows += [f",,{table},2024-03-01T00:00:00Z,2024-03-10T00:00:00Z,{iso(hour)}Z,{value(hour)},{name},press" for hour in HOURS]
    return rows


def of_pi() -> list[str]:
    rows = ["Tag,Timestamp,Value,Status"]
    for name, value in (("a", a), ("b", b)):
        rows += [f"{name},{iso(hour)}Z,{value(hour)},Good" for hour in HOURS]
    return rows


@pytest.mark.parametrize(
    ("make", "named", "channel", "value"),
    [
        (of_wincc, {"timestamp": "TimeString"}, "VarName", {}),
        (of_pi, {}, "Tag", {}),
        (of_influx, {}, "_field", {"value": "_value"}),
    ],
)
def test_a_row_a_value_is_asked_for_and_the_setting_helps(
    tmp_path: Path, make: Callable[[], list[str]], named: dict[str, str], channel: str, value: dict[str, str]
) -> None:
    put(tmp_path, make())
    with pytest.raises(KitError) as caught:
        read(tmp_path, **named)
    assert f'channel = "{channel}"' in caught.value.fix
    found = read(tmp_path, channel=channel, **named, **value)
    assert_both(found)
    assert any("400 rows of one value each become 200 rows of 2 channels" in note for note in found.notes)


def test_values_name_some_of_the_channels(tmp_path: Path) -> None:
    put(tmp_path, of_pi())
    assert read(tmp_path, channel="Tag", values=("b",)).channels == ("b",)


def test_which_column_holds_the_values_is_asked_for(tmp_path: Path) -> None:
    put(tmp_path, [row.replace("Value,Status", "x,y") if not i else row for i, row in enumerate(of_pi())])
    with pytest.raises(KitError) as caught:
        read(tmp_path, channel="Tag")
    assert 'value = "x"' in caught.value.fix
    assert_both(read(tmp_path, channel="Tag", value="x"))


def machines() -> list[str]:
    return ["timestamp,press,a,b", *(f"{iso(hour)},{name},{a(hour)},{b(hour)}" for hour in HOURS for name in ("left", "right"))]


def test_several_machines_in_one_file_are_asked_for_and_the_setting_helps(tmp_path: Path) -> None:
    put(tmp_path, machines())
    failures = tuple(f"{iso(hour)}, {name}" for hour in FAILURES for name in ("left", "right"))
    with pytest.raises(KitError) as caught:
        read(tmp_path, failures=failures)
    assert 'group = "press"' in caught.value.fix
    found = read(tmp_path, failures=failures, group="press")
    assert_both(found, 0)
    assert_both(found, 1)


def test_machines_and_channels_in_one_file(tmp_path: Path) -> None:
    rows = ["timestamp,press,tag,value,quality"]
    rows += [
        f"{iso(hour)},{name},{tag},{value(hour)},192"
        for hour in HOURS
        for name in ("left", "right")
        for tag, value in (("a", a), ("b", b))
    ]
    put(tmp_path, rows)
    failures = tuple(f"{iso(hour)}, {name}" for hour in FAILURES for name in ("left", "right"))
    with pytest.raises(KitError) as caught:
        read(tmp_path, failures=failures)
    assert 'group = "press" and channel = "tag"' in caught.value.fix
    with pytest.raises(KitError) as caught:
        read(tmp_path, failures=failures, channel="tag")
    assert 'group = "press"' in caught.value.fix
    with pytest.raises(KitError) as caught:
        read(tmp_path, failures=failures, group="press")
    assert 'channel = "tag"' in caught.value.fix
    assert_both(read(tmp_path, failures=failures, channel="tag", group="press"), 1)


def test_stamps_of_whole_minutes_are_no_long_table(tmp_path: Path) -> None:
    """Two rows each, with counts that differ by chance: nothing names a machine."""
    put(tmp_path, ["timestamp,a,b", *(f"{iso(i // 2)},{a(i)},{i * 7919 % 4096}" for i in range(400))])
    assert any("stand there more than once" in note for note in read(tmp_path).notes)


@pytest.mark.parametrize(
    ("header", "form"),
    [
        ("Year,Month,Day,Hour,Minute,a,b", "%Y,%m,%d,%H,%M"),
        ("YYYY,MM,DD,hh,mm,ss,a,b", "%Y,%m,%d,%H,%M,%S"),
        ("Jahr,Monat,Tag,Stunde,a,b", "%Y,%m,%d,%H"),
        ("year,doy,hour,a,b", "%Y,%j,%H"),
        ("a,b,YEAR,MO,DY,HR", ""),
    ],
)
def test_dates_in_a_column_each(tmp_path: Path, header: str, form: str) -> None:
    put(
        tmp_path,
        [
            header,
            *(
                f"{(START + timedelta(hours=hour)).strftime(form)},{a(hour)},{b(hour)}"
                if form
                else f"{a(hour)},{b(hour)},{(START + timedelta(hours=hour)).strftime('%Y,%m,%d,%H')}"
                for hour in HOURS
            ),
        ],
    )
    found = read(tmp_path)
    assert_both(found)
    assert any("together" in note for note in found.notes)


def test_the_line_as_wide_as_the_rows_is_the_header(tmp_path: Path) -> None:
    """As in NSRDB's files: two lines about the place, wider than the table."""
    rows = ["Source,Location,City,State,Country,Latitude,Longitude,Zone", "NSRDB,1515,-,-,-,33.2,-97.1,-6"]
    put(
        tmp_path,
        [
            *rows,
            "Year,Month,Day,Hour,Minute,a,b",
            *((START + timedelta(hours=hour)).strftime(f"%Y,%m,%d,%H,%M,{a(hour)},{b(hour)}") for hour in HOURS),
        ],
    )
    assert_both(read(tmp_path))


@pytest.mark.parametrize(
    "header",
    [
        "% timestamp,a,b",
        "// timestamp,a,b",
        "timestamp [UTC],a,b",
        "Time,a,b",
        "entry_id,timestamp,a,b",
        "timestamp,a,b,record no.",
    ],
)
def test_headers_of_all_kinds(tmp_path: Path, header: str) -> None:
    before = "entry" in header, "record" in header
    put(
        tmp_path,
        [
            header,
            *(
                f"{f'{hour + 7},' if before[0] else ''}{iso(hour)},{a(hour)},{b(hour)}{f',{hour + 7}' if before[1] else ''}"
                for hour in HOURS
            ),
        ],
    )
    found = read(tmp_path, timestamp="timestamp")
    assert_both(found)
    assert any("counts the rows" in note for note in found.notes) == any(before)


def test_a_setting_names_columns_without_their_units(tmp_path: Path) -> None:
    put(tmp_path, ["timestamp,a [°C],b / A", *(f"{iso(hour)},{a(hour)},{b(hour)}" for hour in HOURS)])
    assert read(tmp_path, values=("b", "a")).channels == ("b / A", "a [°C]")


def test_a_file_in_another_unit_is_no_file_of_that_column(tmp_path: Path) -> None:
    for name, unit in (("left", "°C"), ("right", "°F")):
        put(tmp_path, [f"timestamp,a [{unit}],b", *(f"{iso(hour)},{a(hour)},{b(hour)}" for hour in HOURS)], f"{name}.csv")
    with pytest.raises(KitError) as caught:
        read(
            tmp_path, values=("a", "b"), failures=tuple(f"{iso(hour)}, {name}" for hour in FAILURES for name in ("left", "right"))
        )
    assert "a [°C]" in caught.value.what


def test_columns_that_a_file_lacks_are_told_and_the_remedy_helps(tmp_path: Path) -> None:
    put(tmp_path, ["timestamp,a,b", *(f"{iso(hour)},{a(hour)},{b(hour)}" for hour in HOURS)], "left.csv")
    put(tmp_path, ["timestamp,a", *(f"{iso(hour)},{a(hour)}" for hour in HOURS)], "right.csv")
    failures = tuple(f"{iso(hour)}, {name}" for hour in FAILURES for name in ("left", "right"))
    with pytest.raises(KitError) as caught:
        read(tmp_path, failures=failures)
    assert 'values = ["a"]' in caught.value.fix
    assert len(read(tmp_path, failures=failures, values=("a",)).recordings) == 2


@pytest.mark.parametrize(
    "names", [("press_2024-03-01", "press_2024-03-05"), ("20240301", "20240305"), ("log 2024-W09", "log 2024-W10")]
)
def test_files_named_by_dates_are_one_recording(tmp_path: Path, names: tuple[str, str]) -> None:
    for i, name in enumerate(names):
        put(
            tmp_path,
            ["timestamp,a,b", *(f"{iso(hour)},{a(hour)},{b(hour)}" for hour in HOURS[i * 100 : i * 100 + 100])],
            f"{name}.csv",
        )
    found = read(tmp_path)
    assert len(found.recordings) == 1
    assert_both(found)
    assert any("read as one recording" in note for note in found.notes)


def test_files_of_the_same_time_stay_machines_of_their_own(tmp_path: Path) -> None:
    for name in ("press_2024", "press_2023"):
        put(
            tmp_path,
            ["timestamp,a,b", *(f"{iso(hour)},{a(hour)},{b(hour)}" for hour in HOURS)] + ["" for _ in name[-1:]],
            f"{name}.csv",
        )
    put(tmp_path, ["timestamp,a,b", *(f"{iso(hour)},{a(hour)},{b(hour)}" for hour in HOURS[:199])], "press_2023.csv")
    failures = tuple(f"{iso(hour)}, {name}" for hour in FAILURES for name in ("press_2024", "press_2023"))
    assert len(read(tmp_path, failures=failures).recordings) == 2


@pytest.mark.parametrize("cell", ["2.0240E+11", "1.70925E+12", "1,7093E+09"])
def test_stamps_that_a_spreadsheet_rounded_are_told(tmp_path: Path, cell: str) -> None:
    put(tmp_path, ["timestamp;a;b", *(f"{cell};{a(hour)};{b(hour)}" for hour in HOURS)])
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert "rounded" in caught.value.what
