"""A person in the background: head, body and arms, without hands, so that not all skin is a hand."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pymodel.synthetic.arrays import Color, Floats
from pymodel.synthetic.background import textured
from pymodel.synthetic.colors import sample_color
from pymodel.synthetic.hands.paint import Skin
from pymodel.synthetic.masks import blend, blur, polygon_mask, smooth_outline
from pymodel.synthetic.noise import noise

HAIRS = np.array([[28, 22, 20], [60, 42, 32], [104, 74, 50], [180, 142, 92], [150, 146, 142], [90, 48, 30]], np.float32)
DARK = np.array([40, 30, 28], np.float32)


@dataclass(frozen=True)
class Head:
    """The position of a person's face.

    Attributes:
        centre: (2,) pixels.
        size: half its height, pixels.
    """

    centre: Floats
    size: float


def paint_person(rng: np.random.Generator, image: Floats, skin: Skin, head: Head) -> None:
    """Paints a person from the front, in place."""
    height, width = image.shape[:2]
    centre, size = head.centre, head.size
    hair = HAIRS[int(rng.integers(len(HAIRS)))] * rng.uniform(0.7, 1.2)
    strands = (hair * (1 + 0.3 * noise(rng, "hair", height, width))[..., None]).astype(np.float32)
    _blob(image, strands, centre - (0, 0.2 * size), (0.95 * size, (1.0 + 0.8 * rng.random()) * size), 0.05 * size)
    wide = size * rng.uniform(1.6, 2.4)
    waist = rng.uniform(0.65, 1.05)
    torso = [(-0.35, 0.9), (0.35, 0.9), (0.95, 1.4), (waist, 4), (waist, 6.2), (-waist, 6.2), (-waist, 4), (-0.95, 1.4)]
    outline = centre + np.array(torso) * (wide, size)
    trousers = textured(rng, height, width, sample_color(rng))
    legs = centre + np.array([(-waist, 5.6), (waist, 5.6), (0.8 * waist, 14), (-0.8 * waist, 14)]) * (wide, size)
    cloth = textured(rng, height, width, skin.back if rng.random() < 0.15 else sample_color(rng))
    pose = str(rng.choice(["hanging", "akimbo", "crossed", "none"], p=[0.35, 0.3, 0.2, 0.15]))
    bare = int(rng.integers(4))
    if pose in ("hanging", "akimbo"):
        for side in (-1.0, 1.0):
            _arm(rng, image, _joints(rng, pose, head, wide, side), skin, cloth, bare)
    blend(image, trousers, polygon_mask(legs.astype(np.float32), height, width, 1.0))
    blend(image, cloth, polygon_mask(smooth_outline(outline.astype(np.float32)), height, width, 1.0))
    light = np.array([rng.normal(0, 0.5), rng.normal(-0.4, 0.3), 1.0])
    neck = centre + (0, 0.9 * size)
    _blob(
        image,
        _flesh(rng, image, skin.back * 0.82, neck, (0.42 * size, 1.2 * size), light),
        neck,
        (0.42 * size, 0.7 * size),
        0.05 * size,
    )
    if pose == "crossed":
        for side in (1.0, -1.0):
            _arm(rng, image, _joints(rng, pose, head, wide, side), skin, cloth, bare)
    _face(rng, image, head, skin.back, strands, light)


def _joints(rng: np.random.Generator, pose: str, head: Head, wide: float, side: float) -> Floats:
    """(3, 2) shoulder, elbow and wrist, pixels; the hand is hidden: behind the body, under the other arm, or far below.

    Args:
        wide: half the shoulders' width, pixels.
        side: -1: left in the picture, 1: right.
    """
    size = head.size
    shoulder = head.centre + np.array([0.88 * side * wide, 1.75 * size])
    if pose == "crossed":
        elbow = shoulder + (rng.uniform(0.0, 0.3) * side * size, rng.uniform(1.7, 2.3) * size)
        wrist = elbow + (-side * rng.uniform(1.5, 1.9) * wide, rng.uniform(-0.6, 0.1) * size)
    elif pose == "akimbo":
        elbow = shoulder + (rng.uniform(0.7, 1.5) * side * size, rng.uniform(1.4, 2.2) * size)
        wrist = np.array([shoulder[0] - 0.3 * side * wide, elbow[1] + rng.uniform(0.5, 1.8) * size])
    else:
        elbow = shoulder + (rng.uniform(-0.1, 0.5) * side * size, 2.4 * size)
        wrist = elbow + (rng.uniform(-0.2, 0.3) * side * size, 4.0 * size)
    return np.stack([shoulder, elbow, wrist])


def _arm(rng: np.random.Generator, image: Floats, joints: Floats, skin: Skin, cloth: Floats, bare: int) -> None:
    """Paints an upper arm and a forearm, rounded by shading, in place.

    Args:
        joints: (3, 2) pixels.
        bare: 0: both covered by cloth; 1: the forearm bare; 2: both bare; 3: forearm and half of the upper arm bare.
    """
    height, width = image.shape[:2]
    thick = 0.2 * float(np.linalg.norm(joints[1] - joints[0])) * rng.uniform(0.8, 1.2)
    flesh = (skin.back * (1 + 0.04 * noise(rng, "cloud", height, width))[..., None]).astype(np.float32)
    middle = (joints[0] + joints[1]) / 2
    parts = [(joints[0], joints[1], thick, 0.85 * thick, bare == 2), (joints[1], joints[2], 0.85 * thick, 0.55 * thick, bare > 0)]
    if bare == 3:
        parts.insert(1, (middle, joints[1], 0.92 * thick, 0.85 * thick, True))
    for start, end, near, far, is_bare in parts:
        mask = np.zeros((height, width), np.float32)
        for share in np.linspace(0, 1, 12):
            place, radius = start + share * (end - start), near + share * (far - near)
            cv2.circle(mask, tuple(int(v * 16) for v in place), max(1, int(radius * 16)), 1.0, -1, cv2.LINE_AA, 4)
        mask = blur(mask, 0.6)
        round_off = 0.62 + 0.42 * np.clip(blur(mask, 0.45 * near) * 2 - 1, 0, 1)
        blend(image, ((flesh if is_bare else cloth) * round_off[..., None]).astype(np.float32), mask)


def _face(rng: np.random.Generator, image: Floats, head: Head, skin: Color, strands: Floats, light: Floats) -> None:
    """Paints ears, face, eyes, nose and mouth, and sometimes a beard, glasses or hair over the forehead, in place.

    Args:
        skin: RGB, 0–255.
        strands: (H, W, 3) colours of the hair.
        light: (3,) direction towards the light.
    """
    centre, size = head.centre, head.size
    turn = rng.normal(0, 0.15)
    for side in (-1, 1):
        if side * turn < 0.12:
            ear = centre + (side * 0.74 * size, 0.05 * size)
            _blob(
                image,
                _flesh(rng, image, skin * 0.9, ear, (0.14 * size, 0.3 * size), light),
                ear,
                (0.11 * size, 0.24 * size),
                0.03 * size,
            )
    oval = (0.72 * size, size)
    _blob(image, _flesh(rng, image, skin, centre, oval, light), centre, oval, 0.04 * size)
    at = centre + (turn * size, 0.0)
    if rng.random() < 0.25:
        _blob(image, strands, at + (0, 0.62 * size), (0.6 * size, 0.42 * size), 0.1 * size)
    open_eyes, brow = rng.random() < 0.85, rng.uniform(0.12, 0.22)
    for side in (-1, 1):
        eye = at + (side * 0.3 * size, -0.08 * size)
        _blob(image, skin * 0.8, eye, (0.19 * size, 0.11 * size), 0.08 * size)
        if open_eyes:
            _blob(image, np.array([215, 210, 205], np.float32), eye, (0.12 * size, 0.05 * size), 0.02 * size)
            _blob(image, DARK, eye + (0.3 * turn * size, 0), (0.05 * size, 0.055 * size), 0.02 * size)
        _blob(image, DARK, eye - (0, (0.05 if open_eyes else 0.0) * size), (0.13 * size, 0.018 * size), 0.02 * size)
        _blob(image, strands, eye - (0, brow * size), (0.17 * size, rng.uniform(0.02, 0.045) * size), 0.03 * size)
    shadow = -0.1 if light[0] > 0 else 0.1
    nose = at + (0.3 * turn * size, 0.15 * size)
    _blob(image, skin * 0.78, nose + (shadow * size, 0), (0.07 * size, 0.22 * size), 0.06 * size)
    _blob(image, skin * 1.1, nose, (0.045 * size, 0.2 * size), 0.05 * size)
    _blob(image, skin * 0.62, nose + (0, 0.19 * size), (0.13 * size, 0.035 * size), 0.04 * size)
    mouth = at + (0, rng.uniform(0.48, 0.56) * size)
    lips = skin * np.array([0.85, 0.55, 0.55]) * rng.uniform(0.8, 1.1)
    _blob(image, lips, mouth, (rng.uniform(0.18, 0.3) * size, rng.uniform(0.04, 0.09) * size), 0.02 * size)
    if rng.random() < 0.3:
        inner = np.array([235, 230, 222], np.float32) if rng.random() < 0.6 else DARK
        _blob(image, inner, mouth, (0.15 * size, rng.uniform(0.02, 0.05) * size), 0.02 * size)
    if rng.random() < 0.2:
        _glasses(rng, image, at - (0, 0.08 * size), size)
    if rng.random() < 0.5:
        _blob(image, strands, centre - (0, 0.85 * size), (0.72 * size, 0.4 * size), 0.06 * size)


def _glasses(rng: np.random.Generator, image: Floats, middle: Floats, size: float) -> None:
    """Paints glasses, in place: two rims and a bridge, sometimes sunglasses.

    Args:
        middle: (2,) pixels, the point between the eyes.
    """
    mask = np.zeros(image.shape[:2], np.float32)
    thick = -1 if rng.random() < 0.3 else max(1, round(0.05 * size))
    axes = (int(0.24 * size * 16), int(rng.uniform(0.15, 0.22) * size * 16))
    for side in (-1, 1):
        eye = middle + (side * 0.3 * size, 0.0)
        cv2.ellipse(mask, tuple(int(v * 16) for v in eye), axes, 0, 0, 360, 1.0, thick, cv2.LINE_AA, 4)
    ends = [tuple(int(v * 16) for v in middle + (side * 0.7 * size, -0.03 * size)) for side in (-1, 1)]
    cv2.line(mask, ends[0], ends[1], 1.0, max(1, round(0.03 * size)), cv2.LINE_AA, 4)
    blend(image, np.broadcast_to(sample_color(rng) * 0.4, image.shape).astype(np.float32), mask)


def _flesh(
    rng: np.random.Generator, image: Floats, skin: Color, centre: Floats, radii: tuple[float, float], light: Floats
) -> Floats:
    """Skin (H, W, 3) on a lit ellipsoid."""
    y, x = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float32)
    across, down = (x - centre[0]) / radii[0], (y - centre[1]) / radii[1]
    out = np.sqrt(np.clip(1 - across**2 - down**2, 0.02, 1))
    direction = light / np.linalg.norm(light)
    shade = 0.5 + 0.6 * np.clip(across * direction[0] + down * direction[1] + out * direction[2], 0, 1)
    cloud = 1 + 0.05 * noise(rng, "cloud", *image.shape[:2])
    return np.asarray(skin * (shade * cloud)[..., None], np.float32)


def _blob(image: Floats, color: Floats, centre: Floats, radii: tuple[float, float], soft: float) -> None:
    """Paints an ellipse with a soft edge, in place."""
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    outline = centre + np.stack([np.cos(angle), np.sin(angle)], -1) * radii
    blend(image, color, polygon_mask(outline.astype(np.float32), image.shape[0], image.shape[1], soft))
