"""What box models minimize."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pymodel.networks.heatmaps import inside_input
from pymodel.preprocess.geometry import iou
from pymodel.tasks.landmarks.objective import LocatedObjective
from pymodel.train.objective import Array

AUXILIARY_WEIGHT = 1.0


@dataclass(frozen=True)
class BoxObjective(LocatedObjective):
    """The first two points are the corners of a box; what follows are auxiliary points, which only teach the backbone."""

    metric_name: str = "IoU"
    maximize: bool = True
    heatmap_weight: float = 0.5

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
