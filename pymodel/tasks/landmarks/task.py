"""MobileNetV2 that locates K points."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np

from appspec.spec import AppSpec, Model
from pymodel.data.examples import Example
from pymodel.data.store import ExampleStore
from pymodel.networks.mobilenet_v2 import build_model, fixed_model
from pymodel.tasks.landmarks.objective import LocatedObjective
from pymodel.tasks.picture import Outputs, PictureTask, needs_points
from pymodel.train.objective import Array, Objective

SEARCH_BELOW = 0.6
"""Landmarks less sure than this are looked for in each tile of the picture too: a face may have been too small to be found."""


class LandmarksTask(PictureTask):
    """The data's own points."""

    metric: Literal["nme"] = "nme"

    def network(self, model: Model, store: ExampleStore, weights: str | Path) -> Any:
        count = needs_points(model, store) + len(store.auxiliary)
        return build_model(None, model.backbone.alpha, weights, model.head, count, model.pooling)

    def exported(self, trained: Any, model: Model, store: ExampleStore) -> Any:
        size, count = model.input.size[0], len(store.points)
        return fixed_model(trained, size, model.backbone.alpha, model.head, count, model.pooling)

    def objective(self, model: Model, store: ExampleStore) -> Objective:
        return LocatedObjective(model.input.mean_rgb, model.input.std_rgb, model.head == "points")

    def target(self, points: Array, box: Array, example: Example) -> Array:
        return points.astype(np.float32)

    def outputs(self, spec: AppSpec, model: Model, store: ExampleStore) -> Outputs:
        what = f"{len(store.points)} landmarks of a {store.classes[0]}"
        return Outputs(what, model.head, store.points, box_margin(store), search_below=SEARCH_BELOW)


def box_margin(store: ExampleStore) -> float:
    """By which share of its sides the box is wider than its points, on each side: the data's own, or the usual one."""
    if store.box_margin is not None:
        return store.box_margin
    found = []
    for i in store.indices("train", every_object=True):
        known = store.examples[i].points[np.isfinite(store.examples[i].points[:, 0])]
        if len(known) >= 2:
            size = np.maximum(np.ptp(known, axis=0), 1.0)
            box = store.examples[i].box
            found.append(float(np.mean(((box[2:] - box[:2]) / size - 1) / 2)))
    return round(float(np.clip(np.median(found), 0, 1)), 3) if found else 0.0


TASK = LandmarksTask()
