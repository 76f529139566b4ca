"""Metrics of finished models on pictures with known landmarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from pymodel.data.examples import Example
from pymodel.data.images import RgbImage
from pymodel.geometry import box_from_landmarks, box_region, frame_region
from pymodel.host import Answer, Chain, Floats, HostModel
from pymodel.metrics import iou, nme

Pictures = Iterable[tuple[Example, RgbImage]]


@dataclass(frozen=True)
class Score:
    """One picture, judged end to end.

    Attributes:
        iou: of the last model's box with the true one: landmarks correct the box that they were looked for in.
        nme: mean landmark distance / diagonal of the true box, on the predicted box; None without landmarks.
        confidence: mean confidence of the first model's points.
    """

    file: str
    iou: float
    nme: float | None
    confidence: float
    duration_ms: float


@dataclass(frozen=True)
class Evaluation:
    """Means over all pictures."""

    pictures: int
    iou: float
    nme: float | None
    median_ms: float
    scores: tuple[Score, ...]

    def as_dict(self) -> dict[str, object]:
        """JSON-able values."""
        return asdict(self)


def true_box(example: Example) -> Floats:
    """(4,) xyxy pixels: the box that the landmarks stand for."""
    return box_from_landmarks(example.points, example.width, example.height)


def evaluate_chain(models: Sequence[Path], pictures: Pictures) -> tuple[Evaluation, list[list[Answer]]]:
    """All models in order on each picture, as the phone runs them; the answers too, for drawing."""
    scores, all_answers = [], []
    with Chain(models) as chain:
        for example, image in pictures:
            answers = chain.answers(image)
            scores.append(_score(example, answers))
            all_answers.append(answers)
    return Evaluation(
        pictures=len(scores),
        iou=float(np.mean([score.iou for score in scores])),
        nme=_mean([score.nme for score in scores]),
        median_ms=float(np.median([score.duration_ms for score in scores])),
        scores=tuple(scores),
    ), all_answers


def evaluate_model(model: HostModel, pictures: Pictures) -> float:
    """One model alone, given the true region: mean IoU of a box model, mean NME of a landmark model."""
    values = []
    for example, image in pictures:
        box = true_box(example)
        if model.contract.region == "box":
            region = box_region(box, model.contract.margin)
        else:
            region = frame_region(example.width, example.height)
        answer = model.answer(image, region)
        is_box = model.contract.task == "box"
        values.append(float(iou(answer.box, box)) if is_box else float(nme(answer.points, example.points, box)))
    return float(np.mean(values))


def _score(example: Example, answers: list[Answer]) -> Score:
    box = true_box(example)
    landmarks = [answer for answer in answers if answer.contract.task == "landmarks"]
    return Score(
        file=example.file,
        iou=round(float(iou(answers[-1].box, box)), 5),
        nme=round(float(nme(landmarks[0].points, example.points, box)), 5) if landmarks else None,
        confidence=round(float(answers[0].confidence.mean()), 4),
        duration_ms=round(sum(answer.duration_ms for answer in answers), 3),
    )


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
