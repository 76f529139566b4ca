"""What classifiers minimize: weighted cross-entropy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pymodel.normalize import Values
from pymodel.objective import Array, normalized

SMOOTHING = 0.05
"""Share of a label that the other classes get: a network that is never rewarded for being sure of everything."""


@dataclass(frozen=True)
class ClassifyObjective:
    """Targets (N,): numbers of the classes.

    Attributes:
        class_weights: of each class, mean 1 over the training examples: a rare class counts as much as a frequent one.
    """

    mean: Values
    std: Values
    class_weights: tuple[float, ...]
    metric_name: str = "accuracy"
    maximize: bool = True
    input_shape: tuple[int | None, ...] = (None, None, 3)
    input_dtype: str = "uint8"
    target_shape: tuple[int | None, ...] = ()
    target_dtype: str = "int32"

    def inputs(self, tf: Any, raw: Any) -> Any:
        """Normalized pixels."""
        return normalized(tf, raw, self.mean, self.std)

    def loss(self, tf: Any, outputs: Any, targets: Any) -> Any:
        """Cross-entropy of logits (N, C) with smoothed labels."""
        count = len(self.class_weights)
        wanted = tf.one_hot(targets, count) * (1 - SMOOTHING) + SMOOTHING / count
        entropy = tf.nn.softmax_cross_entropy_with_logits(wanted, outputs)
        return tf.reduce_mean(entropy * tf.gather(tf.constant(self.class_weights, tf.float32), targets))

    def answers(self, tf: Any, outputs: Any) -> Any:
        """(N, C) logits."""
        return outputs

    def metric(self, answers: Array, targets: Array) -> float:
        """Share of examples whose class is the likeliest."""
        return float(np.mean(answers.argmax(-1) == targets))


def balanced(counts: list[int]) -> tuple[float, ...]:
    """Weights of the classes from their number of training examples."""
    return tuple(sum(counts) / (len(counts) * max(1, count)) for count in counts)
