"""One picture: a cat somewhere in light, through a camera."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pymodel.synthetic.background import paint_background, paint_occluders
from pymodel.synthetic.cats.body import paint_body
from pymodel.synthetic.cats.coat import draw_coat, paint_coat
from pymodel.synthetic.cats.collar import Collar, paint_collar
from pymodel.synthetic.cats.head import Floats, Pose, draw_shape, head_mask, landmarks, paint_head
from pymodel.synthetic.photograph import photograph

SIZES = ((256, 192), (192, 256), (224, 224), (256, 176), (240, 180))
"""Width and height, pixels."""

LEAST_SHARE = 0.125
NECK = 0.9
"""How far below a cat's face its collar hangs, in units of half the face."""


@dataclass(frozen=True)
class Drawing:
    """A drawn cat.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        landmarks: (9, 2) float32 pixels, in the order of the CAT data set.
    """

    image: npt.NDArray[np.uint8]
    landmarks: Floats


def draw_cat(
    rng: np.random.Generator,
    size: tuple[int, int] | None = None,
    collar: Collar | None = None,
    least_share: float = LEAST_SHARE,
) -> Drawing:
    """A picture with one cat's face, from an eighth of the picture's width to all of it.

    Args:
        size: width and height, pixels; None: one of SIZES.
        collar: what it wears, if anything.
        least_share: width of the smallest face as a share of the picture's.
    """
    width, height = size or SIZES[int(rng.integers(len(SIZES)))]
    shape = draw_shape(rng)
    pose = draw_pose(rng, lambda placed: landmarks(shape, placed), width, height, least_share)
    coat = draw_coat(rng)
    image = paint_background(rng, height, width)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    bend = rng.uniform(0, np.pi)
    along = (np.cos(bend) * (x - pose.centre[0]) + np.sin(bend) * (y - pose.centre[1])) / pose.unit
    fur = paint_coat(rng, coat, height, width, pose.unit, np.asarray(along, np.float32))
    if rng.random() < 0.2:
        paint_another(rng, image, pose)
    body = paint_body(rng, image, coat, fur, pose)
    if collar is not None:
        paint_collar(image, collar, pose, NECK, body)
    mask = head_mask(rng, shape, pose, height, width)
    paint_head(rng, image, coat, fur, shape, pose, mask)
    paint_occluders(rng, image, pose.centre, pose.unit)
    return Drawing(photograph(rng, image, pose.centre, pose.unit), landmarks(shape, pose))


def paint_another(rng: np.random.Generator, image: Floats, pose: Pose) -> None:
    """A second animal whose face is turned away: fur alone is no face."""
    height, width = image.shape[:2]
    coat, unit = draw_coat(rng), pose.unit * float(rng.uniform(0.6, 1.4))
    centre = rng.uniform(0, 1, 2) * (width, height)
    y = np.mgrid[:height, :width][0].astype(np.float32)
    fur = paint_coat(rng, coat, height, width, unit, np.asarray(y / unit, np.float32))
    paint_body(rng, image, coat, fur, Pose(centre.astype(np.float32), unit, 0.0, 0.0, 0.0))


def draw_pose(
    rng: np.random.Generator, points: Callable[[Pose], Floats], width: int, height: int, least_share: float = LEAST_SHARE
) -> Pose:
    """A place where all of a head's points are inside the picture.

    Args:
        points: the (N, 2) pixels where a pose puts them.
        least_share: width of the smallest face as a share of the picture's.
    """
    share = float(np.exp(rng.uniform(np.log(least_share), np.log(1.0))))
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
