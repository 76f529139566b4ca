"""Metrics of finished models on pictures whose truth is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.intervals import Interval, Values, bootstrap
from appspec.spec import Data
from pymodel.data.examples import Example, Problem, check_problems
from pymodel.data.images import RgbImage, UnreadableImageError
from pymodel.data.source import Object, open_source
from pymodel.data.store import ExampleStore
from pymodel.evaluate.metrics import average_precision, calibration_error, iou, nme, pck
from pymodel.inference.interpreter import Answer, Chain, Floats, HostModel, look_closer, look_in
from pymodel.preprocess.geometry import box_region, frame_region

FAILURE = 0.1
"""NME above which a face counts as missed."""


@dataclass(frozen=True)
class Sample:
    """A picture to be judged on.

    Attributes:
        example: its largest object.
        boxes: (M, 4) of all its objects, xyxy pixels.
    """

    example: Example
    image: RgbImage
    boxes: Floats


@dataclass(frozen=True)
class Score:
    """One picture, judged end to end.

    Attributes:
        iou: of the last model's box with the true one: landmarks correct the box that they were looked for in; None
            where boxes are not what the app finds.
        nme: mean landmark distance / diagonal of the true box, on the predicted box; None without landmarks.
        pck, pck_02: share of the points closer than 0.1 and 0.2 of the object's longer side; None without heatmaps.
        correct: whether the likeliest class is the true one; None where the app tells no classes apart.
        confidence: of the first model: mean over its points, or of the likeliest class.
    """

    file: str
    iou: float | None
    nme: float | None
    pck: float | None
    pck_02: float | None
    correct: bool | None
    confidence: float
    duration_ms: float

    @property
    def badness(self) -> float:
        """Larger is worse: what the worst cases are sorted by."""
        if self.correct is not None:
            return (0.0 if self.correct else 2.0) + (-self.confidence if self.correct else self.confidence)
        if self.pck is not None:
            return -self.pck + (self.nme or 0.0)
        return -(self.iou if self.iou is not None else 0.0)


@dataclass(frozen=True)
class Evaluation:
    """All pictures together.

    Attributes:
        metrics: by name, each with its 95 % bootstrap confidence interval: what the field reports for the app's tasks.
        confusion: (C, C) rows true, columns found; empty without classes.
    """

    pictures: int
    metrics: dict[str, Interval]
    median_ms: float
    scores: tuple[Score, ...]
    classes: tuple[str, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()

    def as_dict(self) -> dict[str, object]:
        """JSON-able values."""
        return asdict(self)


def store_samples(store: ExampleStore, split: str = "test") -> Iterator[Sample]:
    """The pictures of a split."""
    for i in store.indices(split):  # type: ignore[arg-type]
        yield Sample(store.examples[i], store.image(i), store.boxes(i))


def folder_samples(folder: Path, data: Data) -> tuple[list[Sample], list[Problem]]:
    """All pictures of a folder, at their full size: for small folders.

    Raises:
        KitError: no data, or too much of it unreadable.
    """
    source = open_source(folder, data)
    samples: list[Sample] = []
    problems: list[Problem] = []
    for file in source.files:
        try:
            name, objects, image = source.read(file)
        except UnreadableImageError as error:
            problems.append(Problem.of(file, error))
        else:
            samples.append(_sample(name, objects, image, source.wanted))
    check_problems(folder, len(samples), problems)
    return samples, problems


def evaluate_chain(models: Sequence[Path], samples: Iterable[Sample]) -> tuple[Evaluation, list[list[Answer]]]:
    """All models in order on each picture, as the phone runs them; the answers too, for drawing."""
    kept, scores, all_answers = [], [], []
    with Chain(models) as chain:
        for sample in samples:
            answers = chain.answers(sample.image)
            scores.append(_score(sample.example, answers))
            kept.append((sample.example.label, sample.boxes))
            all_answers.append(answers)
        last = chain.models[-1].contract
    labels = np.array([label for label, _ in kept], int)
    metrics = _metrics(scores, all_answers, labels, [boxes for _, boxes in kept])
    median = float(np.median([score.duration_ms for score in scores]))
    if last.decode != "probabilities":
        return Evaluation(len(scores), metrics, median, tuple(scores)), all_answers
    confusion = np.zeros((len(last.labels), len(last.labels)), int)
    found = np.array([int(answers[-1].probabilities.argmax()) for answers in all_answers])
    np.add.at(confusion, (labels, found), 1)
    rows = tuple(tuple(int(value) for value in row) for row in confusion)
    return Evaluation(len(scores), metrics, median, tuple(scores), last.labels, rows), all_answers


def evaluate_model(model: HostModel, pictures: Iterable[tuple[Example, RgbImage]]) -> float:
    """One model alone, given the true region: its contract's metric."""
    values = []
    for example, image in pictures:
        if model.contract.region == "box":
            answer = look_in(model, image, box_region(example.box, model.contract.margin))
        else:
            answer = look_closer(model, image, frame_region(example.width, example.height))
        if model.contract.task == "box":
            values.append(float(iou(answer.box, example.box)))
        elif model.contract.task == "classify":
            values.append(float(answer.probabilities.argmax() == example.label))
        elif model.contract.task == "heatmap":
            values.append(_pck(answer, example, 0.1))
        else:
            values.append(float(nme(answer.points, example.points, example.box)))
    return float(np.nanmean(values))


