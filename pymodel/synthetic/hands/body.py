"""From a skeleton to a surface: palm, fingers with nails and creases, arm, sleeve, and what the hand holds."""

from __future__ import annotations

import cv2
import numpy as np

from pymodel.synthetic.arrays import Field, Floats
from pymodel.synthetic.hands.camera import Camera
from pymodel.synthetic.hands.skeleton import FOREFINGER_TIP, Skeleton
from pymodel.synthetic.hands.surface import OBJECT, SKIN, SLEEVE, WATCH, Bone, Patch, Surface, add_flesh, empty_surface, rasterize
from pymodel.synthetic.masks import blur

PALM_BONES = (
    ((-0.02, -0.02, 0.0), 0.078, 0.070),
    ((0.0, 0.0, 0.0), 0.078, 0.068),
    ((-0.03, 0.0, 0.0), 0.080, 0.066),
    ((-0.06, 0.02, 0.0), 0.085, 0.060),
)
"""From the wrist to each knuckle: its start in hand coordinates, its radius there and at the knuckle."""

PALM_LINES = (
    ((0.17, 0.34), (0.10, 0.31), (0.03, 0.22), (0.015, 0.10), (0.02, 0.02)),
    ((0.17, 0.35), (0.06, 0.30), (-0.05, 0.24), (-0.14, 0.20)),
    ((0.06, 0.43), (0.03, 0.38), (-0.06, 0.34), (-0.18, 0.32)),
)
"""Life line, head line and heart line, (x, y) in hand coordinates."""


def build_surface(
    rng: np.random.Generator, skeleton: Skeleton, camera: Camera, height: int, width: int, sleeve: float
) -> Surface:
    """The surface of a hand with its arm.

    Args:
        sleeve: where on the forearm the sleeve ends: 0 at the wrist; 1 or more: no sleeve.
    """
    surface = empty_surface(height, width)
    joints, radii = camera.project(skeleton.joints, skeleton.radii)
    back = camera.to_pixel_space(np.array([0, 0, -1], np.float32))
    add_flesh(surface, _palm(skeleton, camera) + _forearm(skeleton, camera), 0.055 * camera.unit, back)
    _add_palm_lines(rng, surface, camera)
    creases = float(rng.uniform(0.2, 1.0))
    for finger in range(5):
        backs = camera.to_pixel_space(skeleton.backs[finger])
        first_bone = 1 if finger == 0 else 0
        for bone in range(first_bone, 3):
            first = 1 + 4 * finger + bone
            root = 0.3 if bone == first_bone else 0.0
            _add_phalanx(surface, joints[first : first + 2], radii[first : first + 2], backs[bone], root, bone == 2, creases)
    _add_sleeve_or_watch(rng, surface, skeleton, camera, sleeve)
    _add_held_object(rng, surface, skeleton, camera)
    return surface


def _bone(
    camera: Camera, ends: list[Floats], radii: tuple[float, float], depth_ratio: float = 1.0, has_flat_ends: bool = False
) -> Bone:
    points, pixel_radii = camera.project(np.array(ends, np.float32), np.array(radii, np.float32))
    return Bone(points, pixel_radii, depth_ratio, has_flat_ends)


