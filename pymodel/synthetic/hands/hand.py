"""One picture: a hand somewhere in light, through a camera."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from pymodel.synthetic.hands.body import build
from pymodel.synthetic.hands.camera import Camera, draw_turn
from pymodel.synthetic.hands.paint import draw_light, draw_skin, paint_surface
from pymodel.synthetic.hands.scene import paint_cover, paint_scene
from pymodel.synthetic.hands.shape import FOREFINGER_TIP, HAND_POINTS, Floats, Skeleton, draw_skeleton
from pymodel.synthetic.hands.surface import Surface
from pymodel.synthetic.photograph import photograph
from pymodel.synthetic.texture import Field

__all__ = ["HAND_POINTS", "HandDrawing", "draw_hand"]

SIZES = ((256, 192), (192, 256), (224, 224), (256, 176), (176, 256), (144, 256))
"""Width and height, pixels."""

SMALLEST = 0.45
"""Share of the largest size at which a hand fits into its picture."""

TURNED, TURNED_SECOND_HANDS = 0.12, 0.28
"""Share of hands that are turned any way; the fingers of the others are mostly up."""

SECOND_HANDS = 0.08
"""Share of pictures with a second, smaller hand."""

GESTURES_OF_SECOND_HAND = {
    "point": 0.72,
    "open": 0.08,
    "victory": 0.06,
    "fist": 0.02,
    "pinch": 0.03,
    "relaxed": 0.04,
    "count": 0.05,
}
HOOKED_OF_SECOND_HAND = 0.15
"""It mostly points too, which misleads most; the share of its pointing forefingers that are bent."""

ABSENT, HIDDEN, VISIBLE = 0, 1, 2
TIPS = np.array([4, 8, 12, 16, 20])


@dataclass(frozen=True)
class HandDrawing:
    """A drawn hand.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        keypoints: (21, 2) float32 pixels, in the order of HAND_POINTS.
        visible: (21,) 0 outside the picture, 1 hidden, 2 visible.
        box: (4,) float32 x0, y0, x1, y1 around the hand without its arm, inside the picture.
        is_left: whether it is a left hand.
    """

    image: npt.NDArray[np.uint8]
    keypoints: Floats
    visible: npt.NDArray[np.int64]
    box: Floats
    is_left: bool


def draw_hand(rng: np.random.Generator, size: tuple[int, int] | None = None) -> HandDrawing:
    """A picture with one hand that points; a second one, if any, is smaller.

    Args:
        size: width and height, pixels; None: one of SIZES.
    """
    width, height = size or SIZES[int(rng.integers(len(SIZES)))]
    skeleton, skin = draw_skeleton(rng, {"point": 1.0}, hooked=0.0), draw_skin(rng)
    camera = _camera(rng, skeleton, width, height)
    light = draw_light(rng)
    sleeve = float(rng.uniform(0.0, 0.9)) if rng.random() < 0.55 else 1.0
    other = draw_skin(rng)
    image = paint_scene(rng, height, width, skin, other)
    if rng.random() < SECOND_HANDS:
        far = _farther(rng, camera, width, height)
        skeleton_of_other = draw_skeleton(rng, GESTURES_OF_SECOND_HAND, HOOKED_OF_SECOND_HAND)
        surface = build(rng, skeleton_of_other, far, height, width, sleeve)
        paint_surface(rng, image, surface, skin if rng.random() < 0.6 else other, light, far.unit)
    surface = build(rng, skeleton, camera, height, width, sleeve)
    paint_surface(rng, image, surface, skin, light, camera.unit)
    points = _points(skeleton, camera)
    keypoints = points[:, :2].copy()
    cover = paint_cover(rng, image, keypoints[FOREFINGER_TIP], camera.unit)
    if rng.random() < 0.14:
        image = _shaken(rng, image)
    visible = _visible(points, (skeleton.radii + 0.04) * camera.unit, surface, cover)
    return HandDrawing(
        photograph(rng, image, keypoints.mean(0), camera.unit / 2),
        keypoints,
        visible,
        _box(skeleton, camera, width, height),
        camera.is_left,
    )


def _shaken(rng: np.random.Generator, image: Floats) -> Floats:
    """Blurred along a line: the hand or the camera moved while the shutter was open."""
    length = float(rng.uniform(0.008, 0.045)) * max(image.shape[:2])
    side = 2 * int(length / 2 + 1) + 1
    middle, angle = (side - 1) / 2, rng.uniform(0, np.pi)
    reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    kernel = np.zeros((side, side), np.float32)
    ends = np.round((np.stack([-reach, reach]) + middle) * 16).astype(np.int32)
    cv2.polylines(kernel, [ends], False, 1.0, 1, cv2.LINE_8, 4)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.float32)


def _camera(rng: np.random.Generator, skeleton: Skeleton, width: int, height: int) -> Camera:
    """A view in which the forefinger's tip is inside the picture, 3 % excepted."""
    away = Camera(draw_turn(rng, TURNED), bool(rng.random() < 0.5), 1.0, np.zeros(2, np.float32), float(rng.uniform(3, 12)))
    low, high = _extent(skeleton, away)
    share = float(SMALLEST + (1.02 - SMALLEST) * rng.beta(1.1, 1.5))
    unit = share * float(min(width / (high[0] - low[0]), height / (high[1] - low[1])))
    room = np.array([width, height]) - (high - low) * unit
    centre = -low * unit + rng.beta(1.4, 1.4, 2) * room
    if rng.random() < 0.15:
        middle = (low + high) / 2 * unit
        centre = np.clip(centre + rng.normal(0, 0.25, 2) * unit, -middle, np.array([width, height]) - middle)
    tip = _points(skeleton, replace(away, unit=unit))[FOREFINGER_TIP, :2]
    margin = min(3.0, 0.05 * unit)
    centre = np.clip(centre, margin - tip, np.array([width, height]) - 1 - margin - tip)
    if rng.random() < 0.03:
        ahead = tip - (low + high) / 2 * unit
        axis = int(np.argmax(np.abs(ahead)))
        side = int(ahead[axis] > 0)
        centre[axis] = side * (width, height)[axis] - tip[axis] + (2 * side - 1) * rng.uniform(0.03, 0.2) * unit
    return replace(away, unit=unit, centre=centre.astype(np.float32))


