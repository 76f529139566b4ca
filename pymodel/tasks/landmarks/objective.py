"""What landmark models minimize: distances of points, from heatmap logits or from coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pymodel.networks.heatmaps import heatmap_loss, soft_argmax
from pymodel.preprocess.normalize import Values
from pymodel.train.objective import Array, normalized


@dataclass(frozen=True)
class LocatedObjective:
    """Points (N, K, 2) in [0, 1] of the input square; the metric is the mean point error as a share of its side.

    Points that are unknown (NaN) teach nothing and are not judged.

    Attributes:
        heatmaps: the model gives heatmap logits.
        heatmap_weight: of their divergence beside the points' own loss.
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

    def inputs(self, tf: Any, raw: Any) -> Any:
        """Normalized pixels."""
        return normalized(tf, raw, self.mean, self.std)

    def loss(self, tf: Any, outputs: Any, targets: Any) -> Any:
        """Of the points, and of their heatmaps where there are some."""
        loss = self.point_loss(tf, self.answers(tf, outputs), targets)
        return loss + self.heatmap_weight * heatmap_loss(tf, outputs, targets) if self.heatmaps else loss

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
