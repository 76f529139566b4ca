"""Boxes, how much they overlap, the regions that models look at, and how a region becomes a model's input.

Coordinates are pixels of the upright picture, x to the right, y down; the centre of the first pixel is (0.5, 0.5), so a
picture covers [0, width] × [0, height] and a region covers [x0, x0 + width] × [y0, y0 + height]. A region is as wide to high as the
input of its model.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Region = tuple[float, float, float, float]
"""x0, y0, width, height."""

Size = tuple[int, int]
"""Width and height of a model's input, in pixels."""

SQUARE: Size = (1, 1)

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


def frame_region(width: float, height: float, size: Size = SQUARE) -> Region:
    """The smallest centred region that holds the whole picture.

    Args:
        size: of the model's input, or anything as wide to high.
    """
    return _centred(width, height, *(_wide(width, size) if width * size[1] >= height * size[0] else _high(height, size)))


def centre_region(width: float, height: float, size: Size = SQUARE) -> Region:
    """The largest centred region within the picture; see frame_region."""
    return _centred(width, height, *(_high(height, size) if width * size[1] >= height * size[0] else _wide(width, size)))


def _wide(width: float, size: Size) -> tuple[float, float]:
    return float(width), width * size[1] / size[0]


def _high(height: float, size: Size) -> tuple[float, float]:
    return height * size[0] / size[1], float(height)


def _centred(width: float, height: float, wide: float, high: float) -> Region:
    return (width - wide) / 2, (height - high) / 2, wide, high


def tile_regions(width: int, height: int, share: float, size: Size = SQUARE) -> list[Region]:
    """The regions that a picture is searched in, row by row: in its corners, or along its middle where it is narrower.

    Args:
        share: width of a tile / width of the region that holds the picture, at most 1; a tile's width is a whole number of pixels.
        size: see frame_region.
    """
    wide, high = _tile(width, height, share, size)

    def starts(length: int, side: float) -> list[float]:
        return [0.0, length - side] if length > side else [(length - side) / 2]

    return [(x0, y0, wide, high) for y0 in starts(height, high) for x0 in starts(width, wide)]


def fits_a_tile(box: Floats, width: int, height: int, share: float, size: Size = SQUARE) -> bool:
    """Whether a box (4,), wherever it is, is whole in one of the regions that a picture is searched in: no larger than their overlap."""
    frame, tile = frame_region(width, height, size)[2:], _tile(width, height, share, size)
    sides = float(box[2] - box[0]), float(box[3] - box[1])
    return all(side <= 2 * part - whole for side, part, whole in zip(sides, tile, frame, strict=True))


def _tile(width: int, height: int, share: float, size: Size) -> tuple[float, float]:
    return _wide(max(1.0, _whole(share * frame_region(width, height, size)[2])), size)


def box_region(box: Floats, margin: float = REGION_MARGIN, size: Size = SQUARE) -> Region:
    """The smallest region around a box's centre that holds the square with side = max(width, height) * (1 + 2 * margin), at least 8.

    The square's side and the region's corner are whole pixels, as a box comes from a model: its last bits, which differ from
    machine to machine, then move no sample.

    Args:
        size: see frame_region.
    """
    x0, y0, x1, y1 = (float(value) for value in box)
    return whole_region((x0 + x1) / 2, (y0 + y1) / 2, max(x1 - x0, y1 - y0) * (1 + 2 * margin), size)


def whole_region(x: float, y: float, side: float, size: Size) -> Region:
    """The smallest region around a centre that holds a square, whose side, and the region's corner, are rounded; see box_region."""
    side = max(8.0, _whole(side))
    wide, high = _high(side, size) if size[0] >= size[1] else _wide(side, size)
    return _whole(x - wide / 2), _whole(y - high / 2), wide, high


def _whole(value: float) -> float:
    return float(math.floor(value + 0.5))


def taps(side: float, size: int) -> int:
    """Samples per output pixel and axis: n = clamp(floor(side / size + 0.5), 1, MAX_TAPS)."""
    return int(min(max(math.floor(side / size + 0.5), 1), MAX_TAPS))


