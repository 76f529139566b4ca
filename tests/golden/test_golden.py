"""Whole rendered projects, byte by byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.rewrite import PROJECTS, contents, golden_contents

AGAIN = "if that is meant: python -m tests.golden.rewrite, and read the diff"


@pytest.mark.parametrize("name", PROJECTS)
def test_the_project_is_the_golden_one(tmp_path: Path, name: str) -> None:
    PROJECTS[name].render(tmp_path)
    rendered, golden = contents(tmp_path), golden_contents(name)
    assert sorted(rendered) == sorted(golden), AGAIN
    assert [file for file in rendered if rendered[file] != golden[file]] == [], AGAIN
