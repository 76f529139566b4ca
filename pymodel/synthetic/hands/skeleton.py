"""A hand's skeleton: proportions, gestures, and where its 21 joints are in space.

Hand coordinates: unit = from the wrist to the middle finger's tip, the origin in the wrist; x towards the thumb, y along
the fingers, z out of the palm. Angles are radians, bending is towards the palm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pymodel.synthetic.arrays import Floats

HAND_POINTS = (
    "wrist",
    *(
        f"{finger}{joint}"
        for finger in ("thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger")
        for joint in "1234"
    ),
)
"""The 21 points of OneHand10K; 4 is a finger's tip."""

FOREFINGER_TIP = HAND_POINTS.index("forefinger4")

KNUCKLES = np.array([(0.135, 0.455), (0.04, 0.475), (-0.055, 0.45), (-0.14, 0.40)])
LENGTHS = np.array([(0.215, 0.130, 0.105), (0.235, 0.150, 0.115), (0.215, 0.140, 0.112), (0.170, 0.100, 0.098)])
RADII = np.array(
    [(0.056, 0.050, 0.044, 0.036), (0.057, 0.051, 0.045, 0.037), (0.054, 0.048, 0.042, 0.035), (0.048, 0.042, 0.037, 0.030)]
)
SPLAY = np.deg2rad([5, 0, -5, -11])
"""Forefinger to little finger: knuckle (x, y), phalanges, radii at the four joints, direction of a straight finger."""

THUMB_ROOT = np.array((0.095, 0.085, 0.035))
THUMB_LENGTHS = (0.215, 0.150, 0.105)
THUMB_RADII = (0.082, 0.062, 0.055, 0.043)

BENDS = {
    "straight": ((-10, 15), (0, 16), (0, 10)),
    "relaxed": ((8, 35), (15, 45), (8, 25)),
    "half": ((30, 60), (40, 80), (20, 40)),
    "hooked": ((0, 45), (30, 85), (10, 45)),
    "curled": ((62, 88), (85, 106), (40, 72)),
    "pinching": ((32, 55), (38, 60), (12, 32)),
}
"""Ranges of the three joints' bending, degrees."""

SPREADS = {
    "open": (0.6, 3.2),
    "victory": (0.6, 3.2),
    "count": (0.6, 3.2),
}
"""Ranges of how far straight fingers are from each other, shares of SPLAY."""


GESTURES = ("point", "open", "victory", "fist", "pinch", "relaxed", "count")


@dataclass(frozen=True)
class Skeleton:
    """One hand in one gesture, as a right one.

    Attributes:
        gesture: one of GESTURES.
        joints: (21, 3) hand coordinates, in the order of HAND_POINTS; a tip is the middle of the round end.
        radii: (21,) flesh around each joint.
        backs: (5, 3, 3) for each finger's three bones the direction its back faces.
        elbow, shoulder: (3,) hand coordinates.
    """

    gesture: str
    joints: Floats
    radii: Floats
    backs: Floats
    elbow: Floats
    shoulder: Floats


def draw_skeleton(rng: np.random.Generator, gestures: Mapping[str, float], hooked_share: float) -> Skeleton:
    """Random proportions in a random gesture.

    Args:
        gestures: how often each gesture is.
        hooked_share: share of pointing forefingers that are bent.
    """
    gesture = str(rng.choice(list(gestures), p=list(gestures.values())))
    thick = rng.uniform(0.84, 1.12)
    joints, backs = np.zeros((21, 3)), np.zeros((5, 3, 3))
    spread = rng.uniform(*SPREADS.get(gesture, (0.4, 1.3)))
    fingers = _fingers(rng, gesture, hooked_share)
    for finger, bend in enumerate(_bends(rng, fingers)):
        start = np.array([*KNUCKLES[finger], -0.035 * abs(finger - 1.2)]) * (rng.uniform(0.95, 1.05), 1, 1)
        splay = SPLAY[finger] * (spread if bend.sum() < 1.5 else 0.3) + rng.normal(0, 0.03)
        lengths = LENGTHS[finger] * rng.uniform(0.94, 1.06)
        place = slice(5 + 4 * finger, 9 + 4 * finger)
        joints[place], backs[finger + 1] = _finger(start, splay, np.cumsum(bend), lengths)
    joints[1:5], backs[0] = _thumb(rng, gesture, joints, backs)
    radii = np.array([0.10, *THUMB_RADII, *RADII.ravel()]) * thick
    elbow, shoulder = _arm(rng)
    parts = (part.astype(np.float32) for part in (joints, radii, backs, elbow, shoulder))
    return Skeleton(gesture, *parts)


