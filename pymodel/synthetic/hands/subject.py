"""Pictures of a hand that points, with the 21 keypoints of OneHand10K (Wang et al., 2019)."""

from __future__ import annotations

import cv2
import numpy as np

from pymodel.synthetic.arrays import Floats
from pymodel.synthetic.hands.body import build_surface
from pymodel.synthetic.hands.paint import paint_surface, sample_light, sample_skin
from pymodel.synthetic.hands.scene import paint_occluder, paint_scene
from pymodel.synthetic.hands.skeleton import FOREFINGER_TIP, HAND_POINTS, sample_skeleton
from pymodel.synthetic.hands.view import hand_box, project_keypoints, sample_camera, sample_second_camera, visibility
from pymodel.synthetic.photograph import photograph
from pymodel.synthetic.subject import Subject, SyntheticImage

SIZES = ((256, 192), (192, 256), (224, 224), (256, 176), (176, 256), (144, 256))
"""Width and height, pixels."""

SECOND_HAND_SHARE = 0.08
"""Share of pictures with a second, smaller hand."""

SECOND_HAND_GESTURES = {
    "point": 0.72,
    "open": 0.08,
    "victory": 0.06,
    "fist": 0.02,
    "pinch": 0.03,
    "relaxed": 0.04,
    "count": 0.05,
}
"""How often each gesture is: mostly pointing too, because that misleads a model most."""

SECOND_HAND_HOOKED_SHARE = 0.15
MOTION_BLUR_SHARE = 0.14


def draw_hand(rng: np.random.Generator, size: tuple[int, int] | None = None) -> SyntheticImage:
    """A picture with one hand that points; a second hand, if there is one, is smaller.

    Args:
        size: width and height, pixels; None: one of SIZES.
    """
    width, height = size or SIZES[int(rng.integers(len(SIZES)))]
    skeleton, skin = sample_skeleton(rng, {"point": 1.0}, hooked_share=0.0), sample_skin(rng)
    camera = sample_camera(rng, skeleton, width, height)
    light = sample_light(rng)
    sleeve = float(rng.uniform(0.0, 0.9)) if rng.random() < 0.55 else 1.0
    other_skin = sample_skin(rng)
    image = paint_scene(rng, height, width, skin, other_skin)
    if rng.random() < SECOND_HAND_SHARE:
        second_camera = sample_second_camera(rng, camera, width, height)
        second_skeleton = sample_skeleton(rng, SECOND_HAND_GESTURES, SECOND_HAND_HOOKED_SHARE)
        surface = build_surface(rng, second_skeleton, second_camera, height, width, sleeve)
        second_skin = skin if rng.random() < 0.6 else other_skin
        paint_surface(rng, image, surface, second_skin, light, second_camera.unit)
    surface = build_surface(rng, skeleton, camera, height, width, sleeve)
    paint_surface(rng, image, surface, skin, light, camera.unit)
    keypoints = project_keypoints(skeleton, camera)
    points = keypoints[:, :2].copy()
    occluder = paint_occluder(rng, image, points[FOREFINGER_TIP], camera.unit)
    if rng.random() < MOTION_BLUR_SHARE:
        image = _motion_blur(rng, image)
    visible = visibility(keypoints, (skeleton.radii + 0.04) * camera.unit, surface, occluder)
    picture = photograph(rng, image, points.mean(0), camera.unit / 2)
    return SyntheticImage(picture, hand_box(skeleton, camera, width, height), points, visible, "hand")


def _draw(rng: np.random.Generator, i: int, size: tuple[int, int] | None = None) -> SyntheticImage:
    return draw_hand(rng, size)


SUBJECT = Subject("pointing_hands", "hand", HAND_POINTS, _draw)


def _motion_blur(rng: np.random.Generator, image: Floats) -> Floats:
    """Blurs along a line: the hand or the camera moved while the shutter was open."""
    length = float(rng.uniform(0.008, 0.045)) * max(image.shape[:2])
    side = 2 * int(length / 2 + 1) + 1
    middle, angle = (side - 1) / 2, rng.uniform(0, np.pi)
    reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    kernel = np.zeros((side, side), np.float32)
    ends = np.round((np.stack([-reach, reach]) + middle) * 16).astype(np.int32)
    cv2.polylines(kernel, [ends], False, 1.0, 1, cv2.LINE_8, 4)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.float32)
