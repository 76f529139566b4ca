"""Each task kind goes the whole road on a tiny budget: data in its format, training, pages, `.tflite`, APK, answers."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from appspec.contract import Classes, CropPolicy, Peak, Window
from appspec.read_contract import read_contract
from deploy.apk.facts import inspect_apk
from flow.build import build
from flow.screen import Screen
from pymodel.stages.judged import predict_image
from tests.kinds import ANIMATION, APPS, Built


@pytest.fixture(params=list(APPS))
def built(request: pytest.FixtureRequest, builds: Callable[[str], Built]) -> Built:
    return builds(request.param)


def test_the_model_says_what_the_phone_must_know(built: Built) -> None:
    contract = read_contract(built.report.models.models[0].path)
    wanted = {
        "heatmap": (Peak, CropPolicy(), ("forefinger4", "thumb4"), (1, 32, 32, 3), (1, 8, 8, 2)),
        "classify": (Classes, CropPolicy(), ("cat", "dog"), (1, 32, 32, 3), (1, 2)),
        "window": (Window, None, ("Normal", "Abnormal"), (1, 24, 4), (1, 1)),
    }[built.kind]
    shapes = contract.input.shape, contract.output.shape
    assert (type(contract.decoder), contract.crop, contract.labels, *shapes) == wanted
    if built.kind == "window":
        assert contract.input.channels == ("temperature", "vibration", "current", "cafeteria_menu")
        assert isinstance(contract.decoder, Window)
        assert contract.decoder.interval_s == 600
        assert [len(values) for values in contract.normalization] == [4, 4]
    if built.kind == "heatmap":
        assert contract.output.name == "hourglass_out_1"


def test_the_apk_asks_for_what_its_screen_needs_and_holds_its_files(built: Built) -> None:
    facts = inspect_apk(built.report.apk)
    assert ("android.permission.CAMERA" in facts.permissions) == (built.kind != "window")
    with zipfile.ZipFile(built.report.apk) as archive:
        names = set(archive.namelist())
        followed = archive.read("assets/follow.json") if "assets/follow.json" in names else None
    assert f"assets/{built.report.models.models[0].path.name}" in names
    assert ("assets/replay.csv" in names) == (built.kind == "window")
    assert followed == (ANIMATION if built.kind == "heatmap" else None)


def test_training_and_evaluation_leave_pages(built: Built) -> None:
    artifacts = built.app.artifacts
    name = built.app.spec.model[0].name
    for page in (artifacts.training_page(name) / "train.html", artifacts.evaluation_page / "evaluate.html"):
        text = page.read_text(encoding="utf-8")
        assert text.startswith("<!doctype html>")
        assert "<svg" in text or "data:image/" in text, "nothing is drawn"
    document = json.loads((artifacts.evaluation / "evaluation.json").read_text(encoding="utf-8"))
    wanted = {
        "heatmap": {"nme", "failure_rate", "pck_0.1", "pck_0.2"},
        "classify": {"accuracy", "ece"},
        "window": {"pr_auc", "baseline_pr_auc", "f1", "announced", "false_alarms_per_week"},
    }[built.kind]
    assert wanted <= set(document["metrics"])
    for metric in document["metrics"].values():
        assert metric["low"] <= metric["value"] <= metric["high"]


@pytest.mark.parametrize("kind", ["heatmap", "classify"])
def test_a_picture_is_answered_and_drawn(builds: Callable[[str], Built], kind: str, tmp_path: Path) -> None:
    built = builds(kind)
    photograph = next(built.app.artifacts.data.rglob("*.jpg"))
    found = predict_image(built.app.spec, [built.report.models.models[0].path], photograph, tmp_path / "answer.png")
    keys = {"heatmap": {"model", "point", "x", "y", "confidence"}, "classify": {"model", "class", "probability"}}[kind]
    assert len(found.rows) == 2
    assert all(set(row) == keys for row in found.rows)
    with Image.open(tmp_path / "answer.png") as drawn:
        assert drawn.width > 500


def test_nothing_is_made_twice(built: Built) -> None:
    again = build(built.app, Screen())
    assert [stage.name for stage in again.stages if stage.made] == []
