"""The camera: from hand coordinates to pixels.

Pixel space: x to the right, y down, z towards the camera.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pymodel.synthetic.arrays import Doubles, Floats


@dataclass(frozen=True)
class Camera:
    """A camera that looks at a hand.

    Attributes:
        rotation: (3, 3) applied to hand coordinates.
        is_left: whether the hand is mirrored into a left one first.
        unit: the hand's length, pixels.
        centre: (2,) pixels, where the middle of the hand is projected.
        distance: from the camera to the hand, in lengths of the hand.
    """

    rotation: Floats
    is_left: bool
    unit: float
    centre: Floats
    distance: float

    def to_pixel_space(self, directions: Floats) -> Floats:
        """Rotates (..., 3) directions from hand coordinates to pixel space."""
        flip = np.array([-1 if self.is_left else 1, 1, 1])
        return np.asarray((directions * flip) @ self.rotation.T * (1, -1, 1), np.float32)

    def project(self, points: Floats, radii: Floats | float = 0.0) -> tuple[Floats, Floats]:
        """Projects (N, 3) hand coordinates and (N,) lengths to pixels, in perspective."""
        seen = self.to_pixel_space(points - np.array([0, 0.45, 0], np.float32))
        nearness = self.distance / np.maximum(self.distance - seen[:, 2], self.distance / 2)
        flat = self.centre + seen[:, :2] * nearness[:, None] * self.unit
        lengths = np.broadcast_to(np.asarray(radii), nearness.shape) * nearness * self.unit
        return np.concatenate([flat, seen[:, 2:] * self.unit], -1).astype(np.float32), lengths.astype(np.float32)


def sample_rotation(rng: np.random.Generator, any_roll_share: float) -> Floats:
    """A random rotation (3, 3): palm, back or edge towards the camera, tilted towards or away from it, fingers mostly up.

    Args:
        any_roll_share: share of hands with a uniformly random roll.
    """
    view = float(rng.choice([rng.normal(0, 0.5), rng.normal(np.pi, 0.5), rng.uniform(0, 2 * np.pi)], p=[0.38, 0.38, 0.24]))
    lean = float(np.clip(rng.normal(0, 0.38), -1.1, 1.1))
    roll = float(rng.normal(0, 0.5) if rng.random() < 1 - any_roll_share else rng.uniform(-np.pi, np.pi))
    return (_rotation(2, roll) @ _rotation(0, lean) @ _rotation(1, view)).astype(np.float32)


def _rotation(axis: int, angle: float) -> Doubles:
    c, s = np.cos(angle), np.sin(angle)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[[first, first, second, second], [first, second, first, second]] = c, -s, s, c
    return matrix
