"""The whole rendered project, byte by byte."""

from __future__ import annotations

from pathlib import Path

from tests.golden.rewrite import GOLDEN, render_golden

AGAIN = "if that is meant: python -m tests.golden.rewrite, and read the diff"


def test_the_project_is_the_golden_one(tmp_path: Path) -> None:
    render_golden(tmp_path)
    rendered, golden = contents(tmp_path), contents(GOLDEN)
    assert sorted(rendered) == sorted(golden), AGAIN
    assert [name for name in rendered if rendered[name] != golden[name]] == [], AGAIN


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
