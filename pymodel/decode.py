"""Heatmap logits → points: the twin of the app's decoders.

Spatial soft-argmax: Nibali et al., Numerical Coordinate Regression with Convolutional Neural Networks (DSNT), 2018.
"""

from __future__ import annotations

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
    power = np.exp(logits - logits.max(axis=(0, 1)))
    share = power / power.sum(axis=(0, 1))
    x = share.sum(0).T @ ((np.arange(columns, dtype=np.float32) + 0.5) / columns)
    y = share.sum(1).T @ ((np.arange(rows, dtype=np.float32) + 0.5) / rows)
    peak = share.reshape(-1, count).argmax(0)
    confidence = np.empty(count, np.float32)
    for k in range(count):
        row, column = divmod(int(peak[k]), columns)
        confidence[k] = share[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2, k].sum()
    return np.stack([x, y], -1).astype(np.float32), confidence


def decode_peak(logits: Floats) -> tuple[Floats, Floats]:
    """Points from one model output, each by the highest cell of its heatmap: a second, lower peak doesn't draw it away.

    For each point k: p = softmax over all G × G cells; of the 3 × 3 cells around the largest p (cells beyond the edge
    count nothing): x = Σ p * (column + 0.5) / G / Σ p, y = Σ p * (row + 0.5) / G / Σ p.

    Args:
        logits: (G, G, K) float32.

    Returns:
        points (K, 2) float32 x, y in [0, 1] of the input square; confidence (K,) float32: Σ p over those cells.
    """
    rows, columns, count = logits.shape
    power = np.exp(logits - logits.max(axis=(0, 1)))
    share = power / power.sum(axis=(0, 1))
    points, confidence = np.empty((count, 2), np.float32), np.empty(count, np.float32)
    for k in range(count):
        row, column = divmod(int(share[..., k].argmax()), columns)
        top, left = max(row - 1, 0), max(column - 1, 0)
        near = share[top : row + 2, left : column + 2, k]
        confidence[k] = near.sum()
        x = (near.sum(0) * (left + np.arange(near.shape[1]) + 0.5)).sum() / confidence[k] / columns
        y = (near.sum(1) * (top + np.arange(near.shape[0]) + 0.5)).sum() / confidence[k] / rows
        points[k] = x, y
    return points, confidence
