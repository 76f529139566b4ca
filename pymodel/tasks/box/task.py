"""MobileNetV2 that locates the two corners of a box; the object's points, where the data has some, teach its backbone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from appspec.contract import Coordinates, Points
from appspec.intervals import Interval
from appspec.model_spec import Model
from appspec.spec import AppSpec
from pages.drawing import Drawing, RgbImage
from pymodel.data.examples import Example
from pymodel.data.store import ExampleStore
from pymodel.evaluate import located
from pymodel.evaluate.judge import Judged, Values
from pymodel.inference.interpreter import Answer
from pymodel.networks.mobilenet_v2 import build_model, fixed_model
from pymodel.tasks.box.objective import BoxObjective
from pymodel.tasks.crops import Crop
from pymodel.tasks.picture import Outputs, PictureTask
from pymodel.train.objective import Array, Objective

if TYPE_CHECKING:
    import keras

CORNERS = ("top_left", "bottom_right")

THRESHOLD = 0.3
"""Geometric mean of both corners' confidence below which nothing is shown and no landmarks are looked for."""


class BoxTask(PictureTask):
    """K = 2 points."""

    formats = ("cat", "coco", "voc", "yolo")
    gives_box = True
    metric = "iou"
    meanings = located.MEANINGS

    def network(self, model: Model, store: ExampleStore, weights: str | Path) -> keras.Model:
        count = len(CORNERS) + len(store.points) + len(store.auxiliary)
        return build_model(None, model.backbone.alpha, weights, model.head, count, model.pooling)

    def exported(self, trained: keras.Model, model: Model, store: ExampleStore) -> keras.Model:
        return fixed_model(trained, model.input.size[0], model.backbone.alpha, model.head, len(CORNERS), model.pooling)

    def objective(self, model: Model, store: ExampleStore) -> Objective:
        return BoxObjective(model.input.mean_rgb, model.input.std_rgb, model.head == "points")

    def target(self, crop: Crop) -> Array:
        return np.asarray(np.concatenate([crop.box.reshape(2, 2), crop.points]), np.float32)

    def outputs(self, spec: AppSpec, model: Model, store: ExampleStore) -> Outputs:
        decoder = (Points if model.head == "points" else Coordinates)(threshold=THRESHOLD)
        return Outputs(f"The box around a {store.classes[0]}", decoder, CORNERS)

    def network_words(self, model: Model) -> str:
        return f"{super().network_words(model)}, head {model.head}"

    def is_trainable(self, example: Example) -> bool:
        return True

    def measure(self, answer: Answer, example: Example, image: RgbImage) -> float:
        return located.overlap(answer, example)

    def score(self, answers: Sequence[Answer], example: Example, image: RgbImage) -> dict[str, float | None]:
        return {"iou": located.overlap(answers[-1], example)}

    def badness(self, values: Values, confidence: float) -> float:
        return -(values["iou"] or 0.0)

    def metrics(self, judged: Sequence[Judged]) -> dict[str, Interval]:
        return located.overlap_metrics(judged)

    def draw(self, drawing: Drawing, answer: Answer) -> None:
        located.draw_box(drawing, answer)

    def draw_truth(self, drawing: Drawing, example: Example) -> None:
        located.draw_object(drawing, example)

    def rows(self, answer: Answer) -> list[dict[str, object]]:
        return located.point_rows(answer)


TASK = BoxTask()
