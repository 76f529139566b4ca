"""A collar around the neck. Cats and dogs wear the same ones, so a collar is no clue to the class."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pymodel.synthetic.arrays import Color, Field, Floats
from pymodel.synthetic.cats.pose import Pose, ellipse, polyline
from pymodel.synthetic.masks import blend, polygon_mask

BRASS = np.array([206, 178, 96], np.float32)
LOWEST_Y = 0.9
"""How far below the middle of the face the collar's lowest point is, in units of half the face's width."""


@dataclass(frozen=True)
class Collar:
    """A band around the neck.

    Attributes:
        thickness: in units of half the face's width.
        has_tag: whether a brass disc hangs from it.
    """

    color: Color
    thickness: float
    has_tag: bool


def sample_collar(rng: np.random.Generator, probability: float) -> Collar | None:
    """A random collar with a given probability, else None."""
    hue, saturation, value = rng.uniform(0, 180), rng.uniform(40, 255), rng.uniform(30, 230)
    pixel = np.array([[[hue, saturation, value]]], np.uint8)
    color = np.asarray(cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0], np.float32)
    collar = Collar(color, float(rng.uniform(0.10, 0.22)), bool(rng.random() < 0.5))
    return collar if rng.random() < probability else None


def paint_collar(image: Floats, collar: Collar, pose: Pose, body: Field) -> None:
    """Paints a collar over the body in an image (H, W, 3), in place. The head is painted over it later.

    Args:
        body: (H, W) mask of the body, 0–1; the collar is clipped to it.
    """
    height, width = image.shape[:2]
    upright = Pose(pose.centre, pose.unit, 0.4 * pose.roll, 0.0, 0.0)
    angle = np.linspace(0.12 * np.pi, 0.88 * np.pi, 12)
    band = np.stack([0.95 * np.cos(angle), LOWEST_Y - 0.42 + 0.42 * np.sin(angle)], -1).astype(np.float32)
    mask = np.zeros((height, width), np.uint8)
    polyline(mask, upright.to_pixels(band), max(1, round(collar.thickness * pose.unit)))
    blend(image, collar.color, 0.92 * body * (mask.astype(np.float32) / 255))
    if collar.has_tag:
        blend(image, BRASS, polygon_mask(ellipse(upright, (0, LOWEST_Y + 0.14), 0.11, 0.12, 0.0), height, width) * body)
