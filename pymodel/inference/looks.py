"""Where a model looks in a picture, by itself or at what the model before it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from appspec.contract import ModelContract
from pymodel.data.images import RgbImage
from pymodel.inference.interpreter import Answer, DescribedModel, Floats, input_size
from pymodel.preprocess.geometry import Region, box_region, centre_region, frame_region, iou
from pymodel.preprocess.squares import square_region


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


def answers_before(models: Sequence[DescribedModel], image: RgbImage, area: Region | None = None) -> list[Answer]:
    """One answer for each model before the last.

    Args:
        area: what they look at; None: the whole picture.
    """
    found: list[Answer] = []
    for model in models[:-1]:
        found.append(followed_answer(model, image, found, area))
    return found


def followed_answer(model: DescribedModel, image: RgbImage, before: Sequence[Answer], area: Region | None = None) -> Answer:
    """What a model says of what the last of the models before it found, or of an area where it follows none."""
    if model.contract.crop_policy.follows != "box" or not before:
        return zoom(model, image, region_in(area or picture_area(image), model.contract))
    if model.contract.crop_policy.square is None:
        return refine(model, image, before[-1].box)
    return model.answer(image, *square_of(model, before[-1]))


def square_of(model: DescribedModel, found: Answer) -> tuple[Region, int]:
    """Where a model with a square looks at what was found, and how that is turned; upright, at the box, where nothing was."""
    square, objects = model.contract.crop_policy.square, found.objects
    if square is None or not found.found:
        return box_region(found.box, model.contract.crop_policy.margin, model.size), 0
    if len(objects):
        return square_region(square, objects.points[0], found.whole_box, model.size)
    return square_region(square, found.points, found.box, model.size)


def zoom(model: DescribedModel, image: RgbImage, region: Region) -> Answer:
    """What a model says of one region of a picture, or of what it found there; see CropPolicy.zoom_margin."""
    answer, margin = model.answer(image, region), model.contract.crop_policy.zoom_margin
    if margin == 0 or not answer.found:
        return answer
    closer = box_region(answer.box, margin, input_size(model.contract))
    if closer[2] >= region[2]:
        return answer
    again = model.answer(image, closer)
    return replace(again if again.found else answer, duration_ms=answer.duration_ms + again.duration_ms, looks=2)


def refine(model: DescribedModel, image: RgbImage, box: Floats) -> Answer:
    """What a model says of the region around a box, or of its own box where that is off; see CropPolicy.refine_below_iou."""
    crop, size = model.contract.crop_policy, input_size(model.contract)
    answer = model.answer(image, box_region(box, crop.margin, size))
    if float(iou(box, answer.box)) >= crop.refine_below_iou:
        return answer
    again = model.answer(image, box_region(answer.box, crop.margin, size))
    return replace(again, duration_ms=again.duration_ms + answer.duration_ms, looks=answer.looks + again.looks)