def _farther(rng: np.random.Generator, camera: Camera, width: int, height: int) -> Camera:
    """Another hand's view: it is clearly smaller."""
    centre = rng.uniform(0, 1, 2) * (width, height)
    return Camera(
        draw_turn(rng, TURNED_SECOND_HANDS),
        bool(rng.random() < 0.5),
        camera.unit * float(rng.uniform(0.3, 0.65)),
        centre.astype(np.float32),
        8.0,
    )


def _points(skeleton: Skeleton, camera: Camera) -> Floats:
    """(21, 3) pixels; a tip's point is where the finger ends, not the middle of its round end."""
    points, radii = camera.place(skeleton.joints, skeleton.radii)
    before = camera.place(skeleton.joints[TIPS - 1])[0]
    ways = points[TIPS] - before
    points[TIPS] += 0.5 * radii[TIPS, None] * ways / (np.linalg.norm(ways, axis=-1, keepdims=True) + 1e-6)
    return points


def _extent(skeleton: Skeleton, camera: Camera) -> tuple[Floats, Floats]:
    """Least and greatest (x, y) of the hand without its arm, pixels."""
    points, radii = camera.place(skeleton.joints, skeleton.radii)
    return (points[:, :2] - radii[:, None]).min(0), (points[:, :2] + radii[:, None]).max(0)


def _box(skeleton: Skeleton, camera: Camera, width: int, height: int) -> Floats:
    low, high = (np.clip(corner, 0, (width, height)) for corner in _extent(skeleton, camera))
    return np.concatenate([low, high]).astype(np.float32)


def _visible(points: Floats, flesh: Floats, surface: Surface, cover: Field | None) -> npt.NDArray[np.int64]:
    """(21,) flags: a joint is hidden if something clearly in front of its own flesh covers it.

    Args:
        points: (21, 3) pixels.
        flesh: (21,) pixels, how far in front of a joint its own surface may be.
    """
    height, width = surface.height.shape
    inside = ((points[:, :2] >= 0) & (points[:, :2] <= (width - 1, height - 1))).all(-1)
    x, y = (np.clip(np.round(points[:, axis]), 0, limit - 1).astype(int) for axis, limit in ((0, width), (1, height)))
    behind = surface.height[y, x] > points[:, 2] + flesh
    if cover is not None:
        behind |= cover[y, x] > 0.5
    return np.where(inside, np.where(behind, HIDDEN, VISIBLE), ABSENT)
