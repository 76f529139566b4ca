"""What a training minimizes and is judged by: one for each task kind, in pymodel/tasks/KIND."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from pymodel.preprocess.normalize import Values

if TYPE_CHECKING:
    import tensorflow as tf

Array = npt.NDArray[Any]
"""uint8 pixels or float32 values."""

Outputs: TypeAlias = "tf.Tensor | list[tf.Tensor]"
"""Of a model: a tensor, or a list where it has several."""


class Objective(Protocol):
    """A task kind, as the training loop sees it.

    Attributes:
        metric_name: in words; also the heading of the curve.
        maximize: whether a larger metric is better.
        input_shape, target_shape: of one example, None where it varies; element types are those of the examples.
        input_dtype, target_dtype: names of TensorFlow's types.
    """

    @property
    def metric_name(self) -> str: ...
    @property
    def maximize(self) -> bool: ...
    @property
    def input_shape(self) -> tuple[int | None, ...]: ...
    @property
    def input_dtype(self) -> str: ...
    @property
    def target_shape(self) -> tuple[int | None, ...]: ...
    @property
    def target_dtype(self) -> str: ...

    def inputs(self, raw: tf.Tensor) -> tf.Tensor:
        """The model's input (N, …) float32 from raw examples (N, …)."""

    def loss(self, outputs: Outputs, targets: tf.Tensor) -> tf.Tensor:
        """A differentiable scalar."""

    def answers(self, outputs: Outputs) -> tf.Tensor:
        """(N, …) the part of the outputs that `metric` judges."""

    def metric(self, answers: Array, targets: Array) -> float:
        """Of a whole split."""


def normalized(pixels: tf.Tensor, mean: Values, std: Values) -> tf.Tensor:
    """pymodel.preprocess.normalize, on tensors."""
    import tensorflow as tf

    return (tf.cast(pixels, tf.float32) - np.asarray(mean, np.float32)) / np.asarray(std, np.float32)
