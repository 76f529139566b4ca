"""A cat's head: outline, ears, eyes, nose, mouth, markings; and where its nine landmarks are.

Head coordinates: unit = half the face's width, x to the right, y down, the origin between the cheeks.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pymodel.synthetic.cats.coat import WHITE, Coat
from pymodel.synthetic.texture import Field, blend, blur, noise, polygon_mask, smooth_outline

Floats = npt.NDArray[np.float32]
IRISES = np.array([[196, 178, 60], [150, 180, 84], [214, 150, 46], [120, 160, 190], [186, 196, 120]], np.float32)
PINK = np.array([214, 152, 142], np.float32)


@dataclass(frozen=True)
class Pose:
    """Where a head is and how it is turned.

    Attributes:
        centre: (2,) pixels.
        unit: half the face's width, pixels.
        roll, yaw, pitch: radians; yaw > 0 looks to the picture's right, pitch > 0 down.
    """

    centre: Floats
    unit: float
    roll: float
    yaw: float
    pitch: float

    def place(self, points: Floats, depth: float | Floats = 0.0) -> Floats:
        """(N, 2) head coordinates → pixels; depth: how far in front of the head's middle, in units."""
        x = points[:, 0] * np.cos(self.yaw) + depth * np.sin(self.yaw)
        y = points[:, 1] * np.cos(self.pitch) + depth * np.sin(self.pitch)
        c, s = np.cos(self.roll), np.sin(self.roll)
        return np.asarray(self.centre + self.unit * np.stack([c * x - s * y, s * x + c * y], -1), np.float32)


@dataclass(frozen=True)
class Shape:
    """The proportions of one head, in units; right side, the left one mirrors it."""

    eye: tuple[float, float]
    eye_size: float
    openness: float
    mouth: float
    ear_outer: tuple[float, float]
    ear_tip: tuple[float, float]
    ear_inner: tuple[float, float]
    cheek: float
    chin: float
    iris: Floats
    ear_turns: tuple[tuple[float, float], tuple[float, float]]

    def ear_tip_of(self, side: int) -> tuple[float, float]:
        """Tip of the left (-1) or right (1) ear, as if it were the right one: each ear turns for itself."""
        out, up = self.ear_turns[0 if side < 0 else 1]
        return self.ear_tip[0] + out, self.ear_tip[1] + up


def draw_shape(rng: np.random.Generator) -> Shape:
    """Random proportions, from a kitten's large ears to a Persian's flat face."""
    flare = rng.uniform(-0.12, 0.14)
    tall = rng.uniform(0.72, 1.2)
    turn = float(max(0.0, rng.normal(-0.1, 0.2)))
    return Shape(
        eye=(float(rng.uniform(0.38, 0.47)), float(rng.uniform(-0.08, 0.06))),
        eye_size=float(rng.uniform(0.12, 0.21)),
        openness=float(rng.choice([rng.uniform(0.7, 1.0), rng.uniform(0.12, 0.6)], p=[0.78, 0.22])),
        mouth=float(rng.uniform(0.50, 0.64)),
        ear_outer=(float(0.92 + flare * 0.5), float(rng.uniform(-0.48, -0.28))),
        ear_tip=(float(0.86 + flare * 1.6), float(-0.55 - 0.62 * tall)),
        ear_inner=(float(rng.uniform(0.30, 0.44)), float(rng.uniform(-0.80, -0.68))),
        cheek=float(rng.uniform(0.92, 1.12)),
        chin=float(rng.uniform(0.78, 0.92)),
        iris=np.asarray(IRISES[int(rng.integers(len(IRISES)))] * rng.uniform(0.55, 1.05), np.float32),
        ear_turns=((turn + float(rng.normal(0, 0.06)), 0.5 * turn), (turn + float(rng.normal(0, 0.06)), 0.5 * turn)),
    )


def landmarks(shape: Shape, pose: Pose) -> Floats:
    """(9, 2) pixels, in the order of the CAT data set."""
    flat = np.array(
        [
            (-shape.eye[0], shape.eye[1]),
            shape.eye,
            (0, shape.mouth),
            (-shape.ear_outer[0], shape.ear_outer[1]),
            (-shape.ear_tip_of(-1)[0], shape.ear_tip_of(-1)[1]),
            (-shape.ear_inner[0], shape.ear_inner[1]),
            shape.ear_inner,
            shape.ear_tip_of(1),
            shape.ear_outer,
        ],
        np.float32,
    )
    depth = np.array([0.38, 0.38, 0.55, -0.25, -0.2, 0.1, 0.1, -0.2, -0.25], np.float32)
    return pose.place(flat, depth)


