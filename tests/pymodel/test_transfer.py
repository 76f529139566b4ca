"""A few labelled pictures of another style: going on from a trained model beats starting from nothing on them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from appspec.progress import Silent
from appspec.spec import AppSpec
from pymodel.data.store import ExampleStore, write_store
from pymodel.synthetic import draw_dataset
from pymodel.tasks.crops import PictureCrops
from pymodel.tasks.landmarks.task import TASK
from pymodel.tasks.picture import training_config
from pymodel.train.run import run_training

FEW, MANY = 40, 400
"""Labelled pictures of the other style, and of the usual one."""


def spec(epochs: int, frozen: int = 0, learning_rate: float = 1e-2) -> AppSpec:
    train = {"epochs": epochs, "batch_size": 16, "learning_rate": learning_rate, "patience": 99, "seed": 2}
    model = {"name": "cat_landmarks", "task": "landmarks", "input": {"size": [64, 64]}, "train": train}
    model["backbone"] = {"frozen_epochs": frozen}
    data = {"format": "cat", "path": ".", "split": {"validation": 0.2, "test": 0.3}}
    box = {"name": "cat_box", "task": "box", "input": {"size": [64, 64]}}  # so that landmarks are looked for in the true box
    return AppSpec.model_validate({"app": {"name": "T", "id": "org.example.t"}, "model": [box, model], "data": data})


def in_ink(image: np.ndarray) -> np.ndarray:
    """An ink drawing on yellow paper: dark edges, three shades of each colour, red and blue changed about."""
    smooth = cv2.bilateralFilter(image, 7, 60, 7)
    shades = (smooth[..., ::-1].astype(np.float32) / 255 * 2.99).astype(np.uint8) * 90 + 40
    gray = cv2.cvtColor(smooth, cv2.COLOR_RGB2GRAY)
    edges = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 7, 4)
    return np.asarray(np.minimum(shades, edges[..., None]) * np.array([1.0, 0.9, 0.6]), np.uint8)


def store(folder: Path, count: int, seed: int, inked: bool) -> Path:
    data, target = folder / "data", folder / "examples"
    data.mkdir(parents=True)
    target.mkdir()
    draw_dataset(data, "cats", "cat", count, seed, 2)
    for path in data.glob("*.jpg") if inked else ():
        cv2.imwrite(str(path), in_ink(cv2.imread(str(path))[..., ::-1])[..., ::-1])
    write_store(data, spec(1).data, target, Silent())
    return target


def trained(folder: Path, how: AppSpec, examples: Path, weights: str | Path = "none") -> Path:
    (folder / "out").mkdir(parents=True)
    run_training(
        lambda: TASK.plan_training(how, how.model[1], weights, examples),
        how.model[1].train.seed,
        folder / "out",
        folder / "checkpoint",
        folder / "train.log",
        Silent(),
    )
    return folder / "out"


def error(result: Path, how: AppSpec, examples: Path) -> float:
    """Mean point error on the test split, as a share of the input's side."""
    import keras

    store = ExampleStore(examples)
    crops = PictureCrops(how.model[1], store, True, TASK.region_jitter, TASK.target, TASK.is_trainable)
    pixels, points = crops.batch_of_split("test", 64)
    model = keras.saving.load_model(result / "model.keras", compile=False)
    logits = model.predict((pixels.astype(np.float32) - 127.5) / 127.5, verbose=0)
    share = np.exp(logits - logits.max((1, 2), keepdims=True))
    share /= share.sum((1, 2), keepdims=True)
    centres = (np.arange(8) + 0.5) / 8
    found = np.stack([np.einsum("nrck,c->nk", share, centres), np.einsum("nrck,r->nk", share, centres)], -1)
    return float(np.linalg.norm(found - points, axis=-1).mean())


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """trained.keras of the usual style."""
    folder = tmp_path_factory.mktemp("usual")
    return trained(folder / "run", spec(12), store(folder, MANY, 1, inked=False)) / "trained.keras"


def test_what_starts_from_weights_sees_its_final_size_at_once_and_may_freeze_them() -> None:
    how = spec(10, frozen=3).model[1]
    large = how.model_copy(update={"input": how.input.model_copy(update={"size": (128, 128)})})
    fresh, tuned = training_config(large, "none"), training_config(large, "imagenet")
    assert [fresh.size_of(epoch) for epoch in range(10)] == [96] * 4 + [128] * 6
    assert {tuned.size_of(epoch) for epoch in range(10)} == {128}
    assert (fresh.frozen_epochs, tuned.frozen_epochs) == (0, 3)


def test_going_on_from_a_trained_model_beats_starting_from_nothing(usual: Path, tmp_path: Path) -> None:
    examples = store(tmp_path, 2 * FEW, 77, inked=True)
    tuning, fresh = spec(10, frozen=2), spec(10)
    tuned = error(trained(tmp_path / "tuned", tuning, examples, usual), tuning, examples)
    alone = error(trained(tmp_path / "alone", fresh, examples), fresh, examples)
    assert tuned < 0.9 * alone
