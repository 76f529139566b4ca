"""The loss of box models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pymodel.networks.heatmaps import inside_input
from pymodel.preprocess.geometry import iou
from pymodel.tasks.located import LocatedObjective
from pymodel.train.objective import Array

if TYPE_CHECKING:
    import tensorflow as tf

AUXILIARY_WEIGHT = 1.0


@dataclass(frozen=True)
class BoxObjective(LocatedObjective):
    """The first two points are the corners of a box; the others are auxiliary, only there to train the backbone."""

    metric_name: str = "IoU"
    maximize: bool = True
    heatmap_weight: float = 0.5

    def point_loss(self, points: tf.Tensor, truth: tf.Tensor) -> tf.Tensor:
        """L1 on centre and size, 1 - IoU, and the distance of the auxiliary points within the input."""
        import tensorflow as tf

        loss = _box_loss(truth[:, :2], points[:, :2])
        if points.shape[1] > 2:
            inside = inside_input(truth[:, 2:])
            error = tf.norm(points[:, 2:] - tf.where(inside[..., None] > 0, truth[:, 2:], points[:, 2:]) + 1e-7, axis=-1)
            loss += AUXILIARY_WEIGHT * tf.reduce_sum(error * inside) / (tf.reduce_sum(inside) + 1e-6)
        return loss

    def metric(self, answers: Array, targets: Array) -> float:
        """Mean IoU."""
        return float(iou(answers[:, :2].reshape(-1, 4), targets[:, :2].reshape(-1, 4)).mean())


def _box_loss(truth: tf.Tensor, box: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    size, true_size = box[:, 1] - box[:, 0], truth[:, 1] - truth[:, 0]
    centre, true_centre = (box[:, 1] + box[:, 0]) / 2, (truth[:, 1] + truth[:, 0]) / 2
    distance = tf.reduce_mean(tf.abs(centre - true_centre)) + tf.reduce_mean(tf.abs(size - true_size))
    return 2.0 * distance + 0.5 * tf.reduce_mean(1.0 - _iou(truth, box))


def _iou(truth: tf.Tensor, box: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    overlap = tf.nn.relu(tf.minimum(truth[:, 1], box[:, 1]) - tf.maximum(truth[:, 0], box[:, 0]))
    inter = overlap[:, 0] * overlap[:, 1]
    size, true_size = tf.nn.relu(box[:, 1] - box[:, 0]), truth[:, 1] - truth[:, 0]
    return inter / (size[:, 0] * size[:, 1] + true_size[:, 0] * true_size[:, 1] - inter + 1e-9)
