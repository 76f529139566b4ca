"""Finished models on one picture of the user's, the answer drawn into it; the worst cases of an evaluation, drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pages.drawing import Drawing
from pymodel.data.images import RgbImage, open_image
from pymodel.evaluate.chain import Sample
from pymodel.evaluate.judge import Judge
from pymodel.evaluate.shown import Shown
from pymodel.inference.chain import Chain
from pymodel.inference.interpreter import Answer

WORST_SIDE = 480
"""Longer side of a worst case, pixels."""


@dataclass(frozen=True)
class Prediction:
    """What was found in a picture.

    Attributes:
        box: x0, y0, x1, y1 in pixels: the app's answer; the whole picture where it finds no box.
        rows: of all models: a point or a class each, also where it does not count.
        missed: models whose answer does not count, and the confidence from which it would.
        picture: the PNG that was written.
    """

    box: tuple[float, ...]
    rows: tuple[dict[str, object], ...]
    missed: dict[str, float]
    picture: Path
    duration_ms: float


def predict(models: Sequence[Path], kinds: Sequence[Shown], image_file: Path, picture: Path) -> Prediction:
    """Runs the chain on an image file and draws what it says.

    Args:
        kinds: that of each model.

    Raises:
        KitError: the image can't be read.
    """
    image = open_image(image_file)
    with Chain(models) as chain:
        chain.answers(image)  # the first run is slower
        answers = chain.answers(image)
    draw_answers(image, answers, kinds).save(picture)
    box = tuple(round(float(value), 1) for value in answers[-1].box)
    rows = [
        {"model": answer.contract.name, **row} for answer, kind in zip(answers, kinds, strict=True) for row in kind.rows(answer)
    ]
    missed = {answer.contract.name: answer.contract.threshold for answer in answers if not answer.found}
    return Prediction(box, tuple(rows), missed, picture, sum(answer.duration_ms for answer in answers))


def draw_answers(image: RgbImage, answers: Sequence[Answer], kinds: Sequence[Shown], side: int = 960) -> Drawing:
    """The picture with the last model's answer, and a line of words about all of them."""
    drawing = Drawing(image, side)
    kinds[-1].draw(drawing, answers[-1])
    words = " · ".join(
        f"{answer.contract.name} {kind.caption(answer)} ({answer.contract.quantization}, {answer.duration_ms:.1f} ms)"
        for answer, kind in zip(answers, kinds, strict=True)
    )
    drawing.caption(words)
    return drawing


def draw_worst(models: Sequence[Path], samples: Sequence[Sample], judge: Judge) -> list[tuple[Image.Image, str]]:
    """Truth and answer drawn into pictures that were judged before, with a line of words each."""
    cells = []
    with Chain(models) as chain:
        for sample in samples:
            answers = chain.answers(sample.image)
            values = judge.score(answers, sample.example, sample.image)
            drawing = Drawing(sample.image, WORST_SIDE)
            judge.draw_truth(drawing, sample.example)
            judge.draw(drawing, answers[-1])
            verdict = judge.verdict(answers[-1], sample.example)
            if verdict:
                drawing.caption(verdict)
            confidence = float(answers[0].confidence.mean()) if len(answers[0].confidence) else 1.0
            words = f"{Path(sample.example.file).name[:18]}  {judge.score_words(values, confidence)}"
            cells.append((drawing.image, words))
    return cells
