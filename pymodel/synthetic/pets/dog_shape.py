"""The proportions of a dog's head, and its keypoints.

Head coordinates as for a cat: unit = half the face's width, x to the right, y down, the origin between the cheeks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pymodel.synthetic.arrays import Floats
from pymodel.synthetic.cats.pose import Pose
from pymodel.synthetic.pets.dog_ears import Ears, sample_ears

EYES = np.array([[74, 44, 24], [86, 52, 26], [112, 72, 34], [48, 30, 22], [58, 38, 28], [136, 100, 54]], np.float32)
BLUE_EYE = np.array([150, 186, 208], np.float32)
EYE_DEPTH, FRONT = 0.36, 0.4
"""Depth of the eyes and of the muzzle's base: in front of the head's middle, in units."""


@dataclass(frozen=True)
class Muzzle:
    """The proportions of a muzzle, in units, from its base at the face to its tip.

    Attributes:
        length: from base to tip, towards the viewer.
        wide, tall: half of its width and height, at (base, tip).
        y: of its middle, at (base, tip).
        nose: half the width and half the height of the nose's leather.
        gape: how far the mouth is open; 0: closed.
        tongue: how far the tongue hangs out of an open mouth, 0–1.
        jowls: how far the upper lips hang down at the sides.
    """

    length: float
    wide: tuple[float, float]
    tall: tuple[float, float]
    y: tuple[float, float]
    nose: tuple[float, float]
    gape: float
    tongue: float
    jowls: float

    @property
    def depth(self) -> float:
        """Depth of the tip: in front of the head's middle, in units."""
        return FRONT + self.length

    @property
    def nose_y(self) -> float:
        """Of the middle of the nose."""
        return self.y[1] - self.tall[1] * 0.55

    @property
    def mouth_y(self) -> float:
        """Of the middle of the mouth."""
        return self.y[1] + self.tall[1] * 0.55


@dataclass(frozen=True)
class DogShape:
    """The proportions of one head, in head coordinates of its right side; the left side mirrors it.

    Attributes:
        cheek: half the width of the head at the cheeks.
        dome: height of the top of the skull.
        eye: middle of the right eye.
        eye_size: half its width.
        openness: of the eyelids, 0–1.
        irises: RGB of the left and the right eye.
        rough: how shaggy its outline is.
    """

    ears: Ears
    cheek: float
    dome: float
    eye: tuple[float, float]
    eye_size: float
    openness: float
    irises: tuple[Floats, Floats]
    muzzle: Muzzle
    rough: float


def sample_dog_shape(rng: np.random.Generator) -> DogShape:
    """Random proportions, from the flat face of a pug to the long one of a collie."""
    cheek = float(rng.uniform(0.80, 1.02))
    brown = np.asarray(EYES[int(rng.integers(len(EYES)))] * rng.uniform(0.6, 1.1), np.float32)
    blue = np.asarray(BLUE_EYE * rng.uniform(0.8, 1.05), np.float32)
    chance = rng.random()
    irises = (blue if chance < 0.06 else brown, blue if chance < 0.04 or chance > 0.97 else brown)
    return DogShape(
        ears=sample_ears(rng),
        cheek=cheek,
        dome=float(rng.uniform(0.72, 0.84)),
        eye=(float(rng.uniform(0.33, 0.43)), float(rng.uniform(-0.20, -0.06))),
        eye_size=float(rng.uniform(0.095, 0.145)),
        openness=float(rng.choice([rng.uniform(0.75, 1.0), rng.uniform(0.12, 0.6)], p=[0.8, 0.2])),
        irises=irises,
        muzzle=_muzzle(rng, cheek),
        rough=float(rng.choice([rng.uniform(0.06, 0.12), rng.uniform(0.13, 0.21)], p=[0.7, 0.3])),
    )


def dog_keypoints(shape: DogShape, pose: Pose) -> Floats:
    """(10, 2) pixels: eyes, mouth, each ear's outer corner, tip and inner corner, tip of the nose."""
    eyes = pose.to_pixels(np.array([(-shape.eye[0], shape.eye[1]), shape.eye], np.float32), EYE_DEPTH)
    muzzle = shape.muzzle
    middle = pose.to_pixels(np.array([(0, muzzle.mouth_y), (0, muzzle.nose_y)], np.float32), muzzle.depth)
    ears = [pose.to_pixels(shape.ears.mirrored(shape.ears.points, side), -0.1) for side in (-1, 1)]
    return np.concatenate([eyes, middle[:1], *ears, middle[1:]])


def _muzzle(rng: np.random.Generator, cheek: float) -> Muzzle:
    length = float(rng.uniform(0.18, 1.1))
    root = cheek * float(rng.uniform(0.50, 0.62)) - 0.08 * length
    tip = root * float(rng.uniform(0.74, 0.95) - 0.12 * length)
    open_mouth = rng.random() < 0.38
    return Muzzle(
        length=length,
        wide=(root, tip),
        tall=(0.36, float(rng.uniform(0.24, 0.31))),
        y=(0.24, float(rng.uniform(0.28, 0.38))),
        nose=(float(tip * rng.uniform(0.46, 0.60)), float(rng.uniform(0.105, 0.145))),
        gape=float(rng.uniform(0.12, 0.34)) if open_mouth else 0.0,
        tongue=float(rng.uniform(0.3, 1.0)) if open_mouth and rng.random() < 0.75 else 0.0,
        jowls=float(rng.uniform(0.0, 0.14)),
    )
