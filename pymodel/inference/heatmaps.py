"""Heatmaps → points: the twin of the app's Heatmap.kt and PointsDecoder.kt.

Spatial soft-argmax: Nibali et al., Numerical Coordinate Regression with Convolutional Neural Networks (DSNT), 2018.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def decode_points(logits: Floats) -> tuple[Floats, Floats]:
    """Points from one model output.

    For each point k: p = softmax over all G × G cells; x = Σ p * (column + 0.5) / G, y = Σ p * (row + 0.5) / G.

    Args:
        logits: (G, G, K) float32.

    Returns:
        points (K, 2) float32 x, y in [0, 1] of the input square; confidence (K,) float32: Σ p over the 3 × 3 cells
        around the largest one (cells beyond the edge count nothing).
    """
    rows, columns, count = logits.shape
    cells = logits.reshape(-1, count)
    power = np.exp(cells - cells.max(0))
    sums = power.T @ _moments(rows, columns)
    near = np.array([part.sum() for _, _, part in _peaks(logits, power.reshape(logits.shape))], np.float32)
    return sums[:, :2] / sums[:, 2:], near / sums[:, 2]


@cache
def _moments(rows: int, columns: int) -> Floats:
    """(G * G, 3) float32: x and y of each cell's centre, and 1."""
    y, x = np.mgrid[:rows, :columns].reshape(2, -1)
    return np.asarray(np.stack([(x + 0.5) / columns, (y + 0.5) / rows, np.ones(len(x))], -1), np.float32)


def decode_peak(logits: Floats) -> tuple[Floats, Floats]:
    """Points from one model output, each from the neighbourhood of its highest cell alone: a second peak moves nothing.

    For each point k: p = softmax over all G × G cells; over the 3 × 3 cells around the first of the largest ones (cells
    beyond the edge count nothing) x = Σ p * (column + 0.5) / G / Σ p, y = Σ p * (row + 0.5) / G / Σ p.

    Args:
        logits: (G, G, K) float32.

    Returns:
        points (K, 2) float32 x, y in [0, 1] of the input square; confidence (K,) float32: that Σ p.
    """
    rows, columns, count = logits.shape
    power = np.exp(logits - logits.max(axis=(0, 1)))
    points, confidence = np.empty((count, 2), np.float32), np.empty(count, np.float32)
    for k, (top, left, near) in enumerate(_peaks(logits, power / power.sum(axis=(0, 1)))):
        confidence[k] = near.sum()
        points[k, 0] = near.sum(0) @ (left + np.arange(near.shape[1]) + 0.5) / columns / confidence[k]
        points[k, 1] = near.sum(1) @ (top + np.arange(near.shape[0]) + 0.5) / rows / confidence[k]
    return points, confidence


def _peaks(logits: Floats, share: Floats) -> list[tuple[int, int, Floats]]:
    """For each point the shares of the 3 × 3 cells around its largest logit, fewer at the edge; their first row and column."""
    _, columns, count = share.shape
    found = []
    for k, peak in enumerate(logits.reshape(-1, count).argmax(0)):
        row, column = divmod(int(peak), columns)
        top, left = max(row - 1, 0), max(column - 1, 0)
        found.append((top, left, share[top : row + 2, left : column + 2, k]))
    return found
