"""The drawn hands: the same for the same seed, points where the fingers are, and as varied as they are meant to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pymodel.synthetic.hands.body import build
from pymodel.synthetic.hands.camera import Camera, draw_turn
from pymodel.synthetic.hands.hand import HAND_POINTS, HandDrawing, draw_hand
from pymodel.synthetic.hands.shape import ANY_GESTURE, ANY_HAND, FOREFINGER_TIP, POINTING_HAND, Skeleton, draw_skeleton
from pymodel.synthetic.hands.surface import SKIN


@pytest.fixture(scope="module")
def drawings() -> list[HandDrawing]:
    return [draw_hand(np.random.default_rng((5, i))) for i in range(200)]


def share(drawing: HandDrawing) -> float:
    height, width = drawing.image.shape[:2]
    return float(((drawing.box[2:] - drawing.box[:2]) / (width, height)).max())


def test_names_are_those_of_onehand10k() -> None:
    assert len(HAND_POINTS) == 21
    assert HAND_POINTS[:6] == ("wrist", "thumb1", "thumb2", "thumb3", "thumb4", "forefinger1")
    assert HAND_POINTS[FOREFINGER_TIP] == "forefinger4"
    assert HAND_POINTS[-1] == "pinky_finger4"


def test_seed_alone_decides(drawings: list[HandDrawing]) -> None:
    for i in (0, 7, 31):
        again = draw_hand(np.random.default_rng((5, i)))
        np.testing.assert_array_equal(again.image, drawings[i].image)
        np.testing.assert_array_equal(again.keypoints, drawings[i].keypoints)
        np.testing.assert_array_equal(again.visible, drawings[i].visible)
    other = draw_hand(np.random.default_rng((6, 0)))
    assert other.image.shape != drawings[0].image.shape or np.any(other.image != drawings[0].image)


def test_size_is_as_asked_for() -> None:
    assert draw_hand(np.random.default_rng(1), (160, 120)).image.shape == (120, 160, 3)


def test_points_flags_and_box_agree(drawings: list[HandDrawing]) -> None:
    for drawing in drawings:
        height, width = drawing.image.shape[:2]
        assert drawing.image.dtype == np.uint8
        assert drawing.keypoints.shape == (21, 2)
        assert drawing.keypoints.dtype == drawing.box.dtype == np.float32
        inside = ((drawing.keypoints >= 0) & (drawing.keypoints <= (width - 1, height - 1))).all(-1)
        np.testing.assert_array_equal(drawing.visible > 0, inside)
        assert set(drawing.visible) <= {0, 1, 2}
        x0, y0, x1, y1 = drawing.box
        assert 0 <= x0 < x1 <= width
        assert 0 <= y0 < y1 <= height
        assert (drawing.keypoints[inside] >= (x0, y0)).all()
        assert (drawing.keypoints[inside] <= (x1, y1)).all()


def test_forefinger_is_nearly_always_there_and_mostly_seen(drawings: list[HandDrawing]) -> None:
    flags = np.array([drawing.visible[FOREFINGER_TIP] for drawing in drawings])
    assert 0.9 < (flags > 0).mean() < 1.0
    assert (flags == 2).mean() > 0.7


def test_hands_are_a_fifth_of_the_picture_to_all_of_it(drawings: list[HandDrawing]) -> None:
    shares = np.array([share(drawing) for drawing in drawings])
    assert 0.1 < shares.min() < 0.27
    assert shares.max() > 0.9
    assert 0.35 < np.median(shares) < 0.65


def test_both_hands_in_all_gestures_mostly_upward(drawings: list[HandDrawing]) -> None:
    assert 0.35 < np.mean([drawing.is_left for drawing in drawings]) < 0.65
    gestures = [drawing.gesture for drawing in drawings]
    assert set(gestures) == set(ANY_GESTURE)
    assert 0.1 < gestures.count("point") / len(gestures) < 0.3
    upward = np.mean([drawing.keypoints[FOREFINGER_TIP, 1] < drawing.keypoints[0, 1] for drawing in drawings])
    assert 0.65 < upward < 0.97


def test_pointing_hands_point_with_a_straight_forefinger() -> None:
    pointing = [draw_hand(np.random.default_rng((8, i)), kind=POINTING_HAND) for i in range(60)]
    assert {drawing.gesture for drawing in pointing} == {"point"}
    assert np.mean([drawing.visible[FOREFINGER_TIP] == 2 for drawing in pointing]) > 0.88
    assert 0.35 < np.quantile([share(drawing) for drawing in pointing], 0.1) < 0.5, "a few are cut by the edge"
    assert 0.25 < np.mean([drawing.is_left for drawing in pointing]) < 0.75
    for seed in range(60):
        joints = draw_skeleton(np.random.default_rng(seed), POINTING_HAND).joints[5 : FOREFINGER_TIP + 1]
        bones = np.linalg.norm(np.diff(joints, axis=0), axis=-1).sum()
        assert np.linalg.norm(joints[-1] - joints[0]) > 0.95 * bones


def skeletons(gesture: str) -> list[Skeleton]:
    kind = replace(ANY_HAND, gestures={gesture: 1.0})
    return [draw_skeleton(np.random.default_rng((9, i)), kind) for i in range(200)]


def straight(skeleton: Skeleton) -> tuple[bool, ...]:
    """Forefinger to little finger."""
    fingers = skeleton.joints[5:].reshape(4, 4, 3)
    bones = np.linalg.norm(np.diff(fingers, axis=1), axis=-1).sum(1)
    return tuple((np.linalg.norm(fingers[:, 3] - fingers[:, 0], axis=-1) > 0.95 * bones).tolist())


def test_any_gesture_shows_fingers_in_every_combination_and_the_thumb_meets_each_of_them() -> None:
    drawn = skeletons("any")
    assert len({straight(skeleton) for skeleton in drawn}) >= 14, "of 16"
    tips = np.array([skeleton.joints[[8, 12, 16, 20]] - skeleton.joints[4] for skeleton in drawn])
    meets = np.linalg.norm(tips, axis=-1) < 0.15
    assert (meets.sum(0) >= 5).all()
    assert 0.1 < meets.any(1).mean() < 0.6


def test_flat_hand_has_its_fingers_side_by_side() -> None:
    flat = skeletons("flat")
    assert {straight(skeleton) for skeleton in flat} == {(True,) * 4}
    apart = [np.linalg.norm(np.diff(skeleton.joints[[8, 12, 16]], axis=0), axis=-1).mean() for skeleton in flat]
    spread = [np.linalg.norm(np.diff(s.joints[[8, 12, 16]], axis=0), axis=-1).mean() for s in skeletons("open")]
    assert np.median(apart) < 0.75 * np.median(spread)


def test_ring_is_of_forefinger_and_thumb_with_the_others_straight() -> None:
    drawn = skeletons("ring")
    assert {straight(skeleton)[1:] for skeleton in drawn} == {(True,) * 3}
    to_thumb = [np.linalg.norm(skeleton.joints[[8, 12]] - skeleton.joints[4], axis=-1) for skeleton in drawn]
    forefinger, middle = np.median(to_thumb, axis=0)
    assert forefinger < 0.15 < 0.3 < middle


def test_thumb_alone_is_stretched_from_a_fist() -> None:
    drawn = skeletons("thumb")
    assert {straight(skeleton) for skeleton in drawn} == {(False,) * 4}
    reach = {name: np.median([np.linalg.norm(s.joints[4] - s.joints[6]) for s in skeletons(name)]) for name in ("thumb", "fist")}
    assert reach["thumb"] > 1.5 * reach["fist"], reach


def test_hand_held_before_a_face_has_its_owners_skin_around_it() -> None:
    """Skin alone tells no hand. Its arm is in the way of some places."""
    alike = {}
    for with_owner in (0.0, 1.0):
        kind, same = replace(POINTING_HAND, with_owner=with_owner, beside=0.0, others=0.0), []
        for i in range(60):
            drawing = draw_hand(np.random.default_rng((10, i)), (128, 128), kind)
            knuckle = drawing.keypoints[HAND_POINTS.index("middle_finger1")]
            reach = 0.4 * float((drawing.box[2:] - drawing.box[:2]).max())
            column, row = np.clip(np.round(knuckle), 0, 127).astype(int)
            skin = drawing.image[row, column].astype(float)
            for x in (column - round(reach), column + round(reach)):
                if 0 <= x < 128:
                    beside = drawing.image[row, x].astype(float)
                    same.append(np.abs(beside / (beside.sum() + 1) - skin / (skin.sum() + 1)).sum() < 0.06)
        alike[with_owner] = float(np.mean(same))
    assert alike[1.0] > alike[0.0] + 0.12, alike


def test_thumb_is_on_the_side_of_its_hand() -> None:
    rng = np.random.default_rng(3)
    for is_left in (False, True):
        camera = Camera(np.eye(3, dtype=np.float32), is_left, 100.0, np.array([80, 80], np.float32), 8.0)
        points = camera.place(draw_skeleton(rng).joints)[0]
        assert (points[5, 0] < points[17, 0]) == is_left, "the palm of a left hand has its forefinger left of the little one"


def test_visible_fingertips_lie_on_skin() -> None:
    width = height = 160
    on_skin = []
    for i in range(60):
        rng = np.random.default_rng((9, i))
        skeleton = draw_skeleton(rng)
        camera = Camera(draw_turn(rng, 0.28), i % 2 == 0, 110.0, np.array([80, 80], np.float32), 6.0)
        surface = build(rng, skeleton, camera, height, width, 1.0)
        x, y, _ = np.round(camera.place(skeleton.joints)[0][FOREFINGER_TIP]).astype(int)
        if 0 <= x < width and 0 <= y < height:
            on_skin.append(surface.kind[y, x] == SKIN and surface.coverage[y, x] == 1)
    assert len(on_skin) > 50
    assert np.mean(on_skin) > 0.93, "all but those behind a thing that is held"


def test_fingertip_has_its_fingers_colour(drawings: list[HandDrawing]) -> None:
    nearer = []
    for drawing in drawings:
        if (drawing.visible[FOREFINGER_TIP - 1 : FOREFINGER_TIP + 1] < 2).any():
            continue
        (x, y), (before_x, before_y) = np.round(drawing.keypoints[[FOREFINGER_TIP, FOREFINGER_TIP - 1]]).astype(int)
        image = drawing.image.astype(float)
        tip, before, corners = image[y, x], image[before_y, before_x], image[[0, 0, -1, -1], [0, -1, 0, -1]]
        nearer.append(np.abs(tip - before).sum() < np.abs(corners - tip).sum(-1).mean())
    assert np.mean(nearer) > 0.85


def test_pictures_are_neither_flat_nor_burnt_out(drawings: list[HandDrawing]) -> None:
    flat = [drawing.image.std() < 6 or not 8 < drawing.image.mean() < 250 for drawing in drawings]
    assert np.mean(flat) < 0.05
