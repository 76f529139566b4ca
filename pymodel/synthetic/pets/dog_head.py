"""Paints a dog's head: skull, ears, eyes and facial markings, then the muzzle over them."""

from __future__ import annotations

import numpy as np

from pymodel.synthetic.arrays import Field, Floats
from pymodel.synthetic.cats.coat import Coat
from pymodel.synthetic.cats.fur import paint_fur
from pymodel.synthetic.cats.pose import Pose, ellipse
from pymodel.synthetic.colors import PINK, WHITE
from pymodel.synthetic.masks import blend, blur, polygon_mask, smooth_outline
from pymodel.synthetic.noise import noise
from pymodel.synthetic.pets.dog_coat import pale_color
from pymodel.synthetic.pets.dog_muzzle import paint_muzzle
from pymodel.synthetic.pets.dog_shape import EYE_DEPTH, DogShape

BEHIND, BESIDE = -0.15, 0.05
"""Depth of ears that stand behind the skull, and of those that hang beside it: in front of the head's middle, in units."""

HEAD_BRIGHTNESS = 1.13
"""Brightens the head, so that the faces of dogs are about as bright as those of cats."""


def paint_dog_head(rng: np.random.Generator, image: Floats, coat: Coat, fur: Floats, shape: DogShape, pose: Pose) -> None:
    """Paints a head into an image (H, W, 3), in place."""
    height, width = image.shape[:2]
    ear_fur = _ear_fur(rng, coat, fur)
    inside = (PINK * rng.uniform(0.4, 0.95) * (0.7 if coat.is_dark else 1.0)).astype(np.float32)
    skull = polygon_mask(smooth_outline(_skull(shape, pose)), height, width)
    face = fur.copy()
    muzzle_fur = _markings(rng, face, fur, coat, shape, pose)
    hidden = [side for side in (-1, 1) if shape.ears.kind != "floppy" or side * pose.yaw > 0.3]
    for side in hidden:
        _ear(rng, image, ear_fur, inside, shape, pose, side)
    _brow(face, shape, pose)
    paint_fur(rng, image, face, _shaggy(rng, skull, shape, pose), pose.unit, 0.35)
    for side in {-1, 1}.difference(hidden):
        _ear(rng, image, ear_fur, inside, shape, pose, side)
    for side in (-1, 1):
        if shape.ears.kind == "folded":
            _flap(rng, image, ear_fur, shape, pose, side)
        _eye(rng, image, coat, shape, pose, side)
    paint_muzzle(rng, image, (HEAD_BRIGHTNESS * muzzle_fur).astype(np.float32), shape.muzzle, pose)


def _skull(shape: DogShape, pose: Pose) -> Floats:
    c, top = shape.cheek, -shape.dome
    half = [
        (0.0, top),
        (0.36, top + 0.02),
        (0.70, -0.56),
        (0.94 * c, -0.16),
        (0.94 * c, 0.20),
        (0.74 * c, 0.54),
        (0.4, 0.74),
        (0, 0.80),
    ]
    right = np.array(half, np.float32)
    return pose.to_pixels(np.concatenate([right, right[1:-1][::-1] * (-1, 1)]).astype(np.float32), 0.1)


def _shaggy(rng: np.random.Generator, mask: Field, shape: DogShape, pose: Pose) -> Field:
    """The mask with a hairy edge."""
    height, width = mask.shape
    soft = blur(mask, pose.unit * (0.02 + 0.25 * shape.rough))
    hairs = shape.rough * noise(rng, "hair", height, width, max(0.4, pose.unit / 40)) * (soft > 0.02)
    return np.asarray(np.clip((soft + hairs - 0.5) * 3 + 0.5, 0, 1), np.float32)


def _ear_fur(rng: np.random.Generator, coat: Coat, fur: Floats) -> Floats:
    """Fur of the ears: often darker than the head, or of the coat's second colour."""
    if coat.kind in ("spotted", "merle") and rng.random() < 0.7:
        return np.asarray(0.15 * fur + 0.85 * coat.second, np.float32)
    return np.asarray(fur * rng.uniform(0.62, 1.08), np.float32)


def _ear(rng: np.random.Generator, image: Floats, fur: Floats, inside: Floats, shape: DogShape, pose: Pose, side: int) -> None:
    height, width = image.shape[:2]
    depth = BESIDE if shape.ears.kind == "floppy" else BEHIND
    outline = smooth_outline(pose.to_pixels(shape.ears.mirrored(shape.ears.outline, side), depth))
    mask = polygon_mask(outline, height, width)
    paint_fur(rng, image, fur, _shaggy(rng, mask, shape, pose), pose.unit, 0.5)
    if shape.ears.kind == "floppy":
        return
    middle = shape.ears.outline.mean(0) + (0, 0.08)
    hollow = pose.to_pixels(shape.ears.mirrored((middle + 0.62 * (shape.ears.outline - middle)).astype(np.float32), side), depth)
    streaks = 1 + 0.25 * noise(rng, "hair", height, width, max(0.4, pose.unit / 40))
    shell = polygon_mask(smooth_outline(hollow), height, width, pose.unit * 0.04)
    blend(image, (inside * streaks[..., None]).astype(np.float32), 0.75 * shell)


