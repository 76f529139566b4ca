"""What box and landmark models minimize: distances of points, from heatmap logits or from coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pymodel.heatmaps import heatmap_loss, inside_input, soft_argmax
from pymodel.metrics import iou
from pymodel.normalize import Values
from pymodel.objective import Array, normalized

HEATMAP_WEIGHT = 0.2
AUXILIARY_WEIGHT = 1.0


@dataclass(frozen=True)
class LocatedObjective:
    """Points (N, K, 2) in [0, 1] of the input square; the metric is the mean point error as a share of its side.

    Points that are unknown (NaN) teach nothing and are not judged.

    Attributes:
        heatmaps: the model gives heatmap logits.
    """

    mean: Values
    std: Values
    heatmaps: bool
    metric_name: str = "point error / input side"
    maximize: bool = False
    input_shape: tuple[int | None, ...] = (None, None, 3)
    input_dtype: str = "uint8"
    target_shape: tuple[int | None, ...] = (None, 2)
    target_dtype: str = "float32"

    def inputs(self, tf: Any, raw: Any) -> Any:
        """Normalized pixels."""
        return normalized(tf, raw, self.mean, self.std)

    def loss(self, tf: Any, outputs: Any, targets: Any) -> Any:
        """Of the points, and of their heatmaps where there are some."""
        loss = self.point_loss(tf, self.answers(tf, outputs), targets)
        return loss + HEATMAP_WEIGHT * heatmap_loss(tf, outputs, targets) if self.heatmaps else loss

    def point_loss(self, tf: Any, found: Any, truth: Any) -> Any:
        """Mean distance of the points that are known."""
        known = tf.cast(tf.math.is_finite(truth[..., 0]), tf.float32)
        distance = tf.norm(found - tf.where(known[..., None] > 0, truth, found) + 1e-7, axis=-1)
        return tf.reduce_sum(distance * known) / (tf.reduce_sum(known) + 1e-6)

    def answers(self, tf: Any, outputs: Any) -> Any:
        """(N, K, 2)."""
        return soft_argmax(tf, outputs) if self.heatmaps else outputs

    def metric(self, answers: Array, targets: Array) -> float:
        """Mean distance."""
        return float(np.nanmean(np.linalg.norm(answers - targets, axis=-1)))


@dataclass(frozen=True)
class BoxObjective(LocatedObjective):
    """The first two points are the corners of a box; what follows are auxiliary points, which only teach the backbone."""

    metric_name: str = "IoU"
    maximize: bool = True

    def point_loss(self, tf: Any, found: Any, truth: Any) -> Any:
        """L1 on centre and size, 1 - IoU, and the distance of the auxiliary points within the input."""
        loss = _box_loss(tf, truth[:, :2], found[:, :2])
        if found.shape[1] > 2:
            inside = inside_input(tf, truth[:, 2:])
            error = tf.norm(found[:, 2:] - tf.where(inside[..., None] > 0, truth[:, 2:], found[:, 2:]) + 1e-7, axis=-1)
            loss += AUXILIARY_WEIGHT * tf.reduce_sum(error * inside) / (tf.reduce_sum(inside) + 1e-6)
        return loss

    def metric(self, answers: Array, targets: Array) -> float:
        """Mean IoU."""
        return float(iou(answers[:, :2].reshape(-1, 4), targets[:, :2].reshape(-1, 4)).mean())


def _box_loss(tf: Any, truth: Any, found: Any) -> Any:
    size, true_size = found[:, 1] - found[:, 0], truth[:, 1] - truth[:, 0]
    centre, true_centre = (found[:, 1] + found[:, 0]) / 2, (truth[:, 1] + truth[:, 0]) / 2
    distance = tf.reduce_mean(tf.abs(centre - true_centre)) + tf.reduce_mean(tf.abs(size - true_size))
    return 2.0 * distance + 0.5 * tf.reduce_mean(1.0 - _iou(tf, truth, found))


def _iou(tf: Any, truth: Any, found: Any) -> Any:
    overlap = tf.nn.relu(tf.minimum(truth[:, 1], found[:, 1]) - tf.maximum(truth[:, 0], found[:, 0]))
    inter = overlap[:, 0] * overlap[:, 1]
    size, true_size = tf.nn.relu(found[:, 1] - found[:, 0]), truth[:, 1] - truth[:, 0]
    return inter / (size[:, 0] * size[:, 1] + true_size[:, 0] * true_size[:, 1] - inter + 1e-9)
