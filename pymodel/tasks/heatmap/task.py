"""Points of the whole picture, or of what a box model found, by stacked hourglasses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from appspec.contract import Peak
from appspec.errors import KitError
from appspec.intervals import Interval
from appspec.model_spec import Model
from appspec.spec import AppSpec
from pages.drawing import Drawing, RgbImage
from pages.page import Section
from pymodel.data.augmentation import POSE_JITTER, REGION_POSE_JITTER
from pymodel.data.examples import Example
from pymodel.data.store import ExampleStore
from pymodel.evaluate import located
from pymodel.evaluate.document import PictureDocument
from pymodel.evaluate.judge import Judged, Values
from pymodel.foreign.evidence import ForeignModel
from pymodel.foreign.reading import Reading
from pymodel.inference.interpreter import Answer
from pymodel.networks.fused import assign_weights, weights_of
from pymodel.networks.hourglass import build_hourglass
from pymodel.tasks.crops import Crop
from pymodel.tasks.heatmap.foreign import read_heatmaps, recognize_heatmaps
from pymodel.tasks.heatmap.objective import HeatmapObjective
from pymodel.tasks.picture import Outputs, PictureTask, needs_points
from pymodel.train.objective import Array, Objective

if TYPE_CHECKING:
    import keras

THRESHOLD = 0.3
"""Geometric mean of the points' confidence below which nothing is shown, and below which, after a box, tiles are searched too."""


class HeatmapTask(PictureTask):
    """K heatmaps."""

    backbone = "hourglass"
    follows_box = True
    animates = True
    ready_outputs = "a heatmap a point"
    metric = "pck"
    meanings = located.MEANINGS
    jitter = POSE_JITTER
    region_jitter = REGION_POSE_JITTER

    def network(self, model: Model, store: ExampleStore, weights: str | Path) -> keras.Model:
        if weights == "imagenet":
            raise KitError(
                f"{model.name} can't start from ImageNet", "an hourglass has no such weights", 'set weights to "none" or a file'
            )
        count = needs_points(model, store) + len(store.auxiliary)
        return build_hourglass(None, model.backbone.width, model.backbone.stages, count, weights)

    def exported(self, trained: keras.Model, model: Model, store: ExampleStore) -> keras.Model:
        shape = model.input.size[0], model.backbone.width, model.backbone.stages
        fixed = build_hourglass(*shape, len(store.points) + len(store.auxiliary), exported=len(store.points))
        assign_weights(fixed, weights_of(trained))
        return fixed

    def objective(self, model: Model, store: ExampleStore) -> Objective:
        return HeatmapObjective(model.input.mean_rgb, model.input.std_rgb, len(store.points))

    def target(self, crop: Crop) -> Array:
        return np.asarray(np.concatenate([crop.points, (crop.box[2:] - crop.box[:2])[None]]), np.float32)

    def outputs(self, spec: AppSpec, model: Model, store: ExampleStore) -> Outputs:
        return Outputs(
            f"{', '.join(store.points)} of a {store.classes[0]}",
            Peak(threshold=THRESHOLD),
            store.points,
            f"hourglass_out_{model.backbone.stages - 1}",
            tile_below_confidence=THRESHOLD,
        )

    def network_words(self, model: Model) -> str:
        return "stacked hourglass"

    def recognize(self, found: ForeignModel) -> Reading | None:
        return recognize_heatmaps(found)

    def interpret(self, found: ForeignModel) -> Reading:
        return read_heatmaps(found)

    def measure(self, answer: Answer, example: Example, image: RgbImage) -> float:
        return located.correct_points(answer, example, 0.1)

    def score(self, answers: Sequence[Answer], example: Example, image: RgbImage) -> dict[str, float | None]:
        answer = answers[-1]
        return {
            "nme": located.point_error(answer, example),
            "pck": located.correct_points(answer, example, 0.1),
            "pck_02": located.correct_points(answer, example, 0.2),
        }

    def badness(self, values: Values, confidence: float) -> float:
        return (values["nme"] or 0.0) - (values["pck"] or 0.0)

    def metrics(self, judged: Sequence[Judged]) -> dict[str, Interval]:
        return located.point_metrics(judged) | located.pck_metrics(judged)

    def sections(self, document: PictureDocument) -> list[Section]:
        return located.point_sections(document)

    def draw(self, drawing: Drawing, answer: Answer) -> None:
        located.draw_points(drawing, answer)

    def draw_truth(self, drawing: Drawing, example: Example) -> None:
        located.draw_object(drawing, example)

    def rows(self, answer: Answer) -> list[dict[str, object]]:
        return located.point_rows(answer)


TASK = HeatmapTask()
