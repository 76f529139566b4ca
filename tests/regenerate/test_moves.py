"""What becomes of a user's edits when the new project has its files in other places."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen import template_folder
from codegen.context import make_context
from codegen.render import template_files
from tests.golden.rewrite import PROJECTS, contents
from tests.regenerate.kit import read_files, run, write_files

LINES = b"".join(b"line %d\n" % number for number in range(20))
EDITED = LINES.replace(b"line 2\n", b"my line\n")
CHANGED = LINES.replace(b"line 17\n", b"new line\n")
BOTH = EDITED.replace(b"line 17\n", b"new line\n")
OLD, NEW = "app/src/camera/kotlin/io/X.kt", "app/src/main/kotlin/io/X.kt"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "android"


def test_an_edit_goes_along_and_is_joined_with_what_changed(project: Path) -> None:
    run(project, {OLD: LINES, "build.gradle": LINES})
    (project / OLD).write_bytes(EDITED)
    said, error = run(project, {NEW: CHANGED, "build.gradle": LINES})
    assert error is None
    assert read_files(project) == {NEW: BOTH, "build.gradle": LINES}
    assert any(line.startswith(f"  {OLD} -> {NEW}:") for line in said)
    assert run(project, {NEW: CHANGED + b"more\n", "build.gradle": LINES})[1] is None
    assert (project / NEW).read_bytes() == BOTH + b"more\n", "the next change is joined in the new place"


def test_a_conflict_stands_in_the_new_place(project: Path) -> None:
    run(project, {OLD: LINES})
    (project / OLD).write_bytes(EDITED)
    _, error = run(project, {NEW: LINES.replace(b"line 2\n", b"your line\n")})
    assert error is not None
    assert NEW in error.why
    assert {b"my line", b"your line", b"<<<<<<< yours"} <= set((project / NEW).read_bytes().split(b"\n"))


def test_another_name_is_found_by_its_lines(project: Path) -> None:
    old, new = "app/src/camera/res/values/strings.xml", "app/src/main/res/values/strings_camera.xml"
    other = {"app/src/main/res/values/strings.xml": b"else\n" * 20}
    run(project, {old: LINES, **other})
    (project / old).write_bytes(EDITED)
    assert run(project, {new: CHANGED, "app/src/main/res/values/strings_box.xml": b"x\n" * 20, **other})[1] is None
    assert read_files(project) == {new: BOTH, "app/src/main/res/values/strings_box.xml": b"x\n" * 20, **other}


def test_what_the_user_added_to_a_folder_goes_along_with_it(project: Path) -> None:
    run(project, {OLD: LINES})
    mine = {"app/src/camera/kotlin/io/mine/A.kt": b"a", "app/src/camera/res/raw/b.bin": b"\0", "app/src/mine/c.kt": b"c"}
    write_files(project, mine)
    said, _ = run(project, {NEW: LINES})
    moved = {name.replace("src/camera", "src/main"): content for name, content in mine.items()}
    assert read_files(project) == {NEW: LINES, **moved}
    assert any("app/src/main/kotlin/io/mine/A.kt" in line for line in said)


def test_nothing_of_the_users_is_overwritten_by_what_moves(project: Path) -> None:
    run(project, {OLD: LINES})
    (project / OLD).write_bytes(EDITED)
    write_files(project, {NEW: b"my own\n"})
    _, error = run(project, {NEW: CHANGED})
    assert error is not None, "both are there now, and the user decides"
    assert b"my own" in (project / NEW).read_bytes()
    assert (project / OLD).read_bytes() == EDITED


def test_a_removed_file_stays_removed(project: Path) -> None:
    run(project, {OLD: LINES, "app/src/camera/kotlin/io/Y.kt": LINES})
    (project / OLD).unlink()
    _, error = run(project, {NEW: LINES, "app/src/main/kotlin/io/Y.kt": CHANGED})
    assert error is None
    assert read_files(project) == {"app/src/main/kotlin/io/Y.kt": CHANGED}


def test_what_is_nowhere_any_more_is_kept_and_told(project: Path) -> None:
    run(project, {OLD: LINES})
    (project / OLD).write_bytes(EDITED)
    said, error = run(project, {"app/src/main/kotlin/io/Other.kt": b"something\nelse\n"})
    assert error is None
    assert (project / OLD).read_bytes() == EDITED
    assert any(line.startswith(f"  {OLD}: is not generated any more") for line in said)


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_whose_overlays_were_folders_of_their_own(tmp_path: Path, project: Path, name: str) -> None:
    """As the kit generated it before it laid them over main: every file is found again, and so is an edit of it."""
    whole = tmp_path / "whole"
    whole.mkdir()
    PROJECTS[name].render(whole)
    context = make_context(PROJECTS[name].spec, PROJECTS[name].contracts)
    files = template_files(template_folder(), context.overlays)
    places = {str(file.target): str(file.source).removesuffix(".j2") for file in files}
    new = contents(whole)
    old = {places[file]: content for file, content in new.items()}
    moved = {file for file, place in places.items() if file != place}
    assert len(moved) > 20
    assert run(project, old)[1] is None
    for file in moved:
        write_files(project, {places[file]: new[file] + b"mine\n"})
    assert run(project, new)[1] is None
    assert read_files(project) == {file: content + b"mine\n" if file in moved else content for file, content in new.items()}
