"""Names as annotations write them, and the files that they mean."""

from __future__ import annotations

import os
import unicodedata

import pytest

from pymodel.data.lookup import Lookup, nearest

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


@pytest.mark.parametrize(
    ("name", "lies"),
    [
        ("a%2520b.jpg", "a b.jpg"),
        ("a+b.jpg", "a b.jpg"),
        ("a&amp;b.jpg", "a&b.jpg"),
        ("http://x/%BC%D51.jpg", "손1.jpg"),
        ("3f2a9b1c-1.jpg", "1.jpg"),
        ("손1.jpg", os.fsdecode("손1.jpg".encode("cp949"))),
        ("手1.jpg", os.fsdecode("手1.jpg".encode("cp932"))),
        ("手镕.jpg", os.fsdecode("手镕.jpg".encode("gbk"))),
        ("손1.jpg", "손1.jpg".encode("cp949").decode("cp437")),
        ("손1.jpg", "손1.jpg".encode().decode("cp437")),
    ],
)
def test_names_in_other_writings_are_found(name: str, lies: str) -> None:
    assert Lookup(["other.jpg", f"pics/{lies}"]).find(name) == (f"pics/{lies}",)


def test_what_is_written_so_comes_before_what_it_can_stand_for() -> None:
    assert Lookup(["a+b.jpg", "a b.jpg"]).find("a+b.jpg") == ("a+b.jpg",)
    assert Lookup(["3f2a9b1c-1.jpg", "1.jpg"]).find("3f2a9b1c-1.jpg") == ("3f2a9b1c-1.jpg",)


def test_a_dot_in_a_name_begins_no_suffix() -> None:
    lookup = Lookup(["frame.0001.jpg", "frame.0002.jpg", "a.jpg.jpg", "a.png"])
    assert lookup.find_stem("frame.0002") == ("frame.0002.jpg",)
    assert lookup.find_stem("a.jpg") == ("a.jpg.jpg",)
    assert lookup.find_stem("a.tif") == ("a.png",)


@pytest.mark.parametrize(
    ("annotation", "picture"),
    [
        ("train/annotations/1.xml", "train/images/1.jpg"),
        ("annotations/val/1.xml", "images/val/1.jpg"),
        ("VOC2012/Annotations/1.xml", "VOC2012/JPEGImages/1.jpg"),
        ("pics/1.xml", "pics/1.jpg"),
    ],
)
def test_of_pictures_of_one_name_the_nearest_is_meant(annotation: str, picture: str) -> None:
    files = (
        "train/images/1.jpg",
        "val/images/1.jpg",
        "images/val/1.jpg",
        "VOC2007/JPEGImages/1.jpg",
        "VOC2012/JPEGImages/1.jpg",
        "pics/1.jpg",
    )
    assert nearest(files, annotation) == (picture,)
