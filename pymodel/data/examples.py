"""Examples, what was wrong with the others, and which split each belongs to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from appspec.spec import Split

SplitName = Literal["train", "validation", "test"]
SPLITS: tuple[SplitName, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class Example:
    """One picture with landmarks.

    Attributes:
        file: path of the image from the data folder.
        width, height: of the upright image, pixels.
        points: (9, 2) float32 x, y in pixels of the upright image.
    """

    file: str
    width: int
    height: int
    points: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Problem:
    """A picture that was left out, and why."""

    file: str
    why: str


@dataclass(frozen=True)
class Reading:
    """What a folder held."""

    examples: tuple[Example, ...]
    problems: tuple[Problem, ...]


def split_of(file: str, split: Split) -> SplitName:
    """The split of a file: from its name alone, so it keeps its split when other files come or go."""
    place = int.from_bytes(hashlib.sha256(file.encode()).digest()[:8], "big") / 2**64
    if place < split.test:
        return "test"
    return "validation" if place < split.test + split.validation else "train"
