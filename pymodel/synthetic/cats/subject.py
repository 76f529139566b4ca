"""Pictures of a cat's face, with the nine landmarks of the CAT data set."""

from __future__ import annotations

import numpy as np

from pymodel.data.formats.cat import POINTS
from pymodel.preprocess.geometry import box_from_landmarks
from pymodel.synthetic.background import paint_background, paint_occluders
from pymodel.synthetic.cats.body import paint_body, paint_second_animal
from pymodel.synthetic.cats.coat import paint_coat, sample_coat
from pymodel.synthetic.cats.collar import Collar, paint_collar
from pymodel.synthetic.cats.head import paint_head
from pymodel.synthetic.cats.head_shape import head_mask, landmarks, sample_head_shape
from pymodel.synthetic.cats.pose import sample_pose
from pymodel.synthetic.photograph import photograph
from pymodel.synthetic.subject import Subject, SyntheticImage

SIZES = ((256, 192), (192, 256), (224, 224), (256, 176), (240, 180))
"""Width and height, pixels."""

MIN_FACE_SHARE = 0.125


def draw_cat(
    rng: np.random.Generator,
    size: tuple[int, int] | None = None,
    collar: Collar | None = None,
    min_face_share: float = MIN_FACE_SHARE,
) -> SyntheticImage:
    """A picture of one cat's face, from an eighth of the picture's width to all of it.

    Args:
        size: width and height, pixels; None: one of SIZES.
        collar: that the cat wears; None: no collar.
        min_face_share: width of the smallest face, as a share of the picture's width.
    """
    width, height = size or SIZES[int(rng.integers(len(SIZES)))]
    shape = sample_head_shape(rng)
    pose = sample_pose(rng, lambda placed: landmarks(shape, placed), width, height, min_face_share)
    coat = sample_coat(rng)
    image = paint_background(rng, height, width)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    bend = rng.uniform(0, np.pi)
    along = (np.cos(bend) * (x - pose.centre[0]) + np.sin(bend) * (y - pose.centre[1])) / pose.unit
    fur = paint_coat(rng, coat, height, width, pose.unit, np.asarray(along, np.float32))
    if rng.random() < 0.2:
        paint_second_animal(rng, image, pose)
    body = paint_body(rng, image, coat, fur, pose)
    if collar is not None:
        paint_collar(image, collar, pose, body)
    mask = head_mask(rng, shape, pose, height, width)
    paint_head(rng, image, coat, fur, shape, pose, mask)
    paint_occluders(rng, image, pose.centre, pose.unit)
    points = landmarks(shape, pose)
    picture = photograph(rng, image, pose.centre, pose.unit)
    return SyntheticImage(picture, box_from_landmarks(points, width, height), points, np.full(len(points), 2, np.int64), "cat")


def _draw(rng: np.random.Generator, i: int, size: tuple[int, int] | None = None) -> SyntheticImage:
    return draw_cat(rng, size)


SUBJECT = Subject("cats", "cat", POINTS, _draw)
