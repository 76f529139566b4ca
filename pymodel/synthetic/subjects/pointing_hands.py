"""A hand that points: its forefinger is straight, and seen."""

from __future__ import annotations

import numpy as np

from pymodel.synthetic.dataset import Drawn
from pymodel.synthetic.hands.hand import HAND_POINTS, draw_hand
from pymodel.synthetic.hands.shape import POINTING_HAND
from pymodel.synthetic.subjects.hands import NAME, as_drawn

__all__ = ["NAME", "POINTS", "draw"]

POINTS = HAND_POINTS


def draw(rng: np.random.Generator, i: int, size: tuple[int, int] | None = None) -> Drawn:
    """Picture i, of a size (width, height) or of any."""
    return as_drawn(draw_hand(rng, size, POINTING_HAND))
