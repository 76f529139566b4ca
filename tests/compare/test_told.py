"""What `invoke compare` says of two runs, and how it ends."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from appspec.benchmark_run import write_run
from appspec.errors import KitError
from flow.compare import compare
from flow.screen import Screen
from tests.compare.conftest import DAYS, days_of, run, write
from tests.deploy.benchmark.made_runs import ROWS, made_phone, made_run, made_settings


def test_a_limit_finer_than_what_could_be_seen_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, "now.json", run(4))
    assert compare("before", "last", "0.1%", None, Screen(), root) is False
    assert re.search(r"! a slowdown below [\d.]+ % would not have been seen in Nine: ", capsys.readouterr().out)
    assert compare("before", "last", "60%", None, Screen(), root) is False
    assert "would not have been seen in" not in capsys.readouterr().out


def test_two_phones_can_be_named_and_are_not_comparable(root: Path, tmp_path: Path) -> None:
    write_run(run(4, phone=made_phone(serial="FFFF", model="Ten")), tmp_path / "ten.json")
    assert days_of(root / "results/cat_landmarks/run-1.json", tmp_path / "ten.json", root) == [(1, 4)]
    assert compare(str(root / "results"), str(tmp_path / "ten.json"), None, tmp_path / "out", Screen(), root) is False
    with pytest.raises(KitError, match="can't be decided") as raised:
        compare(str(root / "results"), str(tmp_path / "ten.json"), "10%", tmp_path / "out", Screen(), root)
    assert "two phones: Acme Nine and Acme Ten" in raised.value.why


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
        [sys.executable, "-m", "invoke", *words], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert end.returncode == code, end
    assert "Traceback" not in end.stderr
