"""Loss and metric of window models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pymodel.preprocess.normalize import Values
from pymodel.tasks.window.metrics import pr_auc
from pymodel.train.objective import Array, normalized

if TYPE_CHECKING:
    import tensorflow as tf


@dataclass(frozen=True)
class WindowObjective:
    """Cross-entropy of p(Abnormal); targets (N,) 1.0 abnormal, 0.0 normal. The metric is PR-AUC.

    Attributes:
        abnormal_weight: of an abnormal window beside a normal one.
        input_shape: (W, C) raw values.
    """

    mean: Values
    std: Values
    abnormal_weight: float
    input_shape: tuple[int | None, ...]
    metric_name: str = "PR-AUC"
    maximize: bool = True
    input_dtype: str = "float32"
    target_shape: tuple[int | None, ...] = ()
    target_dtype: str = "float32"

    def inputs(self, raw: tf.Tensor) -> tf.Tensor:
        """Normalized samples."""
        return normalized(raw, self.mean, self.std)

    def loss(self, outputs: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        """Weighted mean cross-entropy."""
        import tensorflow as tf

        p = tf.clip_by_value(outputs[:, 0], 1e-6, 1 - 1e-6)
        weights = 1 + (self.abnormal_weight - 1) * targets
        entropy = -(targets * tf.math.log(p) + (1 - targets) * tf.math.log(1 - p))
        return tf.reduce_sum(weights * entropy) / tf.reduce_sum(weights)

    def answers(self, outputs: tf.Tensor) -> tf.Tensor:
        """(N,) p(Abnormal)."""
        return outputs[:, 0]

    def metric(self, answers: Array, targets: Array) -> float:
        """PR-AUC; 0.0 if no window is abnormal."""
        return float(np.nan_to_num(pr_auc(answers, targets)))
