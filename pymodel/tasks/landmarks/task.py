"""MobileNetV2 that locates K points."""

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
from pages.page import Section
from pymodel.data.examples import Example
from pymodel.data.store import ExampleStore
from pymodel.evaluate import located
from pymodel.evaluate.document import PictureDocument
from pymodel.evaluate.judge import Judged, Values
from pymodel.foreign.evidence import ForeignModel
from pymodel.foreign.reading import Reading
from pymodel.inference.interpreter import Answer
from pymodel.networks.mobilenet_v2 import build_model, fixed_model
from pymodel.tasks.crops import Crop
from pymodel.tasks.landmarks.foreign import read_points
from pymodel.tasks.located import LocatedObjective
from pymodel.tasks.picture import Outputs, PictureTask, needs_points
from pymodel.train.objective import Array, Objective

if TYPE_CHECKING:
    import keras

TILE_BELOW_CONFIDENCE = 0.6
"""Landmarks less confident than this are looked for in each tile of the picture too: a face may have been too small to be found."""


class LandmarksTask(PictureTask):
    """The data's own points."""

    follows_box = True
    refines = True
    animates = True
    tracks = True
    ready_outputs = "coordinates of points"
    metric = "nme"
    lower_is_better = True
    meanings = located.MEANINGS

    def network(self, model: Model, store: ExampleStore, weights: str | Path) -> keras.Model:
        count = needs_points(model, store) + len(store.auxiliary)
        return build_model(None, model.backbone.alpha, weights, model.head, count, model.pooling)

    def exported(self, trained: keras.Model, model: Model, store: ExampleStore) -> keras.Model:
        size, count = model.input.size[0], len(store.points)
        return fixed_model(trained, size, model.backbone.alpha, model.head, count, model.pooling)

    def objective(self, model: Model, store: ExampleStore) -> Objective:
        return LocatedObjective(model.input.mean_rgb, model.input.std_rgb, model.head == "points")

    def target(self, crop: Crop) -> Array:
        return crop.points.astype(np.float32)

    def outputs(self, spec: AppSpec, model: Model, store: ExampleStore) -> Outputs:
        decoder = (Points if model.head == "points" else Coordinates)(box_margin=box_margin(store))
        meaning = f"{len(store.points)} landmarks of a {store.classes[0]}"
        return Outputs(meaning, decoder, store.points, tile_below_confidence=TILE_BELOW_CONFIDENCE)

    def network_words(self, model: Model) -> str:
        return f"{super().network_words(model)}, head {model.head}"

    def interpret(self, found: ForeignModel) -> Reading:
        return read_points(found)

    def measure(self, answer: Answer, example: Example, image: RgbImage) -> float:
        return located.point_error(located.shown_points(answer), example)

    def score(self, answers: Sequence[Answer], example: Example, image: RgbImage) -> dict[str, float | None]:
        answer = located.shown_points(answers[-1])
        if judged_by_box(answer):
            return {"iou": located.overlap(answer, example), "nme": located.point_error(answer, example)}
        return {
            "nme": located.point_error(answer, example) if answer.found else None,
            "pck": located.correct_points(answer, example, 0.1) if answer.found else missed(example),
            "pck_02": located.correct_points(answer, example, 0.2) if answer.found else missed(example),
        }

    def badness(self, values: Values, confidence: float) -> float:
        return -(values["iou"] or 0.0) if "iou" in values else 1 - (values["pck"] or 0.0)

    def metrics(self, judged: Sequence[Judged]) -> dict[str, Interval]:
        if all(judged_by_box(one.answers[-1]) for one in judged):
            return located.overlap_metrics(judged) | located.point_metrics(judged)
        return located.point_metrics(judged) | located.pck_metrics(judged)

    def sections(self, document: PictureDocument) -> list[Section]:
        return located.point_sections(document)

    def draw(self, drawing: Drawing, answer: Answer) -> None:
        if not answer.found:
            return
        if judged_by_box(answer):
            located.draw_box(drawing, answer)
        located.draw_points(drawing, answer)

    def draw_truth(self, drawing: Drawing, example: Example) -> None:
        located.draw_object(drawing, example)

    def rows(self, answer: Answer) -> list[dict[str, object]]:
        return located.point_rows(answer)


def judged_by_box(answer: Answer) -> bool:
    """Whether its box is meant to be the data's; not of a ready model that tells whether its points are there: they count alone."""
    return getattr(answer.contract.decoder, "presence", "none") == "none"


def missed(example: Example) -> float:
    """PCK of an answer that isn't there; NaN where no true point is known either."""
    return 0.0 if np.isfinite(example.seen_points()).any() else float("nan")


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
