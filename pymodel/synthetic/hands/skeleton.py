"""A hand's skeleton: its proportions, its gesture and the positions of its 21 joints.

Hand coordinates: unit = from the wrist to the tip of the middle finger, the origin at the wrist; x towards the thumb, y
along the fingers, z out of the palm. Angles are in radians; flexion is towards the palm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pymodel.synthetic.arrays import Doubles, Floats

HAND_POINTS = (
    "wrist",
    *(
        f"{finger}{joint}"
        for finger in ("thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger")
        for joint in "1234"
    ),
)
"""The 21 keypoints of OneHand10K; 4 is a fingertip."""

FOREFINGER_TIP = HAND_POINTS.index("forefinger4")

KNUCKLES = np.array([(0.135, 0.455), (0.04, 0.475), (-0.055, 0.45), (-0.14, 0.40)])
LENGTHS = np.array([(0.215, 0.130, 0.105), (0.235, 0.150, 0.115), (0.215, 0.140, 0.112), (0.170, 0.100, 0.098)])
RADII = np.array(
    [(0.056, 0.050, 0.044, 0.036), (0.057, 0.051, 0.045, 0.037), (0.054, 0.048, 0.042, 0.035), (0.048, 0.042, 0.037, 0.030)]
)
SPLAY = np.deg2rad([5, 0, -5, -11])
"""From forefinger to little finger: knuckle (x, y), lengths of the phalanges, radii at the four joints, and splay angle."""

THUMB_ROOT = np.array((0.095, 0.085, 0.035))
THUMB_LENGTHS = (0.215, 0.150, 0.105)
THUMB_RADII = (0.082, 0.062, 0.055, 0.043)

FLEXION_DEG = {
    "straight": ((-10, 15), (0, 16), (0, 10)),
    "relaxed": ((8, 35), (15, 45), (8, 25)),
    "half": ((30, 60), (40, 80), (20, 40)),
    "hooked": ((0, 45), (30, 85), (10, 45)),
    "curled": ((62, 88), (85, 106), (40, 72)),
    "pinching": ((32, 55), (38, 60), (12, 32)),
}
"""Range of the flexion of each of a finger's three joints, by the finger's state."""

SPREAD_FACTORS = {
    "open": (0.6, 3.2),
    "victory": (0.6, 3.2),
    "count": (0.6, 3.2),
}
"""Range of the factor by which SPLAY is multiplied, by gesture."""


GESTURES = ("point", "open", "victory", "fist", "pinch", "relaxed", "count")


@dataclass(frozen=True)
class Skeleton:
    """A right hand in one gesture.

    Attributes:
        gesture: one of GESTURES.
        joints: (21, 3) hand coordinates, in the order of HAND_POINTS; a fingertip is the centre of the finger's round end.
        radii: (21,) of the flesh around each joint.
        backs: (5, 3, 3) the direction that the back of each finger's three bones faces.
        elbow, shoulder: (3,) hand coordinates.
    """

    gesture: str
    joints: Floats
    radii: Floats
    backs: Floats
    elbow: Floats
    shoulder: Floats


def sample_skeleton(rng: np.random.Generator, gestures: Mapping[str, float], hooked_share: float) -> Skeleton:
    """Random proportions in a random gesture.

    Args:
        gestures: probability of each gesture.
        hooked_share: share of pointing hands whose forefinger is hooked, not straight.
    """
    gesture = str(rng.choice(list(gestures), p=list(gestures.values())))
    thick = rng.uniform(0.84, 1.12)
    joints, backs = np.zeros((21, 3)), np.zeros((5, 3, 3))
    spread = rng.uniform(*SPREAD_FACTORS.get(gesture, (0.4, 1.3)))
    states = _finger_states(rng, gesture, hooked_share)
    for finger, flexion in enumerate(_sample_flexion(rng, states)):
        start = np.array([*KNUCKLES[finger], -0.035 * abs(finger - 1.2)]) * (rng.uniform(0.95, 1.05), 1, 1)
        splay = SPLAY[finger] * (spread if flexion.sum() < 1.5 else 0.3) + rng.normal(0, 0.03)
        lengths = LENGTHS[finger] * rng.uniform(0.94, 1.06)
        indices = slice(5 + 4 * finger, 9 + 4 * finger)
        joints[indices], backs[finger + 1] = _finger_chain(start, splay, np.cumsum(flexion), lengths)
    joints[1:5], backs[0] = _sample_thumb(rng, gesture, joints, backs)
    radii = np.array([0.10, *THUMB_RADII, *RADII.ravel()]) * thick
    elbow, shoulder = _sample_arm(rng)
    parts = (part.astype(np.float32) for part in (joints, radii, backs, elbow, shoulder))
    return Skeleton(gesture, *parts)


def _finger_states(rng: np.random.Generator, gesture: str, hooked_share: float) -> list[str]:
    """The state of each finger, from forefinger to little finger: a key of FLEXION_DEG."""
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


def _sample_flexion(rng: np.random.Generator, states: list[str]) -> list[Doubles]:
    """(3,) flexion of each finger's joints: similar for all of them."""
    common = rng.random(3)
    shares = [np.clip(common + rng.normal(0, 0.18, 3), 0, 1) for _ in states]
    return [
        np.deg2rad([low + (high - low) * s for (low, high), s in zip(FLEXION_DEG[finger], share, strict=True)])
        for finger, share in zip(states, shares, strict=True)
    ]


