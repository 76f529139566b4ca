"""What stacked hourglasses minimize: every stage's heatmaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pymodel.evaluate.metrics import pck
from pymodel.inference.decoders import decode_peak
from pymodel.networks.heatmaps import heatmap_loss, soft_argmax
from pymodel.preprocess.normalize import Values
from pymodel.train.objective import Array, normalized

SIGMA = 1.2
"""Of the Gaussians, in cells."""

POINT_WEIGHT = 1.0
"""Of the last stage's point error beside the heatmaps' divergence."""


@dataclass(frozen=True)
class HeatmapObjective:
    """Targets (N, P + 1, 2): points in [0, 1] of the input square, NaN where one is not there, then width and height of
    the object: its size, by which errors are judged.

    Attributes:
        wanted: K, how many of the P points are judged: the first ones. The others tell the network what a hand is.
    """

    mean: Values
    std: Values
    wanted: int
    metric_name: str = "PCK@0.1"
    maximize: bool = True
    input_shape: tuple[int | None, ...] = (None, None, 3)
    input_dtype: str = "uint8"
    target_shape: tuple[int | None, ...] = (None, 2)
    target_dtype: str = "float32"

    def inputs(self, tf: Any, raw: Any) -> Any:
        """Normalized pixels."""
        return normalized(tf, raw, self.mean, self.std)

    def loss(self, tf: Any, outputs: Any, targets: Any) -> Any:
        """Mean divergence over the stages, and the distance of the last one's points."""
        stages = outputs if isinstance(outputs, list | tuple) else [outputs]
        points = targets[:, :-1]
        loss = sum(heatmap_loss(tf, stage, points, SIGMA) for stage in stages) / len(stages)
        points = points[:, : self.wanted]
        for stage in stages:
            loss += heatmap_loss(tf, stage[..., : self.wanted], points, SIGMA) / len(stages)
        known = tf.cast(tf.math.is_finite(points[..., 0]), tf.float32)
        found = soft_argmax(tf, stages[-1][..., : self.wanted])
        distance = tf.norm(found - tf.where(known[..., None] > 0, points, found) + 1e-7, axis=-1)
        return loss + POINT_WEIGHT * tf.reduce_sum(distance * known) / (tf.reduce_sum(known) + 1e-6)

    def answers(self, tf: Any, outputs: Any) -> Any:
        """(N, G, G, K) logits of the last stage."""
        return (outputs[-1] if isinstance(outputs, list | tuple) else outputs)[..., : self.wanted]

    def metric(self, answers: Array, targets: Array) -> float:
        """PCK@0.1 of the points that are there."""
        points = np.stack([decode_peak(logits)[0] for logits in answers])
        return float(np.nanmean(pck(points, targets[:, : self.wanted], targets[:, -1].max(-1), 0.1)))
