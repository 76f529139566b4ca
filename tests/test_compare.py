"""`invoke compare`: where runs come from, what is said of them, and how it ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from appspec.benchmark_run import BenchmarkRun, write_run
from appspec.errors import KitError
from flow.arguments import share
from flow.compare import compare
from flow.compare_pairs import pairs
from flow.result_files import read_source
from flow.screen import Screen
from tests.deploy.benchmark.made_runs import ROWS, made_phone, made_run, made_settings

FEW = ROWS[:3]
DAYS = [f"2026-05-0{day}T12:00:00+00:00" for day in range(1, 8)]


def run(seed: int, **changes: Any) -> BenchmarkRun:
    """Small; measured on day `seed`."""
    return made_run(seed, FEW, starts=4, runs=20, **{"started_at": DAYS[seed], "settings": made_settings(num_runs=20), **changes})


def write(root: Path, name: str, one: BenchmarkRun) -> Path:
    path = root / "results" / "cat_landmarks" / name
    write_run(one, path)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A kit with three runs, one a day."""
    folder = tmp_path / "my 키트"
    for day in (1, 2, 3):
        write(folder, f"run-{day}.json", run(day))
    return folder


def git(root: Path, *arguments: str) -> None:
    identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, env={**os.environ, **identity, **alone})


@pytest.fixture
def repository(root: Path) -> Path:
    """The same, a commit a day; the first one has no results, and `v1` is that of day 2."""
    moved = [(path, path.read_text()) for path in sorted((root / "results").rglob("*.json"))]
    shutil.rmtree(root / "results")
    git(root, "init", "-q", "-b", "main")
    (root / "README.md").write_text("x")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "empty")
    for day, (path, text) in enumerate(moved, 1):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        git(root, "add", "-A")
        git(root, "commit", "-qm", f"day {day}")
        if day == 2:
            git(root, "tag", "v1")
    return root


def days_of(a: str | Path, b: str | Path, root: Path) -> list[tuple[int, int]]:
    """Which days' runs are compared."""
    return [
        (DAYS.index(one.run.started_at), DAYS.index(other.run.started_at)) for one, other in pairs(str(a), str(b), root, print)
    ]


def test_two_files_are_compared_as_they_are_given(root: Path) -> None:
    folder = root / "results" / "cat_landmarks"
    assert days_of(folder / "run-1.json", folder / "run-3.json", root) == [(1, 3)]
    assert days_of(folder / "run-3.json", folder / "run-1.json", root) == [(3, 1)]


def test_before_and_last_are_the_last_two_that_are_comparable(root: Path) -> None:
    assert days_of("before", "last", root) == [(2, 3)]
    write(root, "by-tool.json", run(4, settings=made_settings(num_runs=20, way="tool")))
    hot = made_phone(serial="FFFF", model="Ten")
    write(root, "other-phone.json", run(5, phone=hot))
    assert days_of("before", "last", root) == [(2, 3)]
    write(root, "other-phone-again.json", run(6, phone=hot))
    assert sorted(days_of("before", "last", root)) == [(2, 3), (5, 6)]


def test_stopped_runs_hide_no_whole_ones_and_are_told(root: Path) -> None:
    write(root, "stopped.json", run(4, ended="stopped"))
    said: list[str] = []
    (pair,) = pairs("before", "last", root, said.append)
    assert [DAYS.index(one.run.started_at) for one in pair] == [2, 3]
    assert len(said) == 1
    assert re.search(r"passed over, as it was stopped early: .*stopped\.json, newer than .*run-3\.json", said[0])
    write(root, "run-5.json", run(5))
    said.clear()
    (pair,) = pairs("before", "last", root, said.append)
    assert [DAYS.index(one.run.started_at) for one in pair] == [3, 5]
    assert [line.startswith("! passed over") for line in said] == [True]


def test_where_all_runs_were_stopped_they_are_taken_and_that_is_told(root: Path) -> None:
    shutil.rmtree(root / "results")
    for day, ended in ((1, "stopped"), (2, "phone lost")):
        write(root, f"{day}.json", run(day, ended=ended))
    said: list[str] = []
    (pair,) = pairs("before", "last", root, said.append)
    assert [DAYS.index(one.run.started_at) for one in pair] == [1, 2]
    assert "2.json was stopped early, and there is none that ended by itself" in said[0]


def test_a_phone_without_an_earlier_run_is_told(root: Path) -> None:
    write(root, "ten.json", run(4, phone=made_phone(serial="FFFF", model="Ten")))
    said: list[str] = []
    assert len(pairs("before", "last", root, said.append)) == 1
    assert said == ["! no earlier run for: cat_landmarks on FFFF (app)"]
    assert "only in" in _said_by(str(root / "results"), str(root / "results/cat_landmarks/run-1.json"), root)


def _said_by(a: str, b: str, root: Path) -> str:
    said: list[str] = []
    pairs(a, b, root, said.append)
    return "\n".join(said)


