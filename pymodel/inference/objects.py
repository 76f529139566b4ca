"""Outputs of detectors → objects: the twin of the app's DetectionsDecoder.kt and AnchorsDecoder.kt."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appspec.contract import Anchors, Detections, Grid
from pymodel.inference.logits import sigmoid
from pymodel.preprocess.geometry import iou

Floats = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]

MAX_OBJECTS = 100
"""The surest ones; as many as COCO's evaluation looks at."""

LOGIT_LIMIT = 100.0
"""Logits are clipped to ± this, as MediaPipe does."""


@dataclass(frozen=True)
class Objects:
    """What was found, the surest first.

    Attributes:
        boxes: (N, 4) float32 x0, y0, x1, y1.
        classes: (N,) int64, counted from 0.
        scores: (N,) float32 in [0, 1].
        points: (N, K, 2) float32 x, y of each; K = 0 where they have none.
    """

    boxes: Floats
    classes: Whole
    scores: Floats
    points: Floats

    def __len__(self) -> int:
        return len(self.scores)


NO_OBJECTS = Objects(
    np.zeros((0, 4), np.float32), np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros((0, 0, 2), np.float32)
)


def decode_detections(decoder: Detections, outputs: Sequence[Floats]) -> Objects:
    """Objects in [0, 1] of the input; rows that are not finite are none.

    Args:
        outputs: boxes (1, N, 4) top, left, bottom, right; classes (1, N); scores (1, N); how many rows hold (1,).
    """
    boxes, classes, scores = outputs[0].reshape(-1, 4), outputs[1].ravel(), outputs[2].ravel()
    holds = np.arange(len(scores)) < outputs[3].ravel()[0]
    holds &= (scores >= np.float32(decoder.threshold)) & np.isfinite(boxes).all(-1)
    chosen = np.flatnonzero(holds)
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")][:MAX_OBJECTS]
    return Objects(
        boxes[chosen][:, [1, 0, 3, 2]],
        np.round(classes[chosen]).astype(np.int64),
        scores[chosen],
        np.zeros((len(chosen), 0, 2), np.float32),
    )


def decode_anchors(decoder: Anchors, outputs: Sequence[Floats], size: tuple[int, int]) -> Objects:
    """Objects in [0, 1] of the input, each a mean of rows; see appspec.contract.Anchors.

    Args:
        outputs: rows (1, A, 4 + 2 K); logits (1, A, C).
        size: width and height of the input, pixels.
    """
    logits = outputs[1][0]
    scores = sigmoid(np.clip(logits.max(-1), -LOGIT_LIMIT, LOGIT_LIMIT))
    sure = np.flatnonzero(scores >= np.float32(decoder.threshold))  # few: the rest is decoded for them alone
    if not len(sure):
        return NO_OBJECTS
    rows, scores, classes = outputs[0][0][sure], scores[sure], logits[sure].argmax(-1)
    scaled = rows.reshape(len(rows), -1, 2) / np.array(size, np.float32)
    sides = scaled[:, 1]
    scaled = scaled + anchor_centres(decoder.grids)[sure, None]
    corners = np.stack([scaled[:, 0] - sides / 2, scaled[:, 0] + sides / 2, *scaled[:, 2:].swapaxes(0, 1)], 1)  # (A, 2 + K, 2)
    holds = (sides >= 0).all(-1) & np.isfinite(corners).all((1, 2))
    left = np.flatnonzero(holds)
    left = left[np.argsort(-scores[left], kind="stable")]
    found: list[tuple[int, Floats]] = []
    while len(left) and len(found) < MAX_OBJECTS:
        best, boxes = left[0], corners[left, :2].reshape(-1, 4)
        same = (classes[left] == classes[best]) & (iou(boxes, boxes[:1]) > np.float32(decoder.overlap))
        same[0] = True  # a box without area overlaps not even itself
        found.append((int(best), _weighted(corners[left[same]], scores[left[same]])))
        left = left[~same]
    if not found:
        return NO_OBJECTS
    chosen, means = np.array([best for best, _ in found]), np.stack([mean for _, mean in found])
    return Objects(means[:, :2].reshape(-1, 4), classes[chosen], scores[chosen], means[:, 2:])


def _weighted(values: Floats, weights: Floats) -> Floats:
    """The mean of (N, P, 2)."""
    return np.asarray(np.tensordot(weights, values, 1) / weights.sum(), np.float32)


@functools.lru_cache(maxsize=8)
def anchor_centres(grids: tuple[Grid, ...]) -> Floats:
    """(A, 2) x, y in [0, 1] of all grids, one after the other."""
    centres = np.concatenate([grid_centres(grid) for grid in grids])
    centres.flags.writeable = False
    return centres


def grid_centres(grid: Grid) -> Floats:
    """(rows * columns * anchors, 2) x, y in [0, 1]: the centre of each anchor's cell."""
    y, x = np.mgrid[: grid.rows, : grid.columns]
    cells = np.stack([(x + 0.5) / grid.columns, (y + 0.5) / grid.rows], -1).reshape(-1, 2)
    return np.repeat(cells, grid.anchors, 0).astype(np.float32)
