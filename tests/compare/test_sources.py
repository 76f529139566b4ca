"""Where runs come from: files, folders, revisions of git; and what is none."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from appspec.benchmark_run import write_run
from appspec.errors import KitError
from flow.compare_pairs import pairs
from flow.result_files import read_source
from tests.compare.conftest import days_of, git, run, write


def test_revisions_of_git(repository: Path) -> None:
    assert days_of("HEAD~1", "HEAD", repository) == [(2, 3)]
    assert days_of("HEAD~2", "main", repository) == [(1, 3)]
    assert days_of("v1", "last", repository) == [(2, 3)]
    assert days_of("v1:results/cat_landmarks", "main:results/cat_landmarks/run-3.json", repository) == [(2, 3)]
    assert days_of("before", "v1", repository) == [(1, 2)]
    assert days_of("before", "v1:results/cat_landmarks/run-2.json", repository) == [(1, 2)]
    assert read_source("v1", repository).newest().popitem()[1].place == "v1:results/cat_landmarks/run-2.json"


def test_what_is_a_folder_is_taken_for_one_whatever_git_knows(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    write_run(run(5), tmp_path / "main" / "five.json")
    assert days_of("v1", "main", repository) == [(2, 5)]


@pytest.mark.parametrize(
    ("word", "what", "why"),
    [
        ("nowhere", "neither a file or folder nor a git revision", "git knows no revision"),
        ("HEAD~9", "neither a file or folder nor a git revision", "git knows no revision"),
        ("results/none.json", "neither a file or folder nor a git revision", "nothing of that name"),
        ("--output=x", "neither a file or folder nor a git revision", "has a name"),
        (":results", "neither a file or folder nor a git revision", "has a name"),
        ("$(touch x)", "neither a file or folder nor a git revision", "git knows no revision"),
        ("x" * 5000, "neither a file or folder nor a git revision", "git knows no revision"),
        ("HEAD~3", "no results at HEAD~3", "under results"),
        ("main:docs", "no results at main", "under docs"),
        ("main:README.md", "no results at main", "under README.md"),
    ],
)
def test_words_that_name_no_results_are_one_clear_error(repository: Path, word: str, what: str, why: str) -> None:
    with pytest.raises(KitError) as raised:
        pairs(word, "last", repository, print)
    assert what in raised.value.what
    assert why in raised.value.why
    assert not list(repository.glob("x"))


def test_without_a_repository_or_without_git_a_word_that_is_no_file_says_so(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(root.parent))
    with pytest.raises(KitError, match="is no git repository"):
        pairs("main", "last", root, print)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KitError, match="git is not installed"):
        pairs("main", "last", root, print)


def test_a_repository_without_a_commit(root: Path) -> None:
    git(root, "init", "-q")
    with pytest.raises(KitError, match="git knows no revision 'HEAD'"):
        pairs("HEAD", "last", root, print)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "can't be read"),
        ("{", "can't be read"),
        ("[]", "no run of invoke benchmark"),
        ('{"schema": 4, "runs_ms": []}', "no run of invoke benchmark"),
        ("\x00\xff", "can't be read"),
        ("[" * 100_000, "can't be read"),
        ('{"schema": 99}', "newer kit"),
        ('{"schema": 1}', "damaged"),
        ('{"schema": "1"}', "damaged"),
        ('{"schema": 0}', "damaged"),
    ],
)
def test_damaged_files_are_one_clear_error_each(root: Path, tmp_path: Path, text: str, what: str) -> None:
    broken = tmp_path / "broken" / "one.json"
    broken.parent.mkdir()
    broken.write_text(text, encoding="latin-1")
    with pytest.raises(KitError, match=what) as raised:
        pairs(str(broken), "last", root, print)
    assert "one.json" in raised.value.why


def test_what_json_printed_names_the_runs_own_file_and_an_editors_mark_is_no_damage(root: Path, tmp_path: Path) -> None:
    own = root / "results/cat_landmarks/run-1.json"
    printed = tmp_path / "printed.json"
    printed.write_text(json.dumps([{**json.loads(own.read_text()), "file": str(own)}]))
    with pytest.raises(KitError, match="no run of invoke benchmark") as raised:
        pairs(str(printed), "last", root, print)
    assert raised.value.fix == f"give the run's own file: {own}"
    own.write_text("\ufeff" + own.read_text(), encoding="utf-8")
    assert days_of(own, "last", root) == [(1, 3)]


def test_times_are_finite_numbers(root: Path) -> None:
    path = root / "results/cat_landmarks/run-1.json"
    path.write_text(re.sub(r'"runs_ms": \[', '"runs_ms": [1e999,', path.read_text(), count=1))
    with pytest.raises(KitError, match="finite number"):
        pairs(str(path), "last", root, print)


def test_a_damaged_file_of_a_folder_is_named_and_foreign_json_is_passed_over(root: Path) -> None:
    (root / "results" / "board.json").write_text('[{"model": "x"}]')
    (root / "results" / ".cat.json.part").write_text("{")
    assert days_of("before", "last", root) == [(2, 3)]
    whole = (root / "results/cat_landmarks/run-1.json").read_text()
    (root / "results/cat_landmarks/cut.json").write_text(whole[: len(whole) // 2])
    with pytest.raises(KitError, match=r"cut\.json"):
        pairs("before", "last", root, print)


def test_a_run_without_a_time_and_a_kit_without_results(root: Path, tmp_path: Path) -> None:
    write(root, "timeless.json", run(4, started_at="noon"))
    with pytest.raises(KitError, match="'noon' is no time"):
        pairs("before", "last", root, print)
    with pytest.raises(KitError, match="no results yet"):
        pairs("before", "last", tmp_path, print)
    (tmp_path / "empty").mkdir()
    with pytest.raises(KitError, match="has no results"):
        pairs(str(tmp_path / "empty"), str(root / "results/cat_landmarks/run-1.json"), root, print)
