"""The subjects that can be drawn. Each folder beside this file with a `subject.py` is one; that module's `SUBJECT` describes it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pymodel.synthetic.arrays import Floats, Pixels


@dataclass(frozen=True)
class SyntheticImage:
    """A drawing with its annotations.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        box: (4,) float32 x0, y0, x1, y1 pixels.
        points: (K, 2) float32 pixels.
        visible: (K,) as in COCO: 0 not in the picture, 1 hidden, 2 visible.
        label: name of its class.
    """

    image: Pixels
    box: Floats
    points: Floats
    visible: npt.NDArray[np.int64]
    label: str


class Draw(Protocol):
    """Draws picture number i of a size (width, height), or of a random size; i chooses the class where there are several."""

    def __call__(self, rng: np.random.Generator, i: int, size: tuple[int, int] | None = None) -> SyntheticImage: ...


@dataclass(frozen=True)
class Subject:
    """Something that can be drawn.

    Attributes:
        name: what app.toml calls it.
        category: what each picture shows.
        points: names of its keypoints; empty where it has none.
    """

    name: str
    category: str
    points: tuple[str, ...]
    draw: Draw


def subjects() -> Iterator[Subject]:
    """All of them, by the names of their folders; each is loaded when it is asked for."""
    for file in sorted(Path(__file__).parent.glob("*/subject.py")):
        subject: Subject = importlib.import_module(f"pymodel.synthetic.{file.parent.name}.subject").SUBJECT
        yield subject


@lru_cache
def find_subject(name: str) -> Subject:
    """The subject that app.toml calls `name`.

    Raises:
        ValueError: there is none.
    """
    for subject in subjects():
        if subject.name == name:
            return subject
    raise ValueError(f"no subject is named {name!r}")
