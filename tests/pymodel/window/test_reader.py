"""CSV files of every shape: what is read, what is said about it, and one error for what can't be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appspec.data_spec import Split
from appspec.errors import KitError
from pymodel.data.series.recording import ABNORMAL, TEST, TRAIN, VALIDATION
from tests.pymodel.window.kit import FAILURES, iso, read, write_hours


def noted(found: Any, word: str) -> bool:
    return any(word in note for note in found.notes)


def test_a_plain_file(tmp_path: Path) -> None:
    write_hours(tmp_path)
    found = read(tmp_path)
    assert found.channels == ("a", "b")
    assert found.interval_s == 3600
    (recording,) = found.recordings
    assert recording.name == "press"
    np.testing.assert_allclose(recording.values[:, 0], np.sin(np.arange(200)).round(4), atol=1e-6)
    assert [event.at_s for event in recording.events] == [recording.start_s + hour * 3600 for hour in FAILURES]
    assert not found.notes
    windows = found.windows("train", 1)
    assert windows.x.shape[1:] == (4, 2)
    np.testing.assert_allclose(windows.x[0, :, 1], [0, 1, 2, 3])


@pytest.mark.parametrize("unit", [1, 1000])
def test_stamps_as_numbers_of_seconds_or_milliseconds(tmp_path: Path, unit: int) -> None:
    begin = 1_709_251_200
    lines = ["t,v", *(f"{(begin + hour * 3600) * unit},{hour}" for hour in range(200))]
    (tmp_path / "m.csv").write_text("\n".join(lines))
    failures = tuple((begin + hour * 3600) * unit for hour in FAILURES)
    found = read(tmp_path, timestamp="t", failures=failures)
    assert found.recordings[0].start_s == begin
    assert len(found.failures) == len(FAILURES)


def test_only_the_columns_named_are_seen(tmp_path: Path) -> None:
    write_hours(tmp_path)
    assert read(tmp_path, values=("b",)).channels == ("b",)


def test_a_column_of_words_is_left_out_and_said(tmp_path: Path) -> None:
    file = write_hours(tmp_path)
    header, *rows = file.read_text().splitlines()
    file.write_text("\n".join([header + ",shift", *(row + ",early" for row in rows)]))
    found = read(tmp_path)
    assert found.channels == ("a", "b")
    assert noted(found, "shift")


def test_failures_in_a_text_file(tmp_path: Path) -> None:
    write_hours(tmp_path)
    lines = ["# of the log book", "", *(iso(hour).replace("T", " ") for hour in FAILURES)]
    (tmp_path / "failures.txt").write_text("\n".join(lines))
    assert len(read(tmp_path, failures="failures.txt").failures) == len(FAILURES)


def test_several_files_are_several_machines(tmp_path: Path) -> None:
    write_hours(tmp_path, name="left.csv")
    write_hours(tmp_path, name="right.csv")
    failures = tuple(f"{iso(hour)}, {'left' if i % 2 else 'right'}" for i, hour in enumerate(FAILURES))
    found = read(tmp_path, failures=failures)
    assert [(recording.name, len(recording.events)) for recording in found.recordings] == [("left", 2), ("right", 3)]
    places = found.places("train")
    assert set(places.machines) == {0, 1}
    with pytest.raises(KitError, match="which machine failed"):
        read(tmp_path)


def test_a_column_names_the_machine(tmp_path: Path) -> None:
    lines = ["timestamp,who,v,bad", *(f"{iso(h)},{who},{h},{int(h in FAILURES)}" for h in range(200) for who in ("x", "y"))]
    (tmp_path / "all.csv").write_text("\n".join(lines))
    found = read(tmp_path, group="who", label="bad")
    assert [recording.name for recording in found.recordings] == ["x", "y"]
    assert found.channels == ("v",)
    assert not any(np.isnan(recording.values).any() for recording in found.recordings)


@pytest.mark.parametrize("words", [("0", "1"), ("false", "TRUE"), ("normal", "Abnormal")])
def test_labels_in_words(tmp_path: Path, words: tuple[str, str]) -> None:
    lines = ["timestamp,v,state", *(f"{iso(h)},{h},{words[h in FAILURES]}" for h in range(200))]
    (tmp_path / "m.csv").write_text("\n".join(lines))
    found = read(tmp_path, label="state", horizon="0s", margin="0s")
    assert np.flatnonzero(found.recordings[0].states == ABNORMAL).tolist() == list(FAILURES)


def test_rows_without_a_label_are_left_out(tmp_path: Path) -> None:
    lines = ["timestamp,v,state", *(f"{iso(h)},{h},{'' if h == 50 else int(h in FAILURES)}" for h in range(200))]
    (tmp_path / "m.csv").write_text("\n".join(lines))
    found = read(tmp_path, label="state")
    assert noted(found, "1 rows have no label")
    assert 50 not in found.places("train").ends


def test_rows_out_of_order_are_sorted_and_said(tmp_path: Path) -> None:
    file = write_hours(tmp_path)
    whole = read(tmp_path)
    header, *rows = file.read_text().splitlines()
    rows[10], rows[11] = rows[11], rows[10]
    file.write_text("\n".join([header, *rows]))
    found = read(tmp_path)
    assert noted(found, "sorted")
    np.testing.assert_array_equal(found.recordings[0].values, whole.recordings[0].values)


def test_of_a_repeated_stamp_the_last_value_counts_and_it_is_said(tmp_path: Path) -> None:
    write_hours(tmp_path, {10: f"{iso(10)},5,1\n{iso(10)},6,"})
    found = read(tmp_path)
    assert noted(found, "more than once")
    np.testing.assert_allclose(found.recordings[0].values[10], [6, 1])


def test_irregular_stamps_are_resampled_and_said(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    rows = {h: f"{iso(h + rng.uniform(-0.4, 0.4))},{h},{h}" for h in range(1, 200)}
    write_hours(tmp_path, rows)
    found = read(tmp_path, interval="1h")
    assert noted(found, "irregular")
    np.testing.assert_allclose(found.recordings[0].values[1:, 0], np.arange(1, 200))


def test_a_coarser_interval_takes_means(tmp_path: Path) -> None:
    write_hours(tmp_path)
    found = read(tmp_path, interval="2h")
    assert noted(found, "mean of several rows")
    assert len(found.recordings[0].values) in (100, 101)


def test_short_holes_are_filled_long_ones_leave_windows_out(tmp_path: Path) -> None:
    gone: dict[int, str] = {10: "", 11: "", **dict.fromkeys(range(50, 56), ""), 60: f"{iso(60)},,1"}
    write_hours(tmp_path, gone)
    found = read(tmp_path, max_gap="2h")
    values = found.recordings[0].values
    np.testing.assert_allclose(values[9:13, 1], np.linspace(9 % 7, 12 % 7, 4))
    np.testing.assert_allclose(values[60, 0], (np.sin(59) + np.sin(61)) / 2, atol=1e-3)
    assert np.isnan(values[50:56]).all()
    ends = set(found.places("train").ends)
    assert not ends & set(range(50, 59))
    assert {49, 59} <= ends
    assert noted(found, "filled linearly")
    assert noted(found, "too long to fill")


def test_no_hole_is_filled_over_the_border_of_a_split(tmp_path: Path) -> None:
    write_hours(tmp_path, {120: "", 119: ""})
    values = read(tmp_path, validation_from=iso(120), test_from=iso(160)).recordings[0].values
    assert np.isnan(values[119:121]).all()


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_and_a_byte_order_mark(tmp_path: Path, separator: str) -> None:
    file = write_hours(tmp_path)
    file.write_text("\ufeff" + file.read_text().replace(",", separator), encoding="utf-8")
    assert read(tmp_path).channels == ("a", "b")


def test_cells_that_are_no_numbers_are_missing_and_said(tmp_path: Path) -> None:
    write_hours(tmp_path, {20: f"{iso(20)},ERR,1", 21: f"{iso(21)},inf,1"})
    found = read(tmp_path)
    assert noted(found, "2 cells are no numbers")
    assert found.recordings[0].values[20, 0] == pytest.approx(np.interp(20, (19, 22), np.sin([19, 22])), abs=1e-3)


def test_failures_outside_the_recording_are_said(tmp_path: Path) -> None:
    write_hours(tmp_path)
    found = read(tmp_path, failures=(*(iso(hour) for hour in FAILURES), iso(-500)))
    assert noted(found, "outside the recording")
    assert len(found.failures) == len(FAILURES)


def test_failures_soon_after_another_are_one(tmp_path: Path) -> None:
    write_hours(tmp_path)
    found = read(tmp_path, failures=(*(iso(hour) for hour in FAILURES), iso(31)))
    assert noted(found, "part of it")
    assert len(found.failures) == len(FAILURES)


def test_validation_without_a_failure_is_said(tmp_path: Path) -> None:
    write_hours(tmp_path)
    found = read(tmp_path, failures=tuple(iso(hour) for hour in (30, 70, 185)))
    assert [problem.split(":")[0] for problem in found.problems] == [
        "training holds only 2 failures",
        "validation holds no abnormal window",
    ]


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a missing column": ({"timestamp": "time"}, "has no column time"),
    "a missing value column": ({"values": ("a", "c")}, "has no column c"),
    "a column of words as values": ({"values": ("a", "w")}, "not made of numbers"),
    "an empty channel": ({"values": ("a", "e")}, "Column e is empty"),
    "a label column of numbers": ({"label": "b"}, "no label column"),
    "labels without an abnormal one": ({"label": "z"}, "calls no row abnormal"),
    "failures in another year": ({"failures": ("2019-01-01",)}, "No failure lies within"),
    "a failure that is no stamp": ({"failures": ("soon",)}, "'soon' is no stamp"),
    "a failure file that is not there": ({"failures": "log.txt"}, "log.txt"),
    "nothing that says what is abnormal": ({"failures": ()}, "neither label nor failures"),
    "both labels and failures": ({"label": "z", "failures": ("2024-03-02",)}, "not clear"),
    "a window longer than the data": ({"window": 500}, "fewer samples than a window"),
    "training without a failure": ({"failures": (iso(150), iso(185))}, "train split holds no abnormal"),
    "test without a failure": ({"failures": (iso(30), iso(150))}, "test split holds no abnormal"),
    "a split without a window": ({"validation_from": iso(158), "test_from": iso(160)}, "validation split holds no window"),
    "borders the wrong way round": ({"validation_from": iso(160), "test_from": iso(150)}, "not before test_from"),
    "all samples abnormal": ({"horizon": "30d", "margin": "0s"}, "holds no normal"),
    "an interval of nothing": ({"interval": "0s"}, "is 0"),
    "an absurd interval": ({"interval": "0.001s"}, "would be"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_settings_are_one_error(tmp_path: Path, case: str) -> None:
    lines = ["timestamp,a,b,w,e,z", *(f"{iso(h)},{h},{h % 7},x,,0" for h in range(200))]
    (tmp_path / "m.csv").write_text("\n".join(lines))
    settings, message = BAD[case]
    with pytest.raises(KitError) as caught:
        read(tmp_path, **settings)
    said = caught.value
    assert message in f"{said.what}: {said.why}"
    assert said.fix
    assert "\n" not in said.what + said.why + said.fix


@pytest.mark.parametrize(("failures", "fix"), [((30,), "at least two failures"), ((30, 150), "move its borders")])
def test_borders_are_the_remedy_only_where_there_is_more_than_one_failure(
    tmp_path: Path, failures: tuple[int, ...], fix: str
) -> None:
    lines = ["timestamp,a", *(f"{iso(h)},{h}" for h in range(200))]
    (tmp_path / "m.csv").write_text("\n".join(lines))
    with pytest.raises(KitError, match="test split holds no abnormal") as caught:
        read(tmp_path, values=("a",), failures=tuple(map(iso, failures)))
    assert fix in caught.value.fix


FILES = {
    "an empty file": (b"", "empty"),
    "a header alone": (b"timestamp,a\n", "no rows"),
    "not UTF-8": ("timestamp,a\n2024-03-01,1\n# für\n".encode("latin-1"), "UTF-8"),
    "stamps that are none": (b"timestamp,a\nyesterday,1\ntoday,2\n", "'yesterday' is no stamp"),
    "one stamp that is none": (b"timestamp,a\n2024-03-01,1\nx,2\n2024-03-03,1\n", "line 3: 'x' is no stamp"),
    "a row without a stamp": (b"timestamp,a\n2024-03-01,1\n,2\n2024-03-03,1\n", "line 3: it is empty"),
    "a row with too many cells": (b"timestamp,a\n2024-03-01,1\n2024-03-02,1,2,3\n", "line 3"),
    "no numbers": (b"timestamp,a\n2024-03-01,x\n2024-03-02,y\n", "no column of numbers"),
    "one row": (b"timestamp,a\n2024-03-01,1\n", "fewer samples"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x00", "it is a PNG picture"),
    "zeros": (b"\0" * 64, "m.csv"),
}


@pytest.mark.parametrize("case", FILES)
def test_bad_files_are_one_error(tmp_path: Path, case: str) -> None:
    content, message = FILES[case]
    (tmp_path / "m.csv").write_bytes(content)
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert message in f"{caught.value.what}: {caught.value.why}"


def test_a_folder_without_csv_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KitError, match=r"no \*\.csv"):
        read(tmp_path)
    with pytest.raises(KitError, match="does not exist"):
        read(tmp_path / "nowhere")


def test_splits_follow_each_other_in_time(tmp_path: Path) -> None:
    write_hours(tmp_path)
    found = read(tmp_path, split=Split(validation=0.3, test=0.2))
    splits = found.recordings[0].splits
    assert [int(np.sum(splits == part)) for part in (TRAIN, VALIDATION, TEST)] == [100, 60, 40]
    assert (np.diff(splits) >= 0).all()
    for name in ("train", "validation", "test"):
        ends = found.places(name).ends  # type: ignore[arg-type]
        assert all(len(set(splits[end - 3 : end + 1])) == 1 for end in ends)


def test_borders_by_stamps(tmp_path: Path) -> None:
    write_hours(tmp_path)
    both = read(tmp_path, validation_from=iso(100), test_from=iso(160)).recordings[0].splits
    assert [int(np.sum(both == part)) for part in (TRAIN, VALIDATION, TEST)] == [100, 60, 40]
    test = read(tmp_path, split=Split(validation=0.5, test=0.1), test_from=iso(160)).recordings[0].splits
    assert [int(np.sum(test == part)) for part in (TRAIN, VALIDATION, TEST)] == [80, 80, 40]


def test_a_machine_recorded_after_the_border_is_all_test(tmp_path: Path) -> None:
    write_hours(tmp_path, name="old.csv")
    late = ["timestamp,a,b", *(f"{iso(h)},1,2" for h in range(170, 200))]
    (tmp_path / "new.csv").write_text("\n".join(late))
    failures = (*(f"{iso(hour)}, old" for hour in FAILURES), f"{iso(190)}, new")
    new, old = read(tmp_path, failures=failures, test_from=iso(165)).recordings
    assert set(new.splits) == {TEST}
    assert set(old.splits) == {TRAIN, VALIDATION, TEST}


def test_rows_that_name_no_machine_are_left_out_and_said(tmp_path: Path) -> None:
    lines = ["timestamp,who,v,bad", *(f"{iso(h)},{'' if h == 7 else 'x'},{h},{int(h in FAILURES)}" for h in range(200))]
    (tmp_path / "all.csv").write_text("\n".join(lines))
    found = read(tmp_path, group="who", label="bad")
    assert noted(found, "1 rows name no machine")
    assert [recording.name for recording in found.recordings] == ["x"]


def test_more_data_at_the_end_leaves_splits_by_stamp_alone(tmp_path: Path) -> None:
    borders = {"validation_from": iso(100), "test_from": iso(160)}
    write_hours(tmp_path)
    before = read(tmp_path, **borders).recordings[0].splits
    write_hours(tmp_path, count=240)
    np.testing.assert_array_equal(read(tmp_path, **borders).recordings[0].splits[:200], before)


def test_the_scale_is_that_of_the_training_split_alone(tmp_path: Path) -> None:
    write_hours(tmp_path)
    before = read(tmp_path).scale()
    write_hours(tmp_path, {hour: f"{iso(hour)},{1000 * hour},-7000" for hour in range(120, 200)})
    assert read(tmp_path).scale() == before
    mean, std = before
    training = np.sort(np.sin(np.arange(120)).round(4))
    low, high = (np.interp(share * 119, np.arange(120), training) for share in (0.001, 0.999))
    assert (mean[0], mean[0] + std[0]) == pytest.approx((low, high), abs=1e-6)


def test_a_constant_channel_has_std_1(tmp_path: Path) -> None:
    write_hours(tmp_path, {hour: f"{iso(hour)},5,{hour}" for hour in range(200)})
    assert (read(tmp_path).scale()[0][0], read(tmp_path).scale()[1][0]) == (5.0, 1.0)
