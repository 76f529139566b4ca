"""Paints a dog's muzzle: snout, nose, lips, open mouth and tongue."""

from __future__ import annotations

import cv2
import numpy as np

from pymodel.synthetic.arrays import Color, Field, Floats
from pymodel.synthetic.cats.fur import paint_fur
from pymodel.synthetic.cats.pose import Pose, ellipse, polyline
from pymodel.synthetic.masks import blend, blur, polygon_mask, smooth_outline
from pymodel.synthetic.noise import noise
from pymodel.synthetic.pets.dog_shape import FRONT, Muzzle

SLICES = 7
NOSES = np.array([[30, 27, 28], [44, 38, 38], [92, 60, 48]], np.float32)
MOUTH = np.array([74, 28, 30], np.float32)
TONGUE = np.array([220, 118, 124], np.float32)
TEETH = np.array([232, 226, 210], np.float32)


def paint_muzzle(rng: np.random.Generator, image: Floats, fur: Floats, muzzle: Muzzle, pose: Pose) -> None:
    """Paints a muzzle over a head, in place; image and fur are (H, W, 3)."""
    _jaw(rng, image, fur, muzzle, pose)
    _snout(rng, image, fur, muzzle, pose)
    _lips(image, fur, muzzle, pose)
    _nose(rng, image, muzzle, pose)


def _snout(rng: np.random.Generator, image: Floats, fur: Floats, muzzle: Muzzle, pose: Pose) -> None:
    """Paints the snout: lighter where it is nearer, and along the bridge of the nose."""
    height, width = image.shape[:2]
    whole, near = _relief(muzzle, pose, height, width)
    top = np.array([(-0.15, -0.2), (0.15, -0.2)], np.float32)
    end = np.array([(0.7 * muzzle.nose[0], muzzle.nose_y), (-0.7 * muzzle.nose[0], muzzle.nose_y)], np.float32)
    ridge = polygon_mask(np.concatenate([pose.to_pixels(top, FRONT), pose.to_pixels(end, muzzle.depth)]), height, width)
    light = 1.0 + 0.28 * blur(near, pose.unit * 0.07) + 0.10 * blur(ridge, pose.unit * 0.07)
    paint_fur(rng, image, (fur * light[..., None]).astype(np.float32), whole, pose.unit, 0.5)


def _relief(muzzle: Muzzle, pose: Pose, height: int, width: int) -> tuple[Field, Field]:
    """The snout as a stack of slices: its mask (H, W), 0–1, and its nearness, from 0 at the base to 1 at the tip.

    The base has a soft edge, so that it merges into the face.
    """
    whole, near = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    slices = []
    for share in np.linspace(0.0, 1.0, SLICES).tolist():
        wide, tall, y = (a + share * (b - a) for a, b in (muzzle.wide, muzzle.tall, muzzle.y))
        slices.append((share, ellipse(pose, (0.0, y), wide, tall, FRONT + share * muzzle.length)))
    half, low = muzzle.wide[1], muzzle.mouth_y - 0.04
    for x in (-0.5 * half, 0.5 * half):
        slices.append((0.9, ellipse(pose, (x, low), 0.56 * half, 0.17 + muzzle.jowls, muzzle.depth - 0.08)))
    for share, outline in slices:
        part = polygon_mask(outline, height, width, pose.unit * (0.04 + 0.18 * (1 - share)))
        whole, near = np.maximum(whole, part), np.maximum(near, share * part)
    return whole, near


def _jaw(rng: np.random.Generator, image: Floats, fur: Floats, muzzle: Muzzle, pose: Pose) -> None:
    """Paints the lower jaw, and the inside of an open mouth."""
    height, width = image.shape[:2]
    tip, y, depth = muzzle.wide[1], muzzle.mouth_y, muzzle.depth - 0.16
    outline = ellipse(pose, (0.0, y + 0.08 + muzzle.gape), 0.62 * tip, 0.17, depth)
    back = ellipse(pose, (0.0, y), 0.9 * muzzle.wide[0], 0.2, FRONT)
    chin = np.maximum(_hull(outline, height, width), _hull(np.concatenate([outline, back]), height, width))
    paint_fur(rng, image, (0.84 * fur).astype(np.float32), blur(chin, pose.unit * 0.03), pose.unit, 0.4)
    if not muzzle.gape:
        return
    hollow = polygon_mask(ellipse(pose, (0.0, y + 0.5 * muzzle.gape), 0.74 * tip, 0.12 + 0.5 * muzzle.gape, depth), height, width)
    blend(image, MOUTH * np.float32(rng.uniform(0.6, 1.1)), hollow)
    if muzzle.tongue:
        _tongue(rng, image, muzzle, pose, depth)
    else:
        row = ellipse(pose, (0.0, y + 0.9 * muzzle.gape), 0.5 * tip, 0.05, depth)
        blend(image, TEETH, 0.8 * polygon_mask(row, height, width) * hollow)


