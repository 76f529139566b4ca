"""Names of files and folders on the command line: what can't be used is told before any work, in words that fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from appspec.errors import KitError
from flow.arguments import file_place, given_path, share, whole_number
from flow.compare import compare
from flow.screen import Screen


@pytest.mark.parametrize("text", ["", " ", "\t"])
def test_an_empty_name_is_not_taken_for_none(text: str) -> None:
    with pytest.raises(KitError, match="--out is empty"):
        given_path("--out", text)
    assert given_path("--out", None) is None
    assert given_path("--out", "~/x") == Path.home() / "x"


def test_a_files_place_is_told_in_a_files_words(tmp_path: Path) -> None:
    file_place("--out", tmp_path / "new" / "x.png")
    assert (tmp_path / "new").is_dir()
    (tmp_path / "file").write_text("")
    for wrong in (tmp_path, tmp_path / "file" / "x.png", Path("/proc/nope/x.png")):
        with pytest.raises(KitError, match="can't be written") as caught:
            file_place("--out", wrong)
        assert caught.value.fix == "give --out a file in a folder that you can write"


def test_a_picture_is_no_folder_of_pictures(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="can't be used"):
        compare("before", "last", None, tmp_path / "x" / "p.png", Screen(), tmp_path)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("text", "value"), [("10%", 0.1), ("10 %", 0.1), ("0.1", 0.1), (" 2.5% ", 0.025), ("0", 0.0), ("150%", 1.5)]
)
def test_shares(text: str, value: float) -> None:
    assert share("--fail-if-slower", text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["10", "1", "ten", "", "%", "-5%", "nan", "inf%", "10,5%", "10%%", "0x1"])
def test_words_that_are_no_share(text: str) -> None:
    with pytest.raises(KitError, match="can't be used"):
        share("--fail-if-slower", text)


def test_whole_numbers() -> None:
    assert [whole_number("--seed", text, "7") for text in ("7", " -3 ", "0")] == [7, -3, 0]
    for text in ("7.5", "seven", "", "1e3", "9" * 5000):
        with pytest.raises(KitError, match="it is no whole number"):
            whole_number("--seed", text, "7")
