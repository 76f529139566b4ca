"""COCO's annotations in numbers, and which of the ways to write boxes and keypoints a data set uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pymodel.data.annotations.boxes import WHOLE, are_shares, box_layout
from pymodel.data.annotations.frames import Annotated
from pymodel.data.annotations.masks import mask_box
from pymodel.data.annotations.numbers import number, numbers
from pymodel.data.formats.coco_find import Json
from pymodel.data.images import read_size
from pymodel.data.remarks import Remarks
from pymodel.data.source import Floats

LABELLED = 0.5
"""v of a keypoint from which it is labelled."""

MOST_SIZES = 1000
"""Headers that are read where annotations name no sizes."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation in numbers.

    Attributes:
        box: (4,) as the file has it; None where it has none.
        points: (K, 3) x, y, v; infinite where they can't be read.
        mask: (4,) corners of the mask, of an annotation without a box.
    """

    id: object
    box: Floats | None
    points: Floats
    mask: Floats | None


@dataclass(frozen=True, slots=True)
class Picture:
    """An image: `name` as it is annotated (its split follows from that), `file` as it lies in the folder."""

    name: str
    file: str
    size: tuple[float, float] | None
    objects: tuple[Annotation, ...]
    why: str = ""
    """What is wrong with all of it."""


@dataclass(frozen=True)
class Conventions:
    """How a data set writes coordinates: boxes (and points) as shares of the picture; boxes as two corners."""

    shares: bool = False
    point_shares: bool = False
    corners: bool = False

    def corners_of(self, box: Floats) -> Floats:
        """(4,) x0, y0, x1, y1 in the file's own unit."""
        return box if self.corners else np.asarray([box[0], box[1], box[0] + box[2], box[1] + box[3]], np.float32)


def read_annotation(row: Json, keypoints: int, remarks: Remarks) -> Annotation:
    """An annotation of a category with so many keypoints."""
    values = numbers(row.get("bbox")) if row.get("bbox") else None
    box = np.asarray(values, np.float32) if values is not None and len(values) == 4 and any(values) else None
    mask = mask_box(row.get("segmentation")) if box is None else None
    id = row.get("id")
    return Annotation(id, box, _keypoints(row.get("keypoints"), keypoints, f"annotation {id}", remarks), mask)


def find_conventions(folder: Path, pictures: Sequence[Picture], remarks: Remarks) -> Conventions:
    """What fits the pictures."""
    rows = [(one.box, picture) for picture in pictures for one in picture.objects if one.box is not None]
    if not rows:
        return Conventions()
    values = np.stack([box for box, _ in rows])
    sizes = np.array([picture.size or (np.nan, np.nan) for _, picture in rows], np.float32)
    shares = are_shares(values, sizes)
    if not np.isfinite(sizes).all() and not shares:
        sizes = _real_sizes(folder, rows, sizes)
    corners = box_layout(values, np.ones_like(sizes) if shares else sizes) == "corners"
    if shares:
        remarks.add("boxes are shares of the picture, not pixels; taken so", rows[0][1].file)
    if corners:
        remarks.add("boxes are two corners, not corner and size (only so they fit into the pictures); taken so", rows[0][1].file)
    points = [one.points[one.points[:, 2] > LABELLED, :2] for picture in pictures for one in picture.objects]
    return Conventions(shares, shares and all((np.abs(place) <= WHOLE).all() for place in points), corners)


def annotated(picture: Picture, conventions: Conventions) -> Annotated:
    """Where its boxes and points lie."""
    boxes = [conventions.corners_of(one.box) if one.box is not None else one.mask for one in picture.objects]
    found = [box for box in boxes if box is not None]
    points = [one.points[(one.points[:, 2] > LABELLED) & np.isfinite(one.points).all(1), :2] for one in picture.objects]
    return Annotated(
        picture.file,
        picture.size,
        np.stack(found) if found else np.zeros((0, 4), np.float32),
        np.concatenate(points) if points else np.zeros((0, 2), np.float32),
    )


def _keypoints(values: object, count: int, said: str, remarks: Remarks) -> Floats:
    if not count or not values:
        return np.zeros((count, 3), np.float32)
    parts = values if isinstance(values, list) else []
    flat = [value for part in parts for value in (part if isinstance(part, list) else [part])]
    if len(flat) not in (2 * count, 3 * count):
        return np.full((count, 3), np.inf, np.float32)
    found = np.array([np.nan if (value := number(one)) is None else value for one in flat], np.float32).reshape(count, -1)
    if found.shape[1] == 2:
        remarks.add("keypoints of two numbers, those other than 0, 0 are taken as labelled", said)
        found = np.concatenate([found, (found != 0).any(1, keepdims=True)], 1).astype(np.float32)
    unknown = ~np.isfinite(found).all(1)
    if (unknown & ~np.isnan(found[:, :2]).all(1)).any():
        remarks.add("keypoints of which a number is missing, taken as not labelled", said)
    found[unknown] = 0
    return found


def _real_sizes(folder: Path, rows: Sequence[tuple[Floats, Picture]], sizes: Floats) -> Floats:
    found = sizes.copy()
    for i in np.flatnonzero(~np.isfinite(sizes).all(1))[:MOST_SIZES]:
        size = read_size(folder / rows[i][1].file)
        if size is not None:
            found[i] = size.upright
    return found
