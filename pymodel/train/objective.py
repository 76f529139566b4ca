"""What a training minimizes and is judged by: one for each task kind, in pymodel/tasks/KIND."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pymodel.preprocess.normalize import Values

Array = npt.NDArray[Any]


class Objective(Protocol):
    """A task kind, as the training loop sees it. `tf` is the module tensorflow: nothing of ours imports it early.

    Attributes:
        metric_name: shown, and the heading of the curve.
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

    def inputs(self, tf: Any, raw: Any) -> Any:
        """The model's input (N, …) float32 from raw examples (N, …)."""

    def loss(self, tf: Any, outputs: Any, targets: Any) -> Any:
        """Scalar, differentiable; `outputs` are the model's: a tensor, or a list where it has several."""

    def answers(self, tf: Any, outputs: Any) -> Any:
        """(N, …) what `metric` judges."""

    def metric(self, answers: Array, targets: Array) -> float:
        """Of a whole split."""


def normalized(tf: Any, pixels: Any, mean: Values, std: Values) -> Any:
    """pymodel.preprocess.normalize, on tensors."""
    return (tf.cast(pixels, tf.float32) - np.asarray(mean, np.float32)) / np.asarray(std, np.float32)
