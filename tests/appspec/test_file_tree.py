"""A folder's files: links followed, cycles and dead links told, litter passed over and counted."""

from __future__ import annotations

import os
from pathlib import Path

from appspec.file_tree import read_tree
from appspec.stages import STAMP, hash_tree


def test_links_are_followed_and_cycles_noticed(tmp_path: Path) -> None:
    data, far = tmp_path / "data", tmp_path / "far"
    (data / "cat").mkdir(parents=True)
    far.mkdir()
    (far / "1.jpg").write_bytes(b"1")
    (data / "dog").symlink_to(far)
    (data / "cat" / "up").symlink_to(data)
    (data / "cat" / "gone.jpg").symlink_to(tmp_path / "nothing")
    tree = read_tree(data)
    assert tree.files == ("dog/1.jpg",)
    assert tree.cycles == ("cat/up",)
    assert tree.dead_links == ("cat/gone.jpg",)
    assert [line.partition(",")[0] for line in tree.notes()] == [
        "passed over: links to nothing: 1",
        "passed over: links back to a folder that they lie in: 1",
    ]


def test_litter_is_passed_over_and_counted(tmp_path: Path) -> None:
    for name in ("__MACOSX/cat/._1.jpg", "cat/.ipynb_checkpoints/1-checkpoint.jpg", "cat/Thumbs.db", "._1.jpg", "Desktop.ini"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "cat/1.jpg").touch()
    tree = read_tree(tmp_path)
    assert tree.files == ("cat/1.jpg",)
    assert len(tree.litter) == 5
    assert tree.notes() == ["passed over: hidden files and those that systems leave: 5, as ._1.jpg; they are no data"]


def test_the_kits_own_stamp_is_no_litter(tmp_path: Path) -> None:
    """Else the first line that a newcomer's build says about its data is about a file of the kit."""
    for name in (STAMP, "1.jpg"):
        (tmp_path / name).touch()
    tree = read_tree(tmp_path)
    assert (tree.files, tree.notes()) == (("1.jpg",), [])


def test_what_grows_behind_a_link_changes_the_hash(tmp_path: Path) -> None:
    data, far = tmp_path / "data", tmp_path / "far"
    data.mkdir()
    far.mkdir()
    (data / "cat").symlink_to(far)
    before = hash_tree(data, files=read_tree(data).files)
    (far / "1.jpg").write_bytes(b"1")
    assert hash_tree(data, files=read_tree(data).files) != before


def test_names_that_are_no_utf8_are_files_like_others(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode("고양이".encode("cp949"))).write_bytes(b"1")
    tree = read_tree(tmp_path)
    assert len(tree.files) == 1
    assert hash_tree(tmp_path, files=tree.files)
