"""What is minimized where points are located: their distances, from heatmap logits or from coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pymodel.networks.heatmaps import heatmap_loss, soft_argmax
from pymodel.preprocess.normalize import Values
from pymodel.train.objective import Array, normalized

if TYPE_CHECKING:
    import tensorflow as tf


@dataclass(frozen=True)
class LocatedObjective:
    """Targets: points (N, K, 2) in [0, 1] of the input square, NaN where unknown: those count neither in the loss nor in the metric,
    the mean point error as a share of the input's side.

    Attributes:
        heatmaps: whether the model's outputs are heatmap logits.
        heatmap_weight: of the heatmaps' divergence beside the points' own loss.
    """

    mean: Values
    std: Values
    heatmaps: bool
    metric_name: str = "point error / input side"
    maximize: bool = False
    heatmap_weight: float = 0.2
    input_shape: tuple[int | None, ...] = (None, None, 3)
    input_dtype: str = "uint8"
    target_shape: tuple[int | None, ...] = (None, 2)
    target_dtype: str = "float32"

    def inputs(self, raw: tf.Tensor) -> tf.Tensor:
        """Normalized pixels."""
        return normalized(raw, self.mean, self.std)

    def loss(self, outputs: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        """Of the points, and of their heatmaps if the model has any."""
        loss = self.point_loss(self.answers(outputs), targets)
        return loss + self.heatmap_weight * heatmap_loss(outputs, targets) if self.heatmaps else loss

    def point_loss(self, points: tf.Tensor, truth: tf.Tensor) -> tf.Tensor:
        """Mean distance of the points that are known."""
        import tensorflow as tf

        known = tf.cast(tf.math.is_finite(truth[..., 0]), tf.float32)
        distance = tf.norm(points - tf.where(known[..., None] > 0, truth, points) + 1e-7, axis=-1)
        return tf.reduce_sum(distance * known) / (tf.reduce_sum(known) + 1e-6)

    def answers(self, outputs: tf.Tensor) -> tf.Tensor:
        """(N, K, 2)."""
        return soft_argmax(outputs) if self.heatmaps else outputs

    def metric(self, answers: Array, targets: Array) -> float:
        """Mean distance."""
        return float(np.nanmean(np.linalg.norm(answers - targets, axis=-1)))
