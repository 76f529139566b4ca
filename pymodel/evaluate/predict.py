"""The models on one picture of the user's, the answer drawn into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from appspec.words import counted
from pymodel.data.images import RgbImage, open_image
from pymodel.evaluate.chain import Evaluation, Sample, Score, evaluate_chain
from pymodel.evaluate.drawing import FOUND, TRUTH, Drawing, contact_sheet
from pymodel.inference.interpreter import Answer, Chain


@dataclass(frozen=True)
class Prediction:
    """What was found in a picture.

    Attributes:
        box: x0, y0, x1, y1 in pixels: the app's answer; the whole picture where it finds no box.
        rows: one a point: model, point, x, y in pixels, confidence; or one a class: model, class, probability.
        picture: the PNG that was written.
    """

    box: tuple[float, ...]
    rows: tuple[dict[str, object], ...]
    picture: Path
    duration_ms: float


def predict(models: Sequence[Path], image_file: Path, picture: Path) -> Prediction:
    """Runs the chain on an image file and draws what it says.

    Raises:
        KitError: the image can't be read.
    """
    image = open_image(image_file)
    with Chain(models) as chain:
        chain.answers(image)
        answers = chain.answers(image)
    draw_answers(image, answers).save(picture)
    duration = sum(answer.duration_ms for answer in answers)
    box = tuple(round(float(value), 1) for value in answers[-1].box)
    return Prediction(box, tuple(row for answer in answers for row in _rows(answer)), picture, duration)


def draw_answers(image: RgbImage, answers: Sequence[Answer], side: int = 960) -> Drawing:
    """The picture with box, points and a line of words."""
    drawing = Drawing(image, side)
    _draw(drawing, answers)
    words = " · ".join(
        f"{answer.contract.name} {_classes(answer) if len(answer.probabilities) else f'{answer.confidence.mean():.0%}'} "
        f"({answer.contract.quantization}, {answer.duration_ms:.1f} ms)"
        for answer in answers
    )
    drawing.caption(words)
    return drawing


def draw_worst(
    models: Sequence[Path], samples: Iterable[Sample], sheet: Path, count: int = 48
) -> tuple[Evaluation, list[tuple[Image.Image, str]]]:
    """Judges the chain; draws truth (green) and answer (yellow) of the worst `count` pictures into a contact sheet.

    Returns:
        the evaluation, and the worst pictures with a line of words each.
    """
    kept = list(samples)
    evaluation, answers = evaluate_chain(models, kept)
    order = sorted(range(len(kept)), key=lambda i: -evaluation.scores[i].badness)[:count]
    cells = [(_judged(kept[i], answers[i], evaluation), _words(evaluation.scores[i])) for i in order]
    told = " · ".join(f"{name} {interval.value:.3f}" for name, interval in evaluation.metrics.items())
    title = f"{counted(evaluation.pictures, 'picture')}, worst first · {told} · green: truth, yellow: answer"
    contact_sheet(cells, title, sheet, columns=6, cell=280)
    return evaluation, cells


def _judged(sample: Sample, answers: Sequence[Answer], evaluation: Evaluation) -> Image.Image:
    drawing = Drawing(sample.image, 480)
    if evaluation.classes:
        drawing.caption(f"{evaluation.classes[sample.example.label]}; {_classes(answers[-1])}")
        return drawing.image
    drawing.box(sample.example.box, TRUTH)
    drawing.points(sample.example.points, TRUTH)
    _draw(drawing, answers)
    return drawing.image


def _draw(drawing: Drawing, answers: Sequence[Answer]) -> None:
    """The last model's box, and the points."""
    if answers[-1].contract.task in ("box", "landmarks"):
        drawing.box(answers[-1].box, FOUND)
    for answer in answers:
        if answer.contract.task in ("landmarks", "heatmap"):
            drawing.points(answer.points, FOUND)


def _classes(answer: Answer) -> str:
    order = np.argsort(-answer.probabilities)[:3]
    return ", ".join(f"{answer.contract.labels[i]} {answer.probabilities[i]:.0%}" for i in order)


def _words(score: Score) -> str:
    parts = [Path(score.file).name[:18]]
    parts += [f"IoU {score.iou:.2f}"] if score.iou is not None else []
    parts += [f"NME {score.nme:.3f}"] if score.nme is not None else []
    parts += [f"{score.confidence:.0%} sure"] if score.correct is not None else []
    return "  ".join(parts)


def _rows(answer: Answer) -> list[dict[str, object]]:
    if len(answer.probabilities):
        pairs = zip(answer.contract.labels, answer.probabilities, strict=True)
        return [{"model": answer.contract.name, "class": name, "probability": round(float(p), 4)} for name, p in pairs]
    return [
        {
            "model": answer.contract.name,
            "point": name,
            "x": round(float(x), 1),
            "y": round(float(y), 1),
            "confidence": round(float(confidence), 3),
        }
        for name, (x, y), confidence in zip(answer.contract.labels, answer.points, answer.confidence, strict=True)
    ]
