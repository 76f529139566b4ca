"""CSV files as loggers, spreadsheets and power cuts leave them: the right table, and a word about what was mended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from appspec.errors import KitError
from appspec.text import to_utf8
from pymodel.data.series.csv_lines import scan
from tests.pymodel.window.csv_kit import assert_whole, cells, inserted, joined, lines, written
from tests.pymodel.window.kit import iso, read

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


def test_line_numbers_below_bytes_of_nothing_are_those_of_the_file(tmp_path: Path) -> None:
    content = "\n".join(lines()[:100]) + "\n" + "\0" * 30 + "\nyesterday,1,2\n" + "\n".join(lines()[100:]) + "\n"
    (tmp_path / "press.csv").write_bytes(content.encode())
    assert any("as line 102: 'yesterday'" in note for note in read(tmp_path).notes)


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
