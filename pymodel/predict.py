"""The models on one picture of the user's, the answer drawn into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pymodel.data.cat import read_folder
from pymodel.data.examples import Example
from pymodel.data.images import RgbImage, open_image
from pymodel.data.store import ExampleStore
from pymodel.evaluate import Evaluation, evaluate_chain, true_box
from pymodel.host import Answer, Chain
from pymodel.picture import FOUND, TRUTH, Drawing, contact_sheet


@dataclass(frozen=True)
class Prediction:
    """What was found in a picture.

    Attributes:
        box: x0, y0, x1, y1 in pixels: the app's answer.
        rows: one a point: model, point, x, y in pixels, confidence.
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
        f"{answer.contract.name} {answer.confidence.mean():.0%} ({answer.contract.quantization}, {answer.duration_ms:.1f} ms)"
        for answer in answers
    )
    drawing.caption(words)
    return drawing


def evaluate_data(models: Sequence[Path], folder: Path, sheet: Path) -> Evaluation:
    """Judges the chain on a folder in the CAT layout; draws truth (green) and answer (yellow), worst first.

    Raises:
        KitError: the folder can't be read.
    """
    reading, images = read_folder(folder)
    return _judge(models, reading.examples, images, sheet)


def evaluate_test(models: Sequence[Path], examples: Path, sheet: Path) -> Evaluation:
    """As evaluate_data, on the test split of the app's own data.

    Args:
        examples: folder of a finished ExampleStore.
    """
    store = ExampleStore(examples)
    indices = store.indices("test")
    return _judge(models, [store.examples[i] for i in indices], [store.image(i) for i in indices], sheet)


def _judge(models: Sequence[Path], examples: Sequence[Example], images: Sequence[RgbImage], sheet: Path) -> Evaluation:
    evaluation, answers = evaluate_chain(models, zip(examples, images, strict=True))
    order = sorted(range(len(images)), key=lambda i: evaluation.scores[i].iou)[:48]
    cells = []
    for i in order:
        drawing = Drawing(images[i], 480)
        drawing.box(true_box(examples[i]), TRUTH)
        drawing.points(examples[i].points, TRUTH)
        _draw(drawing, answers[i])
        cells.append((drawing.image, _words(evaluation, i)))
    title = f"{evaluation.pictures} pictures, worst first · mean IoU {evaluation.iou:.3f}"
    title += f" · NME {evaluation.nme:.4f}" if evaluation.nme is not None else ""
    contact_sheet(cells, f"{title} · green: truth, yellow: answer", sheet, columns=6, cell=280)
    return evaluation


def _draw(drawing: Drawing, answers: Sequence[Answer]) -> None:
    """The last model's box, and the landmarks."""
    drawing.box(answers[-1].box, FOUND)
    for answer in answers:
        if answer.contract.task == "landmarks":
            drawing.points(answer.points, FOUND)


def _words(evaluation: Evaluation, i: int) -> str:
    score = evaluation.scores[i]
    parts = [Path(score.file).name[:18], f"IoU {score.iou:.2f}"]
    parts += [f"NME {score.nme:.3f}"] if score.nme is not None else []
    return "  ".join(parts)


def _rows(answer: Answer) -> list[dict[str, object]]:
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