def _palm(skeleton: Skeleton, camera: Camera) -> list[Bone]:
    """The metacarpus, the balls of thumb and little finger, the web of the thumb, and the bases of the fingers."""
    joints, thick = skeleton.joints, float(skeleton.radii[0]) / 0.10
    bones = [
        _bone(camera, [np.array(start), joints[5 + 4 * i]], (low * thick, high * thick), 0.8)
        for i, (start, low, high) in enumerate(PALM_BONES)
    ]
    bases = [
        _bone(camera, [joints[i], joints[i] + 0.42 * (joints[i + 1] - joints[i])], (0.058 * thick, 0.050 * thick))
        for i in (5, 9, 13, 17)
    ]
    thumb = joints[2]
    bases.append(_bone(camera, [thumb, thumb + 0.42 * (joints[3] - thumb)], (0.062 * thick, 0.058 * thick)))
    balls = [
        _bone(camera, [np.array([0.05, 0.07, 0.02]), thumb], (0.085 * thick, 0.062 * thick)),
        _bone(camera, [np.array([-0.10, 0.06, 0.02]), np.array([-0.135, 0.30, 0.01])], (0.078 * thick, 0.070 * thick)),
        _bone(camera, [np.array([0.06, 0.2, 0.0]), 0.55 * thumb + 0.45 * joints[5]], (0.06 * thick, 0.035 * thick), 0.7),
    ]
    return bones + bases + balls


def _forearm(skeleton: Skeleton, camera: Camera) -> list[Bone]:
    thick = float(skeleton.radii[0]) / 0.10
    elbow = skeleton.elbow
    sides = [np.array([x, 0, 0], np.float32) for x in (-0.05, 0.05)]
    bones = [_bone(camera, [side, elbow + 0.8 * side], (0.098 * thick, 0.15 * thick), 0.9) for side in sides]
    return [*bones, _bone(camera, [elbow, skeleton.shoulder], (0.19 * thick, 0.26 * thick))]


def _add_palm_lines(rng: np.random.Generator, surface: Surface, camera: Camera) -> None:
    """Adds the lines of the palm, where its skin is visible."""
    height, width = surface.height.shape
    ink = np.zeros((height, width), np.uint8)
    for line in PALM_LINES:
        points = np.array([(x, y, 0.06) for x, y in line]) + rng.normal(0, 0.008, (len(line), 3))
        flat = camera.project(points.astype(np.float32))[0][:, :2]
        cv2.polylines(ink, [np.round(flat * 16).astype(np.int32)], False, 255, max(1, round(camera.unit * 0.008)), cv2.LINE_AA, 4)
    lines = blur(ink.astype(np.float32) / 255, camera.unit * 0.004)
    surface.crease[...] = np.maximum(surface.crease, rng.uniform(0.2, 0.8) * lines * np.clip(-2 * surface.back, 0, 1))


def _add_phalanx(
    surface: Surface, joints: Floats, radii: Floats, back: Floats, root: float, has_nail: bool, creases: float
) -> None:
    """Adds one bone of a finger.

    Args:
        joints: (2, 3) pixels.
        radii: (2,) pixels.
        back: (3,) direction that its back faces.
        root: share of its length that is inside the flesh of the palm.
        has_nail: whether it is the finger's last bone.
        creases: depth of the creases, 0–1.
    """
    height, width = surface.height.shape
    joints = np.stack([joints[0] + root * (joints[1] - joints[0]), joints[1]])
    part = rasterize(Bone(joints, radii), height, width)
    if part is None:
        return
    facing = part.normal @ back
    length = float(np.linalg.norm(joints[1] - joints[0])) + 1e-3
    far = np.abs(part.along if has_nail else 1 - part.along)
    wide = 0.16 * float(radii.min()) / length
    fold = 0.75 * np.exp(-((far / wide) ** 2)) * np.clip(0.6 - 2 * facing, 0, 1)
    wrinkles = np.exp(-((far / (2.6 * wide)) ** 2)) * (0.35 + 0.35 * np.cos(far / wide * 4)) * np.clip(2 * facing - 0.4, 0, 1)
    flush = np.exp(-((far / (4 * wide)) ** 2)) * np.clip(facing, 0, 1)
    nail = np.zeros_like(facing)
    if has_nail:
        nail = _nail(part, joints, radii, back, length)
        flush = np.maximum(flush, np.clip(part.along - 0.3, 0, 1))
    traits = {"back": facing, "crease": creases * (fold + wrinkles), "nail": nail, "flush": flush}
    traits = {name: field.astype(np.float32) for name, field in traits.items()}
    if root:
        surface.attach(part, SKIN, 1.2 * float(radii[0]), **traits)
    else:
        surface.add(part, SKIN, **traits)


