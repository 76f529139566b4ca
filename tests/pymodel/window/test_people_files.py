"""Folders of CSV files as people have them: which files are read, and a word about the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from appspec.errors import KitError
from tests.pymodel.window.csv_kit import assert_whole, cells, joined, lines, written
from tests.pymodel.window.kit import FAILURES, iso, read


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
