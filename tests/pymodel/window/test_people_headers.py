"""Headers that stand in several lines, again below, or above tables that lie side by side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appspec.errors import KitError
from tests.pymodel.window.csv_kit import assert_whole, cells, joined, written
from tests.pymodel.window.kit import START, iso, read

ROWS = cells()

LEVELS = {
    "pandas, index named": [",temp,temp", ",mean,std", "timestamp,,"],
    "pandas, index in the first line": ["timestamp,temp,temp", ",mean,std"],
    "merged cells above": [",temp,", "timestamp,mean,std"],
}


@pytest.mark.parametrize("case", LEVELS)
def test_names_in_several_lines_come_together(tmp_path: Path, case: str) -> None:
    names = ("temp mean", "temp std")
    if case == "merged cells above":  # one level is enough where it tells the columns apart
        names = ("mean", "std")
    written(tmp_path, [*LEVELS[case], *joined(ROWS)])
    found = read(tmp_path)
    assert_whole(found, channels=names)
    assert any("stand in several lines" in note for note in found.notes) is (case != "merged cells above")


def test_merged_cells_name_the_columns_below_them(tmp_path: Path) -> None:
    rows = [f"{stamp},{a},{b},{b},{a}" for stamp, a, b in ROWS]
    written(tmp_path, ["timestamp,Pump A,,Pump B,", ",temp,flow,temp,flow", *rows])
    found = read(tmp_path)
    assert found.channels == ("Pump A temp", "Pump A flow", "Pump B temp", "Pump B flow")
    values = found.recordings[0].values
    np.testing.assert_array_equal(values[:, 0], values[:, 3])
    np.testing.assert_array_equal(values[:, 1], np.arange(200) % 7)


def test_separators_behind_merged_cells_change_nothing(tmp_path: Path) -> None:
    for end in ("", ","):
        rows = [f"{s},{a},{b},{b},{a}{end}" for s, a, b in ROWS]
        written(tmp_path, [",Pump A,,Pump B,", "timestamp,temp,flow,temp,flow,", *rows])
        assert read(tmp_path).channels == ("Pump A temp", "Pump A flow", "Pump B temp", "Pump B flow")


def test_a_mark_in_front_of_names_with_blanks_between_is_no_column(tmp_path: Path) -> None:
    """As numpy.savetxt writes it."""
    rows = [f"{START.timestamp() + 3600 * hour:.18e} {float(a):.18e} {float(b):.18e}" for hour, (_, a, b) in enumerate(ROWS)]
    written(tmp_path, ["# timestamp a b", *rows])
    assert_whole(read(tmp_path))


def test_a_pivot_with_the_name_of_its_columns(tmp_path: Path) -> None:
    written(tmp_path, ["sensor,a,b", "timestamp,,", *joined(ROWS)])
    assert_whole(read(tmp_path))


@pytest.mark.parametrize("header", ["timestamp,b,a", '"Timestamp","b","a"', "b,a,timestamp"])
def test_columns_that_change_places_below_another_header_are_put_back(tmp_path: Path, header: str) -> None:
    places = [("timestamp", "a", "b").index(name.strip('"').lower()) for name in header.split(",")]
    below = [[row[i] for i in places] for row in ROWS[100:]]
    below[3][1] = f'"{below[3][1]}"'
    written(tmp_path, ["timestamp,a,b", *joined(ROWS[:100]), header, *joined(below)])
    found = read(tmp_path)
    assert_whole(found)
    assert any(
        "line 102 is a header of the same columns in another order; it counts for 100 rows below" in note for note in found.notes
    )


def test_the_same_header_in_other_words_is_no_row(tmp_path: Path) -> None:
    written(tmp_path, ["timestamp,a,b", *joined(ROWS[:100]), '"TIMESTAMP","a","b"', *joined(ROWS[100:])])
    found = read(tmp_path)
    assert_whole(found)
    assert any("the header stands again in 1 line" in note for note in found.notes)
    assert not any("no numbers" in note for note in found.notes)


@pytest.mark.parametrize(("header", "row"), [("timestamp,code,text", "{},7,x"), ("timestamp,a,b,c", "{},1,2,3")])
def test_a_second_table_stops_and_taking_it_out_helps(tmp_path: Path, header: str, row: str) -> None:
    first = ["timestamp,a,b", *joined(ROWS)]
    written(tmp_path, [*first, "", header, *(row.format(iso(hour)) for hour in range(0, 200, 5))])
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert f"it holds two tables: line 203 is another header: {header.replace(',', ', ')}" in caught.value.why
    assert "lines 1 to 202" in caught.value.fix
    written(tmp_path, first)
    assert_whole(read(tmp_path))


def test_tables_side_by_side_keep_their_own_stamps(tmp_path: Path) -> None:
    """a is measured every hour, b half an hour later."""
    rows = [f"{iso(hour)},{a},,{iso(hour + 0.5)},{b}" for hour, (_, a, b) in enumerate(ROWS)]
    written(tmp_path, ["Time,a,,Time,b", *rows])
    found = read(tmp_path, timestamp="Time", max_gap="2h")
    recording = found.recordings[0]
    assert found.channels == ("a", "b")
    assert (found.interval_s, len(recording.values)) == (1800, 400)
    np.testing.assert_allclose(recording.values[::2, 0], np.sin(np.arange(200)).round(4), atol=1e-6)
    np.testing.assert_allclose(recording.values[1::2, 1], np.arange(200) % 7)
    assert any("column Time stands there 2 times with other stamps" in note for note in found.notes)


def test_tables_side_by_side_of_one_step_are_one(tmp_path: Path) -> None:
    rows = [f"{iso(hour)},{a},{iso(199 - hour)},{ROWS[199 - hour][2]}" for hour, (_, a, _b) in enumerate(ROWS)]
    written(tmp_path, ["timestamp,a,timestamp,b", *rows])
    assert_whole(read(tmp_path))


def test_side_by_side_with_a_group_stops(tmp_path: Path) -> None:
    written(tmp_path, ["timestamp,m,a,timestamp,b", *(f"{s},x,{a},{iso(h + 1)},{b}" for h, (s, a, b) in enumerate(ROWS))])
    with pytest.raises(KitError) as caught:
        read(tmp_path, group="m")
    assert "put each table into a file of its own" in caught.value.fix


def test_a_table_on_its_side_is_told(tmp_path: Path) -> None:
    columns = list(zip(*ROWS, strict=True))
    written(tmp_path, [",".join((name, *column)) for name, column in zip(("sensor", "a", "b"), columns, strict=True)])
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert "it lies on its side" in caught.value.why
    code = caught.value.fix.split('python -c "')[1].rstrip('"').replace("'press", f"'{tmp_path}/press")
    exec(code)  # the remedy itself
    (tmp_path / "press.csv").unlink()
    assert_whole(read(tmp_path))


CLOCKS = {
    "epoch": lambda hour: f"{START.timestamp() + 3600 * hour:.0f}",
    "uptime_ms": lambda hour: f"{3_600_000 * hour + hour % 3}",
    "elapsed [min]": lambda hour: f"{60 * hour}",
}


@pytest.mark.parametrize("name", CLOCKS)
def test_a_second_clock_is_no_channel(tmp_path: Path, name: str) -> None:
    written(tmp_path, [f"timestamp,{name},a,b", *(f"{s},{CLOCKS[name](h)},{a},{b}" for h, (s, a, b) in enumerate(ROWS))])
    found = read(tmp_path)
    assert_whole(found)
    assert any(f"{name} left out: told by the stamps already" in note for note in found.notes)
    assert read(tmp_path, values=(name, "a")).channels == (name, "a")


def test_a_meter_that_stands_still_at_times_stays(tmp_path: Path) -> None:
    hours = [h // 2 if h < 100 else h - 50 for h in range(200)]
    written(tmp_path, ["timestamp,hours,a,b", *(f"{s},{hours[h]},{a},{b}" for h, (s, a, b) in enumerate(ROWS))])
    assert read(tmp_path).channels == ("hours", "a", "b")


def test_milliseconds_in_a_column_of_their_own_belong_to_the_stamps(tmp_path: Path) -> None:
    written(
        tmp_path, ["timestamp;ms;b", *(f"2024-03-01T00:{h // 240:02}:{h // 4 % 60:02};{h % 4 * 250};{h % 7}" for h in range(800))]
    )
    failures = [f"2024-03-01T00:{at}" for at in ("00:30", "01:10", "01:50", "02:30", "03:05")]
    found = read(tmp_path, horizon="5s", margin="1s", failures=tuple(failures))
    assert found.channels == ("b",)
    assert (found.interval_s, len(found.recordings[0].values)) == (0.25, 800)
