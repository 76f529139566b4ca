"""A model that is followed from picture to picture: its last points are where it looks next. The twin of Tracker.kt.

    no last points → the models in order, the last in the square of what was found before it; where nothing was, the second
                     resort: the last model on the whole picture, and once more in the square of its own points
    last points    → the last model alone, in the square of those points

What it answers is followed as long as it counts; a picture of another size is another camera.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from appspec.contract import Square
from pymodel.data.images import RgbImage
from pymodel.inference.interpreter import Answer, DescribedModel, Floats
from pymodel.inference.looks import answers_before, followed_answer, picture_area, region_in
from pymodel.preprocess.squares import square_region


class Tracker:
    """The pictures of a camera, one after the other.

    Args:
        models: of an app in order, the last with CropPolicy.again.
    """

    def __init__(self, models: Sequence[DescribedModel]) -> None:
        self._models = tuple(models)
        self._last: Floats | None = None
        self._size: tuple[int, ...] = ()

    @property
    def follows(self) -> bool:
        """Whether the next picture begins with the last points."""
        return self._last is not None

    def answers(self, image: RgbImage) -> list[Answer]:
        """Of the models that looked: of the last one alone while it is followed."""
        if image.shape[:2] != self._size:
            self.lose()
        self._size = image.shape[:2]
        if self._last is None:
            found = first_answers(self._models, image)
        else:
            found = [_answer_around(self._models[-1], image, self._last)]
        self._last = found[-1].points if _can_follow(found[-1]) else None
        return found

    def lose(self) -> None:
        """The next picture is looked at anew."""
        self._last = None


def still_answers(models: Sequence[DescribedModel], image: RgbImage) -> list[Answer]:
    """One answer a model for a picture that none follows: where the last finds something, it looks once more, as it would in the
    next picture.
    """
    found = first_answers(models, image)
    is_closer_already = not _all_found(found[:-1])
    return found if is_closer_already else [*found[:-1], _closer(models[-1], image, found[-1])]


def first_answers(models: Sequence[DescribedModel], image: RgbImage) -> list[Answer]:
    """One answer a model for a picture without last points."""
    found = answers_before(models, image)
    if _all_found(found):
        return [*found, followed_answer(models[-1], image, found)]
    whole = models[-1].answer(image, region_in(picture_area(image), models[-1].contract))
    return [*found, _closer(models[-1], image, whole)]


def _all_found(answers: Sequence[Answer]) -> bool:
    return all(answer.found for answer in answers)


def _closer(model: DescribedModel, image: RgbImage, answer: Answer) -> Answer:
    """An answer after one look more, in the square of its points; itself where it doesn't count, or that look finds nothing."""
    if not _can_follow(answer):
        return answer
    again = _answer_around(model, image, answer.points)
    duration, looks = answer.duration_ms + again.duration_ms, answer.looks + again.looks
    return replace(again if again.found else answer, duration_ms=duration, looks=looks)


def _answer_around(model: DescribedModel, image: RgbImage, points: Floats) -> Answer:
    square = model.contract.crop_policy.again or Square()
    return model.answer(image, *square_region(square, points, None, model.size))


def _can_follow(answer: Answer) -> bool:
    return answer.found and bool(np.isfinite(answer.points).all())
