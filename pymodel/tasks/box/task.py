"""MobileNetV2 that locates the two corners of a box; the object's points, where the data has some, teach its backbone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np

from appspec.spec import AppSpec, Model
from pymodel.data.examples import Example
from pymodel.data.store import ExampleStore
from pymodel.networks.mobilenet_v2 import build_model, fixed_model
from pymodel.tasks.box.objective import BoxObjective
from pymodel.tasks.picture import Outputs, PictureTask
from pymodel.train.objective import Array, Objective

CORNERS = ("top_left", "bottom_right")

THRESHOLD = 0.3
"""Geometric mean of both corners' confidence below which nothing is shown and no landmarks are looked for."""


class BoxTask(PictureTask):
    """K = 2 points."""

    metric: Literal["iou"] = "iou"

    def network(self, model: Model, store: ExampleStore, weights: str | Path) -> Any:
        count = len(CORNERS) + len(store.points) + len(store.auxiliary)
        return build_model(None, model.backbone.alpha, weights, model.head, count, model.pooling)

    def exported(self, trained: Any, model: Model, store: ExampleStore) -> Any:
        return fixed_model(trained, model.input.size[0], model.backbone.alpha, model.head, len(CORNERS), model.pooling)

    def objective(self, model: Model, store: ExampleStore) -> Objective:
        return BoxObjective(model.input.mean_rgb, model.input.std_rgb, model.head == "points")

    def target(self, points: Array, box: Array, example: Example) -> Array:
        return np.asarray(np.concatenate([box.reshape(2, 2), points]), np.float32)

    def outputs(self, spec: AppSpec, model: Model, store: ExampleStore) -> Outputs:
        return Outputs(f"The box around a {store.classes[0]}", model.head, CORNERS, threshold=THRESHOLD)

    def teaches(self, example: Example) -> bool:
        return True


TASK = BoxTask()
