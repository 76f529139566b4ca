"""Decoded pictures and their examples in one folder: reading one again costs a memory map, not decoding a JPEG."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypedDict

import cv2
import numpy as np

from appspec.data_spec import Data
from appspec.progress import Reporter
from pymodel.data.ahead import in_order
from pymodel.data.examples import Example, Problem, check_once, check_problems, split_in
from pymodel.data.images import RgbImage, UnreadableImageError
from pymodel.data.source import Floats, Instance, Source, open_source
from pymodel.data.splits import SPLITS, SplitName

MAX_SIDE = 384
"""Longer side of a stored picture, pixels: three times the largest usual model input."""


class _InstanceRow(TypedDict):
    points: list[list[float | None]]
    box: list[float | None]
    label: int


class _PictureRow(TypedDict):
    file: str
    width: int
    height: int
    split: SplitName
    objects: list[_InstanceRow]


class ExampleStore:
    """Examples of a finished store; points, boxes and sizes are those of the stored pictures.

    Attributes:
        examples: one per instance; those of a picture follow each other, the largest first.
        points: names of the target points, those that examples have.
        auxiliary: names of the other points, which only help to train.
        mirrored, classes, box_margin: see Source; mirrored is of all points.
    """

    def __init__(self, folder: Path) -> None:
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        self.points = tuple(index["points"][: index["wanted"]])
        self.auxiliary = tuple(index["points"][index["wanted"] :])
        self.mirrored = tuple(index["mirrored"])
        self.classes = tuple(index["classes"])
        self.box_margin: float | None = index["box_margin"]
        self.problems = tuple(Problem(**row) for row in index["problems"])
        pictures = index["pictures"]
        whole = [_example(row, instance) for row in pictures for instance in row["objects"]]
        self._points = [example.points for example in whole]
        self.examples = tuple(replace(example, points=example.points[: len(self.points)]) for example in whole)
        self._picture = [i for i, row in enumerate(pictures) for _ in row["objects"]]
        self._first = np.cumsum([0, *(len(row["objects"]) for row in pictures)])
        self._sizes = [(row["width"], row["height"]) for row in pictures]
        self._splits: tuple[SplitName, ...] = tuple(row["split"] for row in pictures)
        self._halves = [(max(1, width // 2), max(1, height // 2)) for width, height in self._sizes]
        sizes = (size for both in zip(self._sizes, self._halves, strict=True) for size in both)
        self._offsets = np.cumsum([0, *(width * height * 3 for width, height in sizes)])
        self._pixels = np.asarray(np.memmap(folder / "pixels.bin", np.uint8, "r"))

    def image(self, i: int) -> RgbImage:
        """(H, W, 3) uint8 RGB view of the picture of example i."""
        n = self._picture[i]
        return self._view(2 * n, *self._sizes[n])

    def half(self, i: int) -> RgbImage:
        """The picture of example i at half its size, (H // 2, W // 2, 3): each pixel the mean of those that it covers."""
        n = self._picture[i]
        return self._view(2 * n + 1, *self._halves[n])

    def all_points(self, i: int) -> Floats:
        """(K + auxiliary, 2) the target points of example i, then the auxiliary ones."""
        return self._points[i]

    def boxes(self, i: int) -> Floats:
        """(M, 4) the boxes of all objects in the picture of example i."""
        n = self._picture[i]
        return np.stack([self.examples[k].box for k in range(self._first[n], self._first[n + 1])])

    def _view(self, n: int, width: int, height: int) -> RgbImage:
        return self._pixels[self._offsets[n] : self._offsets[n + 1]].reshape(height, width, 3)

    def indices(self, split: SplitName, every_object: bool = False) -> list[int]:
        """Numbers of the examples in a split: the largest object of each picture, or every one."""
        pictures = [n for n, name in enumerate(self._splits) if name == split]
        if every_object:
            return [i for n in pictures for i in range(self._first[n], self._first[n + 1])]
        return [int(self._first[n]) for n in pictures]

    def pictures(self, split: SplitName, most: int | None = None) -> Iterator[tuple[Example, RgbImage]]:
        """The largest object of each picture of a split, and the picture; of so many of them at most, evenly taken."""
        found = self.indices(split)
        step = 1 if most is None else max(1, -(-len(found) // most))
        return ((self.examples[i], self.image(i)) for i in found[::step])

    def counts(self) -> dict[str, int]:
        """Pictures in each split."""
        return {name: self._splits.count(name) for name in SPLITS}


def write_store(folder: Path, data: Data, target: Path, reporter: Reporter) -> None:
    """Reads a data folder into a store.

    Raises:
        KitError: no data, or more than the allowed share of it unreadable.
    """
    source = open_source(folder, data)
    rows: list[_PictureRow] = []
    problems: list[Problem] = []
    with (target / "pixels.bin").open("wb") as pixels:
        for i, found in enumerate(in_order(lambda file: _read(source, file), source.files)):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                file, instances, image = found
                pixels.write(image.tobytes())
                half = max(1, image.shape[1] // 2), max(1, image.shape[0] // 2)
                pixels.write(cv2.resize(image, half, interpolation=cv2.INTER_AREA).tobytes())
                rows.append(_row(file, instances, image, split_in(source, file, data)))
            reporter.progress("reading pictures", i + 1, len(source.files))
    for line in source.said():
        reporter.say(f"  {line}")
    check_problems(folder, len(rows), problems)
    check_once(folder, [row["file"] for row in rows])
    names = ("points", "mirrored", "classes", "box_margin")
    document = {name: getattr(source, name) for name in names}
    document["wanted"] = len(source.points) if source.target_points is None else source.target_points
    document |= {"pictures": rows, "problems": [vars(problem) for problem in problems]}
    (target / "index.json").write_text(json.dumps(document), encoding="utf-8")


def _read(source: Source, file: str) -> tuple[str, list[Instance], RgbImage] | Problem:
    try:
        name, instances, image = source.read(file)
    except UnreadableImageError as error:
        return Problem.of(file, error)
    return name, *_shrink(sorted(instances, key=_area, reverse=True), image)


def _area(instance: Instance) -> float:
    x0, y0, x1, y1 = instance.box
    return float((x1 - x0) * (y1 - y0))


def _row(file: str, instances: list[Instance], image: RgbImage, split: SplitName) -> _PictureRow:
    rows: list[_InstanceRow] = [
        {"points": [_numbers(row) for row in one.points], "box": _numbers(one.box), "label": one.label} for one in instances
    ]
    return {"file": file, "width": image.shape[1], "height": image.shape[0], "split": split, "objects": rows}


def _numbers(values: Floats) -> list[float | None]:
    """None for NaN, which JSON doesn't have."""
    return [float(value) if np.isfinite(value) else None for value in values]


def _example(row: _PictureRow, instance: _InstanceRow) -> Example:
    points = np.asarray(instance["points"], np.float32).reshape(-1, 2)
    return Example(row["file"], row["width"], row["height"], points, np.asarray(instance["box"], np.float32), instance["label"])


def _shrink(instances: list[Instance], image: RgbImage) -> tuple[list[Instance], RgbImage]:
    height, width = image.shape[:2]
    scale = MAX_SIDE / max(width, height)
    if scale >= 1:
        return instances, image
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    change = np.array([size[0] / width, size[1] / height], np.float32)
    return [Instance(one.points * change, one.box * np.tile(change, 2), one.label) for one in instances], small
