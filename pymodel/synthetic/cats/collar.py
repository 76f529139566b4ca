"""A collar round the neck: the same ones for cats and dogs, so that it tells nothing about the animal."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pymodel.synthetic.arrays import Color, Field, Floats
from pymodel.synthetic.cats.pose import Pose, ellipse, polyline
from pymodel.synthetic.masks import blend, polygon_mask

BRASS = np.array([206, 178, 96], np.float32)
LOW = 0.9
"""How far below the middle of the face its lowest point is, in units of half the face."""


@dataclass(frozen=True)
class Collar:
    """A band round the neck.

    Attributes:
        thick: in units of half a face.
        tag: whether a disc of brass hangs from it.
    """

    color: Color
    thick: float
    tag: bool


def draw_collar(rng: np.random.Generator, chance: float) -> Collar | None:
    """A random one, or none."""
    hue, saturation, value = rng.uniform(0, 180), rng.uniform(40, 255), rng.uniform(30, 230)
    pixel = np.array([[[hue, saturation, value]]], np.uint8)
    color = np.asarray(cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0], np.float32)
    collar = Collar(color, float(rng.uniform(0.10, 0.22)), bool(rng.random() < 0.5))
    return collar if rng.random() < chance else None


def paint_collar(image: Floats, collar: Collar, pose: Pose, body: Field) -> None:
    """Lays a collar over a body (H, W, 3), in place; the head comes on top of it.

    Args:
        body: (H, W) where the body is, 0–1: there is no collar beside it.
    """
    height, width = image.shape[:2]
    upright = Pose(pose.centre, pose.unit, 0.4 * pose.roll, 0.0, 0.0)
    angle = np.linspace(0.12 * np.pi, 0.88 * np.pi, 12)
    band = np.stack([0.95 * np.cos(angle), LOW - 0.42 + 0.42 * np.sin(angle)], -1).astype(np.float32)
    mask = np.zeros((height, width), np.uint8)
    polyline(mask, upright.place(band), max(1, round(collar.thick * pose.unit)))
    blend(image, collar.color, 0.92 * body * (mask.astype(np.float32) / 255))
    if collar.tag:
        blend(image, BRASS, polygon_mask(ellipse(upright, (0, LOW + 0.14), 0.11, 0.12, 0.0), height, width) * body)
