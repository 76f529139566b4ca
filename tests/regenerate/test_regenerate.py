"""What becomes of a user's edits, file by file, when the project is generated anew."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from flow.regenerate.project import read_project, tree_hash
from tests.regenerate.kit import read_files, run, write_files

LINES = b"".join(b"line %d\n" % number for number in range(20))
FIRST = LINES.replace(b"line 2\n", b"line two\n")
LAST = LINES.replace(b"line 17\n", b"line seventeen\n")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "내 project"


def regenerated(project: Path, base: bytes, theirs: bytes, new: bytes) -> bytes:
    """One file after a run without conflict."""
    assert run(project, {"a/f.kt": base}) == ([], None)
    (project / "a/f.kt").write_bytes(theirs)
    _, error = run(project, {"a/f.kt": new})
    assert error is None, error
    return (project / "a/f.kt").read_bytes()


def test_edits_of_different_places_are_joined(project: Path) -> None:
    assert regenerated(project, LINES, FIRST, LAST) == FIRST.replace(b"line 17\n", b"line seventeen\n")


def test_a_second_change_is_joined_with_the_same_edit(project: Path) -> None:
    regenerated(project, LINES, FIRST, LAST)
    _, error = run(project, {"a/f.kt": LAST + b"more\n"})
    assert error is None
    assert (project / "a/f.kt").read_bytes() == FIRST.replace(b"line 17\n", b"line seventeen\n") + b"more\n"


def test_an_editor_that_writes_crlf_keeps_it_and_conflicts_with_nothing(project: Path) -> None:
    joined = regenerated(project, LINES, FIRST.replace(b"\n", b"\r\n"), LAST)
    assert joined == FIRST.replace(b"line 17\n", b"line seventeen\n").replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    ("theirs", "new", "joined"),
    [
        (LINES[:-1], LAST, LAST[:-1]),  # no newline at the end
        (FIRST, LAST[:-1], FIRST.replace(b"line 17\n", b"line seventeen\n")[:-1]),
        (b"\xff\xfe caf\xe9\n" + LINES, LAST, b"\xff\xfe caf\xe9\n" + LAST),  # no UTF-8
        (LINES, b"", b""),  # not touched: what is new counts
        (b"", LINES, b""),  # emptied
    ],
)
def test_bytes_stay_as_they_are(project: Path, theirs: bytes, new: bytes, joined: bytes) -> None:
    assert regenerated(project, LINES, theirs, new) == joined


def test_nothing_changed_leaves_every_edit(project: Path) -> None:
    run(project, {"f.kt": LINES})
    (project / "f.kt").write_bytes(FIRST)
    (project / "mine.kt").write_bytes(b"mine")
    said, error = run(project, {"f.kt": LINES})
    assert (said, error) == (["generate project: nothing changed; your edits stay (f.kt, mine.kt)"], None)
    assert read_files(project) == {"f.kt": FIRST, "mine.kt": b"mine"}


def test_files_that_the_user_added_and_removed(project: Path) -> None:
    run(project, {"kept": b"1", "removed": b"2", "dropped": b"3"})
    (project / "removed").unlink()
    write_files(project, {"app/src/main/res/mine.xml": b"<mine/>", "empty": b""})
    _, error = run(project, {"kept": b"new", "removed": b"2", "fresh": b"4"})
    assert error is None
    assert read_files(project) == {"kept": b"new", "fresh": b"4", "app/src/main/res/mine.xml": b"<mine/>", "empty": b""}


@pytest.mark.parametrize(
    ("theirs", "new", "result", "says"),
    [
        (None, b"two\n", {"regenerated/f": b"two\n"}, "you removed it"),
        (b"mine\n", None, {"f": b"mine\n"}, "not generated any more"),
        (b"mine\0", b"two\0", {"f": b"mine\0", "regenerated/f": b"two\0"}, "can't be merged"),
        (b"mine\n", b"two\0", {"f": b"mine\n", "regenerated/f": b"two\0"}, "can't be merged"),
    ],
)
def test_what_both_changed_and_no_line_merge_can_join_is_kept_twice_and_told(
    project: Path, theirs: bytes | None, new: bytes | None, result: dict[str, bytes], says: str
) -> None:
    run(project, {"f": b"one\n"})
    (project / "f").unlink()
    write_files(project, {} if theirs is None else {"f": theirs})
    said, error = run(project, {} if new is None else {"f": new})
    assert error is None
    assert read_files(project) == result
    assert any(line.startswith("  f: ") and says in line for line in said)
    before = tree_hash(read_project(project))
    assert run(project, {"other": b"", **({} if new is None else {"f": new})})[1] is None
    (project / "other").unlink()
    assert read_files(project) == result, "the next run loses it no more"
    assert tree_hash(read_project(project)) == before, "what lies aside is no part of the build"


def test_a_conflict_stops_until_it_is_resolved(project: Path) -> None:
    run(project, {"f.kt": LINES, "g.kt": LINES})
    (project / "f.kt").write_bytes(LINES.replace(b"line 5\n", b"my five\n"))
    (project / "g.kt").write_bytes(FIRST)
    new = {"f.kt": LINES.replace(b"line 5\n", b"your five\n"), "g.kt": LAST}
    said, error = run(project, new)
    assert error is not None
    assert "f.kt" in error.why
    assert "g.kt" not in error.why
    assert any("f.kt: you and the new version" in line for line in said)
    marked = (project / "f.kt").read_bytes()
    ours = b"<<<<<<< yours\nmy five\n||||||| last generated\nline 5\n=======\nyour five\n>>>>>>> new\n"
    assert marked == LINES.replace(b"line 5\n", ours)
    for files in (new, {"f.kt": b"else\n"}):
        assert run(project, files)[1] is not None
        assert (project / "f.kt").read_bytes() == marked, "and is not merged over"
    resolved = LINES.replace(b"line 5\n", b"our five\n")
    (project / "f.kt").write_bytes(resolved)
    assert run(project, new)[1] is None
    assert (project / "f.kt").read_bytes() == resolved
    assert run(project, {**new, "f.kt": new["f.kt"] + b"more\n"})[1] is None
    assert (project / "f.kt").read_bytes() == resolved + b"more\n"


def test_the_run_bit_is_merged_too(project: Path) -> None:
    run(project, {"ours.sh": LINES, "theirs.sh": LINES}, frozenset({"ours.sh"}))
    (project / "theirs.sh").write_bytes(FIRST)
    (project / "theirs.sh").chmod(0o755)
    (project / "ours.sh").chmod(0o644)
    run(project, {"ours.sh": LAST, "theirs.sh": LAST}, frozenset({"ours.sh"}))
    assert [os.access(project / name, os.X_OK) for name in ("ours.sh", "theirs.sh")] == [False, True]
    assert (project / "ours.sh").read_bytes() == LAST


def test_links_and_folders_in_place_of_files(project: Path) -> None:
    run(project, {"f": b"1", "g": b"1", "d/x": b"1"})
    (project / "f").unlink()
    (project / "f").symlink_to("g")
    (project / "g").unlink()
    write_files(project, {"g/inner": b"mine"})
    (project / "d/x").unlink()
    (project / "d").rmdir()
    (project / "d").write_bytes(b"a file")
    (project / "outside").symlink_to("..", target_is_directory=True)
    _, error = run(project, {"f": b"1", "g": b"2", "d/x": b"2", "d/y": b"2"})
    assert error is None
    assert (project / "f").readlink() == Path("g")
    assert (project / "outside").readlink() == Path("..")
    assert (project / "g/inner").read_bytes() == b"mine"
    assert (project / "d").read_bytes() == b"a file"
    assert [(project / "regenerated" / name).read_bytes() for name in ("g", "d/x", "d/y")] == [b"2"] * 3


def test_a_lost_note_of_what_was_generated_loses_no_line(project: Path) -> None:
    run(project, {"f": LINES, "same": b"1"})
    (project / "f").write_bytes(FIRST)
    for note in project.glob(".stamp*"):
        note.unlink()
    _, error = run(project, {"f": LAST, "same": b"1"})
    assert error is not None
    assert {b"line two", b"line seventeen"} <= set((project / "f").read_bytes().split(b"\n"))
    assert (project / "same").read_bytes() == b"1"


def test_what_other_tools_keep_in_the_project_stays(project: Path) -> None:
    run(project, {"f": b"1"})
    foreign = {".git/HEAD": b"ref", ".idea/x": b"", "local.properties": b"sdk.dir=/x", "app/build/c": b"cache"}
    write_files(project, foreign)
    (project / ".git" / "refs").mkdir()
    hash_before = tree_hash(read_project(project))
    said, error = run(project, {"f": b"2"})
    assert error is None
    assert not [line for line in said if line.startswith("  ")], "it is no edit"
    assert read_files(project) == {"f": b"2", **foreign}
    assert (project / ".git" / "refs").is_dir()
    (project / ".git" / "HEAD").write_bytes(b"moved")
    (project / "f").write_bytes(b"1")
    assert tree_hash(read_project(project)) == hash_before, "none of it is in the APK"


def test_without_git_nothing_is_touched(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(project, {"f": LINES})
    (project / "f").write_bytes(FIRST)
    monkeypatch.setenv("PATH", str(project))
    _, error = run(project, {"f": LAST})
    assert error is not None
    assert "no git" in error.why
    assert read_files(project) == {"f": FIRST}


def test_a_file_saved_while_the_new_project_is_written_is_not_lost(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(project, {"f": LINES})
    (project / "f").write_bytes(FIRST)
    real = subprocess.run

    def save(*arguments: object, **options: object) -> object:
        (project / "f").write_bytes(b"saved just now")
        return real(*arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", save)
    _, error = run(project, {"f": LAST})
    assert error is not None
    assert "changed meanwhile" in error.why
    assert read_files(project) == {"f": b"saved just now"}
