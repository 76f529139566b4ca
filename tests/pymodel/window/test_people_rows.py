"""Rows wider or narrower than the header, files that are no table, and cells that leave no window whole."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from appspec.errors import KitError
from tests.pymodel.window.csv_kit import assert_whole, cells, written
from tests.pymodel.window.kit import FAILURES, iso, read

ROWS = cells()


def test_seconds_with_a_comma_are_one_cell(tmp_path: Path) -> None:
    """As Python's logging writes them."""
    written(tmp_path, ["timestamp,a,b", *(f"{stamp.replace('T', ' ')},000,{a},{b}" for stamp, a, b in ROWS)])
    found = read(tmp_path)
    assert_whole(found)
    assert any("seconds have a comma before their fraction" in note for note in found.notes)


@pytest.mark.parametrize("note", ["note", "note,who"])
def test_cells_that_are_left_out_at_the_end_are_empty(tmp_path: Path, note: str) -> None:
    """Excel leaves separators out where a row's last cells are empty."""
    more = ",oiled,kim"[: 6 if note == "note" else None]
    rows = [f"{s},{a},{b}{more if hour % 40 == 0 else ''}" for hour, (s, a, b) in enumerate(ROWS)]
    written(tmp_path, [f"timestamp,a,b,{note}", *rows])
    found = read(tmp_path)
    assert_whole(found)
    assert any(f"195 rows end before {note.replace(',', ', ')}, as line 3" in said for said in found.notes)


def test_a_number_that_is_lost_is_no_cell_left_out(tmp_path: Path) -> None:
    rows = [f"{s},{a}" if hour % 5 == 0 else f"{s},{a},{b}" for hour, (s, a, b) in enumerate(ROWS)]
    written(tmp_path, ["timestamp,a,b", *rows])
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert "the header has 3 cells, but line 2 has 2" in caught.value.why


def test_labviews_column_of_comments_is_in_no_row(tmp_path: Path) -> None:
    head = [
        "LabVIEW Measurement\t",
        "Separator\tTab",
        "***End_of_Header***\t",
        "X_Dimension\tTime\tTime\t",
        "X_Value\ta\tb\tComment",
    ]
    written(tmp_path, [*head, *(f"{3600 * hour}.000000\t{a}\t{b}" for hour, (_, a, b) in enumerate(ROWS))])
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert "where X_Value counts from the start of the recording: begin =" in caught.value.fix
    assert_whole(read(tmp_path, timestamp="X_Value", begin=iso(0)))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (gzip.compress(b"timestamp,a\n"), "compressed (gzip)"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"press,host=a temperature=41.2,vibration=0.8 1709251200000000000\n" * 9, "line protocol"),
        (b"ts=2024-03-01T00:00:00 temperature=41.2 vibration=0.8\n" * 9, "each value has its name in front"),
        (b'timestamp,payload\n2024-03-01T00:00:00,"{""a"": 1}"\n2024-03-01T01:00:00,"{""a"": 2}"\n', "payload holds JSON"),
    ],
)
def test_what_is_no_table_is_called_what_it_is(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "press.csv").write_bytes(content)
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert says in f"{caught.value.why} {caught.value.fix}"


def test_a_channel_that_leaves_no_window_whole_is_named_and_leaving_it_out_helps(tmp_path: Path) -> None:
    written(tmp_path, ["timestamp,a,b,c", *(f"{s},{a},{b},{7 if hour < 30 else ''}" for hour, (s, a, b) in enumerate(ROWS))])
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert "validation split holds no window without a hole" in caught.value.what
    assert "c 100%" in caught.value.why
    assert 'values = ["a", "b"]' in caught.value.fix
    assert_whole(read(tmp_path, values=("a", "b")))


def test_recordings_one_below_the_other_stop_and_a_column_of_machines_helps(tmp_path: Path) -> None:
    both = [("m1", s, a, b) for s, a, b in ROWS] + [("m2", s, str(float(a) + 5), b) for s, a, b in ROWS]
    written(tmp_path, ["timestamp,a,b", *(",".join(row[1:]) for row in both)])
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert "begin anew 1 time, with other values" in caught.value.what
    assert "200 different ones stand in 400 rows" in caught.value.why
    written(tmp_path, ["timestamp,a,b,machine", *(",".join((*row[1:], row[0])) for row in both)])
    failures = tuple(f"{iso(hour)}, {name}" for hour in FAILURES for name in ("m1", "m2"))
    assert [len(one.values) for one in read(tmp_path, group="machine", failures=failures).recordings] == [200, 200]


