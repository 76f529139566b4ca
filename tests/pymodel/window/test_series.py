"""Data no one had in mind, from app.toml and CSV to described models, in seconds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from appspec.contract import Window
from appspec.errors import KitError
from appspec.load import load_spec
from appspec.progress import Silent
from appspec.read_contract import read_contract
from appspec.spec import AppSpec
from pymodel.data.series.store import WindowStore
from pymodel.quantize.variants import make_variants
from pymodel.tasks.task import find_task
from pymodel.tasks.window.importance import Importance, permutation_importance, words
from pymodel.train.curve import read_curve
from pymodel.train.run import run_training
from tests.pymodel.window.kit import iso

HEAD = """
[app]
name = "Press"
id = "org.example.press"
screen = "sensor"
[[model]]
name = "press"
task = "window"
backbone = { width = 8 }
train = { epochs = 3, batch_size = 32, learning_rate = 1e-2 }
[data]
format = "csv"
path = "data"
split = { validation = 0.25, test = 0.25 }
"""

FAILURES = tuple(range(60, 1200, 100))

ONE_COLUMN = f"""
[data.series]
timestamp = "when"
failures = [{", ".join(f'"{iso(hour)}"' for hour in FAILURES)}]
window = 8
horizon = "10h"
margin = "4h"
"""

FORTY_COLUMNS = """
[data.series]
timestamp = "t"
begin = "2024-03-01T00:00"
label = "broken"
interval = "60s"
window = 16
horizon = "0s"
margin = "0s"
stride = 2
[convert]
quantize = "none"
"""


TASK = find_task("window")


class Quiet(Silent):
    """Keeps the lines that stay."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


def one_column(folder: Path) -> AppSpec:
    """A value that rises for ten hours before each failure."""
    rng = np.random.default_rng(4)
    lines = ["when,value"]
    for hour in range(1200):
        near = min((at - hour for at in FAILURES if at >= hour), default=99)
        lines.append(f"{iso(hour)},{20 + 3 * np.sin(hour / 24 * 6.283) + rng.normal() + (8 if near <= 10 else 0):.3f}")
    return written(folder, lines, ONE_COLUMN)


def forty_columns(folder: Path) -> AppSpec:
    """Forty columns, of which one tells of the fault that a column names."""
    rng = np.random.default_rng(5)
    values = rng.normal(size=(1600, 40))
    broken = (np.arange(1600) // 40) % 5 == 4
    values[broken, 17] += 4
    lines = ["t," + ",".join(f"s{i}" for i in range(40)) + ",broken"]
    lines += [
        f"{i * 60},{','.join(f'{v:.2f}' for v in row)},{int(bad)}"
        for i, (row, bad) in enumerate(zip(values, broken, strict=True))
    ]
    return written(folder, lines, FORTY_COLUMNS)


def written(folder: Path, lines: list[str], settings: str) -> AppSpec:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "press.csv").write_text("\n".join(lines), encoding="utf-8")
    (folder / "app.toml").write_text(HEAD + settings, encoding="utf-8")
    return load_spec(folder / "app.toml")


def run(spec: AppSpec, folder: Path, say: Quiet) -> None:
    """All stages, each into a folder of its own."""
    for name in ("examples", "train", "variants"):
        (folder / name).mkdir()
    TASK.read(spec.path("data"), spec, folder / "examples", say)
    train(spec, folder / "examples", folder / "train", folder / "state", say)
    plan = TASK.plan_conversion(spec, spec.model[0], folder / "train", folder / "examples")
    keras_file = folder / "train" / "model.keras"
    make_variants("press", keras_file, plan, spec.convert, folder / "variants", folder / "convert.log", say)


def train(spec: AppSpec, examples: Path, target: Path, state: Path, say: Quiet, weights: str | Path = "none") -> None:
    model = spec.model[0]
    run_training(
        lambda: TASK.plan_training(spec, model, weights, examples), model.train.seed, target, state, target / "train.log", say
    )


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> tuple[AppSpec, Path, Quiet]:
    folder = tmp_path_factory.mktemp("press") / "한 열"
    spec, say = one_column(folder), Quiet()
    run(spec, folder, say)
    return spec, folder, say


def test_one_value_column_and_a_list_of_failures(press: tuple[AppSpec, Path, Quiet]) -> None:
    _, folder, say = press
    for name in ("model.keras", "trained.keras", "curve.csv", "training.json", "policy.json", "baseline.json"):
        assert (folder / "train" / name).stat().st_size > 0
    assert len(read_curve(folder / "train" / "curve.csv")) == 3
    assert not (folder / "state").exists()
    assert any("failures announced" in line for line in say.lines)
    rows = json.loads((folder / "variants" / "variants.json").read_text())
    assert [row["quantization"] for row in rows] == ["float32", "float16", "dynamic", "int8"]
    assert rows[0]["test"] > 0.7
    assert all(row["metric"] == "pr_auc" and abs(row["test_loss"]) < 0.05 for row in rows)


@pytest.mark.parametrize("kind", ["float32", "int8"])
def test_the_contract_says_all_that_the_phone_must_know(press: tuple[AppSpec, Path, Quiet], kind: str) -> None:
    _, folder, _ = press
    contract = read_contract(folder / "variants" / kind / "press.tflite")
    mean, std = WindowStore(folder / "examples").scale()
    policy = json.loads((folder / "train" / "policy.json").read_text())
    assert (contract.task, contract.crop, contract.about.metric) == ("window", None, "pr_auc")
    assert contract.decoder == Window(3600.0, policy["threshold"], policy["hold"])
    assert (contract.labels, contract.input.channels) == (("Normal", "Abnormal"), ("value",))
    assert (contract.input.shape, contract.output.shape) == ((1, 8, 1), (1, 1))
    assert contract.normalization == (mean, std)


