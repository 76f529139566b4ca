"""The models of an app in order, and where each looks: the twin of the app's Pipeline.kt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from appspec.contract import ModelContract
from pymodel.data.images import RgbImage
from pymodel.inference.interpreter import Answer, DescribedModel, Floats, HostModel, input_size
from pymodel.preprocess.geometry import Region, box_region, centre_region, fits_a_tile, frame_region, iou, tile_regions


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
        """One answer a model, for a picture of any size; where the last one isn't confident, the most confident of all tiles."""
        height, width = image.shape[:2]
        whole, crop = self._answers_in(image, picture_area(image)), self.models[-1].contract.crop_policy
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
        found: list[Answer] = []
        for model in self.models:
            if model.contract.crop_policy.follows == "box" and found:
                found.append(refine(model, image, found[-1].box))
            else:
                found.append(zoom(model, image, region_in(area, model.contract)))
        return found


def picture_area(image: RgbImage) -> Region:
    """A whole picture."""
    height, width = image.shape[:2]
    return 0.0, 0.0, float(width), float(height)


def region_in(area: Region, contract: ModelContract) -> Region:
    """Where a model that follows no box looks in a picture, or in a part of one."""
    x0, y0, width, height = area
    centred = centre_region if contract.crop_policy.follows == "centre" else frame_region
    left, top, wide, high = centred(width, height, input_size(contract))
    return x0 + left, y0 + top, wide, high


def chain_confidence(answers: Sequence[Answer]) -> float:
    """The last model's mean confidence; 0 where a model found nothing."""
    return answers[-1].mean_confidence if all(answer.found for answer in answers) else 0.0


def zoom(model: DescribedModel, image: RgbImage, region: Region) -> Answer:
    """What a model says of one region of a picture, or of what it found there; see CropPolicy.zoom_margin."""
    answer, margin = model.answer(image, region), model.contract.crop_policy.zoom_margin
    closer = box_region(answer.box, margin, input_size(model.contract))
    if margin == 0 or not answer.found or closer[2] >= region[2]:
        return answer
    again = model.answer(image, closer)
    return replace(again if again.found else answer, duration_ms=answer.duration_ms + again.duration_ms, looks=2)


def refine(model: HostModel, image: RgbImage, box: Floats) -> Answer:
    """What a model says of the region around a box, or of its own box where that is off; see CropPolicy.refine_below_iou."""
    crop, size = model.contract.crop_policy, input_size(model.contract)
    answer = model.answer(image, box_region(box, crop.margin, size))
    if float(iou(box, answer.box)) >= crop.refine_below_iou:
        return answer
    again = model.answer(image, box_region(answer.box, crop.margin, size))
    return replace(again, duration_ms=again.duration_ms + answer.duration_ms, looks=answer.looks + again.looks)
