"""Backgrounds (rooms, cloth, grass, clutter), and what hides part of a face."""

from __future__ import annotations

import cv2
import numpy as np

from pymodel.synthetic.arrays import Color, Floats
from pymodel.synthetic.colors import sample_color
from pymodel.synthetic.masks import blend, blur, polygon_mask, smooth_outline, smoothstep
from pymodel.synthetic.noise import noise


def paint_background(rng: np.random.Generator, height: int, width: int) -> Floats:
    """A random background, (H, W, 3) float32 RGB."""
    kind = rng.choice(["room", "cloth", "outdoor", "plain", "clutter"], p=[0.3, 0.2, 0.22, 0.1, 0.18])
    image = textured(rng, height, width, sample_color(rng))
    if kind == "room":
        floor = textured(rng, height, width, sample_color(rng))
        edge = height * rng.uniform(0.25, 0.8)
        slope = rng.normal(0, 0.12) * height
        area = np.array([(0, edge), (width, edge + slope), (width, height), (0, height)], np.float32)
        blend(image, floor, polygon_mask(area, height, width, rng.uniform(0, 2)))
        _paint_stripes(rng, image, rng.uniform(0.1, 0.5))
    elif kind == "cloth":
        _paint_stripes(rng, image, rng.uniform(0.2, 0.7))
        _paint_stripes(rng, image, rng.uniform(0.0, 0.6))
        folds = noise(rng, "cloud", height, width, rng.uniform(0.8, 2))
        image *= (1 + 0.18 * folds)[..., None]
    elif kind == "outdoor":
        green = np.array([rng.uniform(50, 130), rng.uniform(80, 150), rng.uniform(30, 80)], np.float32)
        blades = noise(rng, "hair", height, width, rng.uniform(0.4, 1.6))
        grass = green * (1 + 0.35 * blades[..., None])
        line = height * rng.uniform(-0.2, 0.7)
        rows = np.arange(height, dtype=np.float32)[:, None] + 12 * noise(rng, "cloud", height, width)
        blend(image, grass.astype(np.float32), smoothstep(rows, line, line + 20))
    for _ in range(int(rng.integers(0, 12 if kind == "clutter" else 6))):
        _paint_object(rng, image)
    if rng.random() < 0.55:
        image = blur(image, float(np.exp(rng.uniform(np.log(0.6), np.log(8)))))
    return np.clip(image, 0, 255)


def paint_occluders(rng: np.random.Generator, image: Floats, face: Floats, unit: float) -> None:
    """Sometimes paints something in front, in place: a blade of grass, a wire, the edge of a blanket. Most of the face stays visible.

    Args:
        face: (2,) centre of the face, pixels.
        unit: half its width, pixels.
    """
    height, width = image.shape[:2]
    chance = rng.random()
    if chance < 0.10:
        angle = rng.uniform(0, 2 * np.pi)
        away = np.array([np.cos(angle), np.sin(angle)]) * unit * rng.uniform(0.9, 1.6)
        square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32) * unit * rng.uniform(0.4, 0.9)
        texture = textured(rng, height, width, sample_color(rng))
        blend(image, texture, polygon_mask(smooth_outline((face + away + square).astype(np.float32)), height, width, 0.6))
    elif chance < 0.16:
        points = rng.uniform(0, 1, (2, 2)) * (width, height)
        mask = np.zeros((height, width), np.uint8)
        ends = [tuple(int(v) for v in point) for point in points]
        cv2.line(mask, ends[0], ends[1], 255, max(1, int(unit * rng.uniform(0.03, 0.12))), cv2.LINE_AA)
        blend(image, sample_color(rng), mask.astype(np.float32) / 255)


def textured(rng: np.random.Generator, height: int, width: int, color: Color) -> Floats:
    """An area (H, W, 3) of one colour with a random texture, unevenly lit."""
    kind = str(rng.choice(["fractal", "cloud", "hair", "grain"], p=[0.4, 0.3, 0.2, 0.1]))
    strength = rng.uniform(0.02, 0.3)
    pattern = noise(rng, kind, height, width, rng.uniform(0.4, 2.5)) * strength
    light = noise(rng, "cloud", height, width, 4) * rng.uniform(0, 0.25)
    return np.asarray(color * (1 + pattern + light)[..., None], np.float32)


def _paint_stripes(rng: np.random.Generator, image: Floats, strength: float) -> None:
    """Stripes as of boards, tiles, plaid or curtains, in place."""
    if rng.random() < 0.4:
        return
    height, width = image.shape[:2]
    angle, period = rng.uniform(0, np.pi), rng.uniform(0.03, 0.25) * width
    y, x = np.mgrid[:height, :width].astype(np.float32)
    phase = (x * np.cos(angle) + y * np.sin(angle)) / period
    wave = np.abs((phase % 1) - 0.5) * 2
    edge = rng.uniform(0.1, 0.8)
    blend(image, sample_color(rng), (strength * smoothstep(np.asarray(wave, np.float32), edge, edge + 0.15)).astype(np.float32))


def _paint_object(rng: np.random.Generator, image: Floats) -> None:
    """A random object, in place: a box, a blob, a ball, something furry, a board across the picture; some have two dots like eyes."""
    height, width = image.shape[:2]
    size = float(np.exp(rng.uniform(np.log(0.04), np.log(0.4)))) * max(height, width)
    centre = rng.uniform(0, 1, 2) * (width, height)
    count = int(rng.choice([4, 5, 8]))
    angle = np.sort(rng.uniform(0, 2 * np.pi, count)) if count == 5 else np.arange(count) * 2 * np.pi / count + rng.uniform(0, 6)
    stretch = np.array([1, rng.uniform(0.3, 1.6)])
    points = (centre + size / 2 * stretch * np.stack([np.cos(angle), np.sin(angle)], -1)).astype(np.float32)
    outline = smooth_outline(points) if rng.random() < 0.6 else points
    if rng.random() < 0.2:
        along = rng.uniform(0, np.pi)
        far, near = np.array([np.cos(along), np.sin(along)]) * 2 * max(height, width), np.array([-np.sin(along), np.cos(along)])
        near = near * size * 0.3
        outline = np.array([centre - far - near, centre + far - near, centre + far + near, centre - far + near], np.float32)
    mask = polygon_mask(outline, height, width, rng.uniform(0, 1.5))
    shadow = blur(np.roll(mask, int(size * 0.08), 0), max(1.0, size * 0.06))
    image *= (1 - 0.45 * shadow)[..., None]
    blend(image, textured(rng, height, width, sample_color(rng)), mask)
    if rng.random() < 0.15:
        for side in (-0.2, 0.2):
            dot = centre + np.array([side * size, -0.05 * size])
            radius = max(1, int(size * rng.uniform(0.03, 0.09)))
            color = tuple(float(v) for v in sample_color(rng))
            cv2.circle(image, (int(dot[0]), int(dot[1])), radius, color, -1, cv2.LINE_AA)
