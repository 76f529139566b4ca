"""Paints a cat's head: ears, markings, eyes, nose, mouth, whiskers."""

from __future__ import annotations

import numpy as np

from pymodel.synthetic.arrays import Field, Floats
from pymodel.synthetic.cats.coat import Coat
from pymodel.synthetic.cats.head_shape import HeadShape, ear_outline
from pymodel.synthetic.cats.pose import Pose, ellipse, polyline
from pymodel.synthetic.colors import PINK, WHITE
from pymodel.synthetic.masks import blend, blur, polygon_mask, smooth_outline
from pymodel.synthetic.noise import noise


def paint_head(
    rng: np.random.Generator, image: Floats, coat: Coat, fur: Floats, shape: HeadShape, pose: Pose, mask: Field
) -> None:
    """Paints a head into an image (H, W, 3), in place."""
    height, width = mask.shape
    unit = pose.unit
    face = fur.copy()
    _ears(rng, face, coat, shape, pose)
    if coat.kind == "tabby":
        _forehead(rng, face, coat, pose)
    if coat.kind == "point":
        dark = blur(polygon_mask(ellipse(pose, (0, 0.2), 0.55, 0.55, 0.3), height, width), unit * 0.22)
        blend(face, coat.second, 0.9 * dark)
    pale = WHITE if coat.white_face else np.clip(coat.base * 1.25 + 14, 0, 245)
    strength = coat.white_face or rng.uniform(0.1, 0.6)
    muzzle = polygon_mask(ellipse(pose, (0, shape.mouth - 0.05), 0.42, 0.28, 0.5), height, width, unit * 0.06)
    if coat.white_face > 0.6:
        blaze = np.array([(-0.05, -0.7), (0.05, -0.7), (0.30, 0.3), (0.6, 0.8), (0, 1.0), (-0.6, 0.8), (-0.30, 0.3)], np.float32)
        muzzle = np.maximum(muzzle, polygon_mask(pose.to_pixels(blaze, 0.3), height, width, unit * 0.05))
    blend(face, np.asarray(pale, np.float32), strength * muzzle)
    _shade(face, shape, pose, mask)
    for side in (-1, 1):
        _eye(rng, face, coat, shape, pose, side)
    _nose_and_mouth(rng, face, coat, shape, pose)
    blend(image, face, mask)
    _whiskers(rng, image, shape, pose)


def _ears(rng: np.random.Generator, face: Floats, coat: Coat, shape: HeadShape, pose: Pose) -> None:
    height, width = face.shape[:2]
    inside = PINK * rng.uniform(0.5, 1.05) * (0.7 if coat.is_dark else 1.0)
    for side in (-1, 1):
        mask = polygon_mask(ear_outline(shape, pose, side, 0.68), height, width, pose.unit * 0.035)
        if coat.kind == "point":
            outer = polygon_mask(ear_outline(shape, pose, side, 1.1), height, width, pose.unit * 0.06)
            blend(face, coat.second, 0.9 * outer)
        streaks = 1 + 0.25 * noise(rng, "hair", height, width, max(0.4, pose.unit / 40))
        blend(face, (inside * streaks[..., None]).astype(np.float32), 0.8 * mask)


def _forehead(rng: np.random.Generator, face: Floats, coat: Coat, pose: Pose) -> None:
    height, width = face.shape[:2]
    lines = np.zeros((height, width), np.uint8)
    thick = max(1, round(pose.unit * 0.055))
    for x in (-0.42, -0.2, 0.0, 0.2, 0.42):
        path = np.array([(x, -0.26), (x * 1.05, -0.5), (x * 0.8, -0.82)], np.float32) + rng.normal(0, 0.02, (3, 2)).astype(
            np.float32
        )
        polyline(lines, pose.to_pixels(path, 0.3), thick)
    for side in (-1, 1):
        for y in (0.06, 0.3):
            path = np.array([(0.62, y), (0.85, y + 0.02), (1.02, y - 0.08)], np.float32) * (side, 1)
            polyline(lines, pose.to_pixels(path.astype(np.float32), 0.1), thick)
    blend(face, coat.second, 0.75 * blur(lines.astype(np.float32) / 255, pose.unit * 0.02))


