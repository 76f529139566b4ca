"""A cat or a dog, as many of each."""

from __future__ import annotations

import numpy as np

from pymodel.synthetic.dataset import Drawn
from pymodel.synthetic.pets.pet import PETS, draw_pet

NAME = "pet"
POINTS = ()


def draw(rng: np.random.Generator, i: int, size: tuple[int, int] | None = None) -> Drawn:
    """Picture i, of a size (width, height) or of any."""
    found = draw_pet(rng, PETS[i % len(PETS)], size)
    return Drawn(found.image, found.box, np.zeros((0, 2), np.float32), np.zeros(0, np.int64), found.label)
