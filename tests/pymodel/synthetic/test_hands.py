"""Pictures of pointing hands: reproducible, with keypoints where the fingers are, and as varied as intended."""

from __future__ import annotations

import numpy as np
import pytest

from pymodel.synthetic import SyntheticImage, draw_hand
from pymodel.synthetic.arrays import Floats
from pymodel.synthetic.hands.body import build_surface
from pymodel.synthetic.hands.camera import Camera, sample_rotation
from pymodel.synthetic.hands.skeleton import FOREFINGER_TIP, GESTURES, HAND_POINTS, Skeleton, sample_skeleton
from pymodel.synthetic.hands.subject import SECOND_HAND_GESTURES
from pymodel.synthetic.hands.surface import SKIN
from pymodel.synthetic.hands.view import sample_camera


@pytest.fixture(scope="module")
def drawings() -> list[SyntheticImage]:
    return [draw_hand(np.random.default_rng((5, i))) for i in range(200)]


def share(drawing: SyntheticImage) -> float:
    height, width = drawing.image.shape[:2]
    return float(((drawing.box[2:] - drawing.box[:2]) / (width, height)).max())


def test_names_are_those_of_onehand10k() -> None:
    assert len(HAND_POINTS) == 21
    assert HAND_POINTS[:6] == ("wrist", "thumb1", "thumb2", "thumb3", "thumb4", "forefinger1")
    assert HAND_POINTS[FOREFINGER_TIP] == "forefinger4"
    assert HAND_POINTS[-1] == "pinky_finger4"


def test_seed_alone_decides(drawings: list[SyntheticImage]) -> None:
    for i in (0, 7, 31):
        again = draw_hand(np.random.default_rng((5, i)))
        np.testing.assert_array_equal(again.image, drawings[i].image)
        np.testing.assert_array_equal(again.points, drawings[i].points)
        np.testing.assert_array_equal(again.visible, drawings[i].visible)
    other = draw_hand(np.random.default_rng((6, 0)))
    assert other.image.shape != drawings[0].image.shape or np.any(other.image != drawings[0].image)


def test_size_is_as_asked_for() -> None:
    assert draw_hand(np.random.default_rng(1), (160, 120)).image.shape == (120, 160, 3)


def test_points_flags_and_box_agree(drawings: list[SyntheticImage]) -> None:
    for drawing in drawings:
        height, width = drawing.image.shape[:2]
        assert drawing.image.dtype == np.uint8
        assert drawing.points.shape == (21, 2)
        assert drawing.points.dtype == drawing.box.dtype == np.float32
        inside = ((drawing.points >= 0) & (drawing.points <= (width - 1, height - 1))).all(-1)
        np.testing.assert_array_equal(drawing.visible > 0, inside)
        assert set(drawing.visible) <= {0, 1, 2}
        x0, y0, x1, y1 = drawing.box
        assert 0 <= x0 < x1 <= width
        assert 0 <= y0 < y1 <= height
        assert (drawing.points[inside] >= (x0, y0)).all()
        assert (drawing.points[inside] <= (x1, y1)).all()


def test_forefinger_is_nearly_always_in_the_picture_and_mostly_visible(drawings: list[SyntheticImage]) -> None:
    flags = np.array([drawing.visible[FOREFINGER_TIP] for drawing in drawings])
    assert 0.9 < (flags > 0).mean() < 1.0
    assert (flags == 2).mean() > 0.88


def test_hands_fill_from_nearly_half_of_the_picture_to_all_of_it(drawings: list[SyntheticImage]) -> None:
    shares = np.array([share(drawing) for drawing in drawings])
    assert 0.35 < np.quantile(shares, 0.1) < 0.5, "a few are cut by the edge"
    assert shares.max() > 0.9
    assert 0.5 < np.median(shares) < 0.75


def test_left_and_right_hands_that_mostly_point_upward(drawings: list[SyntheticImage]) -> None:
    rng = np.random.default_rng(4)
    cameras = [sample_camera(rng, sample_skeleton(rng, {"point": 1.0}, 0.0), 192, 256) for _ in range(200)]
    assert 0.35 < np.mean([camera.is_left for camera in cameras]) < 0.65
    upward = np.mean([drawing.points[FOREFINGER_TIP, 1] < drawing.points[0, 1] for drawing in drawings])
    assert 0.75 < upward < 1.0


def skeletons(gesture: str, hooked: float = 0.0) -> list[Skeleton]:
    return [sample_skeleton(np.random.default_rng((9, i)), {gesture: 1.0}, hooked) for i in range(100)]


