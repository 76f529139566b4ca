"""From where a picture shows a hand, and where the hand's keypoints and box are in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pymodel.synthetic.arrays import Field, Floats
from pymodel.synthetic.hands.camera import Camera, sample_rotation
from pymodel.synthetic.hands.skeleton import FOREFINGER_TIP, Skeleton
from pymodel.synthetic.hands.surface import Surface

MIN_SIZE = 0.45
"""Smallest size of a hand, as a share of the largest that fits into its picture."""

ANY_ROLL_SHARE, SECOND_HAND_ANY_ROLL_SHARE = 0.12, 0.28
"""Share of hands with a random roll; the fingers of the others mostly point up."""

ABSENT, HIDDEN, VISIBLE = 0, 1, 2
TIPS = np.array([4, 8, 12, 16, 20])


def sample_camera(rng: np.random.Generator, skeleton: Skeleton, width: int, height: int) -> Camera:
    """A random view in which the forefinger's tip is inside the picture; outside in 3 %."""
    unplaced = Camera(
        sample_rotation(rng, ANY_ROLL_SHARE), bool(rng.random() < 0.5), 1.0, np.zeros(2, np.float32), float(rng.uniform(3, 12))
    )
    low, high = _extent(skeleton, unplaced)
    share = float(MIN_SIZE + (1.02 - MIN_SIZE) * rng.beta(1.1, 1.5))
    unit = share * float(min(width / (high[0] - low[0]), height / (high[1] - low[1])))
    room = np.array([width, height]) - (high - low) * unit
    centre = -low * unit + rng.beta(1.4, 1.4, 2) * room
    if rng.random() < 0.15:
        middle = (low + high) / 2 * unit
        centre = np.clip(centre + rng.normal(0, 0.25, 2) * unit, -middle, np.array([width, height]) - middle)
    tip = project_keypoints(skeleton, replace(unplaced, unit=unit))[FOREFINGER_TIP, :2]
    margin = min(3.0, 0.05 * unit)
    centre = np.clip(centre, margin - tip, np.array([width, height]) - 1 - margin - tip)
    if rng.random() < 0.03:
        ahead = tip - (low + high) / 2 * unit
        axis = int(np.argmax(np.abs(ahead)))
        side = int(ahead[axis] > 0)
        centre[axis] = side * (width, height)[axis] - tip[axis] + (2 * side - 1) * rng.uniform(0.03, 0.2) * unit
    return replace(unplaced, unit=unit, centre=centre.astype(np.float32))


def sample_second_camera(rng: np.random.Generator, camera: Camera, width: int, height: int) -> Camera:
    """A random view of a second hand, which is clearly smaller."""
    centre = rng.uniform(0, 1, 2) * (width, height)
    return Camera(
        sample_rotation(rng, SECOND_HAND_ANY_ROLL_SHARE),
        bool(rng.random() < 0.5),
        camera.unit * float(rng.uniform(0.3, 0.65)),
        centre.astype(np.float32),
        8.0,
    )


def project_keypoints(skeleton: Skeleton, camera: Camera) -> Floats:
    """(21, 3) pixels; a fingertip's point is where the finger ends, not the middle of its round end."""
    points, radii = camera.project(skeleton.joints, skeleton.radii)
    last_joints = camera.project(skeleton.joints[TIPS - 1])[0]
    directions = points[TIPS] - last_joints
    points[TIPS] += 0.5 * radii[TIPS, None] * directions / (np.linalg.norm(directions, axis=-1, keepdims=True) + 1e-6)
    return points


def hand_box(skeleton: Skeleton, camera: Camera, width: int, height: int) -> Floats:
    """(4,) x0, y0, x1, y1 pixels around the hand without its arm, clipped to the picture."""
    low, high = (np.clip(corner, 0, (width, height)) for corner in _extent(skeleton, camera))
    return np.concatenate([low, high]).astype(np.float32)


def visibility(keypoints: Floats, flesh: Floats, surface: Surface, occluder: Field | None) -> npt.NDArray[np.int64]:
    """(21,) flags as in COCO: a joint is hidden if something clearly in front of its own flesh covers it.

    Args:
        keypoints: (21, 3) pixels.
        flesh: (21,) pixels, how far in front of a joint its own surface may be.
        occluder: (H, W) mask of something in front of the hand, 0–1.
    """
    height, width = surface.height.shape
    inside = ((keypoints[:, :2] >= 0) & (keypoints[:, :2] <= (width - 1, height - 1))).all(-1)
    x, y = (np.clip(np.round(keypoints[:, axis]), 0, limit - 1).astype(int) for axis, limit in ((0, width), (1, height)))
    is_hidden = surface.height[y, x] > keypoints[:, 2] + flesh
    if occluder is not None:
        is_hidden |= occluder[y, x] > 0.5
    return np.where(inside, np.where(is_hidden, HIDDEN, VISIBLE), ABSENT)


def _extent(skeleton: Skeleton, camera: Camera) -> tuple[Floats, Floats]:
    """Least and greatest (x, y) of the hand without its arm, pixels."""
    points, radii = camera.project(skeleton.joints, skeleton.radii)
    return (points[:, :2] - radii[:, None]).min(0), (points[:, :2] + radii[:, None]).max(0)
