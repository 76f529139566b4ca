"""One picture: a cat somewhere in light, through a camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pymodel.drawn.background import paint_background, paint_occluders
from pymodel.drawn.body import paint_body
from pymodel.drawn.coat import draw_coat, paint_coat
from pymodel.drawn.head import Floats, Pose, Shape, draw_shape, head_mask, landmarks, paint_head
from pymodel.drawn.photograph import photograph

SIZES = ((256, 192), (192, 256), (224, 224), (256, 176), (240, 180))
"""Width and height, pixels."""


@dataclass(frozen=True)
class Drawing:
    """A drawn cat.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        landmarks: (9, 2) float32 pixels, in the order of the CAT data set.
    """

    image: npt.NDArray[np.uint8]
    landmarks: Floats


def draw_cat(rng: np.random.Generator, size: tuple[int, int] | None = None) -> Drawing:
    """A picture with one cat's face, from an eighth of the picture's width to all of it.

    Args:
        size: width and height, pixels; None: one of SIZES.
    """
    width, height = size or SIZES[int(rng.integers(len(SIZES)))]
    shape = draw_shape(rng)
    pose = _pose(rng, shape, width, height)
    coat = draw_coat(rng)
    image = paint_background(rng, height, width)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    bend = rng.uniform(0, np.pi)
    along = (np.cos(bend) * (x - pose.centre[0]) + np.sin(bend) * (y - pose.centre[1])) / pose.unit
    fur = paint_coat(rng, coat, height, width, pose.unit, np.asarray(along, np.float32))
    if rng.random() < 0.2:
        _another(rng, image, pose)
    paint_body(rng, image, coat, fur, pose)
    mask = head_mask(rng, shape, pose, height, width)
    paint_head(rng, image, coat, fur, shape, pose, mask)
    paint_occluders(rng, image, pose.centre, pose.unit)
    return Drawing(photograph(rng, image, pose.centre, pose.unit), landmarks(shape, pose))


def _another(rng: np.random.Generator, image: Floats, pose: Pose) -> None:
    """A second animal whose face is turned away: fur alone is no face."""
    height, width = image.shape[:2]
    coat, unit = draw_coat(rng), pose.unit * float(rng.uniform(0.6, 1.4))
    centre = rng.uniform(0, 1, 2) * (width, height)
    y = np.mgrid[:height, :width][0].astype(np.float32)
    fur = paint_coat(rng, coat, height, width, unit, np.asarray(y / unit, np.float32))
    paint_body(rng, image, coat, fur, Pose(centre.astype(np.float32), unit, 0.0, 0.0, 0.0))


def _pose(rng: np.random.Generator, shape: Shape, width: int, height: int) -> Pose:
    """A place where all nine landmarks are inside the picture."""
    share = float(np.exp(rng.uniform(np.log(0.125), np.log(1.0))))
    roll = float(rng.normal(0, 0.26) if rng.random() < 0.85 else rng.normal(0, 0.7))
    yaw, pitch = float(np.clip(rng.normal(0, 0.36), -0.8, 0.8)), float(np.clip(rng.normal(0.05, 0.18), -0.4, 0.5))
    unplaced = landmarks(shape, Pose(np.zeros(2, np.float32), 1.0, roll, yaw, pitch))
    low, high = unplaced.min(0), unplaced.max(0)
    unit = min(
        share * width / float(high[0] - low[0]) / 1.2,
        0.97 * height / float(high[1] - low[1]),
        0.97 * width / float(high[0] - low[0]),
    )
    room_low, room_high = 1.0 - low * unit, np.array([width, height]) - 1.0 - high * unit
    centre = room_low + rng.beta(1.6, 1.6, 2) * (room_high - room_low)
    return Pose(centre.astype(np.float32), unit, roll, yaw, pitch)
