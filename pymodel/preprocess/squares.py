"""Squares around what was found, turned by quarters: the region that the next look is at.

A turn is how many quarters, clockwise as seen, the square's up lies from the picture's. A region stays along the picture's axes;
the input shows it turned so that the square's up is its own.
"""

from __future__ import annotations

import math

import numpy as np

from appspec.contract import Square
from pymodel.preprocess.geometry import Floats, Region, Size, whole_region

UPRIGHT = 0

_DOWN = ((0, 1), (-1, 0), (0, -1), (1, 0))
"""x, y of a square's own down in the picture, by its turn."""


def square_region(square: Square, points: Floats, box: Floats | None, size: Size) -> tuple[Region, int]:
    """The region of a square around a box with points, and its turn.

    The turn is floor(θ / 90° + 0.5) mod 4, θ = atan2(dx, -dy) of the vector d between the means of `up`'s points. The rectangle is
    the box, or the bounding one of `square.points`; h is its height along the square's own down (its width where the turn is odd).
    The square's centre is that of the rectangle + shift * h * down, its side scale * the rectangle's longer side. The region is the
    smallest that holds it, its side and corner whole pixels: see geometry.whole_region.

    Args:
        points: (K, 2) x, y, pixels of the picture.
        box: (4,) x0, y0, x1, y1; None: the bounding rectangle of the points.
        size: width and height of the model's input, anything as wide to high.
    """
    turn = quarter_turn(square, points)
    low, high = _rectangle(square, points, box)
    sides = high - low
    centre = (low + high) / 2 + np.array(_DOWN[turn]) * square.shift * sides[1 - turn % 2]
    region = whole_region(float(centre[0]), float(centre[1]), float(sides.max()) * square.scale, turned_size(size, turn))
    return region, turn


def quarter_turn(square: Square, points: Floats) -> int:
    """0 to 3; see square_region."""
    if square.up is None:
        return UPRIGHT
    start, end = (points[list(indices)].astype(np.float64).mean(0) for indices in square.up)
    right, down = end - start
    return math.floor(math.degrees(math.atan2(right, -down)) / 90 + 0.5) % 4


def turned_size(size: Size, turn: int) -> Size:
    """Width and height of a region in the picture whose input has this size."""
    return (size[1], size[0]) if turn % 2 else size


def place(points: Floats, region: Region, turn: int) -> Floats:
    """Points (..., 2) in [0, 1] of an input as pixels of the picture."""
    x, y = points[..., 0], points[..., 1]
    right, down = ((x, y), (1 - y, x), (1 - x, 1 - y), (y, 1 - x))[turn]
    corner, sides = np.asarray(region[:2], np.float32), np.asarray(region[2:], np.float32)
    return np.asarray(np.stack([right, down], -1) * sides + corner, np.float32)


def place_boxes(boxes: Floats, region: Region, turn: int) -> Floats:
    """Boxes (N, 4) x0, y0, x1, y1, as `place` does points."""
    corners = place(boxes.reshape(-1, 2, 2), region, turn)
    return np.concatenate([corners.min(1), corners.max(1)], -1)


def _rectangle(square: Square, points: Floats, box: Floats | None) -> tuple[Floats, Floats]:
    """Two corners, float64: sums of what the phone has as float32 too round alike."""
    corners = points[list(square.points)] if square.points else points if box is None else box.reshape(2, 2)
    return corners.min(0).astype(np.float64), corners.max(0).astype(np.float64)
