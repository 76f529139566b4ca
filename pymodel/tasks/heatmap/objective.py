"""The loss of stacked hourglasses: the heatmaps of every stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pymodel.evaluate.metrics import pck
from pymodel.inference.heatmaps import decode_peak
from pymodel.networks.heatmaps import heatmap_loss, soft_argmax
from pymodel.preprocess.normalize import Values
from pymodel.train.objective import Array, Outputs, normalized

if TYPE_CHECKING:
    import tensorflow as tf

SIGMA = 1.2
"""Standard deviation of the target Gaussians, in cells."""

POINT_WEIGHT = 1.0
"""Weight of the last stage's point error beside the heatmaps' divergence."""


@dataclass(frozen=True)
class HeatmapObjective:
    """Targets (N, P + 1, 2): points in [0, 1] of the input square, NaN where one is missing, then width and height of the
    object, which scale the metric.

    Attributes:
        target_points: K; the first K of the P points are what the model is for, the others are auxiliary.
    """

    mean: Values
    std: Values
    target_points: int
    metric_name: str = "PCK@0.1"
    maximize: bool = True
    input_shape: tuple[int | None, ...] = (None, None, 3)
    input_dtype: str = "uint8"
    target_shape: tuple[int | None, ...] = (None, 2)
    target_dtype: str = "float32"

    def inputs(self, raw: tf.Tensor) -> tf.Tensor:
        """Normalized pixels."""
        return normalized(raw, self.mean, self.std)

    def loss(self, outputs: Outputs, targets: tf.Tensor) -> tf.Tensor:
        """Mean divergence over the stages, and the distance of the last one's points."""
        import tensorflow as tf

        stages = outputs if isinstance(outputs, list | tuple) else [outputs]
        points = targets[:, :-1]
        loss = sum(heatmap_loss(stage, points, SIGMA) for stage in stages) / len(stages)
        points = points[:, : self.target_points]
        for stage in stages:
            loss += heatmap_loss(stage[..., : self.target_points], points, SIGMA) / len(stages)
        known = tf.cast(tf.math.is_finite(points[..., 0]), tf.float32)
        predicted = soft_argmax(stages[-1][..., : self.target_points])
        distance = tf.norm(predicted - tf.where(known[..., None] > 0, points, predicted) + 1e-7, axis=-1)
        return loss + POINT_WEIGHT * tf.reduce_sum(distance * known) / (tf.reduce_sum(known) + 1e-6)

    def answers(self, outputs: Outputs) -> tf.Tensor:
        """(N, G, G, K) logits of the last stage."""
        return (outputs[-1] if isinstance(outputs, list | tuple) else outputs)[..., : self.target_points]

    def metric(self, answers: Array, targets: Array) -> float:
        """PCK@0.1 of the points that are not missing."""
        points = np.stack([decode_peak(logits)[0] for logits in answers])
        return float(np.nanmean(pck(points, targets[:, : self.target_points], targets[:, -1].max(-1), 0.1)))
