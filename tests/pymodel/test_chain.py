"""The models of an app in order: where each looks, and whose box counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pymodel.inference.chain import Chain
from pymodel.inference.interpreter import Answer
from pymodel.preprocess.geometry import box_around, box_region
from tests.golden.rewrite import example_contracts

IMAGE = np.zeros((100, 200, 3), np.uint8)


class Said:
    """A model that answers with boxes in order, and notes where it looked."""

    def __init__(self, contract: Any, *boxes: tuple[float, float, float, float]) -> None:
        self.contract, self._boxes, self.regions = contract, list(boxes), []

    def answer(self, image: Any, region: Any) -> Answer:
        self.regions.append(region)
        box = np.array(self._boxes.pop(0), np.float32)
        none = np.zeros(0, np.float32)
        return Answer(self.contract, (), box.reshape(2, 2), np.ones(2, np.float32), box, none, region, 1.0)


def chain(*models: Said) -> Chain:
    made = Chain([])
    made.models = models  # type: ignore[assignment]
    return made


@pytest.mark.parametrize(
    ("first", "looks"),
    [((20, 20, 60, 60), 1), ((20, 20, 60, 55), 1), ((40, 40, 80, 80), 2)],
    ids=["the same box", "nearly the same", "another box"],
)
def test_a_model_looks_again_where_its_box_is_another(first: tuple[float, float, float, float], looks: int) -> None:
    box, landmarks = example_contracts()
    found, named = Said(box, (20, 20, 60, 60)), Said(landmarks, first, (41, 41, 81, 81))
    answers = chain(found, named).answers(IMAGE)
    assert found.regions == [(0.0, -50.0, 200.0, 200.0)]
    assert named.regions[0] == box_region(np.array([20, 20, 60, 60], np.float32), landmarks.crop_policy.margin)
    assert len(named.regions) == looks
    if looks == 2:
        assert named.regions[1] == box_region(np.array(first, np.float32), landmarks.crop_policy.margin)
    assert answers[-1].box.tolist() == list(first if looks == 1 else (41, 41, 81, 81))
    assert answers[-1].duration_ms == looks


def test_a_box_is_around_its_points_inside_the_picture() -> None:
    points = np.array([[10, 20], [30, 60], [20, 30]], np.float32)
    assert box_around(points, 0.0, 100, 100).tolist() == [10, 20, 30, 60]
    assert box_around(points, 0.5, 35, 65).tolist() == [0, 0, 35, 65]