def _eye(rng: np.random.Generator, face: Floats, coat: Coat, shape: HeadShape, pose: Pose, side: int) -> None:
    height, width = face.shape[:2]
    size, centre = shape.eye_size, np.array([side * shape.eye[0], shape.eye[1]], np.float32)
    tall = size * (0.25 + 0.6 * shape.openness)
    angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    slant = 0.22 * side
    almond = np.stack([size * np.cos(angle), tall * np.sin(angle) * (1 - 0.25 * np.abs(np.cos(angle)))], -1)
    almond[:, 1] -= slant * almond[:, 0]
    outline = pose.to_pixels((centre + almond).astype(np.float32), 0.38)
    rim = pose.to_pixels((centre + almond * 1.22).astype(np.float32), 0.38)
    rim_color = np.array([30, 24, 22], np.float32) if not coat.is_dark else coat.base * 0.5
    blend(face, rim_color, 0.85 * polygon_mask(rim, height, width, pose.unit * 0.012))
    if shape.openness < 0.2:
        return
    inside = polygon_mask(outline, height, width)
    iris = shape.iris
    blend(face, iris, inside)
    pupil_width = size * float(np.clip(rng.normal(0.4, 0.22), 0.1, 0.85))
    pupil = np.stack([pupil_width * np.cos(angle), size * 0.92 * np.sin(angle)], -1)
    mask = polygon_mask(pose.to_pixels((centre + pupil).astype(np.float32), 0.38), height, width) * inside
    blend(face, np.array([14, 12, 12], np.float32), mask)
    glint = ellipse(pose, (float(centre[0]) - 0.05, float(centre[1]) - 0.06), 0.045, 0.045, 0.38)
    blend(face, np.array([252, 252, 250], np.float32), polygon_mask(glint, height, width) * inside)


def _nose_and_mouth(rng: np.random.Generator, face: Floats, coat: Coat, shape: HeadShape, pose: Pose) -> None:
    height, width = face.shape[:2]
    y = shape.mouth - 0.16
    nose = np.array([(-0.11, y - 0.09), (0.11, y - 0.09), (0.04, y + 0.03), (-0.04, y + 0.03)], np.float32)
    color = PINK * 0.95 if rng.random() < 0.6 else np.array([52, 40, 38], np.float32)
    blend(face, np.asarray(color, np.float32), 0.9 * polygon_mask(smooth_outline(pose.to_pixels(nose, 0.6), 3), height, width))
    lines = np.zeros((height, width), np.uint8)
    thick = max(1, round(pose.unit * 0.03))
    polyline(lines, pose.to_pixels(np.array([(0, y), (0, shape.mouth)], np.float32), 0.58), thick)
    for side in (-1, 1):
        path = np.array([(0, shape.mouth), (0.10, shape.mouth + 0.06), (0.22, shape.mouth + 0.02)], np.float32) * (side, 1)
        polyline(lines, pose.to_pixels(path.astype(np.float32), 0.52), thick)
    blend(face, coat.base * 0.35, 0.75 * blur(lines.astype(np.float32) / 255, 0.4))


def _whiskers(rng: np.random.Generator, image: Floats, shape: HeadShape, pose: Pose) -> None:
    if pose.unit < 14:
        return
    lines = np.zeros(image.shape[:2], np.uint8)
    for side in (-1, 1):
        for slope in (-0.16, -0.04, 0.1):
            end = (0.3 + rng.uniform(0.6, 1.0), shape.mouth - 0.05 + slope * 3 + rng.normal(0, 0.05))
            path = np.array([(0.24, shape.mouth - 0.05 + slope * 0.5), end], np.float32) * (side, 1)
            polyline(lines, pose.to_pixels(path.astype(np.float32), 0.4), 1)
    blend(image, np.array([245, 245, 242], np.float32), rng.uniform(0.2, 0.7) * lines.astype(np.float32) / 255)


def _shade(face: Floats, shape: HeadShape, pose: Pose, mask: Field) -> None:
    """Darkens the edge of the head and the area between eyes and nose, so that the head looks round."""
    height, width = mask.shape
    core = polygon_mask(ellipse(pose, (0, 0.05), 0.75 * shape.cheek, 0.62, 0.2), height, width, pose.unit * 0.25)
    brow = polygon_mask(ellipse(pose, (0, -0.02), 0.62, 0.16, 0.3), height, width, pose.unit * 0.1)
    face *= (0.74 + 0.32 * core - 0.10 * brow)[..., None]
