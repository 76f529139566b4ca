"""How good an answer is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def nme(points: Floats, truth: Floats, box: Floats) -> Floats:
    """Normalized mean error: mean distance of the landmarks / diagonal of the true box.

    Args:
        points, truth: (..., K, 2) in the same unit; NaN in truth where a point is not there.
        box: (..., 4) true box in that unit.

    Returns:
        (...) share of the diagonal; lower is better.
    """
    distance = _mean_known(np.linalg.norm(points - truth, axis=-1))
    diagonal = np.hypot(box[..., 2] - box[..., 0], box[..., 3] - box[..., 1])
    return np.asarray(distance / diagonal, np.float32)


def pck(points: Floats, truth: Floats, size: Floats, share: float) -> Floats:
    """Percentage of correct keypoints, per point: 1.0 where it is closer than a share of the object's size.

    Args:
        points, truth: (..., K, 2) in the same unit; NaN in truth where a point is not there.
        size: (...) of the object, in that unit.

    Returns:
        (..., K): 1.0, 0.0, or NaN where the point is not there.
    """
    distance = np.linalg.norm(points - truth, axis=-1)
    correct = np.asarray(distance < share * size[..., None], np.float32)
    return np.where(np.isfinite(distance), correct, np.float32(np.nan)).astype(np.float32)


def average_precision(confidence: npt.NDArray[np.float64], correct: npt.NDArray[np.bool_], total: int) -> float:
    """Area under precision over recall of detections, precision made non-increasing (Everingham et al., 2010; all points).

    Args:
        confidence, correct: (N,) of each detection, whether it hits an object that no surer one hits.
        total: objects that there are.
    """
    if not total:
        return float("nan")
    hits = correct[np.argsort(-confidence, kind="stable")]
    found = np.cumsum(hits)
    precision = found / np.arange(1, len(hits) + 1)
    highest = np.maximum.accumulate(precision[::-1])[::-1]
    return float((highest * hits).sum() / total)


def calibration_error(confidence: npt.NDArray[np.float64], correct: npt.NDArray[np.float64], bins: int = 15) -> float:
    """Expected calibration error: |accuracy - mean confidence| of equally wide bins, weighted by their share.

    Guo et al., On Calibration of Modern Neural Networks, 2017.

    Args:
        confidence, correct: (N,) of the likeliest class, 1.0 where it is the true one.
    """
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gaps = [abs(float((correct - confidence)[place == k].sum())) for k in range(bins)]
    return sum(gaps) / len(confidence)


def _mean_known(values: Floats) -> Floats:
    """Over the last axis; NaN where nothing is known."""
    known = np.isfinite(values)
    count = known.sum(-1)
    return np.where(count > 0, np.where(known, values, 0).sum(-1) / np.maximum(count, 1), np.nan).astype(np.float32)