def test_evaluation_is_told_in_numbers_words_and_a_picture(press: tuple[AppSpec, Path, Quiet]) -> None:
    spec, folder, _ = press
    target, models = folder / "evaluation", [folder / "variants" / "float32" / "press.tflite"]
    target.mkdir()
    TASK.evaluate(spec, models, folder / "examples", target)
    TASK.draw_evaluation(spec, models, folder / "examples", target, target)
    document = json.loads((target / "evaluation.json").read_text())
    found = document["metrics"]["pr_auc"]
    assert found["low"] <= found["value"] <= found["high"]
    assert {"baseline_pr_auc", "last_sample_pr_auc", "f1", "announced", "false_alarms_per_week"} <= set(document["metrics"])
    assert len(document["failures"]) == 3
    assert (target / "worst.png").read_bytes().startswith(b"\x89PNG")
    assert "PR-AUC" in (target / "evaluate.html").read_text(encoding="utf-8")


def test_another_folder_is_judged_whole(press: tuple[AppSpec, Path, Quiet], tmp_path: Path) -> None:
    spec, folder, _ = press
    model = folder / "variants" / "float32" / "press.tflite"
    TASK.evaluate_folder(spec, [model], spec.path("data"), tmp_path)
    found = json.loads((tmp_path / "evaluation.json").read_text())
    assert found["pictures"] > 1000
    assert "baseline_pr_auc" not in found["metrics"]
    assert (tmp_path / "evaluate.html").is_file()
    settings = spec.data.series.model_copy(update={"window": 12})
    other = spec.model_copy(update={"data": spec.data.model_copy(update={"series": settings})})
    with pytest.raises(KitError, match="the window of the data: 12; of the model: 8"):
        TASK.evaluate_folder(other, [model], spec.path("data"), tmp_path)


def test_inspection_is_told_in_words_and_a_picture(press: tuple[AppSpec, Path, Quiet], tmp_path: Path) -> None:
    spec, _, _ = press
    found = TASK.inspect(spec.path("data"), spec, tmp_path / "data.png", 1)
    json.dumps(found)
    assert found["channels"] == {"value": 1200}
    assert set(found["counts"]) == {"train", "validation", "test"}
    assert any("12 failures" in line for line in found["lines"])
    assert (tmp_path / "data.png").read_bytes().startswith(b"\x89PNG")


def test_a_stopped_training_goes_on_to_the_same_result(press: tuple[AppSpec, Path, Quiet], tmp_path: Path) -> None:
    spec, folder, _ = press

    class Stops(Quiet):
        def progress(self, what: str, done: int, total: int) -> None:
            if what.startswith("epoch 2 ") and done == 2:
                raise KeyboardInterrupt

    def again(say: Quiet) -> None:
        train(spec, folder / "examples", tmp_path, tmp_path / "state", say)

    with pytest.raises(KeyboardInterrupt):
        again(Stops())
    again(Quiet())
    one, other = (read_curve(place / "curve.csv") for place in (folder / "train", tmp_path))
    for row, same in zip(one, other, strict=True):
        assert same.metric == pytest.approx(row.metric, abs=1e-3)
        assert replace(same, seconds=0, metric=0, train_loss=0, validation_loss=0) == replace(
            row, seconds=0, metric=0, train_loss=0, validation_loss=0
        )


def test_weights_that_do_not_fit_are_an_error(press: tuple[AppSpec, Path, Quiet], tmp_path: Path) -> None:
    spec, folder, _ = press
    wider = spec.model[0].model_copy(update={"backbone": spec.model[0].backbone.model_copy(update={"width": 12})})
    weights = folder / "train" / "trained.keras"
    with pytest.raises(KitError, match="Can't start press"):
        train(spec.model_copy(update={"model": (wider,)}), folder / "examples", tmp_path, tmp_path / "state", Quiet(), weights)


def test_forty_columns_integer_stamps_and_a_label(tmp_path: Path) -> None:
    spec, say = forty_columns(tmp_path), Quiet()
    run(spec, tmp_path, say)
    store = WindowStore(tmp_path / "examples")
    assert len(store.channels) == 40
    assert store.interval_s == 60
    rows = json.loads((tmp_path / "variants" / "variants.json").read_text())
    assert rows[0]["test"] > 0.7
    assert read_contract(tmp_path / "variants" / "float32" / "press.tflite").input.channels == store.channels
    worth = json.loads((tmp_path / "train" / "importance.json").read_text())
    assert min(worth, key=lambda row: float(row["change"]))["channel"] == "s17"
    settings = spec.data.series.model_copy(update={"values": ("s17",)})
    alone = spec.model_copy(update={"data": spec.data.model_copy(update={"series": settings})})
    (tmp_path / "alone").mkdir()
    run(alone, tmp_path / "alone", say)
    without = json.loads((tmp_path / "alone" / "variants" / "variants.json").read_text())
    assert without[0]["test"] >= rows[0]["test"] - 0.005, "channels that mean nothing were of use"


def test_a_channel_that_means_nothing_is_named(tmp_path: Path) -> None:
    spec = forty_columns(tmp_path)
    (tmp_path / "examples").mkdir()
    TASK.read(spec.path("data"), spec, tmp_path / "examples", Quiet())
    found = permutation_importance(WindowStore(tmp_path / "examples"), "validation", lambda raw: raw[:, -1, 17], 1)
    assert [one.channel for one in found if not one.means_nothing] == ["s17"]
    assert 'values = ["s17"]' in words(found)[0]
    assert "leave it out" not in words([Importance("a", 0.0, True), Importance("b", 0.001, True)])[0]
