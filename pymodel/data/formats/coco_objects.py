"""COCO's annotations in numbers, and which of the ways to write boxes and keypoints a data set uses."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from appspec.data_spec import Data
from pymodel.data.annotations.axes import points_y_first
from pymodel.data.annotations.boxes import WHOLE, are_shares, is_share
from pymodel.data.annotations.frames import Annotated
from pymodel.data.annotations.masks import mask_box
from pymodel.data.annotations.numbers import number, number_list
from pymodel.data.annotations.written import SCALES, Boxes, Written, how_written
from pymodel.data.formats.coco_find import Json
from pymodel.data.remarks import Remarks
from pymodel.data.source import Floats

LABELLED = 0.5
"""v of a keypoint from which it is labelled."""

SIZE_KEYS = (("x", "y", "width", "height"), ("x", "y", "w", "h"), ("left", "top", "width", "height"))
CORNER_KEYS = (
    ("xmin", "ymin", "xmax", "ymax"),
    ("x1", "y1", "x2", "y2"),
    ("x0", "y0", "x1", "y1"),
    ("left", "top", "right", "bottom"),
)
"""What the numbers of a box are called where they have names."""

VISIBLE_KEYS = ("v", "visibility", "visible", "vis")


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation in numbers.

    Attributes:
        box: (4,) as the file has it; None where it has none.
        points: (K, 3) x, y, v; infinite where they can't be read.
        mask: (4,) corners of the mask; None where it has none, or wasn't looked at.
        written: what stands there in place of a box, for a message.
        nowhere: the box is four zeros, or four times -1, as programs write where there is none.
        area: as the file has it; NaN where it doesn't.
    """

    id: object
    box: Floats | None
    points: Floats
    mask: Floats | None
    area: float = np.nan
    written: str = ""
    nowhere: bool = False

    def key(self) -> tuple[bytes | None, bytes, bytes | None]:
        """The same for annotations that say the same."""
        if self.box is not None:
            return self.box.tobytes(), self.points.tobytes(), None
        return None, self.points.tobytes(), None if self.mask is None else self.mask.tobytes()


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
    """How a data set writes boxes, and what the picture's width counts as in keypoints (None: they are pixels)."""

    written: Written
    point_scale: float | None

    @property
    def any_pixels(self) -> bool:
        """Whether boxes count in pixels."""
        return self.written.scale is None

    def corners(self, one: Annotation) -> Floats | None:
        """(4,) x0, y0, x1, y1 in the file's own unit: of the box, else of the mask."""
        return one.mask if one.box is None else self.written.corners(one.box)

    def scale_of(self, corners: Floats) -> float | None:
        """What the picture's width counts as in one box: also among boxes in pixels one may be shares."""
        return self.written.scale or (1.0 if is_share(corners) else None)


def read_annotation(row: Json, points: Sequence[str], remarks: Remarks, with_mask: bool = False) -> Annotation:
    """An annotation of a category with these keypoints.

    Args:
        with_mask: its mask is looked at also where it has a box.
    """
    values = _box_values(row.get("bbox"))
    nowhere = values is not None and (not any(values) or values == [-1] * 4)
    box = None if values is None or nowhere else np.asarray(values, np.float32)
    written = "" if values is not None or not row.get("bbox") else json.dumps(row["bbox"])[:60]
    id, area = row.get("id"), number(row.get("area"))
    found = _keypoints(row.get("keypoints"), points, f"annotation {id}", remarks)
    mask = mask_box(row.get("segmentation")) if box is None or with_mask else None
    return Annotation(id, box, found, mask, np.nan if area is None else area, written, nowhere)


def find_conventions(folder: Path, pictures: Sequence[Picture], data: Data, remarks: Remarks) -> Conventions:
    """What fits the pictures.

    Raises:
        AmbiguousDataError: two readings do, and [data] doesn't say which.
    """
    usual = Written(None, "corner and size")
    nothing = np.full(4, np.nan, np.float32)
    rows = [(one, picture) for picture in pictures for one in picture.objects if one.box is not None]
    written = usual
    if rows:
        sizes = [(np.nan, np.nan) if picture.size is None else picture.size for _, picture in rows]
        boxes = Boxes(
            np.stack([one.box for one, _ in rows if one.box is not None]),
            [picture.file for _, picture in rows],
            np.array(sizes, np.float32),
            np.stack([nothing if one.mask is None else one.mask for one, _ in rows]),
            np.array([one.area for one, _ in rows], np.float32),
        )
        written = how_written(folder, boxes, usual, data, remarks)
    else:
        masks = [one.mask for picture in pictures for one in picture.objects if one.mask is not None]
        if masks and are_shares(np.stack(masks), np.full((len(masks), 2), np.nan, np.float32)):
            written = Written(1.0, usual.layout)
            remarks.add("masks are shares of the picture, not pixels; taken so", pictures[0].file)
    return Conventions(written, _point_scale(pictures, written, data, remarks))