def evaluate_stages(models: Sequence[Path], store: ExampleStore) -> dict[str, float]:
    """Each model alone on the test split, by its name."""
    alone = {}
    for path in models:
        with closing(HostModel(path)) as model:
            alone[path.stem] = evaluate_model(model, store.pictures("test"))
    return alone


def _sample(name: str, objects: tuple[Object, ...], image: RgbImage, wanted: int | None) -> Sample:
    largest = max(objects, key=lambda what: float(np.prod(what.box[2:] - what.box[:2])))
    example = Example(name, image.shape[1], image.shape[0], largest.points[:wanted], largest.box, largest.label)
    return Sample(example, image, np.stack([what.box for what in objects]))


def _score(example: Example, answers: list[Answer]) -> Score:
    tasks = {answer.contract.task: answer for answer in answers}
    last, duration = answers[-1], round(sum(answer.duration_ms for answer in answers), 3)
    if "classify" in tasks:
        confidence = round(float(last.probabilities.max()), 4)
        correct = int(last.probabilities.argmax()) == example.label
        return Score(example.file, None, None, None, None, correct, confidence, duration)
    points = tasks.get("landmarks") or tasks.get("heatmap")
    return Score(
        file=example.file,
        iou=round(float(iou(last.box, example.box)), 5) if "heatmap" not in tasks else None,
        nme=_rounded(float(nme(points.points, example.points, example.box))) if points else None,
        pck=_rounded(_pck(points, example, 0.1)) if points and "heatmap" in tasks else None,
        pck_02=_rounded(_pck(points, example, 0.2)) if points and "heatmap" in tasks else None,
        correct=None,
        confidence=round(float(answers[0].confidence.mean()), 4),
        duration_ms=duration,
    )


def _metrics(
    scores: list[Score], answers: list[list[Answer]], labels: npt.NDArray[np.int64], boxes: list[Floats]
) -> dict[str, Interval]:
    metrics: dict[str, Interval] = {}
    overlaps = _known([score.iou for score in scores])
    if len(overlaps):
        best = [float(iou(found[-1].box[None], truth).max()) for found, truth in zip(answers, boxes, strict=True)]
        sure = np.array([score.confidence for score in scores])
        metrics["iou"] = bootstrap(overlaps)
        metrics["ap50"] = bootstrap(
            np.stack([sure, best, [len(truth) for truth in boxes]], -1),
            lambda rows: average_precision(rows[:, 0], rows[:, 1] >= 0.5, int(rows[:, 2].sum())),
        )
    errors = _known([score.nme for score in scores])
    if len(errors):
        metrics["nme"] = bootstrap(errors)
        metrics["failure_rate"] = bootstrap((errors > FAILURE).astype(np.float64))
    near = _known([score.pck for score in scores])
    if len(near):
        metrics["pck_0.1"] = bootstrap(near)
        metrics["pck_0.2"] = bootstrap(_known([score.pck_02 for score in scores]))
    correct = _known([None if score.correct is None else float(score.correct) for score in scores])
    if len(correct):
        metrics["accuracy"] = bootstrap(correct)
        sure = np.array([score.confidence for score in scores])
        metrics["ece"] = bootstrap(np.stack([sure, correct], -1), lambda rows: calibration_error(rows[:, 0], rows[:, 1]))
    return metrics


def _pck(answer: Answer, example: Example, share: float) -> float:
    size = np.float32((example.box[2:] - example.box[:2]).max())
    values = pck(answer.points, example.points, np.asarray(size), share)
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def _known(values: list[float | None]) -> Values:
    return np.array([value for value in values if value is not None], np.float64)


def _rounded(value: float) -> float | None:
    return round(value, 5) if np.isfinite(value) else None
