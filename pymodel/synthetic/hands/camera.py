"""Where a hand is seen from: hand coordinates to pixels.

Pixel space: x to the right, y down, z towards the camera.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pymodel.synthetic.arrays import Floats


@dataclass(frozen=True)
class Camera:
    """Where a hand is seen from.

    Attributes:
        turn: (3, 3) rotation of hand coordinates.
        is_left: whether the right hand is mirrored first.
        unit: the hand's length, pixels.
        centre: (2,) pixels, where the middle of the hand falls.
        distance: from the camera to the hand, in hand's lengths.
    """

    turn: Floats
    is_left: bool
    unit: float
    centre: Floats
    distance: float

    def aim(self, ways: Floats) -> Floats:
        """(..., 3) directions of hand coordinates → of pixel space."""
        flip = np.array([-1 if self.is_left else 1, 1, 1])
        return np.asarray((ways * flip) @ self.turn.T * (1, -1, 1), np.float32)

    def place(self, points: Floats, radii: Floats | float = 0.0) -> tuple[Floats, Floats]:
        """(N, 3) hand coordinates and (N,) lengths → pixels."""
        seen = self.aim(points - np.array([0, 0.45, 0], np.float32))
        nearness = self.distance / np.maximum(self.distance - seen[:, 2], self.distance / 2)
        flat = self.centre + seen[:, :2] * nearness[:, None] * self.unit
        lengths = np.broadcast_to(np.asarray(radii), nearness.shape) * nearness * self.unit
        return np.concatenate([flat, seen[:, 2:] * self.unit], -1).astype(np.float32), lengths.astype(np.float32)


def draw_turn(rng: np.random.Generator, turned: float) -> Floats:
    """(3, 3): palm or back or edge to the camera, leaning to or from it, fingers mostly up.

    Args:
        turned: share of hands that are turned any way.
    """
    view = float(rng.choice([rng.normal(0, 0.5), rng.normal(np.pi, 0.5), rng.uniform(0, 2 * np.pi)], p=[0.38, 0.38, 0.24]))
    lean = float(np.clip(rng.normal(0, 0.38), -1.1, 1.1))
    roll = float(rng.normal(0, 0.5) if rng.random() < 1 - turned else rng.uniform(-np.pi, np.pi))
    return (_rotation(2, roll) @ _rotation(0, lean) @ _rotation(1, view)).astype(np.float32)


def _rotation(axis: int, angle: float) -> npt.NDArray[np.float64]:
    c, s = np.cos(angle), np.sin(angle)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[[first, first, second, second], [first, second, first, second]] = c, -s, s, c
    return matrix
