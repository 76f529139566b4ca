"""One picture model's training, from the spec and the examples to model.keras, its curve and its page."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol

import numpy as np

from appspec.errors import KitError
from appspec.spec import AppSpec, Model
from appspec.stages import hash_file
from pymodel.data.augmentation import jittered_crop
from pymodel.data.store import ExampleStore
from pymodel.preprocess.geometry import box_around, crop_region
from pymodel.preprocess.normalize import fill_color, normalize
from pymodel.quiet import output_to, quiet_environment
from pymodel.tasks.picture import looks_at_box, picture_task, region_of
from pymodel.train.curve import draw_curve, write_curve
from pymodel.train.loop import SMALL_EPOCHS, TrainConfig, best_metric, train_model
from pymodel.train.loop import Example as TrainExample
from pymodel.train.objective import Array
from pymodel.train.page import write_train_page
from pymodel.train.workers import Team


class Listener(Protocol):
    """Where a training reports to."""

    def say(self, line: str) -> None:
        """One line."""

    def progress(self, what: str, done: int, total: int) -> None:
        """How far it is."""


class PictureExamples:
    """What a model is shown of the examples of a store: varied for training, as they are for validation.

    Args:
        store: a finished one.
    """

    def __init__(self, spec: AppSpec, model: Model, store: ExampleStore) -> None:
        self.store, self.task = store, picture_task(model.task)
        self._fill, self._seed = fill_color(model.input.mean_rgb), model.train.seed
        self._in_box = looks_at_box(spec, model)
        self._jitter = self.task.region_jitter if self._in_box else self.task.jitter
        self.train = self._usable("train")

    def _usable(self, split: str) -> list[int]:
        found = self.store.indices(split, every_object=self._in_box)  # type: ignore[arg-type]
        usable = [i for i in found if self.task.teaches(self.store.examples[i])]
        if not usable:
            raise KitError(
                f"There is nothing to learn from in the {split} split",
                f"none of its {len(found)} examples shows what the task asks for",
                "add pictures (200 or more), or raise the shares in [data] split of app.toml",
            )
        return usable

    def varied(self, epoch: int, i: int, side: int) -> TrainExample:
        """Training example i as it is in an epoch: the same for the same seed."""
        n = self.train[i]
        rng = np.random.default_rng((self._seed, epoch, n))
        known, margin = self.store.examples[n], self.store.box_margin
        outline = known.outline(margin)
        points = self.store.all_points(n)
        count = len(points)
        order = (*self.store.mirrored, *range(count, count + len(outline)))
        both = np.concatenate([points, outline])
        region = region_of(known, self._in_box)
        crop, placed = jittered_crop(
            self.store.image(n), self.store.half(n), both, order, region, side, self._fill, self._jitter, rng
        )
        box = box_around(placed[count:], margin or 0.0, 1, 1)
        return crop, self.task.target(placed[:count], box, known)

    def plain(self, split: str, side: int) -> TrainExample:
        """All examples of a split, stacked."""
        shown = [self._plain(n, side) for n in self._usable(split)]
        return np.stack([pixels for pixels, _ in shown]), np.stack([target for _, target in shown])

    def _plain(self, n: int, side: int) -> TrainExample:
        known = self.store.examples[n]
        x0, y0, width = region = region_of(known, self._in_box)
        corner = np.array([x0, y0], np.float32)
        points = (self.store.all_points(n) - corner) / np.float32(width)
        box = (known.box.reshape(2, 2) - corner) / np.float32(width)
        pixels = crop_region(self.store.image(n), region, side, self._fill)
        return pixels, self.task.target(points.astype(np.float32), box.reshape(4).astype(np.float32), known)


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
    """Writes model.keras, trained.keras (what was trained: every size, every output), curve.csv, curve.png and train.html
    into `target`.

    Args:
        weights: what the training starts from: "none", "imagenet" or a Keras file.
        examples: folder of a finished ExampleStore.
        checkpoint: folder for the state of this very training; removed when it is whole.

    Raises:
        KitError: the backbone's weights can't be had, or the data lacks what the task learns.
    """
    quiet_environment()
    with output_to(logs / "train.log"):
        import tensorflow as tf

        Team(tf)  # workers meet before TensorFlow does anything else
        import keras

    import cv2

    cv2.setNumThreads(1)  # the loader's own threads are the parallel ones
    keras.utils.set_random_seed(model.train.seed)
    store = ExampleStore(examples)
    shown = PictureExamples(spec, model, store)
    task, size = shown.task, model.input.size[0]
    with output_to(logs / "train.log"):
        network = task.network(model, store, weights)
    say.say(f"  {network.count_params():,} parameters, {len(shown.train)} examples, {size}×{size} pixels")
    if (checkpoint / "state.npz").is_file():
        say.say("  going on with the training that was stopped")
    config = training_config(model, weights)
    objective = task.objective(model, store)
    validation = lambda side: shown.plain("validation", side)  # noqa: E731
    curve = train_model(network, shown.varied, len(shown.train), validation, objective, config, checkpoint, say.progress)
    with output_to(logs / "train.log"):
        network.save(target / "trained.keras")
        exported = task.exported(network, model, store)
        task.calibrate(exported, model, store, _normalized(shown, model, size))
        exported.save(target / "model.keras")
    write_curve(curve, target / "curve.csv")
    draw_curve(curve, model.name, objective.metric_name, target / "curve.png")
    facts = {"training examples": len(shown.train), "weights": str(weights), "parameters": network.count_params()}
    facts |= {"data": fingerprint(examples / "index.json"), **{f"{name} pictures": n for name, n in store.counts().items()}}
    findings = write_train_page(f"Training of {model.name}", curve, objective, config, facts, target / "train.html")
    say.say(f"  {len(curve)} epochs, validation {objective.metric_name} {best_metric(curve, objective.maximize):.4f}")
    for finding in findings:
        say.say(f"  {finding.kind}: {finding.evidence}")
    shutil.rmtree(checkpoint, ignore_errors=True)


def training_config(model: Model, weights: str | Path) -> TrainConfig:
    """How a model trains: one that starts from weights freezes them first where the spec says so, and sees its final size from
    the first epoch on: it knows places already."""
    frozen, small = (0, SMALL_EPOCHS) if weights == "none" else (model.backbone.frozen_epochs, 0.0)
    return TrainConfig(size=model.input.size[0], frozen_epochs=frozen, small_epochs=small, **model.train.model_dump())


def fingerprint(index: Path) -> str:
    """Of the data: which files, boxes, points and splits; 16 hexadecimal digits."""
    return hash_file(index)[:16]


def _normalized(shown: PictureExamples, model: Model, size: int) -> Array:
    return normalize(shown.plain("validation", size)[0], model.input.mean_rgb, model.input.std_rgb)
