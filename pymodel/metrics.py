"""How good an answer is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def iou(a: Floats, b: Floats) -> Floats:
    """Intersection over union of boxes.

    Args:
        a, b: (..., 4) x0, y0, x1, y1 in the same unit.

    Returns:
        (...) in [0, 1]; 0 for a box without area.
    """
    size = np.clip(np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2]), 0, None)
    inter = size[..., 0] * size[..., 1]
    union = _area(a) + _area(b) - inter
    return np.asarray(np.divide(inter, union, out=np.zeros_like(inter), where=union > 0), np.float32)


def nme(points: Floats, truth: Floats, box: Floats) -> Floats:
    """Normalized mean error: mean distance of the landmarks / diagonal of the true box.

    Args:
        points, truth: (..., K, 2) in the same unit.
        box: (..., 4) true box in that unit.

    Returns:
        (...) share of the diagonal; lower is better.
    """
    distance = np.linalg.norm(points - truth, axis=-1).mean(axis=-1)
    diagonal = np.hypot(box[..., 2] - box[..., 0], box[..., 3] - box[..., 1])
    return np.asarray(distance / diagonal, np.float32)


def metric_loss(metric: str, value: float, reference: float) -> float:
    """How much worse a variant is than the float model, as a share of the float model's metric; negative if better."""
    worse = reference - value if metric == "iou" else value - reference
    return worse / reference if reference else 0.0


def _area(box: Floats) -> Floats:
    size = np.clip(box[..., 2:] - box[..., :2], 0, None)
    return np.asarray(size[..., 0] * size[..., 1], np.float32)
