"""Pictures of a cat or a dog, alike in everything but the animal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pymodel.preprocess.geometry import box_from_landmarks
from pymodel.synthetic.background import paint_background, paint_occluders
from pymodel.synthetic.cats.body import paint_body, paint_second_animal
from pymodel.synthetic.cats.collar import paint_collar, sample_collar
from pymodel.synthetic.cats.pose import sample_pose
from pymodel.synthetic.cats.subject import SIZES, draw_cat
from pymodel.synthetic.pets.dog_coat import paint_dog_coat, pale_color, sample_dog_coat
from pymodel.synthetic.pets.dog_head import paint_dog_head
from pymodel.synthetic.pets.dog_shape import dog_keypoints, sample_dog_shape
from pymodel.synthetic.photograph import photograph
from pymodel.synthetic.subject import Subject, SyntheticImage

PETS = ("cat", "dog")
MIN_FACE_SHARE = 0.35
"""Width of the smallest head, as a share of the picture's width."""

COLLAR_SHARE = 0.25
"""Share of animals that wear a collar."""


def draw_pet(rng: np.random.Generator, label: str, size: tuple[int, int] | None = None) -> SyntheticImage:
    """A picture of one animal's face, from a third of the picture's width to all of it; without keypoints.

    Args:
        label: one of PETS.
        size: width and height, pixels; None: one of the cats' SIZES.
    """
    if label not in PETS:
        raise ValueError(f"{label!r} is not one of: {', '.join(PETS)}")
    width, height = size or SIZES[int(rng.integers(len(SIZES)))]
    drawing = (_cat if label == "cat" else _dog)(rng, width, height)
    return replace(drawing, points=np.zeros((0, 2), np.float32), visible=np.zeros(0, np.int64))


def _draw(rng: np.random.Generator, i: int, size: tuple[int, int] | None = None) -> SyntheticImage:
    return draw_pet(rng, PETS[i % len(PETS)], size)


SUBJECT = Subject("pets", "pet", (), _draw)


def _cat(rng: np.random.Generator, width: int, height: int) -> SyntheticImage:
    return draw_cat(rng, (width, height), sample_collar(rng, COLLAR_SHARE), MIN_FACE_SHARE)


def _dog(rng: np.random.Generator, width: int, height: int) -> SyntheticImage:
    collar = sample_collar(rng, COLLAR_SHARE)
    shape = sample_dog_shape(rng)
    pose = sample_pose(rng, lambda placed: dog_keypoints(shape, placed), width, height, MIN_FACE_SHARE)
    coat = sample_dog_coat(rng)
    image = paint_background(rng, height, width)
    fur = paint_dog_coat(rng, coat, height, width, pose)
    if rng.random() < 0.2:
        paint_second_animal(rng, image, pose)
    body = paint_body(rng, image, coat, fur, pose, pale_color(coat), float(rng.uniform(1.0, 1.4)))
    if collar is not None:
        paint_collar(image, collar, pose, body)
    paint_dog_head(rng, image, coat, fur, shape, pose)
    paint_occluders(rng, image, pose.centre, pose.unit)
    points = dog_keypoints(shape, pose)
    picture = photograph(rng, image, pose.centre, pose.unit)
    return SyntheticImage(picture, box_from_landmarks(points, width, height), points, np.full(len(points), 2, np.int64), "dog")
