"""The optimizer: Muon for the matrices that mix channels, AdamW for all other variables, at one learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from pymodel.train.muon import is_matrix, matrix_shape, orthogonalized

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    Gradients = dict[str, tf.Tensor]
    """By the path of the variable."""

HEAD = "head"
"""Part of the names of the layers that learn while the backbone is frozen."""

MOMENTUM = 0.95

MUON_SCALE = 0.5
"""Root mean square of Muon's update / learning rate; AdamW's is 0.2 to 0.4 of that."""


class Schedule(Protocol):
    """The part of a training's configuration that the optimizer needs."""

    @property
    def epochs(self) -> int: ...
    @property
    def learning_rate(self) -> float: ...
    @property
    def frozen_epochs(self) -> int: ...
    @property
    def weight_decay(self) -> float: ...


class Optimizer:
    """Updates a model's variables.

    Args:
        schedule: its learning rate is the peak, after a warm-up over the first twentieth of the steps; then a cosine falls to 2 %.
        steps: of an epoch.
    """

    def __init__(self, model: keras.Model, schedule: Schedule, steps: int) -> None:
        import keras
        import tensorflow as tf

        self._schedule = schedule
        total = schedule.epochs * steps
        warmup = max(1, total // 20)
        peak = schedule.learning_rate
        rates = keras.optimizers.schedules.CosineDecay(
            peak * 0.05, max(1, total - warmup), alpha=0.02, warmup_target=peak, warmup_steps=warmup
        )
        self._adam = keras.optimizers.AdamW(rates, weight_decay=schedule.weight_decay, global_clipnorm=5.0)
        kinds: dict[str, list[keras.Variable]] = {"plain": [], "kernels": [], "matrices": []}
        for variable in model.trainable_variables:
            kinds[_kind(variable)].append(variable)
        groups = {name: _PackedVariables(variables, name) for name, variables in kinds.items() if variables}
        self._matrices = groups.pop("matrices", None)
        self._others = list(groups.values())
        if "plain" in groups:
            self._adam.exclude_from_weight_decay(var_list=[groups["plain"].packed])
        self._adam.build([group.packed for group in self._others])
        self._momentum = tf.Variable(tf.zeros_like(self._matrices.packed)) if self._matrices else None
        self._thawed = tf.Variable(1.0)

    @property
    def variables(self) -> list[keras.Variable]:
        """The optimizer's own state."""
        return [*self._adam.variables, *([] if self._momentum is None else [self._momentum])]

    def learning_rate(self) -> float:
        """Of the last step."""
        return float(self._adam.learning_rate.numpy())

    def begin(self, epoch: int) -> None:
        """Freezes or thaws the backbone for an epoch (from 0)."""
        self._thawed.assign(float(epoch >= self._schedule.frozen_epochs))

    def pack(self, gradients: Gradients) -> list[tf.Tensor]:
        """The gradients as the few vectors that `apply` takes."""
        return [group.pack(gradients) for group in self._groups()]

    def apply(self, gradients: list[tf.Tensor]) -> None:
        """Updates the model's variables; part of a graph."""
        import tensorflow as tf

        groups = self._groups()
        freezes = self._schedule.frozen_epochs > 0
        before = [tf.identity(group.packed.value) for group in groups] if freezes else []
        variables = [group.packed for group in self._others]
        rate = self._adam.learning_rate
        self._adam.apply_gradients(list(zip(gradients[: len(variables)], variables, strict=True)))
        if self._matrices is not None and self._momentum is not None:
            self._momentum.assign(MOMENTUM * self._momentum + gradients[-1])
            nesterov = gradients[-1] + MOMENTUM * self._momentum
            update = orthogonalized(nesterov, self._matrices.shapes)
            packed = self._matrices.packed
            packed.assign(packed.value * (1 - rate * self._schedule.weight_decay) - rate * MUON_SCALE * update)
        for group, old in zip(groups, before, strict=False):
            group.packed.assign(old + tf.maximum(self._thawed, group.head_mask) * (group.packed.value - old))
        for group in groups:
            group.unpack()

    def _groups(self) -> list[_PackedVariables]:
        return [*self._others, *([] if self._matrices is None else [self._matrices])]


class _PackedVariables:
    """Many variables as one vector: its update is a dozen operations of the graph, not a dozen for each variable.

    Attributes:
        head_mask: (n,) 1.0 where the variable is of the head.
    """

    def __init__(self, variables: list[keras.Variable], name: str) -> None:
        import keras

        self._variables, self._sizes = variables, [int(np.prod(variable.shape)) for variable in variables]
        self.shapes = [matrix_shape(variable.shape) for variable in variables]
        self.packed = keras.Variable(np.concatenate([variable.numpy().ravel() for variable in variables]), name=name)
        masks = [np.full(size, HEAD in v.path, np.float32) for v, size in zip(variables, self._sizes, strict=True)]
        self.head_mask = np.concatenate(masks)

    def pack(self, gradients: Gradients) -> tf.Tensor:
        """(n,) the variables' gradients."""
        import tensorflow as tf

        return tf.concat([tf.reshape(gradients[variable.path], [-1]) for variable in self._variables], 0)

    def unpack(self) -> None:
        """Writes the vector back into the variables."""
        import tensorflow as tf

        for variable, part in zip(self._variables, tf.split(self.packed.value, self._sizes), strict=True):
            variable.assign(tf.reshape(part, variable.shape))


def _kind(variable: keras.Variable) -> str:
    if variable.path.endswith(("gamma", "beta", "bias")):
        return "plain"
    return "matrices" if is_matrix(variable.path, variable.shape) else "kernels"
