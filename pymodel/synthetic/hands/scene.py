"""The background of a hand (rooms, studios, desks, wood, people), and what sometimes covers the hand."""

from __future__ import annotations

import numpy as np

from pymodel.synthetic.arrays import Field, Floats
from pymodel.synthetic.background import paint_background, textured
from pymodel.synthetic.colors import sample_color
from pymodel.synthetic.hands.paint import Skin
from pymodel.synthetic.hands.person import Head, paint_person
from pymodel.synthetic.masks import blend, blur, polygon_mask, smooth_outline, smoothstep
from pymodel.synthetic.noise import noise

PERSON_SHARE = 0.15
"""Share of pictures with a person in the background."""

WOODS = np.array([[190, 140, 92], [160, 108, 66], [214, 172, 124], [120, 78, 50], [205, 150, 110]], np.float32)


def paint_scene(rng: np.random.Generator, height: int, width: int, own: Skin, other: Skin) -> Floats:
    """A random background with or without a person, (H, W, 3) float32 RGB.

    Args:
        own: skin of the hand's owner.
        other: skin of somebody else.
    """
    kind = str(rng.choice(["room", "studio", "desk", "wood"], p=[0.56, 0.17, 0.15, 0.12]))
    if kind == "room":
        image = paint_background(rng, height, width)
    elif kind == "studio":
        image = _studio(rng, height, width)
    elif kind == "desk":
        image = _desk(rng, height, width)
    else:
        image = _wood(rng, height, width)
    if rng.random() < PERSON_SHARE:
        skin = own if rng.random() < 0.6 else other
        paint_person(rng, image, skin, _sample_head(rng, height, width))
    if rng.random() < 0.12:
        _paint_skin_colored_shape(rng, image, other)
    return np.clip(image, 0, 255)


def paint_occluder(rng: np.random.Generator, image: Floats, tip: Floats, unit: float) -> Field | None:
    """Sometimes paints something in front of the hand, in place; returns its mask (H, W), 0–1.

    Args:
        tip: (2,) pixels, of the forefinger, which mostly stays visible.
        unit: the hand's length, pixels.
    """
    if rng.random() > 0.08:
        return None
    height, width = image.shape[:2]
    angle, size = rng.uniform(0, 2 * np.pi), unit * rng.uniform(0.1, 0.3)
    centre = tip + np.array([np.cos(angle), np.sin(angle)]) * (size + unit * rng.uniform(0.0, 0.5))
    corner = np.arange(4) * np.pi / 2 + rng.uniform(0, np.pi)
    outline = centre + size * np.stack([np.cos(corner), rng.uniform(0.3, 1.2) * np.sin(corner)], -1)
    mask = polygon_mask(smooth_outline(outline.astype(np.float32)), height, width, rng.uniform(0.4, 1.5))
    blend(image, textured(rng, height, width, sample_color(rng)), mask)
    return mask


def _studio(rng: np.random.Generator, height: int, width: int) -> Floats:
    """A studio background: white, grey or one colour, almost evenly lit."""
    color = np.full(3, rng.uniform(205, 255)) + rng.normal(0, 4, 3) if rng.random() < 0.6 else sample_color(rng)
    light = 1 + rng.uniform(0, 0.12) * noise(rng, "cloud", height, width, 4)
    return np.asarray(color * light[..., None], np.float32)


def _wood(rng: np.random.Generator, height: int, width: int) -> Floats:
    """Wooden boards with grain, in colours close to skin."""
    color = WOODS[int(rng.integers(len(WOODS)))] * rng.uniform(0.6, 1.15) + rng.normal(0, 6, 3)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    angle, board = rng.uniform(0, np.pi), rng.uniform(0.1, 0.5) * width
    across = x * np.cos(angle) + y * np.sin(angle) + 4 * noise(rng, "cloud", height, width)
    grain = np.sin(across / board * rng.uniform(20, 60)) * rng.uniform(0.01, 0.06) + 0.06 * noise(rng, "fractal", height, width)
    seam = 0.4 * (np.abs((across / board) % 1 - 0.5) > 0.485)
    return np.asarray(color * (1 + grain - seam)[..., None], np.float32)


def _desk(rng: np.random.Generator, height: int, width: int) -> Floats:
    """A table top with paper, screens or keyboards on it."""
    image = _wood(rng, height, width) if rng.random() < 0.5 else textured(rng, height, width, sample_color(rng))
    if rng.random() < 0.5:
        wall = np.arange(height, dtype=np.float32)[:, None] + np.zeros((1, width), np.float32)
        edge = height * rng.uniform(0.1, 0.5)
        blend(image, textured(rng, height, width, sample_color(rng)), 1 - smoothstep(wall, edge, edge + 3))
    for _ in range(int(rng.integers(1, 4))):
        _paint_sheet(rng, image)
    return blur(image, float(rng.choice([0.0, 0.8, 2.5])))


def _paint_sheet(rng: np.random.Generator, image: Floats) -> None:
    """Paints a tilted rectangle, in place: paper with lines, a dark screen, or a keyboard."""
    height, width = image.shape[:2]
    angle, size = rng.normal(0, 0.5), rng.uniform(0.15, 0.5) * width
    axes = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * size * [[1], [rng.uniform(0.4, 0.9)]]
    middle = rng.uniform(0, 1, 2) * (width, height)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) @ axes
    corners[:2] *= rng.uniform(0.7, 1.0)
    mask = polygon_mask((middle + corners).astype(np.float32), height, width, 0.6)
    image *= (1 - 0.4 * blur(mask, 4))[..., None]
    paper = textured(
        rng, height, width, np.full(3, rng.choice([235, 30, 60, 200]), np.float32) + rng.normal(0, 8, 3).astype(np.float32)
    )
    y, x = np.mgrid[:height, :width].astype(np.float32)
    place = np.stack([x - middle[0], y - middle[1]], -1) @ np.linalg.inv(axes)
    rows = np.sin(place[..., 1] * rng.uniform(15, 40)) > 0.3
    if rng.random() < 0.5:
        rows = rows & (np.sin(place[..., 0] * rng.uniform(15, 40)) > -0.5)
    paper = paper + (rows & (np.abs(place).max(-1) < 0.85))[..., None] * rng.choice([-60.0, 40.0, 0.0])
    blend(image, paper.astype(np.float32), mask)


def _sample_head(rng: np.random.Generator, height: int, width: int) -> Head:
    size = float(np.exp(rng.uniform(np.log(0.08), np.log(0.34)))) * height
    return Head(np.array([rng.uniform(0, 1) * width, rng.uniform(0.05, 0.6) * height]), size)


def _paint_skin_colored_shape(rng: np.random.Generator, image: Floats, skin: Skin) -> None:
    """Paints a rounded shape in the colour of skin, in place, like a knee or a shoulder."""
    height, width = image.shape[:2]
    ends = rng.uniform(-0.2, 1.2, (2, 2)) * (width, height)
    direction = ends[1] - ends[0]
    near = np.array([-direction[1], direction[0]]) / (np.linalg.norm(direction) + 1e-3) * rng.uniform(0.03, 0.2) * height
    outline = np.array([ends[0] - near, ends[1] - near * 0.7, ends[1] + near * 0.7, ends[0] + near], np.float32)
    mask = polygon_mask(smooth_outline(outline), height, width, 0.8)
    round_off = 0.6 + 0.5 * np.clip(blur(mask, float(np.linalg.norm(near)) * 0.4) * 2 - 1, 0, 1)
    blend(image, (skin.back * round_off[..., None]).astype(np.float32), mask)
