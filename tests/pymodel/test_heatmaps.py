"""The loss of heatmaps, against a second way to it."""

from __future__ import annotations

import numpy as np
import pytest

from pymodel.networks.heatmaps import heatmap_loss

GRID, SIGMA = (6, 9), 1.3
"""Rows and columns, and a width in cells."""


def gaussians(points: np.ndarray) -> np.ndarray:
    """(N, R, C, K): shares of the cells, in float64, over the whole grid at once."""
    rows, columns = GRID
    y, x = np.mgrid[:rows, :columns] + 0.5
    at = points[:, None, None] * (columns, rows)
    heat = np.exp(-((x[..., None] - at[..., 0]) ** 2 + (y[..., None] - at[..., 1]) ** 2) / (2 * SIGMA**2))
    return np.asarray(heat / heat.sum((1, 2), keepdims=True))


def loss(logits: np.ndarray, points: np.ndarray) -> float:
    import tensorflow as tf

    return float(heatmap_loss(tf.constant(logits, tf.float32), tf.constant(points, tf.float32), SIGMA))


def test_it_is_the_divergence_of_the_points_that_are_there() -> None:
    rng = np.random.default_rng(5)
    points = rng.uniform(0, 1, (4, 3, 2))
    logits = rng.normal(0, 3, (4, *GRID, 3))
    target = gaussians(points)
    found = np.exp(logits) / np.exp(logits).sum((1, 2), keepdims=True)
    expected = (target * np.log(target / found)).sum((1, 2))
    assert loss(logits, points) == pytest.approx(expected.mean(), rel=1e-5)
    points[0, 1], points[2, 0] = np.nan, (1.2, 0.4)
    there = np.ones((4, 3), bool)
    there[0, 1] = there[2, 0] = False
    assert loss(logits, points) == pytest.approx(expected[there].mean(), rel=1e-5)


def test_nothing_is_left_where_the_heatmap_is_right() -> None:
    points = np.random.default_rng(6).uniform(0, 1, (3, 2, 2))
    assert loss(np.log(gaussians(points)) + 7, points) == pytest.approx(0, abs=1e-5)
