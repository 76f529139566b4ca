"""One step of a training: AdamW for what scales and shifts, Muon for what mixes channels, both at one learning rate."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from pymodel.train.muon import is_matrix, matrix_shape, orthogonalized

HEAD = "head"
"""In the names of the layers that a frozen backbone doesn't hold."""

MOMENTUM = 0.95

MUON_SCALE = 0.5
"""Root mean square of Muon's change / learning rate; AdamW's lies between 0.2 and 0.4 of it."""


class Schedule(Protocol):
    """The part of a training's configuration that steps follow from."""

    @property
    def epochs(self) -> int: ...
    @property
    def learning_rate(self) -> float: ...
    @property
    def frozen_epochs(self) -> int: ...
    @property
    def weight_decay(self) -> float: ...


class Optimizer:
    """Changes a model's variables.

    Args:
        schedule: learning rate: its peak; warmed up over the first twentieth of the steps, then a cosine down to 2 % of it.
        steps: of an epoch.
    """

    def __init__(self, tf: Any, model: Any, schedule: Schedule, steps: int) -> None:
        import keras

        self._tf, self._schedule = tf, schedule
        total = schedule.epochs * steps
        warmup = max(1, total // 20)
        peak = schedule.learning_rate
        rates = keras.optimizers.schedules.CosineDecay(
            peak * 0.05, max(1, total - warmup), alpha=0.02, warmup_target=peak, warmup_steps=warmup
        )
        self._adam = keras.optimizers.AdamW(rates, weight_decay=schedule.weight_decay, global_clipnorm=5.0)
        kinds: dict[str, list[Any]] = {"plain": [], "kernels": [], "matrices": []}
        for variable in model.trainable_variables:
            kinds[_kind(variable)].append(variable)
        vectors = {name: _Vector(found, name) for name, found in kinds.items() if found}
        self._matrices = vectors.pop("matrices", None)
        self._others = list(vectors.values())
        if "plain" in vectors:
            self._adam.exclude_from_weight_decay(var_list=[vectors["plain"].whole])
        self._adam.build([vector.whole for vector in self._others])
        self._momentum = tf.Variable(tf.zeros_like(self._matrices.whole)) if self._matrices else None
        self._thawed = tf.Variable(1.0)

    @property
    def variables(self) -> list[Any]:
        """Everything that the next step follows from, beside the model."""
        return [*self._adam.variables, *([] if self._momentum is None else [self._momentum])]

    def learning_rate(self) -> float:
        """Of the last step."""
        return float(self._adam.learning_rate.numpy())

    def begin(self, epoch: int) -> None:
        """Freezes or thaws the backbone, as the epoch (from 0) asks."""
        self._thawed.assign(float(epoch >= self._schedule.frozen_epochs))

    def joined(self, gradients: dict[str, Any]) -> list[Any]:
        """The gradients, by variable path, as the few vectors that `apply` takes."""
        return [vector.joined(self._tf, gradients) for vector in self._vectors()]

    def apply(self, gradients: list[Any]) -> None:
        """Changes the model's variables; part of a graph."""
        tf, vectors = self._tf, self._vectors()
        freezes = self._schedule.frozen_epochs > 0
        before = [tf.identity(vector.whole.value) for vector in vectors] if freezes else []
        wholes = [vector.whole for vector in self._others]
        rate = self._adam.learning_rate
        self._adam.apply_gradients(list(zip(gradients[: len(wholes)], wholes, strict=True)))
        if self._matrices is not None and self._momentum is not None:
            self._momentum.assign(MOMENTUM * self._momentum + gradients[-1])
            ahead = gradients[-1] + MOMENTUM * self._momentum
            change = orthogonalized(tf, ahead, self._matrices.shapes)
            whole = self._matrices.whole
            whole.assign(whole.value * (1 - rate * self._schedule.weight_decay) - rate * MUON_SCALE * change)
        for vector, old in zip(vectors, before, strict=False):
            vector.whole.assign(old + tf.maximum(self._thawed, vector.of_head) * (vector.whole.value - old))
        for vector in vectors:
            vector.spread(tf)

    def _vectors(self) -> list[_Vector]:
        return [*self._others, *([] if self._matrices is None else [self._matrices])]


class _Vector:
    """Many variables as one: an update of it is a dozen operations of the graph, not a dozen for each variable."""

    def __init__(self, variables: list[Any], name: str) -> None:
        import keras

        self._variables, self._sizes = variables, [int(np.prod(variable.shape)) for variable in variables]
        self.shapes = [matrix_shape(variable.shape) for variable in variables]
        self.whole = keras.Variable(np.concatenate([variable.numpy().ravel() for variable in variables]), name=name)
        of_head = [np.full(size, HEAD in v.path, np.float32) for v, size in zip(variables, self._sizes, strict=True)]
        self.of_head = np.concatenate(of_head)

    def joined(self, tf: Any, gradients: dict[str, Any]) -> Any:
        return tf.concat([tf.reshape(gradients[variable.path], [-1]) for variable in self._variables], 0)

    def spread(self, tf: Any) -> None:
        """Gives each variable its part."""
        for variable, part in zip(self._variables, tf.split(self.whole.value, self._sizes), strict=True):
            variable.assign(tf.reshape(part, variable.shape))


def _kind(variable: Any) -> str:
    if variable.path.endswith(("gamma", "beta", "bias")):
        return "plain"
    return "matrices" if is_matrix(variable.path, variable.shape) else "kernels"