def test_before_may_be_another_phone_of_the_same_model_but_not_one_measured_beside_it(root: Path) -> None:
    twin = made_phone(serial="TWIN")
    write(root, "twin.json", run(4, phone=twin))
    assert sorted(days_of("before", "last", root)) == [(2, 3), (3, 4)]
    write(root, "own.json", run(5))
    beside = run(5, phone=made_phone(serial="THIRD"), started_at="2026-05-06T12:00:05+00:00")
    write(root, "beside.json", beside)
    found = {other.run.phone.serial: one.run.phone.serial for one, other in pairs("before", "last", root, print)}
    assert found == {"0A1B2C3D": "0A1B2C3D", "TWIN": "0A1B2C3D", "THIRD": "TWIN"}


@pytest.mark.parametrize("a", ["last", "before"])
def test_before_is_for_a_only(root: Path, a: str) -> None:
    with pytest.raises(KitError, match="B can't be 'before'") as raised:
        pairs(a, "before", root, print)
    assert raised.value.fix == "invoke compare before last"


def test_a_limit_finer_than_what_could_be_seen_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, "now.json", run(4))
    assert compare("before", "last", "0.1%", None, Screen(), root) is False
    assert re.search(r"! a slowdown below [\d.]+ % would not have been seen in Nine: ", capsys.readouterr().out)
    assert compare("before", "last", "60%", None, Screen(), root) is False
    assert "would not have been seen in" not in capsys.readouterr().out


def test_before_a_file_is_the_one_beside_it(root: Path) -> None:
    assert days_of("before", root / "results/cat_landmarks/run-2.json", root) == [(1, 2)]
    with pytest.raises(KitError, match="no run before it"):
        pairs("before", str(root / "results/cat_landmarks/run-1.json"), root, print)


def test_a_folder_stands_for_the_newest_run_of_each_phone(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "others"
    for phone, day in (("0A1B2C3D", 4), ("FFFF", 5)):
        write(other, f"{phone}.json", run(day, phone=made_phone(serial=phone)))
    write(root, "second-phone.json", run(1, phone=made_phone(serial="FFFF")))
    assert sorted(days_of(root / "results", other, root)) == [(1, 5), (3, 4)]
    assert days_of(root / "results/cat_landmarks/run-1.json", other, root) == [(1, 4)]


def test_two_phones_can_be_named_and_are_not_comparable(root: Path, tmp_path: Path) -> None:
    write_run(run(4, phone=made_phone(serial="FFFF", model="Ten")), tmp_path / "ten.json")
    assert days_of(root / "results/cat_landmarks/run-1.json", tmp_path / "ten.json", root) == [(1, 4)]
    assert compare(str(root / "results"), str(tmp_path / "ten.json"), None, tmp_path / "out", Screen(), root) is False
    with pytest.raises(KitError, match="can't be decided") as raised:
        compare(str(root / "results"), str(tmp_path / "ten.json"), "10%", tmp_path / "out", Screen(), root)
    assert "two phones: Acme Nine and Acme Ten" in raised.value.why


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


@pytest.mark.parametrize("ways", [("run-1.json", "run-1.json"), ("run-3.json", ".")])
def test_a_run_is_not_compared_with_itself(root: Path, ways: tuple[str, str]) -> None:
    folder = root / "results" / "cat_landmarks"
    with pytest.raises(KitError, match="are the same run"):
        pairs(str(folder / ways[0]), str(folder / ways[1]), root, print)


def test_nothing_measured_between_two_revisions(repository: Path) -> None:
    git(repository, "commit", "-q", "--allow-empty", "-m", "words only")
    with pytest.raises(KitError, match="are the same run"):
        pairs("HEAD~1", "HEAD", repository, print)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "can't be read"),
        ("{", "can't be read"),
        ("[]", "can't be read"),
        ("\x00\xff", "can't be read"),
        ("[" * 100_000, "can't be read"),
        ('{"schema": 99}', "newer kit"),
        ('{"schema": 1}', "damaged"),
        ('{"schema": "1"}', "damaged"),
    ],
)
def test_damaged_files_are_one_clear_error_each(root: Path, tmp_path: Path, text: str, what: str) -> None:
    broken = tmp_path / "broken" / "one.json"
    broken.parent.mkdir()
    broken.write_text(text, encoding="latin-1")
    with pytest.raises(KitError, match=what) as raised:
        pairs(str(broken), "last", root, print)
    assert "one.json" in raised.value.why


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


def test_two_folders_without_a_phone_in_common(root: Path, tmp_path: Path) -> None:
    for serial in ("X1", "X2"):
        write(tmp_path / "b", f"{serial}.json", run(4, phone=made_phone(serial=serial)))
    with pytest.raises(KitError, match="no app on the same phone in common"):
        pairs(str(root / "results"), str(tmp_path / "b"), root, print)


@pytest.mark.parametrize(
    ("text", "value"), [("10%", 0.1), ("10 %", 0.1), ("0.1", 0.1), (" 2.5% ", 0.025), ("0", 0.0), ("150%", 1.5)]
)
def test_shares(text: str, value: float) -> None:
    assert share("--fail-if-slower", text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["10", "1", "ten", "", "%", "-5%", "nan", "inf%", "10,5%", "10%%", "0x1"])
