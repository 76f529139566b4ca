"""What a picture task kind knows of good answers; kinds in pymodel/tasks implement it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from appspec.intervals import Interval
from pages.drawing import Drawing, RgbImage
from pages.page import Section
from pymodel.data.examples import Example
from pymodel.evaluate.document import PictureDocument
from pymodel.evaluate.shown import Shown
from pymodel.inference.interpreter import Answer, Floats

Values = Mapping[str, float | None]
"""Figures of one picture by name; None where the picture doesn't tell."""


@dataclass(frozen=True)
class Judged:
    """One picture, judged end to end.

    Attributes:
        example: its largest object.
        boxes: (M, 4) of all its objects, xyxy pixels.
        answers: one a model.
        values: see Judge.score.
    """

    example: Example
    boxes: Floats
    answers: Sequence[Answer]
    values: Values

    @property
    def confidence(self) -> float:
        """Mean of the first model's: over its points, or of the likeliest class; 1.0 where it has none."""
        found = self.answers[0].confidence
        return float(found.mean()) if len(found) else 1.0


class Judge(Shown):
    """Scores and metrics of one kind; the kind of an app's last model judges the whole app.

    Attributes:
        metric: of one model alone, as the contract names it.
        lower_is_better: of that metric.
        meanings: of the metrics of whole apps, in words.
    """

    metric: str
    lower_is_better: bool = False
    meanings: Mapping[str, str]

    @abstractmethod
    def measure(self, answer: Answer, example: Example, image: RgbImage) -> float:
        """One model alone, which looked where the truth says: its metric on one picture; NaN where it doesn't tell.

        Args:
            image: the whole picture, for kinds whose truth is in its pixels.
        """

    @abstractmethod
    def score(self, answers: Sequence[Answer], example: Example, image: RgbImage) -> dict[str, float | None]:
        """A whole app on one picture; see measure."""

    @abstractmethod
    def badness(self, values: Values, confidence: float) -> float:
        """Larger is worse: what the worst cases are sorted by."""

    @abstractmethod
    def metrics(self, judged: Sequence[Judged]) -> dict[str, Interval]:
        """Of all pictures, each with its 95 % bootstrap confidence interval."""

    @abstractmethod
    def draw_truth(self, drawing: Drawing, example: Example) -> None:
        """What should have been found, into a picture."""

    def verdict(self, answer: Answer, example: Example) -> str:
        """Truth and answer in words, where they have no place in the picture."""
        return ""

    def score_words(self, values: Values, confidence: float) -> str:
        """A picture's figures in a few words."""
        return "  ".join(f"{name} {value:.3f}" for name, value in values.items() if value is not None)

    def details(self, judged: Sequence[Judged]) -> dict[str, object]:
        """What evaluation.json holds beside metrics and scores."""
        return {}

    def sections(self, document: PictureDocument) -> list[Section]:
        """Parts of the page, from evaluation.json."""
        return []