def head_mask(rng: np.random.Generator, shape: Shape, pose: Pose, height: int, width: int) -> Field:
    """Head and ears with a furry edge, 0–1."""
    c, k = shape.cheek, shape.chin
    half = [
        (0.0, -0.80),
        (0.34, -0.80),
        (0.72, -0.62),
        (0.93 * c, -0.22),
        (1.0 * c, 0.18),
        (0.80, 0.56),
        (0.42, 0.86 * k),
        (0.0, 0.96 * k),
    ]
    right = np.array(half, np.float32)
    left = right[1:-1][::-1] * (-1, 1)
    mask = polygon_mask(smooth_outline(pose.place(np.concatenate([right, left]).astype(np.float32), 0.1)), height, width)
    for side in (-1, 1):
        mask = np.maximum(mask, polygon_mask(_ear(shape, pose, side, 1.0), height, width))
    rough = pose.unit * 0.03
    soft = blur(mask, rough)
    return np.clip(
        (soft + 0.10 * noise(rng, "hair", height, width, max(0.4, pose.unit / 50)) * (soft > 0.02) - 0.5) * 3 + 0.5, 0, 1
    )


def paint_head(rng: np.random.Generator, image: Floats, coat: Coat, fur: Floats, shape: Shape, pose: Pose, mask: Field) -> None:
    """Lays the head over an image (H, W, 3), in place."""
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
        muzzle = np.maximum(muzzle, polygon_mask(pose.place(blaze, 0.3), height, width, unit * 0.05))
    blend(face, np.asarray(pale, np.float32), strength * muzzle)
    _shade(face, shape, pose, mask)
    for side in (-1, 1):
        _eye(rng, face, coat, shape, pose, side)
    _nose_and_mouth(rng, face, coat, shape, pose)
    blend(image, face, mask)
    _whiskers(rng, image, shape, pose)


def _ear(shape: Shape, pose: Pose, side: int, size: float) -> Floats:
    outer, tip, inner = (np.array(point, np.float32) for point in (shape.ear_outer, shape.ear_tip_of(side), shape.ear_inner))
    middle = (outer + tip + inner) / 3 + (0, 0.12 * (1 - size))
    bulge = (outer + tip) / 2 + (0.07, -0.02), (tip + inner) / 2 + (-0.02, -0.05)
    corners = np.array([outer + (0, 0.12), bulge[0], tip, bulge[1], inner + (0.06, 0.14)], np.float32)
    corners = middle + (corners - middle) * size
    return pose.place((corners * (side, 1)).astype(np.float32), -0.12)


def _ears(rng: np.random.Generator, face: Floats, coat: Coat, shape: Shape, pose: Pose) -> None:
    height, width = face.shape[:2]
    inside = PINK * rng.uniform(0.5, 1.05) * (0.7 if coat.is_dark else 1.0)
    for side in (-1, 1):
        mask = polygon_mask(_ear(shape, pose, side, 0.68), height, width, pose.unit * 0.035)
        if coat.kind == "point":
            outer = polygon_mask(_ear(shape, pose, side, 1.1), height, width, pose.unit * 0.06)
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
        polyline(lines, pose.place(path, 0.3), thick)
    for side in (-1, 1):
        for y in (0.06, 0.3):
            path = np.array([(0.62, y), (0.85, y + 0.02), (1.02, y - 0.08)], np.float32) * (side, 1)
            polyline(lines, pose.place(path.astype(np.float32), 0.1), thick)
    blend(face, coat.second, 0.75 * blur(lines.astype(np.float32) / 255, pose.unit * 0.02))