def test_words_that_are_no_share(text: str) -> None:
    with pytest.raises(KitError, match="can't be used"):
        share("--fail-if-slower", text)


def slower_by(root: Path, by: float) -> Path:
    return write(root, "now.json", run(4, slower={("cat_box", "int8", "cpu", 1): by}, model_version="2"))


def test_slower_than_the_limit_with_confidence(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slower_by(root, 0.3)
    assert compare("before", "last", "10%", None, Screen(), root) is True
    said = " ".join(capsys.readouterr().out.split())
    assert "✗ slower by more than 10 %: Nine: cat_box int8 cpu 1" in said
    assert "✓ comparable" in said
    assert "changed between them: the model cat_box int8" in said
    assert "of 3 rows: 1 slower, 2 no difference seen" in said
    assert compare("before", "last", "50%", None, Screen(), root) is False
    assert "nothing is slower by more than 50 %" in capsys.readouterr().out


def test_a_row_that_fails_now_leaves_the_limit_undecided(root: Path) -> None:
    last = run(4)
    first = last.measurements[0]
    empty = first.model_copy(update={"starts": [start.model_copy(update={"runs_ms": []}) for start in first.starts]})
    write(root, "now.json", last.model_copy(update={"measurements": [empty, *last.measurements[1:]]}))
    with pytest.raises(KitError, match="can't be decided") as raised:
        compare("before", "last", "10%", None, Screen(), root)
    assert "cat_box int8 cpu 1: nothing measured in B" in raised.value.why


def test_a_row_with_one_start_each_is_not_told_and_leaves_the_limit_decided(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for day in (5, 6):
        one = made_run(day, ROWS[:6], starts=4, runs=20, started_at=DAYS[day], settings=made_settings(num_runs=20))
        first = one.measurements[0]
        rows = [first.model_copy(update={"starts": first.starts[:1]}), *one.measurements[1:]]
        factors = (1, 1.0, 1.4, 1.0, 2.0, 1.01)
        rows = [
            row.model_copy(
                update={
                    "starts": [
                        start.model_copy(update={"runs_ms": [time * factor**number for time in start.runs_ms]})
                        for number, start in enumerate(row.starts)
                    ]
                }
            )
            for row, factor in zip(rows, factors, strict=True)
        ]
        write(root, f"run-{day}.json", one.model_copy(update={"measurements": rows}))
    assert compare("before", "last", "2000%", None, Screen(), root) is False
    said = capsys.readouterr().out
    assert "cat_box int8 cpu 1: one start each: how far they lie apart is not known" in said
    assert "—" in said
    assert ">10×" in said
    assert not re.search(r"\d{8}", said.replace(str(root), "")), "numbers that nobody reads"
    assert "nothing is slower by more than 2000 %" in said


def test_json_tells_all_and_the_picture_is_one(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slower_by(root, 0.3)
    assert compare("before", "last", "10%", None, Screen(as_json=True), root) is True
    document = json.loads(capsys.readouterr().out)
    one = document["comparisons"][0]
    assert document["fail_if_slower"] == {"limit": 0.1, "slower": ["Nine: cat_box int8 cpu 1"], "seen_from": None}
    assert document["notes"] == []
    assert one["comparability"]["word"] == "comparable"
    first = one["inference"][0]
    assert (first["model"], first["threads"], first["word"]) == ("cat_box", 1, "slower")
    assert first["change"]["low"] < 0.3 < first["change"]["high"]
    assert (first["a"]["starts"], first["a"]["runs"]) == (4, 80)
    assert {row["quantity"] for row in one["others"]} == {"frame", "init", "first", "memory"}
    picture = Path(one["picture"])
    assert picture.parent == root / "build" / "compare"
    with Image.open(picture) as image:
        assert min(image.size) > 200


def test_several_phones_have_a_picture_each(root: Path, tmp_path: Path) -> None:
    for seed in (4, 5):
        write(root, f"$ {seed}.json", run(seed, phone=made_phone(serial="$a_b$", model="N/i: n")))
    compare("before", "last", None, tmp_path / "out", Screen(), root)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "cat_landmarks-n-i-n-a_b.png",
        "cat_landmarks-nine-0a1b2c3d.png",
    ]


def test_a_folder_that_is_a_file_can_take_no_picture(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KitError, match="--out"):
        compare("before", "last", None, tmp_path / "file", Screen(), root)


@pytest.mark.parametrize(("flags", "code"), [((), 0), (("--fail-if-slower", "10%"), 2), (("--fail-if-slower", "90%"), 0),
                                             (("--fail-if-slower", "ten"), 1)])  # fmt: skip
def test_exit_codes_of_the_command(root: Path, tmp_path: Path, flags: tuple[str, ...], code: int) -> None:
    now, before = slower_by(root, 0.3), root / "results/cat_landmarks/run-1.json"
    words = ["compare", str(before), str(now), "--out", str(tmp_path / "out"), *flags]
    end = subprocess.run(
        [sys.executable, "-m", "invoke", *words], cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False
    )
    assert end.returncode == code, end
    assert "Traceback" not in end.stderr
