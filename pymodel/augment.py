"""Training examples as a model might meet them: moved, turned, mirrored, in other light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pymodel.geometry import Floats, Region, taps

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
        size: S.

    Returns:
        (S, S, 3) uint8 RGB; (K, 2) float32 in [0, 1] of the input square, possibly outside it.
    """
    x0, y0, side = region
    move = rng.normal(0, jitter.shift, 2).clip(-2.5 * jitter.shift, 2.5 * jitter.shift) * side
    grown = side * float(np.exp(rng.normal(0, jitter.scale)))
    angle = np.deg2rad(rng.normal(0, jitter.roll_deg))
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    centre = np.array([x0 + side / 2, y0 + side / 2]) + move
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([mirror, 1.0])
    step = turn * grown / size
    offset = centre - step @ np.array([size / 2, size / 2])
    source, shrunk = (half, np.array([half.shape[1] / image.shape[1], half.shape[0] / image.shape[0]]))
    if taps(grown, size) < 2:
        source, shrunk = image, np.ones(2)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    matrix = np.column_stack([step, offset + step @ np.array([0.5, 0.5])]) * shrunk[:, None] - np.array([[0, 0, 0.5]])
    crop = cv2.warpAffine(source, matrix, (size, size), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=fill)
    placed = ((points - offset) @ np.linalg.inv(step).T / size).astype(np.float32)
    if mirror < 0:
        placed = placed[list(mirrored)]
    return light(np.asarray(crop, np.uint8), rng), placed


def light(crop: Pixels, rng: np.random.Generator) -> Pixels:
    """The same pixels in other light, through another lens: contrast, colour, sometimes gray, blurred or noisy."""
    saturation = 0.0 if rng.random() < 0.12 else float(rng.uniform(0.6, 1.4))
    gray = np.full((3, 3), 1 / 3, np.float32)
    mixing = gray + saturation * (np.eye(3, dtype=np.float32) - gray)
    gain = np.exp(rng.normal(0, 0.18)) * np.exp(rng.normal(0, 0.06, 3)).astype(np.float32)
    mixing = (mixing * gain[:, None]).astype(np.float32)
    offset = np.full((3, 1), rng.normal(0, 12), np.float32)
    out = np.asarray(cv2.transform(crop, np.hstack([mixing, offset])), np.uint8)
    kind = rng.random()
    if kind < 0.15:
        out = np.asarray(cv2.GaussianBlur(out, (0, 0), float(rng.uniform(0.4, 1.4))), np.uint8)
    elif kind < 0.3:
        noise = (rng.standard_normal(out.shape[:2], np.float32) * np.float32(rng.uniform(2, 12))).astype(np.int16)
        out = np.asarray(cv2.add(out, cv2.merge([noise] * 3), dtype=cv2.CV_8U), np.uint8)
    return out