def _fingers(rng: np.random.Generator, gesture: str, hooked_share: float) -> list[str]:
    """Forefinger to little finger: a key of BENDS."""
    others = "half" if rng.random() < 0.12 else "curled"
    forefinger = "hooked" if rng.random() < hooked_share else "straight"
    loose = str(rng.choice(["straight", "relaxed", "half"]))
    shown = int(rng.integers(1, 5))
    return {
        "point": [forefinger, others, others, others],
        "open": ["straight"] * 4 if rng.random() < 0.7 else ["relaxed"] * 4,
        "victory": ["straight", "straight", "curled", "curled"],
        "fist": [str(rng.choice(["curled", "hooked"])), "curled", "curled", "curled"],
        "pinch": ["pinching", loose, loose, loose],
        "relaxed": ["relaxed" if rng.random() < 0.6 else "half"] * 4,
        "count": ["straight"] * shown + ["curled"] * (4 - shown),
    }[gesture]


def _bends(rng: np.random.Generator, fingers: list[str]) -> list[npt.NDArray[np.float64]]:
    """(3,) bending of each finger's joints."""
    common = rng.random(3)
    shares = [np.clip(common + rng.normal(0, 0.18, 3), 0, 1) for _ in fingers]
    return [
        np.deg2rad([low + (high - low) * s for (low, high), s in zip(BENDS[finger], share, strict=True)])
        for finger, share in zip(fingers, shares, strict=True)
    ]


def _finger(
    start: npt.NDArray[np.float64], splay: float, bend: npt.NDArray[np.float64], lengths: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """(4, 3) joints and (3, 3) backs; bend: (3,) of each bone against the palm."""
    flat, up = np.cos(bend), np.sin(bend)
    ways = np.stack([np.sin(splay) * flat, np.cos(splay) * flat, up], -1)
    backs = np.stack([np.sin(splay) * up, np.cos(splay) * up, -flat], -1)
    return np.concatenate([start[None], start + np.cumsum(ways * lengths[:, None], 0)]), backs


def _thumb(
    rng: np.random.Generator,
    gesture: str,
    joints: npt.NDArray[np.float64],
    backs: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """(4, 3) joints and (3, 3) backs: out to the side, along the palm, over the curled middle finger or at the forefinger's tip.

    Args:
        joints: (21, 3) with the other fingers in place.
        backs: (5, 3, 3), likewise.
    """
    chance = rng.random()
    if gesture == "pinch":
        return _thumb_to(rng, joints[8] - 0.085 * backs[1, 2])
    if gesture in ("point", "victory", "fist", "count") and chance < 0.62:
        return _thumb_to(rng, (joints[10] + joints[11]) / 2 + 0.10 * backs[2, 1])
    if gesture == "relaxed" and chance < 0.5:
        return _thumb_to(rng, joints[8] + rng.normal(0, 0.1, 3) + (0.05, -0.15, 0.08))
    out = rng.uniform(0.55, 1.05) if chance > 0.8 or gesture == "open" else rng.uniform(0.2, 0.6)
    side = out + np.array([[0.0, rng.uniform(-0.35, 0.05), rng.uniform(-0.6, 0.15)]])
    rise = np.array([rng.uniform(0.05, 0.6)]) * np.array([[1.0, 0.7, 0.5]])
    points, faces = _thumbs(side, rise)
    return points[0], faces[0]


def _thumb_to(
    rng: np.random.Generator, target: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Of many bendings the one whose tip comes nearest to a target (3,)."""
    count = 400
    side = np.cumsum(rng.uniform((0.05, -0.9, -1.2), (1.0, 0.1, 0.1), (count, 3)), 1)
    rise = np.cumsum(rng.uniform((0.1, -0.4, -0.5), (1.1, 0.4, 0.5), (count, 3)), 1)
    points, faces = _thumbs(side, rise)
    best = int(np.argmin(np.square(points[:, 3] - target).sum(-1)))
    return points[best], faces[best]


def _thumbs(
    side: npt.NDArray[np.float64], rise: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """(N, 4, 3) joints and (N, 3, 3) backs; side, rise: (N, 3) each bone's angle in and out of the palm's plane."""
    ways = np.stack([np.sin(side) * np.cos(rise), np.cos(side) * np.cos(rise), np.sin(rise)], -1)
    chain = THUMB_ROOT + np.cumsum(ways * np.array(THUMB_LENGTHS)[:, None], 1)
    outward = np.array((0.78, 0.0, -0.62))
    faces = outward - (ways @ outward)[..., None] * ways
    root = np.broadcast_to(THUMB_ROOT, (len(chain), 1, 3))
    return np.concatenate([root, chain], 1), faces / np.linalg.norm(faces, axis=-1, keepdims=True)


def _arm(rng: np.random.Generator) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Elbow and shoulder (3,): the wrist bends to all sides, the elbow inwards."""
    sideways, bend = rng.normal(0, 0.22), float(np.clip(rng.normal(-0.1, 0.35), -0.9, 0.8))
    elbow = 1.45 * np.array([np.sin(sideways), -np.cos(sideways) * np.cos(bend), np.sin(bend)])
    turn = rng.normal(0, 0.8)
    way = np.array([np.sin(turn), -np.cos(turn), rng.normal(0, 0.1)])
    return elbow, elbow + 6 * way
