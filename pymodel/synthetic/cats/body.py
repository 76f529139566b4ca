"""The body of a cat or a dog, behind its head: sitting, lying, standing, curled up, or only a neck."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pymodel.synthetic.arrays import Color, Field, Floats
from pymodel.synthetic.cats.coat import Coat, paint_coat, sample_coat
from pymodel.synthetic.cats.fur import paint_fur
from pymodel.synthetic.cats.pose import Pose
from pymodel.synthetic.colors import WHITE
from pymodel.synthetic.masks import blend, polygon_mask, smooth_outline
from pymodel.synthetic.noise import noise

PAW_SIZE = 0.30


@dataclass(frozen=True)
class Part:
    """A trunk, a leg or a tail.

    Attributes:
        outline: (N, 2) head coordinates.
        paw: centre of the paw at its end, head coordinates; None: no paw.
    """

    outline: Floats
    paw: tuple[float, float] | None = None

    def scaled(self, wide: float, tall: float) -> Part:
        """The part stretched away from the head."""
        paw = None if self.paw is None else (self.paw[0] * wide, self.paw[1] * tall)
        return Part((self.outline * (wide, tall)).astype(np.float32), paw)


def paint_body(
    rng: np.random.Generator, image: Floats, coat: Coat, fur: Floats, pose: Pose, pale: Color = WHITE, height_scale: float = 1.0
) -> Field:
    """Paints a body into an image, in place. The head is painted over it later.

    Args:
        pale: colour of a white chest and white paws, if it has them.
        height_scale: how tall it stands or sits, relative to a cat.

    Returns:
        (H, W) mask of the body, 0–1.
    """
    height, width = image.shape[:2]
    side = 1.0 if rng.random() < 0.5 else -1.0
    kind = str(rng.choice(["sit", "lie", "stand", "neck", "curl"], p=[0.34, 0.30, 0.14, 0.14, 0.08]))
    upright = Pose(pose.centre, pose.unit, pose.roll * rng.uniform(0.1, 0.6), 0.0, 0.0)
    parts = _parts(rng, kind)
    if kind in ("stand", "sit"):
        parts = [part.scaled(1.0, height_scale) for part in parts]
    socks = float(rng.uniform(0.5, 1)) if coat.white_face > 0 or rng.random() < 0.25 else 0.0
    sock_fur = (fur + socks * (pale - fur)).astype(np.float32)
    body = np.zeros((height, width), np.float32)
    for part in parts:
        points = upright.to_pixels((part.outline * (side, 1)).astype(np.float32))
        one = polygon_mask(smooth_outline(points), height, width, pose.unit * 0.03)
        paint_fur(rng, image, fur, one, pose.unit, 0.55)
        if part.paw is not None:
            paw = _circle((part.paw[0] * side, part.paw[1]), PAW_SIZE * rng.uniform(0.8, 1.2), PAW_SIZE * rng.uniform(0.7, 1.0))
            one = np.maximum(one, _paw(rng, image, coat, sock_fur, upright, paw))
        body = np.maximum(body, one)
    if coat.white_face or rng.random() < 0.15:
        low = rng.uniform(0.6, 1.8)
        chest = np.array([(-0.6, 0.7), (0.6, 0.7), (0.6, 2.2), (0, 2.8), (-0.6, 2.2)], np.float32) * (rng.uniform(0.8, 1.5), low)
        white = polygon_mask(smooth_outline(upright.to_pixels(chest.astype(np.float32))), height, width, pose.unit * 0.1)
        streaks = 1 + 0.08 * noise(rng, "hair", height, width, max(0.4, pose.unit / 50))
        blend(image, (pale * streaks[..., None]).astype(np.float32), (coat.white_face or 0.7) * white * body)
    shadow = polygon_mask(upright.to_pixels(_circle((0, 0.55), 0.95, 0.75)), height, width, pose.unit * 0.2) * body
    image *= (1 - 0.28 * shadow)[..., None]
    return body


def paint_second_animal(rng: np.random.Generator, image: Floats, pose: Pose) -> None:
    """Paints a second animal without a face, in place, so that fur alone does not mean a face."""
    height, width = image.shape[:2]
    coat, unit = sample_coat(rng), pose.unit * float(rng.uniform(0.6, 1.4))
    centre = rng.uniform(0, 1, 2) * (width, height)
    y = np.mgrid[:height, :width][0].astype(np.float32)
    fur = paint_coat(rng, coat, height, width, unit, np.asarray(y / unit, np.float32))
    paint_body(rng, image, coat, fur, Pose(centre.astype(np.float32), unit, 0.0, 0.0, 0.0))


def _paw(rng: np.random.Generator, image: Floats, coat: Coat, fur: Floats, pose: Pose, outline: Floats) -> Field:
    """Paints the rounded end of a leg, with toes separated by short lines; returns its mask."""
    height, width = image.shape[:2]
    mask = polygon_mask(pose.to_pixels(outline), height, width, pose.unit * 0.02)
    if not mask.any():
        return mask
    paint_fur(rng, image, fur, mask, pose.unit, 0.4)
    toes = np.zeros((height, width), np.uint8)
    centre, low = outline.mean(0), float(outline[:, 1].max())
    for x in (-0.1, 0.0, 0.1):
        line = np.array([(centre[0] + x, low - 0.22), (centre[0] + 1.3 * x, low - 0.04)], np.float32)
        ends = np.round(pose.to_pixels(line) * 16).astype(np.int32)
        cv2.polylines(toes, [ends], False, 255, max(1, round(pose.unit * 0.025)), cv2.LINE_AA, 4)
    blend(image, (coat.base * 0.4).astype(np.float32), 0.6 * mask * (toes.astype(np.float32) / 255))
    return mask


def _part(outline: list[tuple[float, float]], paw: tuple[float, float] | None = None) -> Part:
    return Part(np.array(outline, np.float32), paw)


def _parts(rng: np.random.Generator, kind: str) -> list[Part]:
    wide, long = rng.uniform(0.85, 1.25), rng.uniform(0.85, 1.2)
    if kind == "neck":
        return [_part([(-0.8, 0.2), (0.8, 0.2), (1.5, 2.6), (2.0, 5), (-2.0, 5), (-1.5, 2.6)]).scaled(wide, 1)]
    if kind == "sit":
        back = [(-0.7, 0.1), (0.7, 0.1), (1.25, 1.6), (1.6, 3.0), (1.4, 3.9), (-1.4, 3.9), (-1.6, 3.0), (-1.2, 1.6)]
        apart = rng.uniform(0.3, 0.55)
        legs = [
            _part(
                [(x - 0.25, 1.7), (x + 0.25, 1.7), (x + 0.24, 3.8), (x + 0.3, 4.05), (x - 0.3, 4.05), (x - 0.24, 3.8)],
                (x, 3.95),
            )
            for x in (-apart, apart)
        ]
        return [_tail(rng, 1.4, 3.6), *(part.scaled(wide, long) for part in (_part(back), *legs))]
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
        paws = [
            _part([(x, 1.5), (x + 0.5, 1.5), (x - 0.3, 2.5), (x - 0.9, 2.6), (x - 0.9, 2.2)], (x - 0.7, 2.4)) for x in (-0.2, 0.6)
        ]
        return [_tail(rng, 4.0, 1.6), *(part.scaled(long, wide) for part in (_part(trunk), *paws))]
    if kind == "curl":
        return [Part(_circle((rng.uniform(0.4, 1.4), rng.uniform(0.2, 0.9)), 2.3 * long, 1.6 * wide))]
    trunk = [(-0.2, 0.1), (0.9, -0.4), (2.4, -0.3), (3.9, -0.2), (4.4, 0.6), (4.0, 1.7), (2.4, 1.7), (0.6, 1.6), (-0.4, 1.1)]
    legs = [
        _part(
            [(x - 0.3, 1.2), (x + 0.35, 1.2), (x + 0.2, 3.2), (x + 0.2, 3.7), (x - 0.3, 3.7), (x - 0.2, 3.0)],
            (x - 0.1, 3.65),
        )
        for x in (0.2, 0.9, 3.3, 4.0)
    ]
    return [_tail(rng, 4.4, 0.2), *(part.scaled(long, wide) for part in (_part(trunk), *legs))]


def _tail(rng: np.random.Generator, x: float, y: float) -> Part:
    bend = rng.normal(0, 0.8, 3)
    spine = np.array([(x - 0.4, y), (x + 0.8, y + bend[0]), (x + 1.6, y - 0.8 + bend[1]), (x + 2.2, y - 1.2 + bend[2])])
    thick = np.array([0.32, 0.30, 0.26, 0.18])[:, None]
    return Part(np.asarray(np.concatenate([spine - (0, 1) * thick, (spine + (0, 1) * thick)[::-1]]), np.float32))


def _circle(centre: tuple[float, float], wide: float, tall: float) -> Floats:
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    return np.asarray(np.stack([centre[0] + wide * np.cos(angle), centre[1] + tall * np.sin(angle)], -1), np.float32)