def crop_region(image: npt.NDArray[np.uint8], region: Region, size: Size, fill: tuple[int, int, int]) -> npt.NDArray[np.uint8]:
    """A region of a picture as a model's input.

    Output pixel (i, j) is the mean of n × n samples, n = taps(region's width, input's width). Sample (a, b) of it lies at

        x = x0 + (j + (b + 0.5) / n) * width / W,   y = y0 + (i + (a + 0.5) / n) * height / H

    and is bilinear between the four nearest pixel centres; a pixel beyond the picture's edge has the colour `fill`.
    This computes it with OpenCV, which rounds values to whole numbers and, where a region's coordinates are no whole numbers,
    positions to 1/32 pixel.

    Args:
        image: (h, w, 3) uint8 RGB.
        size: W, H of the result.
        fill: uint8 RGB of what lies outside the picture.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    n = taps(region[2], size[0])
    fine = _sampled(image, region, (size[0] * n, size[1] * n), fill)
    if n == 1:
        return np.asarray(fine, np.uint8)
    return np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA), np.uint8)


def _sampled(image: npt.NDArray[np.uint8], region: Region, counts: Size, fill: tuple[int, int, int]) -> npt.NDArray[np.uint8]:
    """Bilinear samples of a region, as many as `counts` says across and down."""
    x0, y0, wide, high = region
    right, down = wide / counts[0], high / counts[1]
    if min(right, down) > 0.5 and all(value.is_integer() for value in map(float, region)):
        resized = _shrunk if min(right, down) >= 1 else _enlarged
        return resized(image, (int(x0), int(y0)), (int(wide), int(high)), counts, fill)
    return _warped(image, (x0, y0), (right, down), counts, fill)


def _warped(
    image: npt.NDArray[np.uint8],
    corner: tuple[float, float],
    steps: tuple[float, float],
    counts: Size,
    fill: tuple[int, int, int],
) -> npt.NDArray[np.uint8]:
    """Bilinear samples from a corner on, at any steps."""
    (x0, y0), (right, down) = corner, steps
    matrix = np.array([[right, 0, x0 + (right - 1) / 2], [0, down, y0 + (down - 1) / 2]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    fine = cv2.warpAffine(image, matrix, counts, flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=fill)
    return np.asarray(fine, np.uint8)


def _enlarged(
    image: npt.NDArray[np.uint8], corner: tuple[int, int], sides: Size, counts: Size, fill: tuple[int, int, int]
) -> npt.NDArray[np.uint8]:
    """Bilinear samples of a region with whole coordinates, at steps between a half and one pixel: the outermost line of each side
    alone lies between the region's last pixel and the next one. A third of the time of _warped.
    """
    (x0, y0), (wide, high), (height, width) = corner, sides, image.shape[:2]
    left, top, right, bottom = max(0, x0 - 1), max(0, y0 - 1), min(width, x0 + wide + 1), min(height, y0 + high + 1)
    if left >= right or top >= bottom:
        return np.full((counts[1], counts[0], 3), fill, np.uint8)
    edges = top - y0 + 1, y0 + high + 1 - bottom, left - x0 + 1, x0 + wide + 1 - right
    around = np.asarray(cv2.copyMakeBorder(image[top:bottom, left:right], *edges, cv2.BORDER_CONSTANT, value=fill), np.uint8)
    fine = np.asarray(cv2.resize(around[1:-1, 1:-1], counts, interpolation=cv2.INTER_LINEAR), np.uint8)
    steps = wide / counts[0], high / counts[1]
    far = 1 + wide - steps[0], 1 + high - steps[1]
    fine[:1], fine[-1:] = (_warped(around, (1, y), steps, (counts[0], 1), fill) for y in (1, far[1]))
    fine[:, :1], fine[:, -1:] = (_warped(around, (x, 1), steps, (1, counts[1]), fill) for x in (1, far[0]))
    return fine


def _shrunk(
    image: npt.NDArray[np.uint8], corner: tuple[int, int], sides: Size, counts: Size, fill: tuple[int, int, int]
) -> npt.NDArray[np.uint8]:
    """Bilinear samples of a region with whole coordinates: none lies between the last pixel and what lies beyond."""
    height, width = image.shape[:2]
    (x0, y0), (wide, high) = corner, sides
    left, top, right, bottom = max(0, x0), max(0, y0), min(width, x0 + wide), min(height, y0 + high)
    if left >= right or top >= bottom:
        return np.full((counts[1], counts[0], 3), fill, np.uint8)
    part = image[top:bottom, left:right]
    edges = top - y0, y0 + high - bottom, left - x0, x0 + wide - right
    lengths = ((high, counts[1]),) * 2 + ((wide, counts[0]),) * 2
    # What lies beyond the picture is whole samples: they need no resizing.
    if all(edge * count % side == 0 for edge, (side, count) in zip(edges, lengths, strict=True)):
        above, below, before, after = (edge * count // side for edge, (side, count) in zip(edges, lengths, strict=True))
        inside = counts[0] - before - after, counts[1] - above - below
        fine = cv2.resize(part, inside, interpolation=cv2.INTER_LINEAR)
        return np.asarray(cv2.copyMakeBorder(fine, above, below, before, after, cv2.BORDER_CONSTANT, value=fill), np.uint8)
    whole = cv2.copyMakeBorder(part, *edges, cv2.BORDER_CONSTANT, value=fill)
    return np.asarray(cv2.resize(whole, counts, interpolation=cv2.INTER_LINEAR), np.uint8)


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
