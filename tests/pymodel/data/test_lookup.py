"""Names as annotations write them, and the files that they mean."""

from __future__ import annotations

import unicodedata

import pytest

from pymodel.data.lookup import Lookup

FILES = ("train/cats/1.jpg", "val/cats/1.jpg", "train/cats/고양이 2.JPG", "train/100%.jpg", "a/b c.png")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("train/cats/1.jpg", ["train/cats/1.jpg"]),
        ("D:\\media\\train\\cats\\1.jpg", ["train/cats/1.jpg"]),
        ("/home/her/val/cats/1.jpg", ["val/cats/1.jpg"]),
        ("1.jpg", ["train/cats/1.jpg", "val/cats/1.jpg"]),
        (unicodedata.normalize("NFD", "cats/고양이 2.jpg"), ["train/cats/고양이 2.JPG"]),
        ("%EA%B3%A0%EC%96%91%EC%9D%B4%202.jpg", ["train/cats/고양이 2.JPG"]),
        ("train/100%.jpg", ["train/100%.jpg"]),
        ("b%20c.png", ["a/b c.png"]),
        ("3.jpg", []),
    ],
)
def test_a_name_means_the_file_that_ends_as_it(name: str, found: list[str]) -> None:
    assert list(Lookup(FILES).find(name)) == found


def test_a_stem_means_a_file_of_any_suffix() -> None:
    lookup = Lookup(FILES)
    assert lookup.find_stem("b c.jpg") == ("a/b c.png",)
    assert lookup.find_stem("val/cats/1.png") == ("val/cats/1.jpg",)
    assert lookup.find_stem("2.jpg") == ()
