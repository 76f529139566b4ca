"""A cat's face with its nine landmarks."""

from __future__ import annotations

import numpy as np

from pymodel.data.formats.cat import POINTS as POINTS
from pymodel.preprocess.geometry import box_from_landmarks
from pymodel.synthetic.cats.scene import draw_cat
from pymodel.synthetic.dataset import Drawn

NAME = "cat"


def draw(rng: np.random.Generator, i: int, size: tuple[int, int] | None = None) -> Drawn:
    """Picture i, of a size (width, height) or of any."""
    found = draw_cat(rng, size)
    box = box_from_landmarks(found.landmarks, found.image.shape[1], found.image.shape[0])
    return Drawn(found.image, box, found.landmarks, np.full(len(POINTS), 2, np.int64), NAME)
