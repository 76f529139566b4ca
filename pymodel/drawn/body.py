"""A cat's body behind its head: sitting, lying, standing or just a neck; legs and tail."""

from __future__ import annotations

import numpy as np

from pymodel.drawn.coat import WHITE, Coat
from pymodel.drawn.head import Floats, Pose
from pymodel.drawn.texture import Field, blend, blur, noise, polygon_mask, smooth_outline


def paint_body(rng: np.random.Generator, image: Floats, coat: Coat, fur: Floats, pose: Pose) -> None:
    """Lays a body over an image, in place; the head comes on top of it."""
    height, width = image.shape[:2]
    side = 1.0 if rng.random() < 0.5 else -1.0
    kind = str(rng.choice(["sit", "lie", "stand", "neck", "curl"], p=[0.34, 0.30, 0.14, 0.14, 0.08]))
    upright = Pose(pose.centre, pose.unit, pose.roll * rng.uniform(0.1, 0.6), 0.0, 0.0)
    parts = _parts(rng, kind)
    body = np.zeros((height, width), np.float32)
    for outline in parts:
        points = upright.place((outline * (side, 1)).astype(np.float32))
        one = polygon_mask(smooth_outline(points), height, width, pose.unit * 0.03)
        seam = np.clip(one - blur(one, pose.unit * 0.12), 0, 1)
        _lay(rng, image, fur * (1 - 0.55 * seam)[..., None], one, pose.unit)
        body = np.maximum(body, one)
    if coat.white_face:
        low = rng.uniform(0.6, 1.8)
        chest = np.array([(-0.6, 0.7), (0.6, 0.7), (0.6, 2.2), (0, 2.8), (-0.6, 2.2)], np.float32) * (rng.uniform(0.8, 1.5), low)
        white = polygon_mask(smooth_outline(upright.place(chest.astype(np.float32))), height, width, pose.unit * 0.1)
        streaks = 1 + 0.08 * noise(rng, "hair", height, width, max(0.4, pose.unit / 50))
        blend(image, (WHITE * streaks[..., None]).astype(np.float32), coat.white_face * white * body)
    shadow = polygon_mask(upright.place(_circle((0, 0.55), 0.95, 0.75)), height, width, pose.unit * 0.2) * body
    image *= (1 - 0.28 * shadow)[..., None]


def _parts(rng: np.random.Generator, kind: str) -> list[Floats]:
    wide, long = rng.uniform(0.85, 1.25), rng.uniform(0.85, 1.2)
    if kind == "neck":
        return [np.array([(-0.8, 0.2), (0.8, 0.2), (1.5, 2.6), (2.0, 5), (-2.0, 5), (-1.5, 2.6)], np.float32) * (wide, 1)]
    if kind == "sit":
        back = [(-0.7, 0.1), (0.7, 0.1), (1.25, 1.6), (1.6, 3.0), (1.4, 3.9), (-1.4, 3.9), (-1.6, 3.0), (-1.2, 1.6)]
        legs = [
            [(x - 0.25, 1.9), (x + 0.25, 1.9), (x + 0.24, 3.8), (x + 0.3, 4.05), (x - 0.3, 4.05), (x - 0.24, 3.8)]
            for x in (-0.42, 0.42)
        ]
        return [_tail(rng, 1.4, 3.6), *(np.array(part, np.float32) * (wide, long) for part in (back, *legs))]
    if kind == "lie":
        lean = rng.uniform(-0.2, 0.5)
        trunk = [
            (-0.5, 0.1),
            (0.8, -0.2 + lean),
            (2.2, 0.0 + lean),
            (3.8, 0.5 + lean),
            (4.2, 1.5),
            (3.4, 2.1),
            (1.0, 2.2),
            (-0.7, 1.9),
            (-0.9, 0.9),
        ]
        paws = [[(x, 1.5), (x + 0.5, 1.5), (x - 0.3, 2.5), (x - 0.9, 2.6), (x - 0.9, 2.2)] for x in (-0.2, 0.6)]
        return [_tail(rng, 4.0, 1.6), *(np.array(part, np.float32) * (long, wide) for part in (trunk, *paws))]
    if kind == "curl":
        return [_circle((rng.uniform(0.4, 1.4), rng.uniform(0.2, 0.9)), 2.3 * long, 1.6 * wide)]
    trunk = [(-0.2, 0.1), (0.9, -0.4), (2.4, -0.3), (3.9, -0.2), (4.4, 0.6), (4.0, 1.7), (2.4, 1.7), (0.6, 1.6), (-0.4, 1.1)]
    legs = [
        [(x - 0.3, 1.2), (x + 0.35, 1.2), (x + 0.2, 3.2), (x + 0.2, 3.7), (x - 0.3, 3.7), (x - 0.2, 3.0)]
        for x in (0.2, 0.9, 3.3, 4.0)
    ]
    return [_tail(rng, 4.4, 0.2), *(np.array(part, np.float32) * (long, wide) for part in (trunk, *legs))]


def _tail(rng: np.random.Generator, x: float, y: float) -> Floats:
    bend = rng.normal(0, 0.8, 3)
    spine = np.array([(x - 0.4, y), (x + 0.8, y + bend[0]), (x + 1.6, y - 0.8 + bend[1]), (x + 2.2, y - 1.2 + bend[2])])
    thick = np.array([0.32, 0.30, 0.26, 0.18])[:, None]
    return np.asarray(np.concatenate([spine - (0, 1) * thick, (spine + (0, 1) * thick)[::-1]]), np.float32)


def _circle(centre: tuple[float, float], wide: float, tall: float) -> Floats:
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    return np.asarray(np.stack([centre[0] + wide * np.cos(angle), centre[1] + tall * np.sin(angle)], -1), np.float32)


def _lay(rng: np.random.Generator, image: Floats, fur: Floats, mask: Field, unit: float) -> None:
    height, width = mask.shape
    rough = np.clip((mask + 0.12 * noise(rng, "hair", height, width, max(0.4, unit / 40)) * (mask > 0.02) - 0.5) * 3 + 0.5, 0, 1)
    rows = np.arange(height, dtype=np.float32)[:, None]
    shape = 1.06 - 0.22 * np.clip((rows - rows.mean()) / max(8.0, 3 * unit), -0.5, 1)
    roundness = 0.62 + 0.45 * np.clip(blur(mask, unit * 0.5) * 2 - 1, 0, 1)
    blend(image, np.asarray(fur * (shape * roundness)[..., None], np.float32), rough.astype(np.float32))