def _tongue(rng: np.random.Generator, image: Floats, muzzle: Muzzle, pose: Pose, depth: float) -> None:
    height, width = image.shape[:2]
    y, half, low = muzzle.mouth_y, 0.52 * muzzle.wide[1], 0.10 + muzzle.gape + 0.55 * muzzle.tongue
    lean = float(rng.normal(0, 0.08))
    points = [(-half, 0.0), (half, 0.0), (half + lean, 0.6 * low), (0.6 * half + 1.6 * lean, 0.95 * low)]
    points += [(-0.6 * half + 1.6 * lean, 0.95 * low), (-half + lean, 0.6 * low)]
    outline = pose.to_pixels((np.array(points) + (0, y + 0.04)).astype(np.float32), depth + 0.08)
    mask = polygon_mask(smooth_outline(outline), height, width)
    blend(image, (TONGUE * rng.uniform(0.75, 1.1)).astype(np.float32), mask)
    groove = np.array([(0.3 * lean, y + 0.1), (1.3 * lean, y + 0.8 * low)], np.float32)
    dark = _line(pose.to_pixels(groove, depth + 0.08), height, width, max(1, round(0.04 * pose.unit)))
    image *= (1 - 0.25 * dark * mask - 0.3 * np.clip(mask - blur(mask, 0.1 * pose.unit), 0, 1))[..., None]


def _lips(image: Floats, fur: Floats, muzzle: Muzzle, pose: Pose) -> None:
    """Paints the furrow under the nose, and the lips along the snout."""
    height, width = image.shape[:2]
    thick, y, tip = max(1, round(pose.unit * 0.026)), muzzle.mouth_y, muzzle.wide[1]
    lines = _line(pose.to_pixels(np.array([(0, muzzle.nose_y), (0, y)], np.float32), muzzle.depth), height, width, thick)
    for side in (-1, 1):
        drop = 0.10 + muzzle.jowls
        path = [
            (0, y),
            (0.16 * tip, y + 0.7 * drop),
            (0.42 * tip, y + drop),
            (0.72 * tip, y + 0.95 * drop),
            (tip, y + 0.5 * drop),
        ]
        depth = muzzle.depth - np.array([0, 0.02, 0.08, 0.2, 0.4], np.float32) * muzzle.length
        points = pose.to_pixels((np.array(path) * (side, 1)).astype(np.float32), depth)
        lines = np.maximum(lines, _line(points[:4], height, width, thick))
        lines = np.maximum(lines, 0.6 * _line(points[3:], height, width, max(1, thick // 2)))
    dark = np.asarray(0.22 * fur.mean((0, 1)) + 8, np.float32)
    blend(image, dark, 0.75 * blur(lines, max(0.4, 0.008 * pose.unit)))


def _nose(rng: np.random.Generator, image: Floats, muzzle: Muzzle, pose: Pose) -> None:
    height, width = image.shape[:2]
    wide, tall, y, depth = *muzzle.nose, muzzle.nose_y, muzzle.depth + 0.06
    corners = [(-0.62, -0.9), (0.62, -0.9), (1.0, -0.25), (0.72, 0.5), (0.2, 1.0), (-0.2, 1.0), (-0.72, 0.5), (-1.0, -0.25)]
    leather = (np.array(corners) * (wide, tall) + (0, y)).astype(np.float32)
    color: Color = NOSES[int(rng.choice(len(NOSES), p=[0.55, 0.33, 0.12]))]
    mask = polygon_mask(smooth_outline(pose.to_pixels(leather, depth), 4), height, width, 0.01 * pose.unit)
    grain = 1 + 0.12 * noise(rng, "grain", height, width)
    blend(image, (color * grain[..., None]).astype(np.float32), mask)
    shine = polygon_mask(ellipse(pose, (0.0, y - 0.5 * tall), 0.5 * wide, 0.2 * tall, depth), height, width, 0.03 * pose.unit)
    blend(image, np.array([190, 190, 196], np.float32), float(rng.uniform(0.15, 0.6)) * shine * mask)
    for side in (-1, 1):
        hole = ellipse(pose, (side * 0.52 * wide, y + 0.12 * tall), 0.24 * wide, 0.28 * tall, depth)
        blend(image, np.array([8, 7, 8], np.float32), 0.85 * polygon_mask(hole, height, width))


def _hull(points: Floats, height: int, width: int) -> Field:
    return polygon_mask(np.asarray(cv2.convexHull(points)[:, 0], np.float32), height, width)


def _line(points: Floats, height: int, width: int, thick: int) -> Field:
    mask = np.zeros((height, width), np.uint8)
    polyline(mask, points, thick)
    return mask.astype(np.float32) / 255
