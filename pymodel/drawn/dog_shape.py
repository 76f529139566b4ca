"""The proportions of a dog's head, and where its points are.

Head coordinates as a cat's: unit = half the face's width, x to the right, y down, the origin between the cheeks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pymodel.drawn.head import Floats, Pose

EARS = ("floppy", "folded", "pricked")
EYES = np.array([[74, 44, 24], [86, 52, 26], [112, 72, 34], [48, 30, 22], [58, 38, 28], [136, 100, 54]], np.float32)
BLUE_EYE = np.array([150, 186, 208], np.float32)
EYE_DEPTH, FRONT = 0.36, 0.4
"""How far in front of the head's middle eyes lie, and where the muzzle begins, in units."""


@dataclass(frozen=True)
class Muzzle:
    """The snout, in units: from its root at the face to its tip, towards the viewer.

    Attributes:
        length: how far the tip stands out of the face.
        wide, tall: half of its size, (root, tip).
        y: height of its middle, (root, tip).
        nose: half the width and half the height of the nose's leather.
        gape: how far the jaw hangs, 0: shut.
        tongue: how far the tongue hangs out of an open mouth, 0–1.
        jowls: how far the upper lips hang at the sides.
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
        """How far the tip is in front of the head's middle, in units."""
        return FRONT + self.length

    @property
    def nose_y(self) -> float:
        """Height of the nose's middle."""
        return self.y[1] - self.tall[1] * 0.55

    @property
    def mouth_y(self) -> float:
        """Height of the middle of the mouth."""
        return self.y[1] + self.tall[1] * 0.55


@dataclass(frozen=True)
class DogShape:
    """The proportions of one head, in units; right side, the left one mirrors it.

    Attributes:
        ears: one of EARS.
        ear: (N, 2) outline of an ear (of a folded one: its standing part).
        flap: (M, 2) the part of a folded ear that hangs; empty for the others.
        ear_points: (3, 2) outer corner, tip and inner corner.
        cheek: half the width of the head at the cheeks; dome: half its height above the eyes.
        rough: how shaggy its edges are.
    """

    ears: str
    ear: Floats
    flap: Floats
    ear_points: Floats
    ear_turns: tuple[float, float]
    cheek: float
    dome: float
    eye: tuple[float, float]
    eye_size: float
    openness: float
    irises: tuple[Floats, Floats]
    muzzle: Muzzle
    rough: float

    def mirrored(self, points: Floats, side: int) -> Floats:
        """Points of the right ear (N, 2) as those of the left (-1) or right (1) one: each ear turns for itself."""
        pivot, angle = self.ear_points[[0, 2]].mean(0), self.ear_turns[0 if side < 0 else 1]
        c, s = np.cos(angle), np.sin(angle)
        turned = pivot + (points - pivot) @ np.array([[c, s], [-s, c]], np.float32)
        return np.asarray(turned * (side, 1), np.float32)


def draw_dog_shape(rng: np.random.Generator) -> DogShape:
    """Random proportions, from a pug's flat face to a collie's long one."""
    ears = str(rng.choice(EARS, p=[0.5, 0.2, 0.3]))
    cheek = float(rng.uniform(0.80, 1.02))
    outline, flap, points = {"floppy": _floppy, "folded": _folded, "pricked": _pricked}[ears](rng)
    brown = np.asarray(EYES[int(rng.integers(len(EYES)))] * rng.uniform(0.6, 1.1), np.float32)
    blue = np.asarray(BLUE_EYE * rng.uniform(0.8, 1.05), np.float32)
    chance = rng.random()
    irises = (blue if chance < 0.06 else brown, blue if chance < 0.04 or chance > 0.97 else brown)
    turn = float(rng.normal(0, 0.08))
    return DogShape(
        ears=ears,
        ear=outline,
        flap=flap,
        ear_points=points,
        ear_turns=(turn + float(rng.normal(0, 0.07)), turn + float(rng.normal(0, 0.07))),
        cheek=cheek,
        dome=float(rng.uniform(0.72, 0.84)),
        eye=(float(rng.uniform(0.33, 0.43)), float(rng.uniform(-0.20, -0.06))),
        eye_size=float(rng.uniform(0.095, 0.145)),
        openness=float(rng.choice([rng.uniform(0.75, 1.0), rng.uniform(0.12, 0.6)], p=[0.8, 0.2])),
        irises=irises,
        muzzle=_muzzle(rng, cheek),
        rough=float(rng.choice([rng.uniform(0.06, 0.12), rng.uniform(0.14, 0.24)], p=[0.7, 0.3])),
    )


