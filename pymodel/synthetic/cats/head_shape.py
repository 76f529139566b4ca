"""The proportions of a cat's head, its outline and its nine landmarks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pymodel.synthetic.arrays import Field, Floats
from pymodel.synthetic.cats.pose import Pose
from pymodel.synthetic.masks import blur, polygon_mask, smooth_outline
from pymodel.synthetic.noise import noise

IRISES = np.array([[196, 178, 60], [150, 180, 84], [214, 150, 46], [120, 160, 190], [186, 196, 120]], np.float32)


@dataclass(frozen=True)
class HeadShape:
    """The proportions of one head, in head coordinates of its right side; the left side mirrors it."""

    eye: tuple[float, float]
    eye_size: float
    openness: float
    mouth: float
    ear_outer: tuple[float, float]
    ear_tip: tuple[float, float]
    ear_inner: tuple[float, float]
    cheek: float
    chin: float
    iris: Floats
    ear_turns: tuple[tuple[float, float], tuple[float, float]]

    def ear_tip_of(self, side: int) -> tuple[float, float]:
        """Tip of the left (-1) or right (1) ear, in coordinates of the right side; each ear turns on its own."""
        out, up = self.ear_turns[0 if side < 0 else 1]
        return self.ear_tip[0] + out, self.ear_tip[1] + up


def sample_head_shape(rng: np.random.Generator) -> HeadShape:
    """Random proportions, from a kitten with large ears to a Persian with a flat face."""
    flare = rng.uniform(-0.12, 0.14)
    tall = rng.uniform(0.72, 1.2)
    turn = float(max(0.0, rng.normal(-0.1, 0.2)))
    return HeadShape(
        eye=(float(rng.uniform(0.38, 0.47)), float(rng.uniform(-0.08, 0.06))),
        eye_size=float(rng.uniform(0.12, 0.21)),
        openness=float(rng.choice([rng.uniform(0.7, 1.0), rng.uniform(0.12, 0.6)], p=[0.78, 0.22])),
        mouth=float(rng.uniform(0.50, 0.64)),
        ear_outer=(float(0.92 + flare * 0.5), float(rng.uniform(-0.48, -0.28))),
        ear_tip=(float(0.86 + flare * 1.6), float(-0.55 - 0.62 * tall)),
        ear_inner=(float(rng.uniform(0.30, 0.44)), float(rng.uniform(-0.80, -0.68))),
        cheek=float(rng.uniform(0.92, 1.12)),
        chin=float(rng.uniform(0.78, 0.92)),
        iris=np.asarray(IRISES[int(rng.integers(len(IRISES)))] * rng.uniform(0.55, 1.05), np.float32),
        ear_turns=((turn + float(rng.normal(0, 0.06)), 0.5 * turn), (turn + float(rng.normal(0, 0.06)), 0.5 * turn)),
    )


def landmarks(shape: HeadShape, pose: Pose) -> Floats:
    """The landmarks, (9, 2) pixels, in the order of the CAT data set."""
    flat = np.array(
        [
            (-shape.eye[0], shape.eye[1]),
            shape.eye,
            (0, shape.mouth),
            (-shape.ear_outer[0], shape.ear_outer[1]),
            (-shape.ear_tip_of(-1)[0], shape.ear_tip_of(-1)[1]),
            (-shape.ear_inner[0], shape.ear_inner[1]),
            shape.ear_inner,
            shape.ear_tip_of(1),
            shape.ear_outer,
        ],
        np.float32,
    )
    depth = np.array([0.38, 0.38, 0.55, -0.25, -0.2, 0.1, 0.1, -0.2, -0.25], np.float32)
    return pose.to_pixels(flat, depth)


def head_mask(rng: np.random.Generator, shape: HeadShape, pose: Pose, height: int, width: int) -> Field:
    """Mask of head and ears with a furry edge, (H, W) 0–1."""
    c, k = shape.cheek, shape.chin
    half = [
        (0.0, -0.80),
        (0.34, -0.80),
        (0.72, -0.62),
        (0.93 * c, -0.22),
        (1.0 * c, 0.18),
        (0.80, 0.56),
        (0.42, 0.86 * k),
        (0.0, 0.96 * k),
    ]
    right = np.array(half, np.float32)
    left = right[1:-1][::-1] * (-1, 1)
    mask = polygon_mask(smooth_outline(pose.to_pixels(np.concatenate([right, left]).astype(np.float32), 0.1)), height, width)
    for side in (-1, 1):
        mask = np.maximum(mask, polygon_mask(ear_outline(shape, pose, side, 1.0), height, width))
    rough = pose.unit * 0.03
    soft = blur(mask, rough)
    return np.clip(
        (soft + 0.10 * noise(rng, "hair", height, width, max(0.4, pose.unit / 50)) * (soft > 0.02) - 0.5) * 3 + 0.5, 0, 1
    )


def ear_outline(shape: HeadShape, pose: Pose, side: int, size: float) -> Floats:
    """(5, 2) pixels: corners of the left (-1) or right (1) ear, scaled by `size` about its middle."""
    outer, tip, inner = (np.array(point, np.float32) for point in (shape.ear_outer, shape.ear_tip_of(side), shape.ear_inner))
    middle = (outer + tip + inner) / 3 + (0, 0.12 * (1 - size))
    bulge = (outer + tip) / 2 + (0.07, -0.02), (tip + inner) / 2 + (-0.02, -0.05)
    corners = np.array([outer + (0, 0.12), bulge[0], tip, bulge[1], inner + (0.06, 0.14)], np.float32)
    corners = middle + (corners - middle) * size
    return pose.to_pixels((corners * (side, 1)).astype(np.float32), -0.12)
