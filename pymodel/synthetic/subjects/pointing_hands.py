"""A hand that points, with the 21 points of OneHand10K (Wang et al., 2019): its forefinger is straight, and seen."""

from __future__ import annotations

import numpy as np

from pymodel.synthetic.dataset import Drawn
from pymodel.synthetic.hands.hand import HAND_POINTS, draw_hand

NAME = "hand"
POINTS = HAND_POINTS


def draw(rng: np.random.Generator, i: int, size: tuple[int, int] | None = None) -> Drawn:
    """Picture i, of a size (width, height) or of any."""
    found = draw_hand(rng, size)
    return Drawn(found.image, found.box, found.keypoints, np.asarray(found.visible, np.int64), NAME)