def _nail(part: Patch, joints: Floats, radii: Floats, back: Floats, length: float) -> Field:
    """Mask of the nail: an oval on the back of a finger's last bone."""
    direction = (joints[1] - joints[0]) / length
    side = np.cross(direction, back)
    rows, columns = part.region
    x = np.arange(columns.start, columns.stop, dtype=np.float32)[None] - joints[1, 0]
    y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] - joints[1, 1]
    z = part.height - joints[1, 2]
    tip = float(radii[1])
    forward = (x * direction[0] + y * direction[1] + z * direction[2]) / tip
    across = (x * side[0] + y * side[1] + z * side[2]) / tip
    above = (x * back[0] + y * back[1] + z * back[2]) / tip
    oval = (np.abs(across) / 0.74) ** 3 + np.abs((forward + 0.25) / 1.0) ** 3
    return np.asarray(np.clip((1 - oval) * 3, 0, 1) * np.clip(above * 5, 0, 1), np.float32)


def _add_sleeve_or_watch(rng: np.random.Generator, surface: Surface, skeleton: Skeleton, camera: Camera, sleeve: float) -> None:
    """Adds a sleeve up to the shoulder, or sometimes a watch on a bare arm."""
    height, width = surface.height.shape
    elbow, loose = skeleton.elbow, float(rng.uniform(1.12, 1.6)) * float(skeleton.radii[0]) / 0.10
    if sleeve < 1:
        cuff = sleeve * elbow
        thick = (0.155 + 0.06 * sleeve) * loose
        bones = [
            _bone(camera, [cuff, elbow], (thick, 0.22 * loose), 0.95, True),
            _bone(camera, [elbow, skeleton.shoulder], (0.23 * loose, 0.3 * loose)),
        ]
        for bone in bones:
            part = rasterize(bone, height, width)
            if part is not None:
                rim = np.exp(-((part.along * 14) ** 2)) if bone.has_flat_ends else np.zeros_like(part.along)
                surface.add(part, SLEEVE, crease=(0.5 * rim).astype(np.float32))
    elif rng.random() < 0.14:
        low = float(rng.uniform(0.06, 0.2))
        ends = [low * elbow, (low + rng.uniform(0.02, 0.12)) * elbow]
        part = rasterize(_bone(camera, ends, (0.165, 0.17), 0.75, True), height, width)
        if part is not None:
            surface.add(part, WATCH)


def _add_held_object(rng: np.random.Generator, surface: Surface, skeleton: Skeleton, camera: Camera) -> None:
    """Sometimes adds a pen between thumb and forefinger, or a stick, cup or bottle in the palm."""
    height, width = surface.height.shape
    chance = rng.random()
    joints = skeleton.joints
    tip = joints[FOREFINGER_TIP]
    if chance < 0.06 and skeleton.gesture in ("pinch", "relaxed"):
        point = (tip + joints[4]) / 2
        direction = np.array([rng.normal(0, 0.3), -0.6, -0.2])
        thick = float(rng.uniform(0.018, 0.035))
        bone = _bone(camera, [point - 0.4 * direction, point + 1.2 * direction], (thick, thick))
    elif chance < 0.10 or (chance < 0.3 and skeleton.gesture == "relaxed"):
        thick = float(np.exp(rng.uniform(np.log(0.02), np.log(0.17))))
        middle = np.array([0.0, 0.40, 0.09 + thick])
        direction = np.array([1.0, rng.normal(0, 0.2), 0.0]) * rng.uniform(0.3, 1.2)
        bone = _bone(camera, [middle - direction, middle + direction], (thick, thick), 1.0, True)
    else:
        return
    part = rasterize(bone, height, width)
    if part is not None:
        surface.add(part, OBJECT)
