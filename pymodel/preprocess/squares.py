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


def square_region(square: Square, points: Floats, box: Floats | None, size: Size) -> tuple[Region, int]:
    """The region of a square around a box with points, and its turn.

    θ = atan2(dx, -dy) of the vector d between the means of `up`'s points; 0 without `up`. The rectangle is the box, with its own
    width and height; or the bounding one of the points (x cos θ + y sin θ, y cos θ - x sin θ), its centre turned back. The square's
    centre is the rectangle's + shift * the rectangle's height * (-sin θ, cos θ), its side scale * the longer side. It is placed
    for the free angle θ, then turned to the nearest quarter: floor(θ / 90° + 0.5) mod 4. The region is the smallest that holds it,
    its side and corner whole pixels: see geometry.whole_region.

    All is computed in float64, as the phone does.

    Args:
        points: (K, 2) x, y, pixels of the picture.
        box: (4,) x0, y0, x1, y1; None: the points are their own.
        size: width and height of the model's input, anything as wide to high.
    """
    angle = _angle(square, points)
    right, down = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
    if square.points or box is None:
        chosen = (points[list(square.points)] if square.points else points).astype(np.float64)
        own = np.stack([chosen @ right, chosen @ down], -1)
        low, high = own.min(0), own.max(0)
        middle = (low + high) / 2
        centre = middle[0] * right + middle[1] * down
    else:
        low, high = box.astype(np.float64).reshape(2, 2)
        centre = (low + high) / 2
    sides = high - low
    x, y = centre + square.shift * sides[1] * down
    turn = math.floor(math.degrees(angle) / 90 + 0.5) % 4
    return whole_region(float(x), float(y), float(sides.max()) * square.scale, turned_size(size, turn)), turn


def _angle(square: Square, points: Floats) -> float:
    """θ of square_region, radians."""
    if square.up is None:
        return 0.0
    start, end = (points[list(indices)].astype(np.float64).mean(0) for indices in square.up)
    right, down = end - start
    return math.atan2(right, -down)


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
