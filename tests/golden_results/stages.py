"""Tiny apps of each kind, run through every stage of the pipeline, and what each stage left in a few numbers.

The numbers are means and losses, not hashes of bytes: other CPUs add in another order. A change of a stage's result that is of
any weight moves them by far more than that.
"""

from __future__ import annotations

import csv
import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from appspec.artifacts import Artifacts
from appspec.progress import Silent
from appspec.spec import AppSpec
from pymodel.data.store import ExampleStore
from pymodel.inference.interpreter import HostModel
from pymodel.pipeline import build_models
from pymodel.synthetic.stage import STAGE_VERSIONS
from pymodel.tasks.task import app_tasks

GOLDEN = Path(__file__).with_name("results.json")

PICTURES = {"pictures": 40, "split": {"validation": 0.2, "test": 0.2}}
SMALL = {"input": {"size": [32, 32]}, "train": {"epochs": 1, "batch_size": 8}}
SPLIT = {"validation": 0.2, "test": 0.25}
SERIES = {"failures": "failures.txt", "window": 24, "stride": 6, "horizon": "12h"}

APPS: dict[str, dict[str, object]] = {
    "cats": {
        "model": [{"name": "face", "task": "box", **SMALL}, {"name": "points", "task": "landmarks", **SMALL}],
        "data": {"format": "drawn", **PICTURES},
    },
    "pointing_hands": {
        "model": [{"name": "tip", "task": "heatmap", "backbone": {"width": 8, "stages": 2}, **SMALL}],
        "data": {"format": "drawn", "subject": "pointing_hands", "points": ["forefinger4"], **PICTURES},
    },
    "pets": {
        "model": [{"name": "pet", "task": "classify", **SMALL}],
        "data": {"format": "drawn", "subject": "pets", **PICTURES},
    },
    "machine": {
        "model": [{"name": "pump", "task": "window", "backbone": {"width": 8}, "train": {"epochs": 1, "batch_size": 64}}],
        "data": {"format": "drawn", "subject": "machine", "days": 120, "split": SPLIT, "series": SERIES},
    },
}
"""By subject: together they have every kind of task."""


@dataclass(frozen=True)
class Result:
    """What a stage left.

    Attributes:
        version: of the stage and, where a kind of task has a part in it, of the kind.
        where: what to raise when the numbers change.
        numbers: by name.
        tolerance: relative, and absolute below 1.
    """

    version: list[int]
    where: str
    numbers: Mapping[str, float]
    tolerance: float


def spec_of(subject: str) -> AppSpec:
    """A tiny app on data of a subject."""
    screen = "sensor" if subject == "machine" else "camera"
    app = {"name": subject, "id": "org.example.golden", "screen": screen}
    return AppSpec.model_validate({"app": app, "convert": {"quantize": "none"}, **APPS[subject]})


def results(subject: str, folder: Path) -> dict[str, Result]:
    """Runs every stage of an app in a folder; what each left."""
    spec, artifacts = spec_of(subject), Artifacts(folder / subject)
    build_models(spec, artifacts, Silent())
    tasks = app_tasks(spec)
    is_machine = subject == "machine"
    found = {
        "draw": Result(
            [STAGE_VERSIONS[subject]],
            f"STAGE_VERSIONS of pymodel/synthetic/stage.py ({subject})",
            (_series if is_machine else _pictures)(artifacts.data),
            1e-4,
        ),
        "read": Result(
            [tasks[0].read_version],
            f"STAGE_VERSION of pymodel/data/{'series/store' if is_machine else 'pictures'}.py",
            (_windows if is_machine else _examples)(artifacts.examples),
            1e-4,
        ),
    }
    for model, task in zip(spec.model, tasks, strict=True):
        kind = f", or version in pymodel/tasks/{model.task}/task.py"
        for stage, module, tolerance in (("train", "train.run", 0.02), ("convert", "quantize.variants", 0.05)):
            read: Callable[[Path], dict[str, float]] = _curve if stage == "train" else _variants
            place = artifacts.train(model.name) if stage == "train" else artifacts.convert(model.name)
            version = [_version(module), task.version]
            where = f"STAGE_VERSION of pymodel/{module.replace('.', '/')}.py{kind}"
            found[f"{stage} {model.name}"] = Result(version, where, read(place), tolerance)
    found["evaluate"] = Result(
        [_version("evaluate.chain"), tasks[-1].version],
        f"STAGE_VERSION of pymodel/evaluate/chain.py, or version in pymodel/tasks/{spec.model[-1].task}/task.py",
        _evaluation(artifacts.evaluation),
        0.1,
    )
    return found


def _version(module: str) -> int:
    return int(importlib.import_module(f"pymodel.{module}").STAGE_VERSION)


def _pictures(data: Path) -> dict[str, float]:
    files = sorted(data.rglob("*.jpg"))
    means = []
    for file in files:
        with Image.open(file) as image:
            means.append(np.asarray(image, np.float64).mean())
    return {"pictures": len(files), "mean": float(np.mean(means)), "deviation": float(np.std(means))}


def _series(data: Path) -> dict[str, float]:
    table = pd.read_csv(data / "machine.csv")
    numbers = {str(name): float(table[name].mean()) for name in table.columns if name != "timestamp"}
    return {"rows": float(len(table)), **numbers}


def _examples(examples: Path) -> dict[str, float]:
    store = ExampleStore(examples)
    boxes = np.stack([example.box for example in store.examples])
    pixels = np.fromfile(examples / "pixels.bin", np.uint8)
    return {"pixels": float(pixels.mean()), "bytes": float(len(pixels)), "boxes": float(boxes.mean()), **store.counts()}


def _windows(examples: Path) -> dict[str, float]:
    with np.load(examples / "series.npz") as arrays:
        return {name: float(np.nanmean(arrays[name])) for name in sorted(arrays)}


def _curve(trained: Path) -> dict[str, float]:
    with (trained / "curve.csv").open(encoding="utf-8") as file:
        row = next(csv.DictReader(file))
    return {name: float(row[name]) for name in ("size", "learning_rate", "train_loss", "validation_loss")}


def _variants(converted: Path) -> dict[str, float]:
    """Size of the float32 variant, and what it answers to noise."""
    (row,) = json.loads((converted / "variants.json").read_text(encoding="utf-8"))
    (path,) = (converted / "float32").glob("*.tflite")
    with HostModel(path) as host:
        low, span = (np.asarray(values, np.float32) for values in host.contract.normalization)
        noise = np.random.default_rng(1).uniform(size=host.contract.input.shape[1:])
        answer = host.infer((low + span * noise).astype(np.float32))[0]
    return {"size_bytes": float(row["size_bytes"]), "answer": float(np.abs(answer).mean()), "spread": float(answer.std())}


def _evaluation(evaluation: Path) -> dict[str, float]:
    """Figures that no single picture decides: a few pictures more or less move other metrics in steps."""
    document = json.loads((evaluation / "evaluation.json").read_text(encoding="utf-8"))
    found = {"pictures": float(document["pictures"]), "metrics": float(len(document["metrics"]))}
    if document.get("scores"):
        return found | {"confidence": float(np.mean([score["confidence"] for score in document["scores"]]))}
    return found | {name: float(document["metrics"][name]["value"]) for name in ("pr_auc", "baseline_pr_auc")}
