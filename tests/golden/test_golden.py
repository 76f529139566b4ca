"""Whole generated projects: what is rendered by its text, what is copied by its hash."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.rewrite import COPIED, GOLDEN, PROJECTS, contents, golden_contents

AGAIN = (
    "if that is meant: raise STAGE_VERSION of codegen/__init__.py (a change of the template alone needs none), then "
    "python -m tests.golden.rewrite, and read the diff"
)


@pytest.mark.parametrize("name", PROJECTS)
def test_the_project_is_the_golden_one(tmp_path: Path, name: str) -> None:
    PROJECTS[name].render(tmp_path)
    found, golden = golden_contents(PROJECTS[name], tmp_path), contents(GOLDEN / name)
    assert sorted(found) == sorted(golden), AGAIN
    assert found[COPIED].decode().splitlines() == golden[COPIED].decode().splitlines(), AGAIN
    assert [file for file in found if found[file] != golden[file]] == [], AGAIN