def _eye(rng: np.random.Generator, face: Floats, coat: Coat, shape: Shape, pose: Pose, side: int) -> None:
    height, width = face.shape[:2]
    size, centre = shape.eye_size, np.array([side * shape.eye[0], shape.eye[1]], np.float32)
    tall = size * (0.25 + 0.6 * shape.openness)
    angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    slant = 0.22 * side
    almond = np.stack([size * np.cos(angle), tall * np.sin(angle) * (1 - 0.25 * np.abs(np.cos(angle)))], -1)
    almond[:, 1] -= slant * almond[:, 0]
    outline = pose.place((centre + almond).astype(np.float32), 0.38)
    rim = pose.place((centre + almond * 1.22).astype(np.float32), 0.38)
    rim_color = np.array([30, 24, 22], np.float32) if not coat.is_dark else coat.base * 0.5
    blend(face, rim_color, 0.85 * polygon_mask(rim, height, width, pose.unit * 0.012))
    if shape.openness < 0.2:
        return
    inside = polygon_mask(outline, height, width)
    iris = shape.iris
    blend(face, iris, inside)
    pupil_width = size * float(np.clip(rng.normal(0.4, 0.22), 0.1, 0.85))
    pupil = np.stack([pupil_width * np.cos(angle), size * 0.92 * np.sin(angle)], -1)
    mask = polygon_mask(pose.place((centre + pupil).astype(np.float32), 0.38), height, width) * inside
    blend(face, np.array([14, 12, 12], np.float32), mask)
    glint = ellipse(pose, (float(centre[0]) - 0.05, float(centre[1]) - 0.06), 0.045, 0.045, 0.38)
    blend(face, np.array([252, 252, 250], np.float32), polygon_mask(glint, height, width) * inside)


def _nose_and_mouth(rng: np.random.Generator, face: Floats, coat: Coat, shape: Shape, pose: Pose) -> None:
    height, width = face.shape[:2]
    y = shape.mouth - 0.16
    nose = np.array([(-0.11, y - 0.09), (0.11, y - 0.09), (0.04, y + 0.03), (-0.04, y + 0.03)], np.float32)
    color = PINK * 0.95 if rng.random() < 0.6 else np.array([52, 40, 38], np.float32)
    blend(face, np.asarray(color, np.float32), 0.9 * polygon_mask(smooth_outline(pose.place(nose, 0.6), 3), height, width))
    lines = np.zeros((height, width), np.uint8)
    thick = max(1, round(pose.unit * 0.03))
    polyline(lines, pose.place(np.array([(0, y), (0, shape.mouth)], np.float32), 0.58), thick)
    for side in (-1, 1):
        path = np.array([(0, shape.mouth), (0.10, shape.mouth + 0.06), (0.22, shape.mouth + 0.02)], np.float32) * (side, 1)
        polyline(lines, pose.place(path.astype(np.float32), 0.52), thick)
    blend(face, coat.base * 0.35, 0.75 * blur(lines.astype(np.float32) / 255, 0.4))


def _whiskers(rng: np.random.Generator, image: Floats, shape: Shape, pose: Pose) -> None:
    if pose.unit < 14:
        return
    lines = np.zeros(image.shape[:2], np.uint8)
    for side in (-1, 1):
        for slope in (-0.16, -0.04, 0.1):
            end = (0.3 + rng.uniform(0.6, 1.0), shape.mouth - 0.05 + slope * 3 + rng.normal(0, 0.05))
            path = np.array([(0.24, shape.mouth - 0.05 + slope * 0.5), end], np.float32) * (side, 1)
            polyline(lines, pose.place(path.astype(np.float32), 0.4), 1)
    blend(image, np.array([245, 245, 242], np.float32), rng.uniform(0.2, 0.7) * lines.astype(np.float32) / 255)


def _shade(face: Floats, shape: Shape, pose: Pose, mask: Field) -> None:
    """Darker towards the edge and between the eyes and the nose: a head is round."""
    height, width = mask.shape
    core = polygon_mask(ellipse(pose, (0, 0.05), 0.75 * shape.cheek, 0.62, 0.2), height, width, pose.unit * 0.25)
    brow = polygon_mask(ellipse(pose, (0, -0.02), 0.62, 0.16, 0.3), height, width, pose.unit * 0.1)
    face *= (0.74 + 0.32 * core - 0.10 * brow)[..., None]


def ellipse(pose: Pose, centre: tuple[float, float], wide: float, tall: float, depth: float) -> Floats:
    """(24, 2) pixels: outline of an ellipse given in head coordinates."""
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    points = np.stack([centre[0] + wide * np.cos(angle), centre[1] + tall * np.sin(angle)], -1).astype(np.float32)
    return pose.place(points, depth)


def polyline(mask: npt.NDArray[np.uint8], points: Floats, thick: int) -> None:
    """Draws an open line through (N, 2) pixels into a mask (H, W), in place."""
    cv2.polylines(mask, [np.round(points * 16).astype(np.int32)], False, 255, thick, cv2.LINE_AA, 4)
