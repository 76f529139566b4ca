"""Each metric against a second way to compute it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from appspec.intervals import bootstrap
from pymodel.data.duplicates import near_duplicates, perceptual_hash
from pymodel.data.splits import SPLITS
from pymodel.evaluate.metrics import average_precision, calibration_error, nme, pck
from pymodel.inference.heatmaps import decode_peak
from pymodel.quantize.choice import metric_loss
from pymodel.tasks.classify.objective import balanced
from pymodel.tasks.classify.task import temperature


def test_nme_and_pck_leave_out_points_that_are_not_there() -> None:
    truth = np.array([[[10, 10], [np.nan, np.nan], [30, 10]]], np.float32)
    found = np.array([[[13, 14], [99, 99], [30, 22]]], np.float32)
    box = np.array([[0, 0, 30, 40]], np.float32)
    assert nme(found, truth, box).tolist() == pytest.approx([(5 + 12) / 2 / 50])
    near = pck(found, truth, np.array([60.0], np.float32), 0.1)
    assert near[0, 0] == 1.0
    assert np.isnan(near[0, 1])
    assert near[0, 2] == 0.0
    assert pck(found, truth, np.array([60.0], np.float32), 0.21)[0, 2] == 1.0


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(0, 10))
def test_average_precision_counts_area_step_by_step(seed: int, count: int, missed: int) -> None:
    rng = np.random.default_rng(seed)
    confidence, correct = rng.permutation(count) / count, rng.random(count) < 0.6
    total = int(correct.sum()) + missed
    area, before = 0.0, 0.0
    for k in range(1, count + 1):  # every recall that is reached, at the best precision from there on
        order = np.argsort(-confidence)
        recall = correct[order][:k].sum() / max(total, 1)
        best = max(correct[order][:n].sum() / n for n in range(k, count + 1))
        area, before = area + (recall - before) * best, recall
    if total:
        assert average_precision(confidence, correct, total) == pytest.approx(area)


def test_average_precision_is_that_of_scikit_learn_where_precision_only_falls() -> None:
    confidence = np.linspace(1, 0, 40)
    correct = np.arange(40) < 25
    assert average_precision(confidence, correct, 25) == pytest.approx(average_precision_score(correct, confidence))


def test_calibration_error_is_the_gap_of_each_bin() -> None:
    rng = np.random.default_rng(3)
    confidence = rng.uniform(0.34, 1, 500)
    correct = (rng.random(500) < confidence**2).astype(float)
    gaps = []
    for k in range(15):
        inside = (confidence > k / 15) & (confidence <= (k + 1) / 15)
        if inside.any():
            gaps.append(inside.mean() * abs(correct[inside].mean() - confidence[inside].mean()))
    assert calibration_error(confidence, correct) == pytest.approx(sum(gaps))
    sure = np.ones(50)
    assert calibration_error(sure, sure) == 0.0
    assert calibration_error(sure, 0 * sure) == 1.0


def test_a_temperature_brings_overconfident_logits_back() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1.5, (4000, 3))
    share = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    truth = np.array([rng.choice(3, p=row) for row in share])
    assert temperature(3.0 * logits, truth) == pytest.approx(3.0, rel=0.1)


def test_rare_classes_weigh_more_and_the_mean_stays_one() -> None:
    weights = balanced([90, 10])
    assert weights == pytest.approx((100 / 180, 100 / 20))
    assert np.average(weights, weights=[90, 10]) == pytest.approx(1.0)


def test_an_interval_covers_the_true_mean_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    covered = 0
    for trial in range(60):
        found = bootstrap(rng.normal(2.0, 1.0, 80), seed=trial)
        covered += found.low <= 2.0 <= found.high
    assert 50 <= covered <= 60


def test_a_worse_metric_is_a_loss_whichever_way_it_counts() -> None:
    assert metric_loss(0.72, 0.8, lower_is_better=False) == pytest.approx(0.1)
    assert metric_loss(0.033, 0.03, lower_is_better=True) == pytest.approx(0.1)
    assert metric_loss(0.99, 0.9, lower_is_better=False) < 0


def test_a_peak_is_found_between_cells_and_not_drawn_away_by_another() -> None:
    rows, columns = np.mgrid[:16, :16].astype(np.float32)
    x, y = 5.3, 9.8  # in cells
    near = 6.0 - 0.5 * ((columns + 0.5 - x) ** 2 + (rows + 0.5 - y) ** 2)
    other = 5.0 - 0.5 * ((columns + 0.5 - 13) ** 2 + (rows + 0.5 - 2) ** 2)
    points, confidence = decode_peak(np.maximum(near, other)[..., None])
    assert points[0] * 16 == pytest.approx((x, y), abs=0.15)
    assert 0.4 < confidence[0] < 0.8
    corner = np.zeros((4, 4, 1), np.float32)
    corner[0, 0] = 50
    points, confidence = decode_peak(corner)
    assert points[0] == pytest.approx((0.125, 0.125), abs=1e-6)
    assert confidence[0] == pytest.approx(1.0)


def test_look_alikes_across_splits_are_found_whatever_their_size() -> None:
    rng = np.random.default_rng(5)
    scenes = [np.kron(rng.integers(0, 255, (12, 16, 3)), np.ones((20, 20, 1))).astype(np.uint8) for _ in range(40)]
    darker = (scenes[7][::2, ::2] * 0.9).astype(np.uint8)
    hashes = [perceptual_hash(image) for image in [*scenes, darker, scenes[3]]]
    files = [f"{i}.jpg" for i in range(42)]
    splits = ["train"] * 40 + ["test", "train"]
    found = near_duplicates(files, splits, hashes)
    assert [(pair.file, pair.split, pair.other, pair.other_split) for pair in found] == [("40.jpg", "test", "7.jpg", "train")]


def test_each_look_alike_is_told_once_with_the_nearest_however_many_there_are() -> None:
    rng = np.random.default_rng(11)
    scenes = [int(value) for value in rng.integers(0, 2**63, 30)]
    hashes, splits = [], []
    for _ in range(1500):
        scene = scenes[int(rng.integers(len(scenes)))]
        for bit in rng.choice(64, int(rng.integers(5)), replace=False):
            scene ^= 1 << int(bit)
        hashes.append(scene)
        splits.append(("train", "validation", "test")[int(rng.integers(3))])
    files = [f"{i:04}.jpg" for i in range(len(hashes))]
    expected = {}
    for i, split in enumerate(splits):
        earlier = [j for j, other in enumerate(splits) if SPLITS.index(other) < SPLITS.index(split)]
        distance, nearest = min(((hashes[i] ^ hashes[j]).bit_count(), j) for j in earlier) if earlier else (64, 0)
        if distance <= 3:
            expected[files[i]] = (files[nearest], distance)
    assert len(expected) > 500
    found = near_duplicates(files, splits, hashes)
    assert {pair.file: (pair.other, pair.distance) for pair in found} == expected
    assert len(found) == len(expected)
    assert near_duplicates([], [], []) == []
