"""The models of an app in order, and where each looks: the twin of the app's Pipeline.kt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from pymodel.data.images import RgbImage
from pymodel.inference.interpreter import Answer, HostModel, input_size
from pymodel.inference.looks import answers_before, followed_answer, picture_area
from pymodel.inference.tracker import still_answers
from pymodel.preprocess.geometry import Region, fits_a_tile, tile_regions


class Chain:
    """The models of an app in order: the box of one is the region of the next; the last one's box is the app's."""

    def __init__(self, paths: Sequence[Path], threads: int = 1) -> None:
        self.models = tuple(HostModel(path, threads) for path in paths)

    def __enter__(self) -> Chain:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for model in self.models:
            model.close()

    def answers(self, image: RgbImage) -> list[Answer]:
        """One answer a model, for a picture of any size; where the last one isn't confident, the most confident of all tiles.

        The pictures of a camera are a Tracker's where the last model can be followed.
        """
        height, width = image.shape[:2]
        crop = self.models[-1].contract.crop_policy
        if crop.again is not None:
            return still_answers(self.models, image)
        whole = self._answers_in(image, picture_area(image))
        if len(self.models) == 1 or chain_confidence(whole) >= crop.tile_below_confidence:
            return whole
        size = input_size(self.models[0].contract)
        if whole[0].found and not fits_a_tile(whole[0].box, width, height, crop.tile_side, size):
            return whole
        tiles = [self._answers_in(image, tile) for tile in tile_regions(width, height, crop.tile_side, size)]
        best = max([whole, *tiles], key=chain_confidence)
        spent = [answer for answers in (whole, *tiles) if answers is not best for answer in answers]
        duration = best[-1].duration_ms + sum(answer.duration_ms for answer in spent)
        looks = best[-1].looks + sum(answer.looks for answer in spent)
        return [*best[:-1], replace(best[-1], duration_ms=duration, looks=looks)]

    def _answers_in(self, image: RgbImage, area: Region) -> list[Answer]:
        before = answers_before(self.models, image, area)
        return [*before, followed_answer(self.models[-1], image, before, area)]


def chain_confidence(answers: Sequence[Answer]) -> float:
    """The last model's mean confidence; 0 where a model found nothing."""
    return answers[-1].mean_confidence if all(answer.found for answer in answers) else 0.0
