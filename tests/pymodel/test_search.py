"""Where a chain looks when it isn't sure of the whole picture, and what counts then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appspec.contract import CropPolicy, ModelContract
from pymodel.data.images import RgbImage
from pymodel.inference.chain import Chain, chain_confidence
from pymodel.inference.interpreter import Answer, Floats, HostModel
from pymodel.preprocess.geometry import TILE_SIDE, Region, fits_a_tile, frame_region, tile_regions
from tests.golden.rewrite import example_contracts

sizes = st.tuples(st.integers(2, 900), st.integers(1, 900))


@given(sizes)
def test_tiles_cover_the_picture_and_overlap(size: tuple[int, int]) -> None:
    width, height = size
    tiles = tile_regions(width, height, TILE_SIDE)
    assert len(tiles) in (2, 4)
    rng = np.random.default_rng(0)
    for x, y in rng.uniform(0, 1, (50, 2)) * size:
        assert any(x0 - 1e-6 <= x <= x0 + side + 1e-6 and y0 - 1e-6 <= y <= y0 + side + 1e-6 for x0, y0, side, _ in tiles)
    for x0, y0, side, high in tiles:
        assert high == side
        assert side == pytest.approx(TILE_SIDE * max(size), abs=0.5)
        assert side.is_integer()
        assert x0 + side / 2 in (pytest.approx(width / 2), pytest.approx(side / 2), pytest.approx(width - side / 2))
        assert y0 + side / 2 in (pytest.approx(height / 2), pytest.approx(side / 2), pytest.approx(height - side / 2))


def answer_of(contract: ModelContract, points: Floats, confidence: Floats, region: Region) -> Answer:
    """What a model says of two corners."""
    none = np.zeros(0, np.float32)
    return Answer(contract, (), points, confidence, points.ravel(), none, region, 1.0)


@dataclass
class FakeModel:
    """Landmarks answer with the square that they look at, as sure as `sure` says, look after look; boxes with its middle."""

    contract: ModelContract
    sure: list[float]
    box_sure: float = 1.0
    box_share: float = 0.1

    def answer(self, image: RgbImage, region: Region) -> Answer:
        x0, y0, side, _ = region
        inset = 0.0 if self.contract.task == "landmarks" else (1 - self.box_share) / 2 * side
        corners = np.array([(x0 + inset, y0 + inset), (x0 + side - inset, y0 + side - inset)], np.float32)
        confidence = self.sure.pop(0) if self.contract.task == "landmarks" else self.box_sure
        return answer_of(self.contract, corners, np.full(2, confidence, np.float32), region)


def answers(sure: list[float], box_sure: float = 1.0, box_share: float = 0.1) -> list[Answer]:
    box, landmarks = example_contracts()
    chain = Chain([])
    crop = replace(landmarks.crop_policy, margin=0.0, refine_below_iou=0.0)
    looks_once = replace(landmarks, crop=crop)
    fakes = (FakeModel(box, [], box_sure, box_share), FakeModel(looks_once, sure))
    chain.models = cast(tuple[HostModel, ...], fakes)
    found = chain.answers(np.zeros((80, 100, 3), np.uint8))
    assert sure == [], "looks that were not taken"
    return found


def test_a_sure_answer_is_not_searched_for() -> None:
    found = answers([0.7])
    assert found[0].region == frame_region(100, 80)
    assert (found[-1].looks, found[-1].duration_ms) == (1, 1.0)


def test_the_surest_tile_counts_and_all_time_is_told() -> None:
    found = answers([0.5, 0.1, 0.2, 0.9, 0.8])
    assert found[0].region == tile_regions(100, 80, 0.6)[2]
    assert sum(answer.duration_ms for answer in found) == 10.0
    assert answers([0.5, 0.1, 0.2, 0.3, 0.4])[0].region == frame_region(100, 80)


def test_what_a_tile_may_cut_is_not_searched_for() -> None:
    assert answers([0.5], box_share=0.21)[0].region == frame_region(100, 80), "tiles of 60 overlap by 20"
    answers([0.5] * 5, box_share=0.2)
    answers([0.5] * 5, box_sure=0.29, box_share=0.21)


@given(sizes, st.floats(0.55, 1.0))
def test_what_fits_is_whole_in_a_tile_wherever_it_is(size: tuple[int, int], share: float) -> None:
    width, height = size
    tiles = tile_regions(width, height, share)
    side = max(0.0, 2 * tiles[0][2] - max(size))
    rng = np.random.default_rng(1)
    for x, y in rng.uniform(0, 1, (20, 2)) * np.maximum(np.array(size) - side, 0):
        box = np.array([x, y, min(x + side, width), min(y + side, height)])
        assert fits_a_tile(box - 1e-6 * np.array([0, 0, 1, 1]), width, height, share)
        assert any(
            x0 - 1e-6 <= box[0] and y0 - 1e-6 <= box[1] and box[2] <= x0 + s + 1e-6 and box[3] <= y0 + s + 1e-6
            for x0, y0, s, _ in tiles
        )


@dataclass
class Narrowing:
    """A box model whose box is the middle of the square that it looks at, `share` of its side; as sure as `sure` says."""

    contract: ModelContract
    share: float
    sure: list[float]

    def answer(self, image: RgbImage, region: Region) -> Answer:
        x0, y0, side, _ = region
        inset = (1 - self.share) / 2 * side
        corners = np.array([(x0 + inset, y0 + inset), (x0 + side - inset, y0 + side - inset)], np.float32)
        confidence = np.full(2, self.sure.pop(0), np.float32)
        return answer_of(self.contract, corners, confidence, region)


def looks_closer(share: float, sure: list[float], margin: float = 0.5) -> Answer:
    contract = replace(example_contracts()[0], crop=CropPolicy(zoom_margin=margin))
    chain = Chain([])
    chain.models = cast(tuple[HostModel, ...], (Narrowing(contract, share, sure),))
    found = chain.answers(np.zeros((80, 100, 3), np.uint8))
    assert sure == [], "looks that were not taken"
    return found[0]


def test_a_small_box_is_looked_at_closer() -> None:
    answer = looks_closer(0.2, [0.5, 0.4])
    assert answer.region == (30.0, 20.0, 40.0, 40.0), "twice the box's side"
    assert answer.box.tolist() == pytest.approx([46, 36, 54, 44])
    assert (answer.looks, answer.duration_ms) == (2, 2.0)


def test_the_first_box_stays_where_the_closer_look_finds_nothing() -> None:
    answer = looks_closer(0.2, [0.5, 0.29])
    assert (answer.region, answer.looks, answer.duration_ms) == (frame_region(100, 80), 2, 2.0)
    assert answer.confidence.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(("share", "sure", "margin"), [(0.6, 0.9, 0.5), (0.2, 0.29, 0.5), (0.2, 0.9, 0.0)])
def test_no_closer_look_at_a_large_box_or_at_none_or_where_the_contract_says_so(share: float, sure: float, margin: float) -> None:
    assert looks_closer(share, [sure], margin).looks == 1


def test_what_a_box_model_does_not_find_has_no_confidence() -> None:
    found = answers([0.9] * 5, box_sure=0.29)
    assert chain_confidence(found) == 0.0
    assert found[0].region == frame_region(100, 80)
