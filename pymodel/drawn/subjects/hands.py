"""A hand with the 21 points of OneHand10K (Wang et al., 2019)."""

from __future__ import annotations

import numpy as np

from pymodel.drawn.dataset import Drawn
from pymodel.drawn.hand import HAND_POINTS, draw_hand

NAME = "hand"
POINTS = HAND_POINTS


def draw(rng: np.random.Generator, i: int) -> Drawn:
    """One picture."""
    found = draw_hand(rng)
    return Drawn(found.image, found.box, found.keypoints, np.asarray(found.visible, np.int64), NAME)
