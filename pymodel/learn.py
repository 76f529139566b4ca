"""One model's training, from the spec and the examples to model.keras and its curve."""

from __future__ import annotations

import csv
import shutil
from dataclasses import asdict, fields
from pathlib import Path
from typing import Protocol

import numpy as np

from appspec.spec import AppSpec, Model
from pymodel.augment import FRAME_JITTER, REGION_JITTER, jittered_crop
from pymodel.data.examples import Example
from pymodel.data.store import ExampleStore
from pymodel.geometry import REGION_MARGIN, Floats, Region, box_from_landmarks, box_region, crop_region, frame_region
from pymodel.normalize import fill_color
from pymodel.quiet import output_to, quiet_environment
from pymodel.tasks.located import BoxObjective, LocatedObjective
from pymodel.train import Epoch, TrainConfig, train_model
from pymodel.train import Example as TrainExample


class Listener(Protocol):
    """Where a training reports to."""

    def say(self, line: str) -> None:
        """One line."""

    def progress(self, what: str, done: int, total: int) -> None:
        """How far it is."""


CORNERS, LANDMARKS = 2, 9


def learn(
    spec: AppSpec,
    model: Model,
    weights: str | Path,
    examples: Path,
    target: Path,
    checkpoint: Path,
    logs: Path,
    say: Listener,
) -> None:
    """Writes model.keras, trained.keras (with the auxiliary points, for every size), curve.csv and curve.png into `target`.

    Args:
        weights: what the training starts from: "none", "imagenet" or a Keras file.
        examples: folder of a finished ExampleStore.
        checkpoint: folder for the state of this very training; removed when it is whole.

    Raises:
        KitError: the backbone's weights can't be had.
    """
    quiet_environment()
    with output_to(logs / "train.log"):
        import keras
        import tensorflow  # noqa: F401  its banners belong into the log

    import cv2

    from pymodel.backbone import build_model, fixed_model

    cv2.setNumThreads(1)  # the loader's own threads are the parallel ones
    keras.utils.set_random_seed(model.train.seed)
    store = ExampleStore(examples)
    size, fill = model.input.size[0], fill_color(model.input.mean_rgb)
    is_box, in_box = model.task == "box", looks_at_box(spec, model)
    jitter = REGION_JITTER if in_box else FRAME_JITTER
    train = store.indices("train")

    def example(epoch: int, i: int, side: int) -> TrainExample:
        n = train[i]
        rng = np.random.default_rng((model.train.seed, epoch, n))
        known = store.examples[n]
        crop, points = jittered_crop(store.image(n), known.points, region_of(known, in_box), side, fill, jitter, rng)
        return crop, _taught(points, box_from_landmarks(points, 1, 1), is_box)

    def plain(n: int, side: int) -> TrainExample:
        known = store.examples[n]
        region = region_of(known, in_box)
        truth = _taught(known.points, box_from_landmarks(known.points, known.width, known.height), is_box)
        points = (truth - np.asarray(region[:2], np.float32)) / np.float32(region[2])
        return crop_region(store.image(n), region, side, fill), points.astype(np.float32)

    def validation(side: int) -> TrainExample:
        known = [plain(n, side) for n in store.indices("validation")]
        return np.stack([pixels for pixels, _ in known]), np.stack([points for _, points in known])

    with output_to(logs / "train.log"):
        shape = model.backbone.alpha, weights, model.head
        network = build_model(None, *shape, CORNERS + LANDMARKS if is_box else LANDMARKS, model.pooling)
    say.say(f"  {network.count_params():,} parameters, {len(train)} pictures, {size}×{size} pixels")
    if (checkpoint / "state.npz").is_file():
        say.say("  going on with the training that was stopped")
    own = CORNERS if is_box else LANDMARKS
    config = TrainConfig(size=size, frozen_epochs=model.backbone.frozen_epochs, **model.train.model_dump())
    objective = (BoxObjective if is_box else LocatedObjective)(model.input.mean_rgb, model.input.std_rgb, model.head == "points")
    curve = train_model(network, example, len(train), validation, objective, config, checkpoint, say.progress)
    with output_to(logs / "train.log"):
        network.save(target / "trained.keras")
        fixed_model(network, size, model.backbone.alpha, model.head, own, model.pooling).save(target / "model.keras")
    _write_curve(curve, target / "curve.csv")
    _draw_curve(curve, model, target / "curve.png")
    metric = "IoU" if is_box else "point error"
    say.say(f"  {len(curve)} epochs, validation {metric} {_best(curve, is_box):.4f}")
    shutil.rmtree(checkpoint, ignore_errors=True)


def looks_at_box(spec: AppSpec, model: Model) -> bool:
    """Whether a model looks at the box of the one before it, or at the whole picture."""
    return model.task == "landmarks" and len(spec.model) > 1


def region_of(example: Example, in_box: bool) -> Region:
    """Where a model looks, given the truth."""
    if in_box:
        return box_region(box_from_landmarks(example.points, example.width, example.height), REGION_MARGIN)
    return frame_region(example.width, example.height)


def _taught(landmarks: Floats, box: Floats, is_box: bool) -> Floats:
    """A box model learns the landmarks too: they tell its backbone what a face is."""
    return np.concatenate([box.reshape(2, 2), landmarks]).astype(np.float32) if is_box else landmarks


def _best(curve: list[Epoch], is_box: bool) -> float:
    return max(row.metric for row in curve) if is_box else min(row.metric for row in curve)


def _write_curve(curve: list[Epoch], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Epoch)])
        writer.writeheader()
        writer.writerows(asdict(row) for row in curve)


def _draw_curve(curve: list[Epoch], model: Model, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), dpi=120, layout="constrained")
    losses, metrics = figure.subplots(1, 2)
    epochs = [row.epoch for row in curve]
    losses.plot(epochs, [row.train_loss for row in curve], marker="o", label="training (augmented)")
    losses.plot(epochs, [row.validation_loss for row in curve], marker="o", label="validation")
    losses.set(title=f"{model.name}: loss", xlabel="epoch")
    losses.legend()
    metrics.plot(epochs, [row.metric for row in curve], marker="o", color="tab:green")
    metrics.set(title="validation IoU" if model.task == "box" else "validation point error / input side", xlabel="epoch")
    for axes in (losses, metrics):
        axes.grid(alpha=0.3)
    figure.savefig(path)