def dog_points(shape: DogShape, pose: Pose) -> Floats:
    """(10, 2) pixels: eyes, mouth, each ear's outer corner, tip and inner corner, tip of the nose."""
    eyes = pose.place(np.array([(-shape.eye[0], shape.eye[1]), shape.eye], np.float32), EYE_DEPTH)
    muzzle = shape.muzzle
    middle = pose.place(np.array([(0, muzzle.mouth_y), (0, muzzle.nose_y)], np.float32), muzzle.depth)
    ears = [pose.place(shape.mirrored(shape.ear_points, side), -0.1) for side in (-1, 1)]
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


def _floppy(rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    low, out, wide = rng.uniform(0.05, 0.95), rng.uniform(-0.08, 0.22), rng.uniform(0.8, 1.15)
    lift = rng.uniform(0.0, 0.12)
    inner, outer = np.array([0.44, -0.72 - lift]), np.array([0.80, -0.30])
    outline = [
        inner,
        (0.74, -0.80 - lift),
        (1.02 + 0.6 * out, -0.52),
        (1.02 + out + 0.12 * wide, -0.05 + 0.2 * low),
        (0.94 + out + 0.12 * wide, low - 0.10),
        (0.90 + out, low),
        (0.92 + out - 0.18 * wide, low - 0.12),
        (0.84 + 0.6 * out - 0.08 * wide, -0.05 + 0.2 * low),
        (0.68, -0.34),
    ]
    points = [outer, (0.92 + out, low), inner]
    return np.array(outline, np.float32), np.zeros((0, 2), np.float32), np.array(points, np.float32)


def _standing(rng: np.random.Generator) -> Floats:
    """(3, 2) outer corner, tip, inner corner of an ear that stands."""
    flare, tall = rng.uniform(-0.10, 0.26), rng.uniform(0.50, 0.98)
    return np.array([(0.86, -0.26), (0.76 + flare, -0.66 - tall), (rng.uniform(0.26, 0.38), -0.72)], np.float32)


def _pricked(rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    outer, tip, inner = corners = _standing(rng)
    bulge, blunt = rng.uniform(0.03, 0.12), rng.uniform(0.02, 0.14)
    outline = [
        outer + (0, 0.1),
        (outer + tip) / 2 + (bulge, 0.02),
        tip + (blunt * 0.6, blunt * 0.4),
        tip + (-blunt * 0.6, blunt * 0.4),
        (tip + inner) / 2 + (-bulge, -0.02),
        inner + (0.06, 0.16),
    ]
    return np.array(outline, np.float32), np.zeros((0, 2), np.float32), corners


def _folded(rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    outer, tip, inner = _standing(rng)
    fold = float(rng.uniform(0.45, 0.7))
    left, right = inner + fold * (tip - inner), outer + fold * (tip - outer)
    outline = [
        outer + (0, 0.1),
        (outer + right) / 2 + (0.05, 0),
        right,
        left,
        (inner + left) / 2 - (0.05, 0),
        inner + (0.06, 0.16),
    ]
    fallen = (left + right) / 2 + (rng.uniform(0.02, 0.3), rng.uniform(0.28, 0.55))
    flap = [
        left,
        (left + right) / 2 + (0, -0.07),
        right + (0.03, 0),
        (right + fallen) / 2 + (0.06, 0),
        fallen,
        (left + fallen) / 2,
    ]
    points = [outer, (left + right) / 2, inner]
    return np.array(outline, np.float32), np.array(flap, np.float32), np.array(points, np.float32)