def _flap(rng: np.random.Generator, image: Floats, fur: Floats, shape: DogShape, pose: Pose, side: int) -> None:
    height, width = image.shape[:2]
    mask = polygon_mask(smooth_outline(pose.to_pixels(shape.ears.mirrored(shape.ears.flap, side), 0.1)), height, width)
    shadow = blur(np.roll(mask, max(1, round(0.05 * pose.unit)), 0), 0.05 * pose.unit)
    image *= (1 - 0.3 * shadow)[..., None]
    paint_fur(rng, image, fur, _shaggy(rng, mask, shape, pose), pose.unit, 0.5)


def _markings(rng: np.random.Generator, face: Floats, fur: Floats, coat: Coat, shape: DogShape, pose: Pose) -> Floats:
    """Paints a blaze, brows and cheeks on the face, in place; returns the fur of the muzzle."""
    height, width = face.shape[:2]
    pale, unit = pale_color(coat), pose.unit
    cheeks = polygon_mask(ellipse(pose, (0, 0.42), 0.62, 0.36, 0.3), height, width, unit * 0.10)
    if coat.kind == "tan points":
        for side in (-1, 1):
            spot = ellipse(pose, (side * shape.eye[0] * 0.82, shape.eye[1] - 0.25), 0.11, 0.08, EYE_DEPTH)
            blend(face, pale, 0.9 * polygon_mask(spot, height, width, unit * 0.02))
        blend(face, pale, 0.85 * cheeks)
        return np.asarray(fur + 0.85 * (pale - fur), np.float32)
    if coat.kind in ("solid", "saddle", "brindle") and not coat.is_dark and rng.random() < 0.32:
        mask = polygon_mask(ellipse(pose, (0, 0.3), 0.6, 0.5, 0.3), height, width, unit * 0.16)
        dark = np.asarray(coat.base * rng.uniform(0.2, 0.5), np.float32)
        blend(face, dark, 0.8 * mask)
        return np.asarray(fur * 0.15 + 0.85 * dark, np.float32)
    if coat.white_face > 0.5 and coat.kind != "saddle":
        top = float(rng.uniform(-0.9, -0.2))
        blaze = np.array([(-0.06, top), (0.06, top), (0.22, 0.1), (0.5, 0.7), (-0.5, 0.7), (-0.22, 0.1)], np.float32)
        blend(face, WHITE, coat.white_face * polygon_mask(pose.to_pixels(blaze, 0.3), height, width, unit * 0.05))
        return np.asarray(fur + coat.white_face * (WHITE - fur), np.float32)
    lighter = np.asarray(np.clip(fur * 1.2 + 12, 0, 245), np.float32)
    share = np.float32(rng.uniform(0, 0.8))
    blend(face, lighter, share * cheeks)
    return np.asarray(fur + share * (lighter - fur), np.float32)


def _brow(face: Floats, shape: DogShape, pose: Pose) -> None:
    """Darkens the eye sockets and the furrow between them, and lightens the brows, in place."""
    height, width = face.shape[:2]
    unit = pose.unit
    light = np.full((height, width), HEAD_BRIGHTNESS, np.float32)
    for side in (-1, 1):
        hollow = ellipse(pose, (side * (shape.eye[0] - 0.05), shape.eye[1] + 0.04), 0.24, 0.2, 0.3)
        light -= 0.22 * polygon_mask(hollow, height, width, unit * 0.07)
        brow = ellipse(pose, (side * shape.eye[0] * 0.85, shape.eye[1] - 0.24), 0.17, 0.08, 0.36)
        light += 0.13 * polygon_mask(brow, height, width, unit * 0.05)
    light -= 0.12 * polygon_mask(ellipse(pose, (0, -0.5), 0.04, 0.26, 0.3), height, width, unit * 0.04)
    face *= light[..., None]


def _eye(rng: np.random.Generator, image: Floats, coat: Coat, shape: DogShape, pose: Pose, side: int) -> None:
    """A round, dark eye with a round pupil."""
    height, width = image.shape[:2]
    x, y, size = side * shape.eye[0], shape.eye[1], shape.eye_size
    tall = size * (0.2 + 0.75 * shape.openness)
    rim_color = np.array([26, 21, 20], np.float32) if not coat.is_dark else np.asarray(coat.base * 0.4, np.float32)
    rim = ellipse(pose, (x, y), size * 1.28, tall * 1.3, EYE_DEPTH)
    blend(image, rim_color, 0.9 * polygon_mask(rim, height, width, pose.unit * 0.012))
    if shape.openness < 0.2:
        return
    inside = polygon_mask(ellipse(pose, (x, y), size, tall, EYE_DEPTH), height, width)
    blend(image, shape.irises[0 if side < 0 else 1], inside)
    pupil = polygon_mask(ellipse(pose, (x, y), 0.55 * size, 0.55 * size, EYE_DEPTH), height, width)
    blend(image, np.array([12, 10, 10], np.float32), pupil * inside)
    glint = ellipse(pose, (x - 0.04, y - 0.045), 0.035, 0.035, EYE_DEPTH)
    blend(image, np.array([252, 252, 250], np.float32), polygon_mask(glint, height, width) * inside)
