"""MobileNetV2 with a dense head that tells classes apart; its probabilities are calibrated on the validation split."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np

from appspec.errors import KitError
from appspec.spec import AppSpec, Model
from pymodel.data.examples import Example
from pymodel.data.store import ExampleStore
from pymodel.networks.fused import give_weights, weights_of
from pymodel.networks.mobilenet_v2 import build_classifier
from pymodel.tasks.classify.objective import ClassifyObjective, balanced
from pymodel.tasks.picture import Outputs, PictureTask
from pymodel.train.objective import Array, Objective

THRESHOLD = 0.6
"""Probability below which the app says that it is not sure."""

TEMPERATURES = np.exp(np.linspace(np.log(0.2), np.log(5.0), 161))


class ClassifyTask(PictureTask):
    """C classes."""

    metric: Literal["accuracy"] = "accuracy"

    def network(self, model: Model, store: ExampleStore, weights: str | Path) -> Any:
        _check_classes(store)
        shape = None, model.backbone.alpha, weights, len(store.classes), model.pooling
        return build_classifier(*shape, corners=_knows_boxes(store))

    def exported(self, trained: Any, model: Model, store: ExampleStore) -> Any:
        size, alpha = model.input.size[0], model.backbone.alpha
        fixed = build_classifier(size, alpha, "none", len(store.classes), model.pooling, phone=True)
        give_weights(fixed, weights_of(trained))
        return fixed

    def objective(self, model: Model, store: ExampleStore) -> Objective:
        return ClassifyObjective(model.input.mean_rgb, model.input.std_rgb, balanced(_counts(store, "train")))

    def target(self, points: Array, box: Array, example: Example) -> Array:
        told = box if _is_told(example) else np.full(4, np.nan)
        return np.concatenate([[example.label], told]).astype(np.float32)

    def outputs(self, spec: AppSpec, model: Model, store: ExampleStore) -> Outputs:
        return Outputs(
            f"Whether a picture shows {' or '.join(store.classes)}",
            "probabilities",
            store.classes,
            0.0,
            THRESHOLD,
            "probabilities",
        )

    def calibrate(self, exported: Any, model: Model, store: ExampleStore, validation: Array) -> None:
        """Temperature scaling (Guo et al., On Calibration of Modern Neural Networks, 2017), folded into the last layer."""
        probabilities = exported.predict(validation, verbose=0)
        truth = np.array([store.examples[i].label for i in store.indices("validation")])
        layer = exported.get_layer("head_classes")
        layer.set_weights([values / temperature(np.log(probabilities + 1e-12), truth) for values in layer.get_weights()])


def temperature(logits: Array, truth: Array) -> float:
    """What logits (N, C) must be divided by for the least cross-entropy with the classes (N,)."""

    def loss(value: float) -> float:
        scaled = logits / value
        scaled = scaled - scaled.max(-1, keepdims=True)
        return float(np.mean(np.log(np.exp(scaled).sum(-1)) - scaled[np.arange(len(truth)), truth]))

    return float(min(TEMPERATURES, key=loss))


def _counts(store: ExampleStore, split: Literal["train", "validation", "test"]) -> list[int]:
    labels = [store.examples[i].label for i in store.indices(split)]
    return [labels.count(label) for label in range(len(store.classes))]


def _knows_boxes(store: ExampleStore) -> bool:
    return any(_is_told(store.examples[i]) for i in store.indices("train"))


def _is_told(example: Example) -> bool:
    """Whether the box is less than the whole picture."""
    return bool((example.box != (0, 0, example.width, example.height)).any())


def _check_classes(store: ExampleStore) -> None:
    for name, count in zip(store.classes, _counts(store, "train"), strict=True):
        if not count:
            raise KitError(f"Class {name} can't be learnt", "none of its pictures is in the training split", "add pictures of it")


TASK = ClassifyTask()
