"""Training examples as a model might meet them: moved, turned, mirrored, in other light."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pymodel.preprocess.geometry import Floats, Region, taps

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Jitter:
    """How far examples vary; shares of the region's side, standard deviations unless said.

    Attributes:
        shift: of the region's centre.
        scale: of the logarithm of the region's side.
        roll_deg: of the turn, degrees.
    """

    shift: float
    scale: float
    roll_deg: float


FRAME_JITTER = Jitter(shift=0.07, scale=0.18, roll_deg=10.0)
POSE_JITTER = Jitter(shift=0.07, scale=0.2, roll_deg=25.0)
"""Hands point anywhere."""

REGION_JITTER = Jitter(shift=0.10, scale=0.22, roll_deg=14.0)
"""Somewhat farther than box models of this kit err: landmarks found in a box that is off put it right."""

REGION_POSE_JITTER = Jitter(REGION_JITTER.shift, REGION_JITTER.scale, POSE_JITTER.roll_deg)


def jittered_crop(
    image: Pixels,
    half: Pixels,
    points: Floats,
    mirrored: Sequence[int],
    region: Region,
    size: int,
    fill: tuple[int, int, int],
    jitter: Jitter,
    rng: np.random.Generator,
) -> tuple[Pixels, Floats]:
    """A varied input square and its points.

    Args:
        image: (H, W, 3) uint8 RGB.
        half: the same at half its size: what is sampled where several pixels become one.
        points: (K, 2) pixels of the picture.
        mirrored: which point of a picture becomes point k of its mirror image.
        region: a square.
        size: S.

    Returns:
        (S, S, 3) uint8 RGB; (K, 2) float32 in [0, 1] of the input square, possibly outside it.
    """
    x0, y0, side, _ = region
    right, down = rng.normal(0.0, jitter.shift, 2).tolist()
    limit = 2.5 * jitter.shift
    grown = side * math.exp(rng.normal(0.0, jitter.scale))
    angle = math.radians(rng.normal(0.0, jitter.roll_deg))
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    centre_x = x0 + side * (0.5 + min(max(right, -limit), limit))
    centre_y = y0 + side * (0.5 + min(max(down, -limit), limit))
    cos, sin, step = math.cos(angle), math.sin(angle), grown / size
    (a, b), (c, d) = turn = (mirror * cos, -sin), (mirror * sin, cos)
    offset_x, offset_y = centre_x - (a + b) * grown / 2, centre_y - (c + d) * grown / 2
    source = half if taps(grown, size) >= 2 else image
    wide, high = source.shape[1] / image.shape[1], source.shape[0] / image.shape[0]
    matrix = np.array(
        [
            (step * a * wide, step * b * wide, (offset_x + step * (a + b) / 2) * wide - 0.5),
            (step * c * high, step * d * high, (offset_y + step * (c + d) / 2) * high - 0.5),
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    crop = cv2.warpAffine(source, matrix, (size, size), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=fill)
    back = np.array(turn) / grown  # a turn's inverse is its transpose
    placed = ((points - (offset_x, offset_y)) @ back).astype(np.float32)
    if mirror < 0:
        placed = placed[list(mirrored)]
    return light(np.asarray(crop, np.uint8), rng), placed


def light(crop: Pixels, rng: np.random.Generator) -> Pixels:
    """The same pixels in other light, through another lens: contrast, colour, sometimes gray, blurred or noisy."""
    saturation = 0.0 if rng.random() < 0.12 else rng.uniform(0.6, 1.4)
    gain = math.exp(rng.normal(0.0, 0.18))
    gains = [gain * math.exp(value) for value in rng.normal(0.0, 0.06, 3).tolist()]
    offset, gray = rng.normal(0.0, 12.0), (1 - saturation) / 3
    rows = [[k * (gray + saturation * (i == j)) for j in range(3)] + [offset] for i, k in enumerate(gains)]
    mixing = np.array(rows, np.float32)
    out = np.asarray(cv2.transform(crop, mixing), np.uint8)
    kind = rng.random()
    if kind < 0.15:
        out = np.asarray(cv2.GaussianBlur(out, (0, 0), float(rng.uniform(0.4, 1.4))), np.uint8)
    elif kind < 0.3:
        noise = (rng.standard_normal(out.shape[:2], np.float32) * np.float32(rng.uniform(2, 12))).astype(np.int16)
        out = np.asarray(cv2.add(out, cv2.merge([noise] * 3), dtype=cv2.CV_8U), np.uint8)
    return out
