"""The loss of classifiers: weighted cross-entropy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pymodel.preprocess.normalize import Values
from pymodel.tasks.located import LocatedObjective
from pymodel.train.objective import Array, Outputs, normalized

if TYPE_CHECKING:
    import tensorflow as tf

SMOOTHING = 0.05
"""Label smoothing: the share of a label that is spread over all classes, against overconfidence."""

CORNER_WEIGHT = 1.0


@dataclass(frozen=True)
class ClassifyObjective:
    """Targets (N, 5): the class's number, then the subject's box x0, y0, x1, y1 in [0, 1] of the input square, NaN where it
    is unknown. Outputs: logits (N, C), and with boxes heatmap logits of their corners, only there to train the backbone.

    Attributes:
        class_weights: of each class, with mean 1 over the training examples: a rare class counts as much as a frequent one.
    """

    mean: Values
    std: Values
    class_weights: tuple[float, ...]
    metric_name: str = "accuracy"
    maximize: bool = True
    input_shape: tuple[int | None, ...] = (None, None, 3)
    input_dtype: str = "uint8"
    target_shape: tuple[int | None, ...] = (5,)
    target_dtype: str = "float32"

    def inputs(self, raw: tf.Tensor) -> tf.Tensor:
        """Normalized pixels."""
        return normalized(raw, self.mean, self.std)

    def loss(self, outputs: Outputs, targets: tf.Tensor) -> tf.Tensor:
        """Cross-entropy with smoothed labels, and the corners' distance and heatmaps."""
        import tensorflow as tf

        logits, *corners = outputs if isinstance(outputs, list | tuple) else [outputs]
        labels, count = tf.cast(targets[:, 0], tf.int32), len(self.class_weights)
        smoothed = tf.one_hot(labels, count) * (1 - SMOOTHING) + SMOOTHING / count
        entropy = tf.nn.softmax_cross_entropy_with_logits(smoothed, logits)
        loss = tf.reduce_mean(entropy * tf.gather(tf.constant(self.class_weights, tf.float32), labels))
        if corners:
            boxes = LocatedObjective(self.mean, self.std, heatmaps=True)
            loss += CORNER_WEIGHT * boxes.loss(corners[0], tf.reshape(targets[:, 1:], (-1, 2, 2)))
        return loss

    def answers(self, outputs: Outputs) -> tf.Tensor:
        """(N, C) logits."""
        return outputs[0] if isinstance(outputs, list | tuple) else outputs

    def metric(self, answers: Array, targets: Array) -> float:
        """Share of examples whose class is the likeliest."""
        return float(np.mean(answers.argmax(-1) == targets[:, 0]))


def balanced(counts: list[int]) -> tuple[float, ...]:
    """Weights of the classes from their number of training examples."""
    return tuple(sum(counts) / (len(counts) * max(1, count)) for count in counts)
