"""Outputs of models that other tools made: what the host decodes is what the formulas say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from appspec.contract import Anchors, Classes, Coordinates, Mask, ModelContract
from pymodel.inference.decoders import decode
from pymodel.inference.interpreter import placed
from tests.golden.rewrite import anchors_contract, classify_contract, detections_contract, example_contract, mask_contract
from tests.parity.change import with_input
from tests.parity.foreign import objects_of

REGION, PICTURE = (-12.5, -7.25, 175.0, 110.0), (150, 90)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("spread", [3, 60])
def test_anchors(seed: int, spread: float) -> None:
    rng, contract = np.random.default_rng(seed), anchors_contract(2, 3, ("a", "b", "c"))
    decoder = contract.decoder
    assert isinstance(decoder, Anchors)
    anchors = contract.output.shape[1]
    rows = rng.normal(0, spread, (1, anchors, 8)).astype(np.float32)
    rows[..., 2:4] = rng.uniform(-3, 60, (1, anchors, 2))
    logits = rng.normal(-1, 2, (1, anchors, 3)).astype(np.float32)
    logits[0, 0] = 300
    rows[0, 1, 5] = np.nan
    logits[0, 1] = -400
    centres = [
        ((column + 0.5) / grid.columns, (row + 0.5) / grid.rows)
        for grid in decoder.grids
        for row in range(grid.rows)
        for column in range(grid.columns)
        for _ in range(grid.anchors)
    ]
    wanted = objects_of(rows[0].astype(float), logits[0].astype(float), centres, decoder, contract.input.shape[2:0:-1])
    found = decode(contract, [rows, logits])
    assert len(found.objects) == len(wanted) > 3
    for k, (score, kind, box, points) in enumerate(wanted):
        assert found.objects.scores[k] == pytest.approx(score, abs=1e-6)
        assert found.objects.classes[k] == kind
        np.testing.assert_allclose(found.objects.boxes[k], box, atol=1e-5)
        np.testing.assert_allclose(found.objects.points[k], points, atol=1e-5)
    assert found.confidence.tolist() == pytest.approx([wanted[0][0]])


def test_detections_in_the_picture() -> None:
    contract = detections_contract(4)
    boxes = np.array([[[0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1], [0.5, 0.5, 0.6, np.nan], [0.2, 0.1, 0.4, 0.3]]], np.float32)
    outputs = [boxes, np.array([[1, 7, 0, 2]], np.float32), np.array([[0.5, 0.5, 0.9, 0.41]], np.float32)]
    answer = placed(contract, (*outputs, np.array([3], np.float32)), REGION, *PICTURE)
    assert answer.found
    assert answer.objects.classes.tolist() == [1, 7]
    assert answer.objects.scores.tolist() == [0.5, 0.5]
    np.testing.assert_allclose(answer.objects.boxes, [[22.5, 3.75, 57.5, 25.75], [0, 0, 150, 90]], atol=1e-4)
    np.testing.assert_array_equal(answer.box, answer.objects.boxes[0])
    nothing = placed(contract, (*outputs, np.array([0], np.float32)), REGION, *PICTURE)
    assert not nothing.found
    assert nothing.mean_confidence == 0.0
    assert nothing.box.tolist() == [0, 0, *PICTURE]


def test_a_mask_counts_what_is_in_the_picture() -> None:
    contract = replace(mask_contract(3, ("none", "a", "b")), decoder=Mask(threshold=0.5))
    scores = np.zeros((1, 2, 4, 3), np.float32)
    scores[0, :, 0, 1] = scores[0, :, 1, 2] = 1
    inside = placed(contract, (scores,), (-50.0, 0.0, 200.0, 90.0), *PICTURE)
    assert inside.mask.tolist() == [[0, 2, 0, 0]] * 2, "the first column is beyond the picture"
    assert inside.shares.tolist() == pytest.approx([2 / 3, 0, 1 / 3])
    assert not inside.found
    whole = placed(contract, (scores,), (0.0, 0.0, 150.0, 90.0), *PICTURE)
    assert whole.mask.tolist() == [[1, 2, 0, 0]] * 2
    assert whole.found


@pytest.mark.parametrize(("logits", "values"), [(False, [0.59, 0.6, 0.9]), (True, [0.40, 0.41, 9.0])])
def test_a_single_map_is_cut_at_its_probability(logits: bool, values: list[float]) -> None:
    contract = replace(mask_contract(), decoder=Mask(cell_threshold=0.6, logits=logits))
    found = decode(contract, [np.array(values, np.float32).reshape(1, 1, 3, 1)])
    assert found.mask.tolist() == [[0, 1, 1]]


@pytest.mark.parametrize(("presence", "told", "sure"), [("none", 0.3, 1.0), ("probability", 0.3, 0.3), ("logit", 0.0, 0.5)])
def test_coordinates_in_pixels_and_how_surely_they_are_there(presence: str, told: float, sure: float) -> None:
    decoder = Coordinates(numbers=3, unit="pixel", presence=presence)  # type: ignore[arg-type]
    contract = replace(with_input(example_contract(), shape=(1, 50, 200, 3)), decoder=decoder)
    found = decode(contract, [np.array([[20, 10, 7, 100, 25, 7]], np.float32), np.array([[told]], np.float32)])
    np.testing.assert_allclose(found.points, [[0.1, 0.2], [0.5, 0.5]])
    assert found.confidence.tolist() == pytest.approx([sure, sure])


def test_logits_of_classes() -> None:
    contract: ModelContract = replace(classify_contract(), decoder=Classes(logits=True))
    found = decode(contract, [np.log(np.array([[0.2, 0.7, 0.1]], np.float32)) + 500])
    assert found.probabilities.tolist() == pytest.approx([0.2, 0.7, 0.1], abs=1e-4)
    assert found.confidence.tolist() == pytest.approx([0.7], abs=1e-4)
