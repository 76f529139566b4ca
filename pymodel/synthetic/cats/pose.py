"""Where a head is in the picture, and which direction it faces.

Head coordinates: unit = half the face's width, x to the right, y down, the origin between the cheeks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pymodel.synthetic.arrays import Floats


@dataclass(frozen=True)
class Pose:
    """Where a head is and how it is turned.

    Attributes:
        centre: (2,) pixels.
        unit: half the face's width, pixels.
        roll, yaw, pitch: radians; yaw > 0 looks to the picture's right, pitch > 0 down.
    """

    centre: Floats
    unit: float
    roll: float
    yaw: float
    pitch: float

    def to_pixels(self, points: Floats, depth: float | Floats = 0.0) -> Floats:
        """(N, 2) head coordinates → pixels; depth: how far in front of the head's middle, in units."""
        x = points[:, 0] * np.cos(self.yaw) + depth * np.sin(self.yaw)
        y = points[:, 1] * np.cos(self.pitch) + depth * np.sin(self.pitch)
        c, s = np.cos(self.roll), np.sin(self.roll)
        return np.asarray(self.centre + self.unit * np.stack([c * x - s * y, s * x + c * y], -1), np.float32)


def sample_pose(
    rng: np.random.Generator, points: Callable[[Pose], Floats], width: int, height: int, min_face_share: float
) -> Pose:
    """A random pose with all of a head's points inside the picture.

    Args:
        points: gives the (N, 2) pixels of the head's points in a pose.
        min_face_share: width of the smallest face, as a share of the picture's width.
    """
    share = float(np.exp(rng.uniform(np.log(min_face_share), np.log(1.0))))
    roll = float(rng.normal(0, 0.26) if rng.random() < 0.85 else rng.normal(0, 0.7))
    yaw, pitch = float(np.clip(rng.normal(0, 0.36), -0.8, 0.8)), float(np.clip(rng.normal(0.05, 0.18), -0.4, 0.5))
    unplaced = points(Pose(np.zeros(2, np.float32), 1.0, roll, yaw, pitch))
    low, high = unplaced.min(0), unplaced.max(0)
    unit = min(
        share * width / float(high[0] - low[0]) / 1.2,
        0.97 * height / float(high[1] - low[1]),
        0.97 * width / float(high[0] - low[0]),
    )
    room_low, room_high = 1.0 - low * unit, np.array([width, height]) - 1.0 - high * unit
    centre = room_low + rng.beta(1.6, 1.6, 2) * (room_high - room_low)
    return Pose(centre.astype(np.float32), unit, roll, yaw, pitch)


def ellipse(pose: Pose, centre: tuple[float, float], wide: float, tall: float, depth: float) -> Floats:
    """(24, 2) pixels: outline of an ellipse given in head coordinates."""
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    points = np.stack([centre[0] + wide * np.cos(angle), centre[1] + tall * np.sin(angle)], -1).astype(np.float32)
    return pose.to_pixels(points, depth)


def polyline(mask: npt.NDArray[np.uint8], points: Floats, thick: int) -> None:
    """Draws an open line through (N, 2) pixels into a mask (H, W), in place."""
    cv2.polylines(mask, [np.round(points * 16).astype(np.int32)], False, 255, thick, cv2.LINE_AA, 4)
