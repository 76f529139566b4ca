"""`invoke benchmark`'s last words: what --apply writes and what it keeps, and the lines below the table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appspec.artifacts import Artifacts
from appspec.benchmark_result import Failure, Moment
from appspec.benchmark_run import Sustained
from appspec.errors import KitError
from appspec.load import load_spec
from flow.app import OpenApp
from flow.benchmark import apply_fastest, require_times, show
from flow.screen import Screen
from tests.deploy.benchmark.made_runs import QUIET, MadeRow, made_run

TEXT = """
[app]
name = "Cats"
id = "org.example.cats"
[[model]]
name = "cat_box"
task = "classify"
file = "a.tflite"
[android]
delegate = "cpu2"
"""
ROWS = (MadeRow("cat_box", "int8", "cpu", 4, 3.0, QUIET), MadeRow("cat_box", "float16", "gpu", 0, 1.5, QUIET))


@pytest.fixture
def app(tmp_path: Path) -> OpenApp:
    file = tmp_path / "app.toml"
    file.write_text(TEXT, encoding="utf-8")
    return OpenApp("cats", None, load_spec(file), Artifacts(tmp_path / "build"), " --app cats")


def test_a_certain_choice_is_written(app: OpenApp) -> None:
    apply_fastest(app, [made_run(1, ROWS, starts=4)], Screen())
    assert 'delegate = "gpu:float16"' in (app.spec.folder / "app.toml").read_text(encoding="utf-8")


def test_an_uncertain_choice_leaves_what_stands(app: OpenApp, capsys: pytest.CaptureFixture[str]) -> None:
    apply_fastest(app, [made_run(1, ROWS, starts=3)], Screen())
    assert (app.spec.folder / "app.toml").read_text(encoding="utf-8") == TEXT
    said = capsys.readouterr().out
    assert 'keeps [android] delegate = "cpu2": gpu:float16 looks the fastest, but that is not certain (too few starts' in said
    assert "Measure longer" in said


def test_a_sustained_runs_figures_are_on_the_terminal_and_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moments = [Moment(at_s=at, ms=ms, thermal="none", temperature_c=30.0) for at, ms in ((1.0, 2.0), (60.0, 2.5))]
    held = Sustained(model="cat_box", variant="int8", delegate="cpu", threads=4, moments=moments, error=None)
    run = made_run(1, ROWS[:1], starts=4, sustained=[held])
    show([(run, tmp_path / "run.json")], Screen())
    assert "2 ms in the first second, 2.5 ms in the last, after 60 s, 25% slower" in capsys.readouterr().out
    show([(run, tmp_path / "run.json")], Screen(as_json=True))
    (figures,) = json.loads(capsys.readouterr().out)[0]["sustained_figures"]
    assert (figures["first_ms"], figures["last_ms"], figures["loss"], figures["thermal_last"]) == (2.0, 2.5, 0.25, "none")


def test_times_in_coarse_steps_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = made_run(1, ROWS[:1], starts=4)
    (row,) = run.measurements
    starts = [start.model_copy(update={"runs_ms": [0.0013] * 20}) for start in row.starts]
    coarse = run.model_copy(update={"measurements": [row.model_copy(update={"starts": starts})]})
    show([(coarse, tmp_path / "run.json")], Screen())
    said = capsys.readouterr().out
    assert "The times of 1 row are told in steps of up to 7.7% of their median" in said
    assert "±8%" in said


def test_a_model_that_had_no_time_is_no_wrong_answer(app: OpenApp) -> None:
    run = made_run(1, ROWS, starts=4)
    left = MadeRow("cat_nose", "int8", "cpu", 4, 3.0, QUIET)
    models = [*run.models, *made_run(1, [left]).models]
    with pytest.raises(KitError, match="nothing to apply") as caught:
        apply_fastest(app, [run.model_copy(update={"models": models})], Screen())
    assert "cat_nose int8" in caught.value.why
    assert caught.value.fix == "give it more time: --limit"


def test_a_run_whose_every_row_failed_is_no_success() -> None:
    run = made_run(1, ROWS, starts=4)
    crash = Failure(stage="process", type="Crash", message="signal 11 (SIGSEGV)")
    failed = [
        one.model_copy(update={"starts": [start.model_copy(update={"error": crash, "runs_ms": []}) for start in one.starts]})
        for one in run.measurements
    ]
    require_times([run, run.model_copy(update={"measurements": [failed[0], *run.measurements[1:]]})])
    with pytest.raises(KitError, match="nothing could be measured on Nine") as caught:
        require_times([run, run.model_copy(update={"measurements": failed})])
    assert "process: signal 11 (SIGSEGV)" in caught.value.why
