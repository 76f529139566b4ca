"""Label files as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from appspec.errors import KitError
from pymodel.foreign.labels import parse_labels, read_labels, without_numbers


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["0 Cat", "1 Dog"], ("Cat", "Dog")),
        (["1: Cat", "2: Dog"], ("Cat", "Dog")),
        (["0,Cat", "1,Dog"], ("Cat", "Dog")),
        (["0 Class 1", "1 Class 2"], ("Class 1", "Class 2")),
    ],
)
def test_running_numbers_are_left_out(lines: list[str], names: tuple[str, ...]) -> None:
    assert without_numbers(lines) == (names, True)


@pytest.mark.parametrize(
    "lines", [["5 euro", "10 euro"], ["Cat", "1 Dog"], ["0 Cat", "2 Dog"], ["3 Cat", "4 Dog"], ["0", "1"], []]
)
def test_other_numbers_are_part_of_the_names(lines: list[str]) -> None:
    assert without_numbers(lines) == (tuple(lines), False)


def test_a_file_is_read_as_text() -> None:
    assert parse_labels("﻿고양이\r\n개\r\n\n".encode(), "l.txt") == ("고양이", "개")
    for content in (b"", b"\n\n", b"\xff\xfe\x00", b"a\x00b"):
        with pytest.raises(KitError, match=r"Can't use l.txt as labels"):
            parse_labels(content, "l.txt")


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="Can't read"):
        read_labels(tmp_path / "absent.txt")
    with pytest.raises(KitError, match="Can't read"):
        read_labels(tmp_path)
