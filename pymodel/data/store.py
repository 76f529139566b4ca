"""What was read of the data, decoded once: every later look costs a memory map, not a JPEG."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from appspec.spec import Split
from pymodel.data.cat import check_problems, find_pairs, read_pair
from pymodel.data.examples import SPLITS, Example, Problem, Reading, SplitName, split_of
from pymodel.data.images import RgbImage, UnreadableImageError

MAX_SIDE = 384
"""Longer side of a stored picture, pixels: three times the largest usual model input."""

Progress = Callable[[str, int, int], None]
"""(what, done, total)"""


class ExampleStore:
    """Examples of a finished store; points and sizes are those of the stored pictures."""

    def __init__(self, folder: Path) -> None:
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        self.examples = tuple(
            Example(row["file"], row["width"], row["height"], np.asarray(row["points"], np.float32)) for row in index["examples"]
        )
        self.splits: tuple[SplitName, ...] = tuple(row["split"] for row in index["examples"])
        self.problems = tuple(Problem(**row) for row in index["problems"])
        self._offsets = np.cumsum([0, *(example.width * example.height * 3 for example in self.examples)])
        self._pixels = np.memmap(folder / "pixels.bin", np.uint8, "r")

    def image(self, i: int) -> RgbImage:
        """(H, W, 3) uint8 RGB view of one stored picture."""
        example = self.examples[i]
        return self._pixels[self._offsets[i] : self._offsets[i + 1]].reshape(example.height, example.width, 3)

    def indices(self, split: SplitName) -> list[int]:
        """Numbers of the examples in a split."""
        return [i for i, name in enumerate(self.splits) if name == split]

    def pictures(self, split: SplitName) -> Iterator[tuple[Example, RgbImage]]:
        """Examples of a split with their pictures."""
        return ((self.examples[i], self.image(i)) for i in self.indices(split))

    def counts(self) -> dict[str, int]:
        """Examples in each split."""
        return {name: self.splits.count(name) for name in SPLITS}


def write_store(data: Path, split: Split, folder: Path, progress: Progress) -> None:
    """Reads a folder in the CAT layout into a store.

    Raises:
        KitError: no data, or more than the allowed share of it unreadable, or a split is left empty.
    """
    annotations = find_pairs(data)
    rows: list[dict[str, object]] = []
    examples: list[Example] = []
    problems: list[Problem] = []
    with (folder / "pixels.bin").open("wb") as pixels, ThreadPoolExecutor(os.cpu_count()) as pool:
        for i, found in enumerate(pool.map(lambda annotation: _read(data, annotation), annotations)):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                example, image = found
                pixels.write(image.tobytes())
                examples.append(example)
                rows.append(_row(example, split))
            progress("reading pictures", i + 1, len(annotations))
    check_problems(data, Reading(tuple(examples), tuple(problems)))
    document = {"examples": rows, "problems": [vars(problem) for problem in problems]}
    (folder / "index.json").write_text(json.dumps(document), encoding="utf-8")


def _read(data: Path, annotation: Path) -> tuple[Example, RgbImage] | Problem:
    try:
        return _shrink(*read_pair(data, annotation))
    except UnreadableImageError as error:
        return Problem(annotation.relative_to(data).as_posix(), str(error))


def _row(example: Example, split: Split) -> dict[str, object]:
    return {
        "file": example.file,
        "width": example.width,
        "height": example.height,
        "points": example.points.tolist(),
        "split": split_of(example.file, split),
    }


def _shrink(example: Example, image: RgbImage) -> tuple[Example, RgbImage]:
    scale = MAX_SIDE / max(example.width, example.height)
    if scale >= 1:
        return example, image
    width, height = max(1, round(example.width * scale)), max(1, round(example.height * scale))
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    points = example.points * np.array([width / example.width, height / example.height], np.float32)
    return Example(example.file, width, height, points), np.asarray(small, np.uint8)