def in_order(pictures: dict[str, Picture], conventions: Conventions, data: Data, remarks: Remarks) -> dict[str, Picture]:
    """The same pictures with x before y in their keypoints."""
    files, points, corners = [], [], []
    for picture in pictures.values():
        for one in picture.objects:
            box = conventions.corners(one)
            if box is None or conventions.scale_of(box) != conventions.point_scale:
                continue
            found = one.points[(one.points[:, 2] > LABELLED) & np.isfinite(one.points).all(1), :2]
            points.append(found)
            corners.append(np.broadcast_to(box, (len(found), 4)))
            files += [picture.file] * len(found)
    if not files or not points_y_first(files, np.concatenate(points), np.concatenate(corners), data, remarks):
        return pictures
    return {
        name: replace(picture, objects=tuple(replace(one, points=one.points[:, [1, 0, 2]]) for one in picture.objects))
        for name, picture in pictures.items()
    }


def annotated(picture: Picture, conventions: Conventions) -> Annotated:
    """Where its boxes and points lie that count in pixels."""
    corners = [conventions.corners(one) for one in picture.objects]
    found = [one for one in corners if one is not None and not is_share(one)]
    points = [one.points[(one.points[:, 2] > LABELLED) & np.isfinite(one.points).all(1), :2] for one in picture.objects]
    return Annotated(
        picture.file,
        picture.size,
        np.stack(found) if found else np.zeros((0, 4), np.float32),
        np.concatenate(points) if points and conventions.point_scale is None else np.zeros((0, 2), np.float32),
    )


def _point_scale(pictures: Sequence[Picture], written: Written, data: Data, remarks: Remarks) -> float | None:
    if data.units is not None:
        return SCALES[data.units]
    found = [one.points[one.points[:, 2] > LABELLED, :2] for picture in pictures for one in picture.objects]
    points = np.concatenate(found) if found else np.zeros((0, 2), np.float32)
    points = points[np.isfinite(points).all(1)]
    if not len(points):
        return written.scale
    if (np.abs(points) <= WHOLE).all() and (points != np.rint(points)).any():
        if written.scale != 1:
            remarks.add("keypoints are shares of the picture, not pixels; taken so", pictures[0].file)
        return 1.0
    return written.scale if written.scale == 100 and (np.abs(points) <= 100 * WHOLE).all() else None


def _box_values(value: object) -> list[float] | None:
    """Four numbers: in a list, nested or as text, or under names."""
    if isinstance(value, Mapping):
        held = {str(key).lower(): number(one) for key, one in value.items()}
        for keys in (*SIZE_KEYS, *CORNER_KEYS):
            found = [one for key in keys if (one := held.get(key)) is not None]
            if len(found) == 4:
                x, y, right, low = found
                return found if keys in SIZE_KEYS else [x, y, right - x, low - y]
        return None
    values = number_list(value)
    return values if values is not None and len(values) == 4 else None


def _keypoints(values: object, points: Sequence[str], said: str, remarks: Remarks) -> Floats:
    count = len(points)
    if not count or not values:
        return np.zeros((count, 3), np.float32)
    flat = _flat_points(values, points)
    if flat is None or len(flat) not in (2 * count, 3 * count):
        return np.full((count, 3), np.inf, np.float32)
    found = np.array([np.nan if one is None else one for one in flat], np.float32).reshape(count, -1)
    if found.shape[1] == 2:
        remarks.add("keypoints of two numbers, those other than 0, 0 are taken as labelled", said)
        found = np.concatenate([found, (found != 0).any(1, keepdims=True)], 1).astype(np.float32)
    unknown = ~np.isfinite(found).all(1)
    if (unknown & ~np.isnan(found[:, :2]).all(1)).any():
        remarks.add("keypoints of which a number is missing, taken as not labelled", said)
    found[unknown] = 0
    return found


def _flat_points(values: object, points: Sequence[str]) -> list[float | None] | None:
    """x, y (and v) of each point in a row: from a list, nested or not, from text, or from objects with names."""
    if isinstance(values, str):
        found = number_list(values)
        return None if found is None else list(found)
    if isinstance(values, Mapping):
        named = {str(key): value for key, value in values.items()}
        if not any(name in named for name in points):
            return None
        values = [named.get(name, [0, 0, 0]) for name in points]
    flat: list[float | None] = []
    for part in values if isinstance(values, list) else []:
        if isinstance(part, Mapping):
            seen = next((part[key] for key in VISIBLE_KEYS if key in part), 2)
            flat += [number(part.get("x")), number(part.get("y")), _visible(seen)]
        elif isinstance(part, list):
            flat += [_visible(one) for one in part]
        else:
            flat.append(_visible(part))
    return flat


def _visible(value: object) -> float | None:
    """A number; 2 for a flag that is set."""
    return 2.0 * value if isinstance(value, bool) else number(value)
