"""Boxes in pixels, percent or shares, as corners or sizes or centres: right where one reading fits, asked where two do."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appspec.errors import KitError
from tests.pymodel.formats.kit import SIZE, Json, coco, encoded, look, picture, voc, write

COUNT = 24
WIDTH, HEIGHT = SIZE
LARGE = (320, 240)
Box = tuple[float, float, float, float]
BOXES: list[Box] = []
_random = random.Random(5)
for _ in range(COUNT):
    _w, _h = _random.randint(12, 28), _random.randint(10, 22)
    BOXES.append((_random.randint(0, WIDTH - _w), _random.randint(0, HEIGHT - _h), _w, _h))
NAMES = [f"{i:04}.jpg" for i in range(1, COUNT + 1)]


def corners(box: Box, scale: float = 1) -> list[float]:
    x, y, w, h = (scale * value for value in box)
    return [x, y, x + w, y + h]


def share(box: Box, of: float = 1) -> Box:
    x, y, w, h = box
    return of * x / WIDTH, of * y / HEIGHT, of * w / WIDTH, of * h / HEIGHT


def centre(box: Box) -> list[float]:
    return [box[0] + box[2] / 2, box[1] + box[3] / 2, box[2], box[3]]


def polygon(box: Box) -> list[list[float]]:
    x0, y0, x1, y1 = corners(box)
    return [[x0, y0, x1, y0, x1, y1, x0, y1]]


def small(box: Box) -> Box:
    """Near the corner, so that it lies within the picture in each reading."""
    return box[0] // 4, box[1] // 4, box[2] // 2, box[3] // 2


def pictures(size: tuple[int, int] = SIZE) -> dict[str, bytes | str]:
    return {name: encoded(picture(i, size)) for i, name in enumerate(NAMES)}


def coco_set(folder: Path, change: Callable[[Json, Box], Any], size: tuple[int, int] = SIZE) -> Path:
    document = coco(COUNT, size)
    for row, box in zip(document["annotations"], BOXES, strict=True):
        row.update(bbox=list(box), area=box[2] * box[3])
        change(row, box)
    return write(folder, {**pictures(size), "labels.json": json.dumps(document)})


def close(found: dict[str, list[list[float]]], wanted: Callable[[Box], list[float]], slack: float = 0.1) -> None:
    assert len(found) == COUNT
    for name, box in zip(NAMES, BOXES, strict=True):
        np.testing.assert_allclose(found[name], [wanted(box)], atol=slack)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda row, box: row.update(bbox=corners(box)), "two corners, not corner and size"),
        (lambda row, box: row.update(bbox=centre(box)), "centre and size, not corner and size"),
        (lambda row, box: row.update(bbox=[corners(box)[i] for i in (1, 0, 3, 2)]), "two corners, y before x"),
        (lambda row, box: row.update(bbox=[box[i] for i in (1, 0, 3, 2)]), "corner and size, y before x"),
        (lambda row, box: row.update(bbox=share(box)), "shares of the picture"),
        (lambda row, box: row.update(bbox=centre(share(box))), "centre and size"),
        (lambda row, box: row.update(bbox=share(box, 100)), "boxes are percent of the picture, not pixels"),
        (lambda row, box: row.update(bbox=share(box) if row["id"] % 3 else list(box)), "single boxes that are shares"),
        (lambda row, box: row.update(bbox=str(list(box))), ""),
        (lambda row, box: row.update(bbox="{} {} {} {}".format(*box)), ""),
        (lambda row, box: row.update(bbox=[list(box)]), ""),
        (lambda row, box: row.update(bbox=dict(zip(("x", "y", "width", "height"), box, strict=True))), ""),
        (lambda row, box: row.update(bbox=dict(zip(("xmin", "ymin", "xmax", "ymax"), corners(box), strict=True))), ""),
        (lambda row, box: row.update(bbox=None, segmentation=json.dumps(polygon(box))), "mask's is taken"),
        (lambda row, box: row.update(bbox=[], segmentation=[np.reshape(polygon(share(box)), (4, 2)).tolist()]), "masks are shares"),
    ],
)  # fmt: skip
def test_coco_boxes_are_right(change: Callable[[Json, Box], Any], says: str, tmp_path: Path) -> None:
    looked = look(coco_set(tmp_path / "data", change), "coco")
    close(looked.boxes, corners)
    assert not says or looked.says(says)


@pytest.mark.parametrize("written", [lambda box: corners(small(box)), lambda box: centre(small(box))])
def test_masks_decide_where_every_reading_fits(written: Callable[[Box], list[float]], tmp_path: Path) -> None:
    folder = coco_set(tmp_path / "data", lambda row, box: row.update(bbox=written(box), segmentation=polygon(small(box))))
    looked = look(folder, "coco")
    close(looked.boxes, lambda box: corners(small(box)))
    assert looked.says("fit their masks")


def test_areas_decide_where_every_reading_fits(tmp_path: Path) -> None:
    folder = coco_set(
        tmp_path / "data", lambda row, box: row.update(bbox=corners(small(box)), area=small(box)[2] * small(box)[3])
    )
    looked = look(folder, "coco")
    close(looked.boxes, lambda box: corners(small(box)))
    assert looked.says("have their areas")


def test_boxes_that_are_not_their_masks_are_told(tmp_path: Path) -> None:
    folder = coco_set(tmp_path / "data", lambda row, box: row.update(bbox=[1, 1, 20, 20], segmentation=polygon(box)))
    assert look(folder, "coco").says("boxes are not their masks' rectangles in")


def test_single_boxes_outside_change_no_reading(tmp_path: Path) -> None:
    folder = coco_set(tmp_path / "data", lambda row, box: row.update(bbox=[100, 100, 20, 20]) if row["id"] == 1 else None)
    looked = look(folder, "coco")
    assert looked.boxes[NAMES[1]] == [corners(BOXES[1])]
    assert looked.says("is outside")


@pytest.mark.parametrize("format", ["coco", "voc", "yolo"])
def test_percent_in_large_pictures_is_asked_for_and_the_setting_helps(format: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    if format == "coco":
        coco_set(folder, lambda row, box: row.update(bbox=share(box, 100)), LARGE)
    elif format == "voc":
        files = {f"{name[:-4]}.xml": voc(name, tuple(corners(share(box, 100)))) for name, box in zip(NAMES, BOXES, strict=True)}
        write(folder, {**pictures(LARGE), **files})
    else:
        lines = {f"{n[:-4]}.txt": "0 " + " ".join(map(str, centre(share(b, 100)))) for n, b in zip(NAMES, BOXES, strict=True)}
        write(folder, {**pictures(LARGE), **lines})
    with pytest.raises(KitError) as asked:
        look(folder, format)
    assert "pixels or in percent" in asked.value.what
    assert 'units = "percent" or units = "pixels"' in asked.value.fix
    close(look(folder, format, units="percent").boxes, lambda box: corners(box, LARGE[0] / WIDTH))
    assert len(look(folder, format, units="pixels").boxes) == COUNT


def test_small_things_in_the_corner_of_large_pictures_are_not_asked_for(tmp_path: Path) -> None:
    folder = coco_set(tmp_path / "data", lambda row, box: row.update(bbox=[*box[:2], 20, 10]), LARGE)
    looked = look(folder, "coco")
    assert looked.boxes[NAMES[0]] == [[BOXES[0][0], BOXES[0][1], BOXES[0][0] + 20, BOXES[0][1] + 10]]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (lambda box: corners(share(box)), "two corners, not centre and size"),
        (lambda box: list(share(box)), "corner and size, not centre and size"),
        (lambda box: centre(box), "pixels, not shares"),
        (lambda box: corners(box), "two corners, not centre and size"),
        (lambda box: centre(share(box, 100)), "percent of the picture, not shares"),
    ],
)
def test_yolo_boxes_are_right(written: Callable[[Box], list[float]], says: str, tmp_path: Path) -> None:
    lines = {f"{name[:-4]}.txt": "0 " + " ".join(map(str, written(box))) for name, box in zip(NAMES, BOXES, strict=True)}
    looked = look(write(tmp_path / "data", {**pictures(), **lines}), "yolo")
    close(looked.boxes, corners)
    assert looked.says(says)


def from_one(box: Box) -> list[float]:
    """As VOC counts: from 1, both ends in the box."""
    return [box[0] + 1, box[1] + 1, box[0] + box[2], box[1] + box[3]]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (lambda box: [from_one(box)[i] for i in (1, 0, 3, 2)], "y before x"),
        (lambda box: [from_one(box)[i] for i in (2, 3, 0, 1)], "exchanged"),
        (lambda box: corners(share(box)), "shares of the picture"),
    ],
)
def test_voc_boxes_are_right(written: Callable[[Box], list[float]], says: str, tmp_path: Path) -> None:
    files = {f"{name[:-4]}.xml": voc(name, tuple(written(box))) for name, box in zip(NAMES, BOXES, strict=True)}
    looked = look(write(tmp_path / "data", {**pictures(), **files}), "voc")
    close(looked.boxes, corners)
    assert looked.says(says)


def test_corner_and_size_under_voc_names_is_asked_for_and_the_setting_helps(tmp_path: Path) -> None:
    files = {
        f"{name[:-4]}.xml": voc(name, (box[0] + 1, box[1] + 1, box[2], box[3])) for name, box in zip(NAMES, BOXES, strict=True)
    }
    folder = write(tmp_path / "data", {**pictures(), **files})
    with pytest.raises(KitError, match="corner and size and two corners fit") as asked:
        look(folder, "voc")
    assert 'boxes = "corner and size"' in asked.value.fix
    close(look(folder, "voc", boxes="corner and size").boxes, corners)


@pytest.mark.parametrize("format", ["coco", "voc", "yolo"])
def test_objects_of_no_size_are_passed_over_and_counted(format: str, tmp_path: Path) -> None:
    folder, files = tmp_path / "data", pictures()
    if format == "coco":
        document = coco(COUNT)
        nowhere = ([30, 20, 0, 0], [-1, -1, -1, -1], [0, 0, 0, 0])
        document["annotations"] += [{**row, "bbox": box} for row in document["annotations"] for box in nowhere]
        files["labels.json"] = json.dumps(document)
    for name in NAMES:
        more = "<object><name>dog</name><bndbox><xmin>9</xmin><ymin>9</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object>"
        if format == "voc":
            files[f"{name[:-4]}.xml"] = voc(name, more=more)
        elif format == "yolo":
            files[f"{name[:-4]}.txt"] = "0 0.3125 0.364583333 0.3125 0.3125\n0 0.5 0.5 0 0\n"
    looked = look(write(folder, files), format)
    assert looked.boxes == {name: [[10, 10, 30, 25]] for name in NAMES}
    assert looked.says("no width or no height")


def test_percent_that_fit_as_well_as_pixels_would_name_the_setting_and_it_helps(tmp_path: Path) -> None:
    """Small things in one place: nothing tells that the numbers end at 100."""
    folder = write(tmp_path / "data", {**pictures(), **{f"{name[:-4]}.txt": "0 31 42 31 42\n" for name in NAMES}})
    with pytest.raises(KitError) as caught:
        look(folder, "yolo")
    assert 'units = "percent" in [data]' in caught.value.fix
    boxes = look(folder, "yolo", units="percent").boxes
    np.testing.assert_allclose(boxes[NAMES[0]], [[0.155 * 64, 0.21 * 48, 0.465 * 64, 0.63 * 48]], atol=0.01)
