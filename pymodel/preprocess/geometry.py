"""Boxes, how much they overlap, the square regions that models look at, and how a region becomes a model's input.

Coordinates are pixels of the upright picture, x to the right, y down; the centre of the first pixel is (0.5, 0.5), so a
picture covers [0, width] × [0, height] and a region of side s covers [x0, x0 + s] × [y0, y0 + s].
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Region = tuple[float, float, float]
"""x0, y0, side."""

LANDMARK_MARGIN = 0.10
"""A box is the bounding rectangle of the landmarks, wider by this share of its side on each side."""

REGION_MARGIN = 0.25
"""A landmark model looks at a square wider than the box by this share on each side: room for a box that is a little off."""

REFINE_BELOW_IOU = 0.7
"""A landmark model whose own box agrees less (IoU) with the one it looked in looks once more, in its own."""

ZOOM_MARGIN = 0.6
"""A box model that looks once more does so in a square wider than its box by this share on each side."""

TILE_SIDE = 0.7
"""Side of a tile / the picture's longer side: four of them overlap so that a small face is whole in one."""

MAX_TAPS = 3


def box_around(points: Floats, margin: float, width: int, height: int) -> Floats:
    """(4,) x0, y0, x1, y1: bounding rectangle of (K, 2) points, wider by a share of its sides, clipped to the picture."""
    low, high = points.min(0), points.max(0)
    wider = (high - low) * np.float32(margin)
    size = np.array([width, height], np.float32)
    return np.asarray(np.concatenate([np.clip(low - wider, 0, size), np.clip(high + wider, 0, size)]), np.float32)


def box_from_landmarks(points: Floats, width: int, height: int) -> Floats:
    """(4,) the box that a face's landmarks (K, 2) stand for."""
    return box_around(points, LANDMARK_MARGIN, width, height)


def frame_region(width: int, height: int) -> Region:
    """The smallest centred square that holds the whole picture."""
    side = float(max(width, height))
    return (width - side) / 2, (height - side) / 2, side


def tile_regions(width: int, height: int, share: float) -> list[Region]:
    """The squares that a picture is searched in, row by row: in its corners, or along its middle where it is narrower.

    Args:
        share: side of a square / the picture's longer side, at most 1; the side is a whole number of pixels.
    """
    side = _tile_side(width, height, share)

    def starts(length: int) -> list[float]:
        return [0.0, length - side] if length > side else [(length - side) / 2]

    return [(x0, y0, side) for y0 in starts(height) for x0 in starts(width)]


def fits_a_tile(box: Floats, width: int, height: int, share: float) -> bool:
    """Whether a box (4,), wherever it is, is whole in one of the squares that a picture is searched in: no larger than their overlap."""
    return float(max(box[2] - box[0], box[3] - box[1])) <= 2 * _tile_side(width, height, share) - max(width, height)


def _tile_side(width: int, height: int, share: float) -> float:
    return max(1.0, _whole(share * max(width, height)))


def box_region(box: Floats, margin: float = REGION_MARGIN) -> Region:
    """The square around a box's centre, in whole pixels; side = max(width, height) * (1 + 2 * margin), at least 8.

    Of whole pixels, as a box comes from a model: its last bits, which differ from machine to machine, then move no sample.
    """
    x0, y0, x1, y1 = (float(value) for value in box)
    side = max(8.0, _whole(max(x1 - x0, y1 - y0) * (1 + 2 * margin)))
    return _whole((x0 + x1 - side) / 2), _whole((y0 + y1 - side) / 2), side


def _whole(value: float) -> float:
    return float(math.floor(value + 0.5))


def taps(side: float, size: int) -> int:
    """Samples per output pixel and axis: n = clamp(floor(side / size + 0.5), 1, MAX_TAPS)."""
    return int(min(max(math.floor(side / size + 0.5), 1), MAX_TAPS))


def crop_region(image: npt.NDArray[np.uint8], region: Region, size: int, fill: tuple[int, int, int]) -> npt.NDArray[np.uint8]:
    """The square region of a picture as a model's input square.

    Output pixel (i, j) is the mean of n × n samples, n = taps(side, size). Sample (a, b) of it lies at

        x = x0 + (j + (b + 0.5) / n) * side / size,   y = y0 + (i + (a + 0.5) / n) * side / size

    and is bilinear between the four nearest pixel centres; a pixel beyond the picture's edge has the colour `fill`.
    This computes it with OpenCV, which rounds values to whole numbers and, where a region's coordinates are no whole numbers,
    positions to 1/32 pixel.

    Args:
        image: (H, W, 3) uint8 RGB.
        size: S, side of the result.
        fill: uint8 RGB of what lies outside the picture.

    Returns:
        (S, S, 3) uint8 RGB.
    """
    n = taps(region[2], size)
    fine = _sampled(image, region, size * n, fill)
    if n == 1:
        return np.asarray(fine, np.uint8)
    return np.asarray(cv2.resize(fine, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def _sampled(image: npt.NDArray[np.uint8], region: Region, count: int, fill: tuple[int, int, int]) -> npt.NDArray[np.uint8]:
    """count × count bilinear samples of a region."""
    x0, y0, side = region
    step = side / count
    if step >= 1 and all(float(value).is_integer() for value in region):  # no sample between the last pixel and what lies beyond
        return _shrunk(image, int(x0), int(y0), int(side), count, fill)
    offset = (step - 1) / 2
    matrix = np.array([[step, 0, x0 + offset], [0, step, y0 + offset]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    fine = cv2.warpAffine(image, matrix, (count, count), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=fill)
    return np.asarray(fine, np.uint8)


def _shrunk(
    image: npt.NDArray[np.uint8], x0: int, y0: int, side: int, count: int, fill: tuple[int, int, int]
) -> npt.NDArray[np.uint8]:
    """count × count bilinear samples of a region with whole coordinates."""
    height, width = image.shape[:2]
    left, top, right, bottom = max(0, x0), max(0, y0), min(width, x0 + side), min(height, y0 + side)
    if left >= right or top >= bottom:
        return np.full((count, count, 3), fill, np.uint8)
    part = image[top:bottom, left:right]
    edges = top - y0, y0 + side - bottom, left - x0, x0 + side - right
    if all(edge * count % side == 0 for edge in edges):  # what lies beyond the picture is whole samples: they need no resizing
        above, below, before, after = (edge * count // side for edge in edges)
        inside = count - before - after, count - above - below
        fine = cv2.resize(part, inside, interpolation=cv2.INTER_LINEAR)
        return np.asarray(cv2.copyMakeBorder(fine, above, below, before, after, cv2.BORDER_CONSTANT, value=fill), np.uint8)
    square = cv2.copyMakeBorder(part, *edges, cv2.BORDER_CONSTANT, value=fill)
    return np.asarray(cv2.resize(square, (count, count), interpolation=cv2.INTER_LINEAR), np.uint8)


def iou(a: Floats, b: Floats) -> Floats:
    """Intersection over union of boxes.

    Args:
        a, b: (..., 4) x0, y0, x1, y1 in the same unit.

    Returns:
        (...) in [0, 1]; 0 for a box without area.
    """
    size = np.clip(np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2]), 0, None)
    inter = size[..., 0] * size[..., 1]
    union = _area(a) + _area(b) - inter
    return np.asarray(np.divide(inter, union, out=np.zeros_like(inter), where=union > 0), np.float32)


def _area(box: Floats) -> Floats:
    size = np.clip(box[..., 2:] - box[..., :2], 0, None)
    return np.asarray(size[..., 0] * size[..., 1], np.float32)
