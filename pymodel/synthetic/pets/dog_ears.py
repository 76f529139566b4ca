"""A dog's ears: floppy, folded or pricked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pymodel.synthetic.arrays import Floats

EARS = ("floppy", "folded", "pricked")
NO_FLAP = np.zeros((0, 2), np.float32)
Outlines = tuple[Floats, Floats, Floats]
"""Outline, flap and points of an ear; see Ears."""


@dataclass(frozen=True)
class Ears:
    """Both ears, in head coordinates of the right one; the left one mirrors it.

    Attributes:
        kind: one of EARS.
        outline: (N, 2); of a folded ear, the part that stands.
        flap: (M, 2) the hanging part of a folded ear; empty for other ears.
        points: (3, 2) outer corner, tip and inner corner.
        turns: rotation of the left and of the right ear about its base, radians.
    """

    kind: str
    outline: Floats
    flap: Floats
    points: Floats
    turns: tuple[float, float]

    def mirrored(self, points: Floats, side: int) -> Floats:
        """Turns points of the right ear (N, 2) into those of the left (-1) or right (1) ear, with that ear's own rotation."""
        pivot, angle = self.points[[0, 2]].mean(0), self.turns[0 if side < 0 else 1]
        c, s = np.cos(angle), np.sin(angle)
        turned = pivot + (points - pivot) @ np.array([[c, s], [-s, c]], np.float32)
        return np.asarray(turned * (side, 1), np.float32)


def sample_ears(rng: np.random.Generator) -> Ears:
    """Random ears."""
    kind = str(rng.choice(EARS, p=[0.45, 0.22, 0.33]))
    outline, flap, points = {"floppy": _floppy, "folded": _folded, "pricked": _pricked}[kind](rng)
    turn = float(rng.normal(0, 0.08))
    turns = turn + float(rng.normal(0, 0.07)), turn + float(rng.normal(0, 0.07))
    return Ears(kind, outline, flap, points, turns)


def _floppy(rng: np.random.Generator) -> Outlines:
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
    return np.array(outline, np.float32), NO_FLAP, np.array(points, np.float32)


def _standing(rng: np.random.Generator) -> Floats:
    """(3, 2) outer corner, tip and inner corner of a pricked ear."""
    flare, tall = rng.uniform(-0.10, 0.26), rng.uniform(0.50, 0.98)
    return np.array([(0.86, -0.26), (0.76 + flare, -0.66 - tall), (rng.uniform(0.26, 0.38), -0.72)], np.float32)


def _pricked(rng: np.random.Generator) -> Outlines:
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
    return np.array(outline, np.float32), NO_FLAP, corners


def _folded(rng: np.random.Generator) -> Outlines:
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
