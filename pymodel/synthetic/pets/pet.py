"""One picture of a cat or a dog, drawn so that only the animal tells which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pymodel.preprocess.geometry import box_from_landmarks
from pymodel.synthetic.background import paint_background, paint_occluders
from pymodel.synthetic.cats.body import paint_body
from pymodel.synthetic.cats.collar import draw_collar, paint_collar
from pymodel.synthetic.cats.head import Floats
from pymodel.synthetic.cats.scene import NECK, SIZES, draw_cat, draw_pose, paint_another
from pymodel.synthetic.pets.dog_coat import draw_dog_coat, paint_dog_coat, pale_of
from pymodel.synthetic.pets.dog_head import paint_dog_head
from pymodel.synthetic.pets.dog_shape import dog_points, draw_dog_shape
from pymodel.synthetic.photograph import photograph

PETS = ("cat", "dog")
LEAST_SHARE = 0.35
"""Width of the smallest head as a share of the picture's."""

COLLARS = 0.25
"""Share of the animals that wear a collar."""


@dataclass(frozen=True)
class PetDrawing:
    """A drawn animal.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        label: one of PETS.
        box: (4,) float32 pixels x0, y0, x1, y1 of the head, clipped to the picture.
    """

    image: npt.NDArray[np.uint8]
    label: str
    box: Floats


def draw_pet(rng: np.random.Generator, label: str, size: tuple[int, int] | None = None) -> PetDrawing:
    """A picture with one animal's face, from a sixth of the picture's width to all of it.

    Args:
        label: one of PETS.
        size: width and height, pixels; None: one of the sizes that drawn cats have.
    """
    if label not in PETS:
        raise ValueError(f"{label!r} is none of {', '.join(PETS)}")
    width, height = size or SIZES[int(rng.integers(len(SIZES)))]
    image, points = (_cat if label == "cat" else _dog)(rng, width, height)
    return PetDrawing(image, label, box_from_landmarks(points, width, height))


def _cat(rng: np.random.Generator, width: int, height: int) -> tuple[npt.NDArray[np.uint8], Floats]:
    drawing = draw_cat(rng, (width, height), draw_collar(rng, COLLARS), LEAST_SHARE)
    return drawing.image, drawing.landmarks


def _dog(rng: np.random.Generator, width: int, height: int) -> tuple[npt.NDArray[np.uint8], Floats]:
    collar = draw_collar(rng, COLLARS)
    shape = draw_dog_shape(rng)
    pose = draw_pose(rng, lambda placed: dog_points(shape, placed), width, height, LEAST_SHARE)
    coat = draw_dog_coat(rng)
    image = paint_background(rng, height, width)
    fur = paint_dog_coat(rng, coat, height, width, pose)
    if rng.random() < 0.2:
        paint_another(rng, image, pose)
    body = paint_body(rng, image, coat, fur, pose, pale_of(coat), float(rng.uniform(1.0, 1.4)))
    if collar is not None:
        paint_collar(image, collar, pose, NECK, body)
    paint_dog_head(rng, image, coat, fur, shape, pose)
    paint_occluders(rng, image, pose.centre, pose.unit)
    return photograph(rng, image, pose.centre, pose.unit), dog_points(shape, pose)
