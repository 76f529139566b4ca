"""A model that is followed: which models look at each picture, and where, by recorded answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from appspec.contract import Anchors, Coordinates, CropPolicy, Grid, Square
from pymodel.inference.chain import Chain
from pymodel.inference.interpreter import Answer
from pymodel.inference.objects import Objects
from pymodel.inference.tracker import Tracker
from pymodel.preprocess.squares import square_region
from tests.golden.rewrite import contract_of

FRAME = np.zeros((240, 320, 3), np.uint8)
WHOLE = (0.0, -40.0, 320.0, 320.0)
THEN, AGAIN = Square(((0,), (1,)), (), -0.5, 2.6), Square(((0,), (1,)), (0, 1, 2), -0.1, 2.0)
SHAPES = (1, 64, 64, 3), (1, 6)

PALM = contract_of("palm", "detect", SHAPES, ("palm",), Anchors((Grid(2, 2, 1),)), CropPolicy())
HAND = contract_of(
    *("hand", "landmarks", SHAPES, ("wrist", "knuckle", "tip")),
    Coordinates(0.5, presence="probability"),
    CropPolicy("box", 0.25, square=THEN, again=AGAIN),
)
POINTS = np.array([(100, 200), (110, 150), (120, 100)], np.float32)
BOX = np.array([90, 140, 130, 210], np.float32)


class Recorded:
    """Answers in order; notes where it looked."""

    def __init__(self, contract: Any, *said: Any) -> None:
        self.contract, self.said, self.looks, self.size = contract, list(said), [], (64, 64)

    def answer(self, image: Any, region: Any, turn: int = 0) -> Answer:
        self.looks.append((region, turn))
        said, none = self.said.pop(0), np.zeros(0, np.float32)
        blank = Answer(self.contract, (), none.reshape(0, 2), np.zeros(1, np.float32), BOX, none, region, 1.0, turn=turn)
        if said is None:
            return blank
        if self.contract is PALM:
            objects = Objects(BOX[None], np.zeros(1, np.int64), np.ones(1, np.float32), said[None])
            return replace(blank, confidence=np.ones(1, np.float32), objects=objects, whole_box=BOX)
        points, presence = said
        return replace(blank, points=points, confidence=np.full(3, presence, np.float32))


def looks_at(square: Square, points: np.ndarray = POINTS, box: np.ndarray | None = None) -> Any:
    return square_region(square, points, box, (64, 64))


def test_a_hand_is_found_followed_lost_and_found_again() -> None:
    moved = POINTS + 5
    palm = Recorded(PALM, POINTS, POINTS)
    hand = Recorded(HAND, (POINTS, 0.9), (moved, 0.8), (moved, 0.4), (POINTS, 0.9))
    tracker = Tracker((palm, hand))  # type: ignore[arg-type]
    ran, follows = [], []
    for _ in range(4):
        ran.append([answer.contract.name for answer in tracker.answers(FRAME)])
        follows.append(tracker.follows)
    assert ran == [["palm", "hand"], ["hand"], ["hand"], ["palm", "hand"]]
    assert follows == [True, True, False, True]
    assert palm.looks == [(WHOLE, 0)] * 2
    assert hand.looks == [looks_at(THEN, box=BOX), looks_at(AGAIN), looks_at(AGAIN, moved), looks_at(THEN, box=BOX)]


def test_without_a_palm_the_whole_picture_is_looked_at_and_once_more_what_is_there() -> None:
    palm, hand = Recorded(PALM, None, None), Recorded(HAND, (POINTS, 0.7), (POINTS + 5, 0.9), (POINTS, 0.2))
    tracker = Tracker((palm, hand))  # type: ignore[arg-type]
    found = tracker.answers(FRAME)[-1]
    assert hand.looks == [(WHOLE, 0), looks_at(AGAIN)]
    assert (found.found, found.looks, found.duration_ms) == (True, 2, 2.0)
    assert tracker.follows
    tracker.lose()
    assert not tracker.answers(FRAME)[-1].found
    assert len(hand.looks) == 3
    assert not tracker.follows


def test_a_closer_look_that_finds_nothing_leaves_what_was_found() -> None:
    palm, hand = Recorded(PALM, None), Recorded(HAND, (POINTS, 0.7), (POINTS + 5, 0.1))
    found = Tracker((palm, hand)).answers(FRAME)[-1]  # type: ignore[arg-type]
    assert found.found
    assert found.points.tolist() == POINTS.tolist()


def test_another_size_of_picture_is_another_camera() -> None:
    palm, hand = Recorded(PALM, POINTS, POINTS), Recorded(HAND, (POINTS, 0.9), (POINTS, 0.9))
    tracker = Tracker((palm, hand))  # type: ignore[arg-type]
    tracker.answers(FRAME)
    assert len(tracker.answers(FRAME.swapaxes(0, 1))) == 2


def test_points_that_are_no_numbers_are_not_followed() -> None:
    palm, hand = Recorded(PALM, POINTS), Recorded(HAND, (POINTS * np.nan, 0.9))
    tracker = Tracker((palm, hand))  # type: ignore[arg-type]
    tracker.answers(FRAME)
    assert not tracker.follows


def test_a_still_picture_is_looked_at_once_more() -> None:
    palm, hand = Recorded(PALM, POINTS), Recorded(HAND, (POINTS, 0.7), (POINTS + 5, 0.9))
    made = Chain([])
    made.models = (palm, hand)  # type: ignore[assignment]
    found = made.answers(FRAME)
    assert hand.looks == [looks_at(THEN, box=BOX), looks_at(AGAIN)]
    assert len(found) == 2
    assert found[-1].looks == 2
    assert found[-1].points.tolist() == (POINTS + 5).tolist()
