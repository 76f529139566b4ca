"""Finished models on pictures whose truth is known: evaluation.json."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from appspec.data_spec import Data
from appspec.intervals import Interval, Scores
from pymodel.data.examples import Example, Problem, check_problems
from pymodel.data.images import RgbImage, UnreadableImageError
from pymodel.data.source import Instance, open_source
from pymodel.data.splits import SplitName
from pymodel.data.store import ExampleStore
from pymodel.evaluate.document import MetricRow, PictureDocument
from pymodel.evaluate.judge import Judge, Judged, Values
from pymodel.inference.chain import Chain
from pymodel.inference.interpreter import Answer, DescribedModel, Floats, HostModel
from pymodel.inference.looks import picture_area, region_in, zoom
from pymodel.preprocess.geometry import box_region

STAGE_VERSION = 1
"""Raised when evaluation.json changes for the same models and data."""


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
        values: figures of the app's kind, by name.
        confidence: of the first model.
        badness: larger is worse.
    """

    file: str
    values: Values
    confidence: float
    duration_ms: float
    badness: float

    def as_row(self) -> dict[str, object]:
        """For evaluation.json."""
        return {
            "file": self.file,
            **self.values,
            "confidence": self.confidence,
            "duration_ms": self.duration_ms,
            "badness": self.badness,
        }


@dataclass(frozen=True)
class Evaluation:
    """All pictures together.

    Attributes:
        metrics: by name: what the field reports for the app's kind.
        stages: metric of each model alone, given the true region, by its name.
        details: what only some kinds have.
    """

    pictures: int
    metrics: dict[str, Interval]
    median_ms: float
    scores: tuple[Score, ...]
    stages: Mapping[str, float]
    details: Mapping[str, object]

    def as_document(self) -> PictureDocument:
        """The content of evaluation.json."""
        document: PictureDocument = {
            "pictures": self.pictures,
            "metrics": {name: MetricRow(value=m.value, low=m.low, high=m.high) for name, m in self.metrics.items()},
            "median_ms": self.median_ms,
            "scores": [score.as_row() for score in self.scores],
            "stages": dict(self.stages),
        }
        return cast(PictureDocument, {**document, **self.details})


def store_samples(store: ExampleStore, split: SplitName = "test") -> Iterator[Sample]:
    """The pictures of a split."""
    for i in store.indices(split):
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
            name, instances, image = source.read(file)
        except UnreadableImageError as error:
            problems.append(Problem.of(file, error))
        else:
            samples.append(_sample(name, instances, image, source.target_points))
    check_problems(folder, len(samples), problems, source.said())
    return samples, problems


def evaluate_chain(
    models: Sequence[Path], samples: Iterable[Sample], judge: Judge, stages: Mapping[str, float] | None = None
) -> tuple[Evaluation, list[Judged]]:
    """All models in order on each picture, as the phone runs them; the pictures' answers too, for drawing.

    Args:
        judge: the kind of the last model.
        stages: see Evaluation.
    """
    judged, scores = [], []
    with Chain(models) as chain:
        for sample in samples:
            answers = chain.answers(sample.image)
            found = Judged(sample.example, sample.boxes, answers, judge.score(answers, sample.example, sample.image))
            judged.append(found)
            scores.append(_score(found, judge))
    median = float(np.median([score.duration_ms for score in scores]))
    details = judge.details(judged)
    return Evaluation(len(scores), judge.metrics(judged), median, tuple(scores), stages or {}, details), judged


def evaluate_model(model: DescribedModel, pictures: Iterable[tuple[Example, RgbImage]], judge: Judge) -> Scores:
    """One model alone, which looks where the truth says: its metric, which is the mean of all pictures that tell it."""
    values = []
    for example, image in pictures:
        crop = model.contract.crop_policy
        if crop.follows == "box":
            answer = model.answer(image, box_region(example.box, crop.margin, model.size))
        else:
            answer = zoom(model, image, region_in(picture_area(image), model.contract))
        values.append(judge.measure(answer, example, image))
    found = np.array(values, np.float64)
    return Scores(len(found), lambda drawn: float(np.nanmean(found[drawn])))


def evaluate_stages(judges: Mapping[Path, Judge], store: ExampleStore) -> dict[str, float]:
    """Each model alone on the test split, by its name.

    Args:
        judges: the kind of each model that can be judged.
    """
    alone = {}
    for path, judge in judges.items():
        with closing(HostModel(path)) as model:
            alone[path.stem] = evaluate_model(model, store.pictures("test"), judge).value
    return alone


def chain_duration_ms(answers: Sequence[Answer]) -> float:
    """Of all models together."""
    return round(sum(answer.duration_ms for answer in answers), 3)


def _score(judged: Judged, judge: Judge) -> Score:
    values = {name: _rounded(value) for name, value in judged.values.items()}
    confidence = round(judged.confidence, 4)
    badness = round(judge.badness(values, confidence), 5)
    return Score(judged.example.file, values, confidence, chain_duration_ms(judged.answers), badness)


def _sample(name: str, instances: tuple[Instance, ...], image: RgbImage, target_points: int | None) -> Sample:
    largest = max(instances, key=lambda one: float(np.prod(one.box[2:] - one.box[:2])))
    example = Example(name, image.shape[1], image.shape[0], largest.points[:target_points], largest.box, largest.label)
    return Sample(example, image, np.stack([one.box for one in instances]))


def _rounded(value: float | None) -> float | None:
    return round(value, 5) if value is not None and np.isfinite(value) else None
