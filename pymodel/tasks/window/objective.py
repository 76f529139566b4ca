"""What a window model minimizes and is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pymodel.preprocess.normalize import Values
from pymodel.tasks.window.metrics import pr_auc
from pymodel.train.objective import Array, normalized


@dataclass(frozen=True)
class WindowObjective:
    """Cross-entropy of p(Abnormal) with 1.0 abnormal, 0.0 normal, judged by PR-AUC.

    Attributes:
        abnormal_weight: how much more an abnormal window counts.
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

    def inputs(self, tf: Any, raw: Any) -> Any:
        """Normalized samples."""
        return normalized(tf, raw, self.mean, self.std)

    def loss(self, tf: Any, outputs: Any, targets: Any) -> Any:
        """Weighted mean cross-entropy."""
        p = tf.clip_by_value(outputs[:, 0], 1e-6, 1 - 1e-6)
        weights = 1 + (self.abnormal_weight - 1) * targets
        entropy = -(targets * tf.math.log(p) + (1 - targets) * tf.math.log(1 - p))
        return tf.reduce_sum(weights * entropy) / tf.reduce_sum(weights)

    def answers(self, tf: Any, outputs: Any) -> Any:
        """(N,) p(Abnormal)."""
        return outputs[:, 0]

    def metric(self, answers: Array, targets: Array) -> float:
        """PR-AUC; 0.0 where nothing is abnormal."""
        return float(np.nan_to_num(pr_auc(answers, targets)))
