"""CSV files as loggers, spreadsheets and power cuts leave them: the right table, and a word about what was mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appspec.errors import KitError
from appspec.text import to_utf8
from pymodel.data.series.csv_lines import scan
from pymodel.data.series.windows import WindowSet
from tests.pymodel.window.kit import FAILURES, iso, read

HEADER = ("timestamp", "a", "b")


def cells(count: int = 200) -> list[tuple[str, str, str]]:
    """Rows of timestamp, a and b."""
    return [(iso(hour), f"{np.sin(hour):.4f}", str(hour % 7)) for hour in range(count)]


def joined(rows: Sequence[Sequence[str]], separator: str = ",", end: str = "") -> list[str]:
    return [separator.join(row) + end for row in rows]


def lines(header: str = ",".join(HEADER), rows: Sequence[str] | None = None) -> list[str]:
    return [header, *(joined(cells()) if rows is None else rows)]


def written(folder: Path, found: Sequence[str], encoding: str = "utf-8", end: str = "\n", name: str = "press.csv") -> Path:
    file = folder / name
    file.write_bytes((end.join(found) + end).encode(encoding))
    return file


def assert_whole(found: WindowSet, count: int = 200, channels: tuple[str, ...] = ("a", "b")) -> None:
    """All rows are there, with their values and failures."""
    assert found.channels == channels
    (recording,) = found.recordings
    assert found.interval_s == 3600
    assert recording.start_s == 1_709_251_200
    assert len(recording.values) == count
    np.testing.assert_allclose(recording.values[:, 0], np.sin(np.arange(count)).round(4), atol=1e-6)
    np.testing.assert_array_equal(recording.values[:, 1], np.arange(count) % 7)
    assert [event.at_s for event in recording.events] == [recording.start_s + hour * 3600 for hour in FAILURES]


def inserted(rows: list[str], place: int, *more: str) -> list[str]:
    return [*rows[:place], *more, *rows[place:]]


SHAPES: dict[str, tuple[Callable[[], list[str]], str]] = {
    "a separator behind each row": (lambda: lines(rows=joined(cells(), end=",")), ""),
    "two separators behind each row": (lambda: lines(rows=joined(cells(), end=",,")), ""),
    "a separator behind the header": (lambda: lines("timestamp,a,b,"), ""),
    "a separator behind some rows": (
        lambda: lines(rows=[row + "," * (i % 2) for i, row in enumerate(joined(cells()))]),
        "",
    ),
    "semicolons": (lambda: lines("timestamp;a;b", joined(cells(), ";")), ""),
    "bars": (lambda: lines("timestamp|a|b", joined(cells(), "|")), ""),
    "a declared separator": (lambda: ["sep=;", *lines("timestamp;a;b", joined(cells(), ";"))], ""),
    "comments above": (lambda: ["#Logger SN 4711", "#Site: hall 3, west", *lines()], "2 lines above the header"),
    "a logger's words above": (lambda: ["Logger SN 4711", "Site: hall 3", "", *lines()], "2 lines above the header"),
    "padded words above": (lambda: ["Logger SN 4711,,", "Site,hall 3,", ",,", *lines()], "3 lines above the header"),
    "a comment as header": (lambda: lines("# timestamp,a,b"), ""),
    "units below the header": (lambda: inserted(lines(), 1, ",mm/s,°C"), "below the header"),
    "units and types below the header": (
        lambda: inserted(lines(), 1, "[ISO],[mm/s2],[degC]", "datetime,float,int"),
        "below the header",
    ),
    "the header again": (lambda: inserted(lines(), 100, "timestamp,a,b"), "again in 1 line, as line 101"),
    "header and units again": (
        lambda: inserted(inserted(lines(), 1, ",mm/s,°C"), 100, "timestamp,a,b", ",mm/s,°C"),
        "again in 2 lines",
    ),
    "quotes around all": (lambda: lines('"timestamp","a","b"', [f'"{row[0]}","{row[1]}","{row[2]}"' for row in cells()]), ""),
    "quotes around lines": (lambda: [f'"{line}"' for line in lines()], "in quotes as a whole"),
    "a header over two lines": (lambda: ['timestamp,"a', '",b', *joined(cells())], ""),
    "blanks around cells": (lambda: lines(" timestamp , a , b ", joined(cells(), " , ")), ""),
    "empty lines": (lambda: [line for row in lines() for line in (row, "")], ""),
    "lines of separators at the end": (lambda: [*lines(), *[",,"] * 50], ""),
    "comments between": (lambda: inserted(lines(), 50, "# calibrated, by hand, again"), "with # are comments, as line 51"),
    "row numbers": (
        lambda: lines(",timestamp,a,b", [f"{i},{row}" for i, row in enumerate(joined(cells()))]),
        "counts the rows",
    ),
    "row numbers under a name": (
        lambda: lines("Nr.,timestamp,a,b", [f"{i + 1},{row}" for i, row in enumerate(joined(cells()))]),
        "counts the rows",
    ),
    "row numbers without a header, as R writes them": (
        lambda: lines('"timestamp","a","b"', [f'"{i + 1}",{row}' for i, row in enumerate(joined(cells()))]),
        "counts the rows",
    ),
    "an empty column": (lambda: lines("timestamp,a,b,e", joined(cells(), end=",")), "column e left out: empty"),
    "a column twice": (
        lambda: lines("timestamp,a,b,b", [f"{row},{row.rsplit(',', 1)[1]}" for row in joined(cells())]),
        "twice with the same values",
    ),
    "the name in capitals": (lambda: lines("Timestamp,a,b"), ""),
    "stamps under another name": (lambda: lines("Zeitpunkt,a,b"), "taken from column Zeitpunkt"),
    "blanks between cells": (lambda: lines("timestamp a b", joined(cells(), " ")), "separated by blanks"),
    "cells under each other": (
        lambda: lines("timestamp            a        b", [f"{t}  {a:>9}  {b:>3}" for t, a, b in cells()]),
        "separated by blanks",
    ),
    "another separator than the declared one": (lambda: ["sep=;", *lines()], ""),
    "inches in each row": (lambda: lines("timestamp,a,b,pipe", joined(cells(), end=',3/4"')), "column pipe left out"),
    "inches in front of other cells": (
        lambda: lines("timestamp,pipe,a,b", [f'{t},3/4",{a},{b}' for t, a, b in cells()]),
        "column pipe left out",
    ),
    "a query's words below": (lambda: [*lines(), "", "(200 rows affected)"], "1 line left out"),
    "a footer": (lambda: [*lines(), "Total,3,4"], "1 row without a stamp left out, as line 202"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_table_is_found(tmp_path: Path, shape: str) -> None:
    make, word = SHAPES[shape]
    written(tmp_path, make())
    found = read(tmp_path)
    assert_whole(found)
    assert (word in "\n".join(found.notes)) if word else not found.notes


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_any_line_end(tmp_path: Path, end: str) -> None:
    written(tmp_path, lines(), end=end)
    assert_whole(read(tmp_path))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_encodings_with_a_mark(tmp_path: Path, encoding: str) -> None:
    rows = joined(cells(), "\t")
    written(tmp_path, ["timestamp\t온도\tb", *rows], encoding)
    assert_whole(read(tmp_path), channels=("온도", "b"))


@pytest.mark.parametrize(
    ("encoding", "name"), [("cp949", "온도 센서, 진동 (왼쪽) 측정값"), ("cp1251", "Температура подшипника, верхний край")]
)
def test_another_encoding_is_told_and_the_remedy_helps(tmp_path: Path, encoding: str, name: str) -> None:
    file = written(tmp_path, [f'timestamp,"{name}",b', *joined(cells())], encoding)
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert f"appspec.text {encoding}" in caught.value.fix
    to_utf8(file, encoding)
    assert_whole(read(tmp_path), channels=(name, "b"))


@pytest.mark.parametrize("where", ["end", "middle", "torn"])
def test_bytes_of_nothing_after_a_power_cut(tmp_path: Path, where: str) -> None:
    content = ("\n".join(lines()) + "\n").encode()
    place = len(content) if where == "end" else content.index(iso(120).encode())
    torn = b"2024-03-05T23:" if where == "torn" else b""
    (tmp_path / "press.csv").write_bytes(content[:place] + torn + bytes(64) + content[place:])
    found = read(tmp_path)
    assert_whole(found)
    assert "64 bytes of nothing" in found.notes[0]
    assert where != "torn" or "line 122 has 1" in found.notes[1]


def test_lines_of_another_width_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = lines()
    rows[10], rows[20] = rows[10].rsplit(",", 1)[0], rows[20] + ",7"
    written(tmp_path, rows)
    found = read(tmp_path, max_gap="1h")
    assert "2 lines left out" in found.notes[0]
    assert "line 11 has 2, line 21 has 4" in found.notes[0]
    assert len(found.recordings[0].values) == 200


def test_many_lines_of_another_width_stop_with_their_numbers(tmp_path: Path) -> None:
    rows = lines()
    for i in range(50, 70):
        rows[i] += ",7"
    written(tmp_path, rows)
    with pytest.raises(KitError, match="line 51 has 4, line 52 has 4, line 53 has 4 and 17 more"):
        read(tmp_path)


def test_a_comma_that_is_both_is_told(tmp_path: Path) -> None:
    written(tmp_path, lines(rows=[f"{stamp},{a.replace('.', ',')},{b},0" for stamp, a, b in cells()]))
    with pytest.raises(KitError, match="but line 2 has 5") as caught:
        read(tmp_path)
    assert "semicolons" in caught.value.fix


def test_a_cell_over_two_lines_stays_one(tmp_path: Path) -> None:
    rows = [f'{row},"ok"' for row in joined(cells())]
    rows[30] = rows[30].replace('"ok"', '"oil\nchanged"')
    written(tmp_path, lines("timestamp,a,b,note", rows))
    found = read(tmp_path)
    assert_whole(found)
    assert "column note left out: without numbers" in found.notes


def test_a_stray_quote_costs_its_line_alone(tmp_path: Path) -> None:
    rows = lines()
    rows[30] = rows[30].replace(",", ',"', 1)
    written(tmp_path, rows)
    found = read(tmp_path)
    assert len(found.recordings[0].values) == 200
    assert "1 line left out" in found.notes[0]


def test_line_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    rows = ["#above", *inserted(lines(), 20, "", "#between")]
    rows[60] = "yesterday,1,2"
    written(tmp_path, rows)
    assert any("as line 61: 'yesterday' is no stamp" in note for note in read(tmp_path).notes)


def test_other_values_under_the_same_name_get_a_name_of_their_own(tmp_path: Path) -> None:
    written(tmp_path, lines("timestamp,a,b,b", [f"{row},{i % 5}" for i, row in enumerate(joined(cells()))]))
    found = read(tmp_path)
    assert found.channels == ("a", "b", "b_2")
    assert any("taken as b_2" in note for note in found.notes)


def test_row_numbers_that_are_named_as_values_stay(tmp_path: Path) -> None:
    written(tmp_path, lines("nr,timestamp,a", [f"{i},{row[0]},{row[1]}" for i, row in enumerate(cells())]))
    assert read(tmp_path, values=("nr", "a")).channels == ("nr", "a")


def test_names_may_be_written_decomposed(tmp_path: Path) -> None:
    written(tmp_path, lines("timestamp,a,Größe".replace("ö", "o\u0308")))
    assert_whole(read(tmp_path, values=("a", "Größe")), channels=("a", "Größe"))


def test_litter_copies_and_folders_below_are_told(tmp_path: Path) -> None:
    file = written(tmp_path, lines(), name="press.CSV")
    (tmp_path / "press (1).csv").write_bytes(file.read_bytes())
    (tmp_path / "._press.csv").write_bytes(b"\x00\x05\x16\x07 Mac OS X \xb0")
    (tmp_path / "2023").mkdir()
    written(tmp_path / "2023", lines())
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    found = read(tmp_path)
    assert_whole(found)
    notes = "\n".join(found.notes)
    assert "press (1).csv holds the same bytes as press.CSV; left out" in notes
    assert "._press.csv" in notes
    assert "1 CSV file in folders below, as 2023/press.csv" in notes
    assert "gone.csv" in notes


@pytest.mark.parametrize(
    ("name", "is_copy"),
    [
        ("press (1).csv", True),
        ("press - Copy.csv", True),
        ("Copy of press.csv", True),
        ("press_copy2.csv", True),
        ("press_2.csv", False),
    ],
)
def test_the_same_bytes_under_the_name_of_a_copy_are_no_machine(tmp_path: Path, name: str, is_copy: bool) -> None:
    file = written(tmp_path, lines())
    (tmp_path / name).write_bytes(file.read_bytes())
    found = read(tmp_path, failures=tuple(f"{iso(hour)}, press" for hour in FAILURES))
    assert (len(found.recordings) == 1) == is_copy
    assert any("the same bytes" in note for note in found.notes)


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    file = written(tmp_path, lines(), name="elsewhere.csv")
    (tmp_path / "data" / "press.csv").symlink_to(file)
    assert_whole(read(tmp_path / "data"))


def test_the_list_of_failures_may_be_a_csv_file_itself(tmp_path: Path) -> None:
    written(tmp_path, lines())
    written(tmp_path, ["failure", *(f'"{iso(hour)}"' for hour in FAILURES)], "utf-16", name="failures.csv")
    assert_whole(read(tmp_path, failures="failures.csv"))


def test_line_numbers_below_bytes_of_nothing_are_those_of_the_file(tmp_path: Path) -> None:
    content = "\n".join(lines()[:100]) + "\n" + "\0" * 30 + "\nyesterday,1,2\n" + "\n".join(lines()[100:]) + "\n"
    (tmp_path / "press.csv").write_bytes(content.encode())
    assert any("as line 102: 'yesterday'" in note for note in read(tmp_path).notes)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"PK\x03\x04" + bytes(100), "Excel"),
        (b"\x1f\x8b" + bytes(100), "gzip"),
        ("\n".join(joined(cells())).encode(), "no header"),
        (b"41.2\n41.3\n", "no header"),
        (b"just words\nand more\n", "no line has two cells"),
        (b"<!DOCTYPE html>\n<html><body>Please log in, user</body></html>\n", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "git lfs pull"),
        (b'[{"timestamp": "2024-03-01T00:00:00", "a": 1},\n {"timestamp": "2024-03-01T01:00:00", "a": 2}]', "JSON"),
        (b"timestamp^a^b\n2024-03-01^1^2\n", "sep=^"),
        (b"column,meaning\na,temperature\nb,speed\n", "take it out"),
        ("timestamp,a,b\n".encode("utf-16-le") * 20, "utf_16_le"),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, content: bytes, word: str) -> None:
    (tmp_path / "press.csv").write_bytes(content)
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert word in f"{caught.value.what} {caught.value.why} {caught.value.fix}"


@pytest.mark.parametrize("suffix", ["tsv", "txt", "dat", "log"])
def test_a_table_under_another_suffix_is_told_and_renaming_helps(tmp_path: Path, suffix: str) -> None:
    file = written(tmp_path, lines("timestamp\ta\tb", joined(cells(), "\t")), name=f"press.{suffix}")
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert caught.value.fix == f"rename it: mv press.{suffix} press.csv"
    file.rename(tmp_path / "press.csv")
    assert_whole(read(tmp_path))


def test_files_without_a_row_among_others_are_passed_over_and_told(tmp_path: Path) -> None:
    written(tmp_path, lines())
    (tmp_path / "empty.csv").write_bytes(b"")
    written(tmp_path, ["timestamp,a,b"], name="begun.csv")
    (tmp_path / "~$press.csv").write_bytes(b"\x05user" + bytes(50))
    found = read(tmp_path)
    assert_whole(found)
    said = " ".join(found.notes)
    assert "1 empty file, as empty.csv" in said
    assert "begun.csv: it has a header and no rows" in said
    assert "~$press.csv" in said


def test_a_folder_with_workbooks_alone_is_told(tmp_path: Path) -> None:
    (tmp_path / "press.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(KitError, match=r"no \*\.csv, but press.xlsx"):
        read(tmp_path)


STATES = [("NORMAL", "BROKEN", "RECOVERING")[1 if hour in FAILURES else 2 if hour - 1 in FAILURES else 0] for hour in range(200)]


@pytest.mark.parametrize("none", ["NORMAL", "none"])
def test_states_in_words_are_asked_for_and_the_remedy_helps(tmp_path: Path, none: str) -> None:
    rows = [f"{row},{state.replace('NORMAL', none)}" for row, state in zip(joined(cells()), STATES, strict=True)]
    written(tmp_path, lines("timestamp,a,b,state", rows))
    settings: dict[str, Any] = {"label": "state", "horizon": "2h", "margin": "0s"}
    with pytest.raises(KitError) as caught:
        read(tmp_path, **settings)
    assert f"{none} (190), BROKEN (5), RECOVERING (5)" in caught.value.why
    assert 'abnormal = ["BROKEN", "RECOVERING"]' in caught.value.fix
    found = read(tmp_path, **settings, abnormal=("broken", "RECOVERING"))
    start = found.recordings[0].start_s
    assert [(event.at_s, event.until_s) for _, event in found.failures] == [
        (start + hour * 3600, start + (hour + 1) * 3600) for hour in FAILURES
    ]
    assert any("abnormal names STUCK" in note for note in read(tmp_path, **settings, abnormal=("BROKEN", "STUCK")).notes)


def test_states_in_numbers(tmp_path: Path) -> None:
    rows = [f"{row},{2 if hour in FAILURES else 1}" for hour, row in enumerate(joined(cells()))]
    written(tmp_path, lines("timestamp,a,b,state", rows))
    with pytest.raises(KitError, match=r"1 \(195\), 2 \(5\)"):
        read(tmp_path, label="state")
    assert len(read(tmp_path, label="state", abnormal=(2,)).failures) == len(FAILURES)


def test_words_that_no_row_says_are_told_with_those_that_are_meant(tmp_path: Path) -> None:
    rows = [f"{row},{state}" for row, state in zip(joined(cells()), STATES, strict=True)]
    written(tmp_path, lines("timestamp,a,b,state", rows))
    with pytest.raises(KitError) as caught:
        read(tmp_path, label="state", abnormal=("BROKN",))
    assert caught.value.fix.endswith('abnormal = ["BROKEN"]')


@pytest.mark.parametrize(("word", "abnormal"), [("FAILURE", ("FAILURE",)), ("1", ())])
def test_a_column_that_names_abnormal_rows_alone(tmp_path: Path, word: str, abnormal: tuple[str, ...]) -> None:
    rows = [f"{row},{word if hour in FAILURES else ''}" for hour, row in enumerate(joined(cells()))]
    written(tmp_path, lines("timestamp,a,b,event", rows))
    found = read(tmp_path, label="event", abnormal=abnormal)
    assert_whole(found)
    assert any("195 rows say nothing" in note for note in found.notes)


def test_a_label_turned_round_is_told_and_the_remedy_helps(tmp_path: Path) -> None:
    rows = [f"{row},{0 if hour in FAILURES else 1}" for hour, row in enumerate(joined(cells()))]
    written(tmp_path, lines("timestamp,a,b,ok", rows))
    with pytest.raises(KitError) as caught:
        read(tmp_path, label="ok")
    assert 'abnormal = ["0"]' in caught.value.fix
    assert_whole(read(tmp_path, label="ok", abnormal=("0",)))


def test_a_channel_that_is_the_label_in_other_words_is_told(tmp_path: Path) -> None:
    rows = [f"{row},{int(hour in FAILURES)},{5 if hour in FAILURES else 2}" for hour, row in enumerate(joined(cells()))]
    written(tmp_path, lines("timestamp,a,b,state,code", rows))
    told = [note for note in read(tmp_path, label="state").notes if "tells the label" in note]
    assert len(told) == 1
    assert told[0].startswith("code")


def test_abnormal_without_a_label_is_told(tmp_path: Path) -> None:
    written(tmp_path, lines())
    with pytest.raises(KitError, match="abnormal needs a label column"):
        read(tmp_path, abnormal=("BROKEN",))


def test_separators_are_counted_over_the_borders_of_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    text = '1,2,3\n"4,4",5\r\n\n"a ""b"", c",d,e\nlast,"one'
    for size in (3, 7, 16, 1000):
        monkeypatch.setattr("pymodel.data.series.csv_lines.CHUNK", size)
        found = scan(np.frombuffer(text.encode(), np.uint8), ",")
        assert found.separators.tolist() == [2, 1, 0, 2, 1]
        assert [text[i:j] for i, j in zip(found.starts, found.ends, strict=True)] == [
            line.rstrip("\r") for line in text.split("\n")
        ]
        assert found.torn.tolist() == [4]