def _finger_chain(start: Doubles, splay: float, flexion: Doubles, lengths: Doubles) -> tuple[Doubles, Doubles]:
    """(4, 3) joints and (3, 3) backs of a finger; flexion: (3,) angle of each bone to the palm's plane."""
    flat, up = np.cos(flexion), np.sin(flexion)
    directions = np.stack([np.sin(splay) * flat, np.cos(splay) * flat, up], -1)
    backs = np.stack([np.sin(splay) * up, np.cos(splay) * up, -flat], -1)
    return np.concatenate([start[None], start + np.cumsum(directions * lengths[:, None], 0)]), backs


def _sample_thumb(
    rng: np.random.Generator,
    gesture: str,
    joints: Doubles,
    backs: Doubles,
) -> tuple[Doubles, Doubles]:
    """(4, 3) joints and (3, 3) backs of a thumb: spread out, along the palm, over the middle finger, or near the forefinger's tip.

    Args:
        joints: (21, 3) with those of the other fingers filled in.
        backs: (5, 3, 3), likewise.
    """
    chance = rng.random()
    if gesture == "pinch":
        return _thumb_reaching(rng, joints[8] - 0.085 * backs[1, 2])
    if gesture in ("point", "victory", "fist", "count") and chance < 0.62:
        return _thumb_reaching(rng, (joints[10] + joints[11]) / 2 + 0.10 * backs[2, 1])
    if gesture == "relaxed" and chance < 0.5:
        return _thumb_reaching(rng, joints[8] + rng.normal(0, 0.1, 3) + (0.05, -0.15, 0.08))
    out = rng.uniform(0.55, 1.05) if chance > 0.8 or gesture == "open" else rng.uniform(0.2, 0.6)
    side = out + np.array([[0.0, rng.uniform(-0.35, 0.05), rng.uniform(-0.6, 0.15)]])
    rise = np.array([rng.uniform(0.05, 0.6)]) * np.array([[1.0, 0.7, 0.5]])
    points, faces = _thumb_chains(side, rise)
    return points[0], faces[0]


def _thumb_reaching(rng: np.random.Generator, target: Doubles) -> tuple[Doubles, Doubles]:
    """Inverse kinematics by random search: of many thumbs, the one whose tip is nearest to a target (3,)."""
    count = 400
    side = np.cumsum(rng.uniform((0.05, -0.9, -1.2), (1.0, 0.1, 0.1), (count, 3)), 1)
    rise = np.cumsum(rng.uniform((0.1, -0.4, -0.5), (1.1, 0.4, 0.5), (count, 3)), 1)
    points, faces = _thumb_chains(side, rise)
    best = int(np.argmin(np.square(points[:, 3] - target).sum(-1)))
    return points[best], faces[best]


def _thumb_chains(side: Doubles, rise: Doubles) -> tuple[Doubles, Doubles]:
    """(N, 4, 3) joints and (N, 3, 3) backs of thumbs.

    Args:
        side: (N, 3) angle of each bone within the palm's plane.
        rise: (N, 3) angle of each bone out of the palm's plane.
    """
    directions = np.stack([np.sin(side) * np.cos(rise), np.cos(side) * np.cos(rise), np.sin(rise)], -1)
    chain = THUMB_ROOT + np.cumsum(directions * np.array(THUMB_LENGTHS)[:, None], 1)
    outward = np.array((0.78, 0.0, -0.62))
    faces = outward - (directions @ outward)[..., None] * directions
    root = np.broadcast_to(THUMB_ROOT, (len(chain), 1, 3))
    return np.concatenate([root, chain], 1), faces / np.linalg.norm(faces, axis=-1, keepdims=True)


def _sample_arm(rng: np.random.Generator) -> tuple[Doubles, Doubles]:
    """Random elbow and shoulder, (3,): the wrist bends to all sides, the elbow inwards."""
    sideways, flexion = rng.normal(0, 0.22), float(np.clip(rng.normal(-0.1, 0.35), -0.9, 0.8))
    elbow = 1.45 * np.array([np.sin(sideways), -np.cos(sideways) * np.cos(flexion), np.sin(flexion)])
    turn = rng.normal(0, 0.8)
    direction = np.array([np.sin(turn), -np.cos(turn), rng.normal(0, 0.1)])
    return elbow, elbow + 6 * direction
