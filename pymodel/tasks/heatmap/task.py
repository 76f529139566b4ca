"""Points of the whole picture, or of what a box model found, by stacked hourglasses."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np

from appspec.errors import KitError
from appspec.spec import AppSpec, Model
from pymodel.data.augmentation import POSE_JITTER, REGION_POSE_JITTER
from pymodel.data.examples import Example
from pymodel.data.store import ExampleStore
from pymodel.networks.fused import give_weights, weights_of
from pymodel.networks.hourglass import build_hourglass
from pymodel.tasks.heatmap.objective import HeatmapObjective
from pymodel.tasks.picture import Outputs, PictureTask, looks_at_box, needs_points
from pymodel.train.objective import Array, Objective

THRESHOLD = 0.3
"""Geometric mean of the points' confidence below which nothing is shown, and below which, after a box, tiles are searched too."""

VOTE_SCALE = 1.25
"""After a box three looks vote: at its square, and at larger and smaller ones by this factor."""

VOTED_THRESHOLD = 0.2
"""THRESHOLD for voted points: two of three looks agree with a confidence of 0.3."""


class HeatmapTask(PictureTask):
    """K heatmaps."""

    metric: Literal["pck"] = "pck"
    jitter = POSE_JITTER
    region_jitter = REGION_POSE_JITTER

    def network(self, model: Model, store: ExampleStore, weights: str | Path) -> Any:
        if weights == "imagenet":
            raise KitError(
                f"{model.name} can't start from ImageNet", "an hourglass has no such weights", 'set weights to "none" or a file'
            )
        count = needs_points(model, store) + len(store.auxiliary)
        return build_hourglass(None, model.backbone.width, model.backbone.stages, count, weights)

    def exported(self, trained: Any, model: Model, store: ExampleStore) -> Any:
        shape = model.input.size[0], model.backbone.width, model.backbone.stages
        fixed = build_hourglass(*shape, len(store.points) + len(store.auxiliary), wanted=len(store.points))
        give_weights(fixed, weights_of(trained))
        return fixed

    def objective(self, model: Model, store: ExampleStore) -> Objective:
        return HeatmapObjective(model.input.mean_rgb, model.input.std_rgb, len(store.points))

    def target(self, points: Array, box: Array, example: Example) -> Array:
        return np.asarray(np.concatenate([points, (box[2:] - box[:2])[None]]), np.float32)

    def outputs(self, spec: AppSpec, model: Model, store: ExampleStore) -> Outputs:
        threshold = VOTED_THRESHOLD if looks_at_box(spec, model) else THRESHOLD
        return Outputs(
            f"{', '.join(store.points)} of a {store.classes[0]}",
            "peak",
            store.points,
            0.0,
            threshold,
            f"hourglass_out_{model.backbone.stages - 1}",
            search_below=threshold,
            vote_scale=VOTE_SCALE,
        )


TASK = HeatmapTask()