def extension(skeleton: Skeleton) -> Floats:
    """(4,) forefinger to little finger: how far the tip is from the knuckle, 1 where the finger is straight."""
    fingers = skeleton.joints[5:].reshape(4, 4, 3)
    bones = np.linalg.norm(np.diff(fingers, axis=1), axis=-1).sum(1)
    return np.asarray(np.linalg.norm(fingers[:, 3] - fingers[:, 0], axis=-1) / bones, np.float32)


def test_pointing_forefinger_is_straight_unless_it_is_hooked() -> None:
    straight, half_hooked = ([extension(s)[0] > 0.95 for s in skeletons("point", hooked)] for hooked in (0.0, 0.5))
    assert np.mean(straight) == 1
    assert 0.3 < np.mean(half_hooked) < 0.8


@pytest.mark.parametrize(
    ("gesture", "least", "most"),
    [
        ("point", (0.95, 0.25, 0.25, 0.25), (1, 0.9, 0.9, 0.9)),
        ("open", (0.85, 0.85, 0.85, 0.85), (1, 1, 1, 1)),
        ("victory", (0.95, 0.95, 0.25, 0.25), (1, 1, 0.65, 0.65)),
        ("fist", (0.25, 0.25, 0.25, 0.25), (0.97, 0.65, 0.65, 0.65)),
        ("pinch", (0.75, 0.6, 0.6, 0.6), (0.95, 1, 1, 1)),
        ("relaxed", (0.6, 0.6, 0.6, 0.6), (0.99, 0.99, 0.99, 0.99)),
        ("count", (0.95, 0.25, 0.25, 0.25), (1, 1, 1, 1)),
    ],
)
def test_gestures_stretch_and_bend_their_fingers(gesture: str, least: tuple[float, ...], most: tuple[float, ...]) -> None:
    """Second hands make these gestures."""
    found = np.array([extension(skeleton) for skeleton in skeletons(gesture)])
    assert (found >= least).all()
    assert (found <= np.add(most, 1e-5)).all()


def test_pinching_thumb_meets_the_forefinger() -> None:
    to_thumb = [np.linalg.norm(skeleton.joints[[8, 12]] - skeleton.joints[4], axis=-1) for skeleton in skeletons("pinch")]
    forefinger, middle = np.median(to_thumb, axis=0)
    assert forefinger < 0.15 < middle


def test_second_hands_use_every_gesture() -> None:
    assert set(SECOND_HAND_GESTURES) == set(GESTURES)
    assert sum(SECOND_HAND_GESTURES.values()) == pytest.approx(1)


def test_thumb_is_on_the_side_of_its_hand() -> None:
    rng = np.random.default_rng(3)
    for is_left in (False, True):
        camera = Camera(np.eye(3, dtype=np.float32), is_left, 100.0, np.array([80, 80], np.float32), 8.0)
        points = camera.project(sample_skeleton(rng, {"point": 1.0}, 0.0).joints)[0]
        assert (points[5, 0] < points[17, 0]) == is_left, "on the palm of a left hand the forefinger is left of the little finger"


def test_visible_fingertips_lie_on_skin() -> None:
    width = height = 160
    on_skin = []
    for i in range(60):
        rng = np.random.default_rng((9, i))
        skeleton = sample_skeleton(rng, {"point": 1.0}, 0.0)
        camera = Camera(sample_rotation(rng, 0.28), i % 2 == 0, 110.0, np.array([80, 80], np.float32), 6.0)
        surface = build_surface(rng, skeleton, camera, height, width, 1.0)
        x, y, _ = np.round(camera.project(skeleton.joints)[0][FOREFINGER_TIP]).astype(int)
        if 0 <= x < width and 0 <= y < height:
            on_skin.append(surface.kind[y, x] == SKIN and surface.coverage[y, x] == 1)
    assert len(on_skin) > 50
    assert np.mean(on_skin) > 0.93, "all but those behind a held object"


def test_fingertip_has_its_fingers_colour(drawings: list[SyntheticImage]) -> None:
    nearer = []
    for drawing in drawings:
        if (drawing.visible[FOREFINGER_TIP - 1 : FOREFINGER_TIP + 1] < 2).any():
            continue
        (x, y), (before_x, before_y) = np.round(drawing.points[[FOREFINGER_TIP, FOREFINGER_TIP - 1]]).astype(int)
        image = drawing.image.astype(float)
        tip, before, corners = image[y, x], image[before_y, before_x], image[[0, 0, -1, -1], [0, -1, 0, -1]]
        nearer.append(np.abs(tip - before).sum() < np.abs(corners - tip).sum(-1).mean())
    assert np.mean(nearer) > 0.85


def test_pictures_are_neither_flat_nor_burnt_out(drawings: list[SyntheticImage]) -> None:
    flat = [drawing.image.std() < 6 or not 8 < drawing.image.mean() < 250 for drawing in drawings]
    assert np.mean(flat) < 0.05
