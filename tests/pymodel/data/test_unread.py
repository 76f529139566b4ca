"""Folders that are none, and files that no format reads: what each is, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from pymodel.data.unread import no_folder, what_to_do


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("https:/example.org/pets.zip", "it is an address"),
        ("s3:/bucket/pets", "it is an address"),
        ("%USERPROFILE%/pets", "%USERPROFILE% is a variable of Windows"),
        ("file:/home/kim/pets", "write the path alone"),
        (" pets", "a blank stands at the beginning or the end"),
        ("pest", "beside it there is pets"),
        ("nothing alike", "the folder does not exist"),
    ],
)
def test_a_folder_that_is_not_there_says_what_may_be_meant(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "pets").mkdir()
    found = no_folder(tmp_path / name, "a folder")
    assert says in f"{found.why} {found.fix}"
    assert "set path in [data]" in found.fix


@pytest.mark.parametrize(
    ("file", "says"), [("a.JP2", "PNG"), ("b/c.CR2", "JPEG"), ("d.mp4", "take frames"), ("e.zip", "unpack"), ("f.txt", "")]
)
def test_advice_for_files_that_are_passed_over(file: str, says: str) -> None:
    assert says in what_to_do(file)
    assert bool(what_to_do(file)) == bool(says)