def test_the_same_recording_twice_is_one(tmp_path: Path) -> None:
    written(tmp_path, ["timestamp,a,b", *(",".join(row) for row in (*ROWS, *ROWS))])
    assert_whole(read(tmp_path))


def test_dates_in_one_file_and_numbers_in_another(tmp_path: Path) -> None:
    written(tmp_path, ["timestamp,a,b", *(",".join(row) for row in ROWS)], name="m1.csv")
    written(tmp_path, ["timestamp,a,b", *(f"{1709251200 + 3600 * h},{a},{b}" for h, (_, a, b) in enumerate(ROWS))], name="m2.csv")
    found = read(tmp_path, failures=tuple(f"{iso(hour)}, {name}" for hour in FAILURES for name in ("m1", "m2")))
    one, other = found.recordings
    assert (one.start_s, one.events) == (other.start_s, other.events)
    assert any("stamps are dates in m1.csv, column timestamp, and numbers in m2.csv" in note for note in found.notes)


def test_a_duration_is_told_as_time_without_a_date(tmp_path: Path) -> None:
    """As pandas writes timedeltas."""
    written(tmp_path, ["timestamp,a,b", *(f"{h // 24} days {h % 24:02}:00:00,{a},{b}" for h, (_, a, b) in enumerate(ROWS))])
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert "it is a time without a date" in caught.value.why


def test_error_values_are_left_out_though_most_of_the_time_lies_before_failures(tmp_path: Path) -> None:
    rows = [f"{s},{65535 if hour % 23 == 0 else a},{b}" for hour, (s, a, b) in enumerate(ROWS)]
    written(tmp_path, ["timestamp,a,b", *rows])
    notes = read(tmp_path, horizon="24h", max_gap="2h").notes
    assert any("a: 65535 (9 times) is taken as a sensor's error value" in note for note in notes)


def test_channels_that_never_change_stop(tmp_path: Path) -> None:
    written(tmp_path, ["timestamp,a,b", *(f"{s},5,7" for s, _, _ in ROWS)])
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert "a, b are the same from the first sample to the last" in caught.value.why


def test_what_float32_cannot_tell_apart_is_told_and_the_remedy_helps(tmp_path: Path) -> None:
    for offset, said in ((1_000_000_000, True), (0, False)):
        written(tmp_path, ["timestamp,a,b", *(f"{s},{offset + float(a)},{b}" for s, a, b in ROWS)])
        notes = read(tmp_path).notes
        assert any("a changes so little beside its size" in note for note in notes) is said


def test_a_label_that_is_mostly_abnormal_is_doubted(tmp_path: Path) -> None:
    rows = [f"{s},{a},{b},{int(hour % 20 > 2)}" for hour, (s, a, b) in enumerate(ROWS)]
    written(tmp_path, ["timestamp,a,b,state", *rows])
    problems = read(tmp_path, label="state", horizon="0s", margin="0s", window=4).problems
    assert any("column state calls most of the time abnormal" in one for one in problems)


def test_nothing_among_numbers_is_no_label(tmp_path: Path) -> None:
    label = ["1.0" if hour in FAILURES else "nan" if hour % 50 == 3 else "0.0" for hour in range(200)]
    written(tmp_path, ["timestamp,a,b,state", *(f"{s},{a},{b},{one}" for (s, a, b), one in zip(ROWS, label, strict=True))])
    found = read(tmp_path, label="state", horizon="0s", margin="0s")
    assert [event.at_s for event in found.recordings[0].events] == [found.recordings[0].start_s + 3600 * h for h in FAILURES]
    assert any("4 rows have no label" in note for note in found.notes)


def test_files_of_another_kind_among_recordings_are_named_and_moving_them_helps(tmp_path: Path) -> None:
    rows = [f"{s},{m},{a},{b}" for m in (1, 2) for s, a, b in ROWS]
    written(tmp_path, ["datetime,machineID,a,b", *rows], name="telemetry.csv")
    written(tmp_path, ["datetime,machineID,failure", *(f"{iso(hour)},2,comp4" for hour in FAILURES)], name="failures.csv")
    others = {"errors.csv": ["datetime,machineID,errorID", f"{iso(4)},1,error3"], "machines.csv": ["machineID,model", "1,model3"]}
    for name, lines in others.items():
        written(tmp_path, lines, name=name)
    settings = {"timestamp": "datetime", "group": "machineID", "failures": "failures.csv"}
    for name in sorted(others, reverse=True):
        with pytest.raises(KitError) as caught:
            read(tmp_path, **settings)
        assert f"move {name} out of the folder" in caught.value.fix
        (tmp_path / name).unlink()
    found = read(tmp_path, **settings)
    assert {recording.name: len(recording.events) for recording in found.recordings} == {"1": 0, "2": 5}
