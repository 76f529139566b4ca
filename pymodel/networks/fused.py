"""A network's twin that computes the same, and takes about half the time of Keras' own layers to train on a CPU.

There a step mostly waits for memory, so what helps is to touch large arrays less often:

- Where a unit widens (1×1 convolution, batch normalization, ReLU6), the mean and variance of what is normalized follow from those
  of the narrow array that it takes: mean(x W) = mean(x) W and var(x w) = wᵀ cov(x) w. Convolution and
  normalization are one product then, whose wide result nobody passes over only to count; the gradient goes the same way.
- Keras composes any other batch normalization of a dozen operations; here it is one.
- A 1×1 convolution is a product of matrices. oneDNN's own gradient of a narrow one's kernel takes up to eight times as long.
- A depthwise convolution pads by itself, without a padded copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Weights = dict[str, list[npt.NDArray[Any]]]
"""By the name of the plain network's layer."""

Counted = dict[str, tuple[Any, Any]]
"""Mean and variance of a batch, by the name of the layer that counted them."""

WIDENS = 2
"""From how many channels given for each taken on a unit counts what it takes."""


def faster(model: Any) -> Any:
    """The twin of a functional model for inputs with even sides at every stride, with the same weights."""
    import keras

    graph = _Graph(model)
    units = {unit[1].name: unit for layer in model.layers if (unit := graph.widening_unit(layer)) is not None}
    skipped = {layer.name for conv, _, relu in units.values() for layer in (conv, relu)}
    pads = {layer.name: pad.name for layer in model.layers if (pad := graph.needless_pad(layer)) is not None}
    skipped |= set(pads.values())
    kinds = register()

    def copied(layer: Any) -> Any:
        kind, config = type(layer), layer.get_config()
        if layer.name in units:
            conv = units[layer.name][0]
            return kinds["WideningUnit"].from_config(config | {"conv": conv.name, "filters": conv.filters})
        if kind is keras.layers.BatchNormalization:
            kind = kinds["FusedBatchNormalization"]
        elif _is_pointwise(layer) and layer.name not in skipped:
            kind = kinds["Pointwise"]
        elif layer.name in pads:
            config |= {"padding": "same"}
        return kind.from_config(config)

    def called(layer: Any, *args: Any, **kwargs: Any) -> Any:
        return args[0] if layer.name in skipped else layer(*args, **kwargs)

    twin = keras.models.clone_model(model, clone_function=copied, call_function=called)
    give_weights(twin, weights_of(model))
    return twin


def weights_of(model: Any) -> Weights:
    """The weights of a network, or those that it would have of its twin."""
    found: Weights = {}
    for layer in model.layers:
        values = layer.get_weights()
        if isinstance(layer, register()["WideningUnit"]):
            kernel, *values = values
            found[layer.conv] = [kernel[None, None]]
        if values:
            found[layer.name] = values
    return found


def give_weights(model: Any, weights: Weights) -> None:
    """Puts weights into a network, or into its twin; where a layer gives fewer channels than they are for, the first ones."""
    for layer in model.layers:
        if isinstance(layer, register()["WideningUnit"]):
            layer.set_weights([weights[layer.conv][0][0, 0], *weights[layer.name]])
        elif layer.weights:
            wanted = [weight.shape[-1] for weight in layer.weights]
            layer.set_weights([value[..., :count] for value, count in zip(weights[layer.name], wanted, strict=True)])


class MovingStatistics:
    """The moving means and variances of a twin, as one vector: one update a step, not some for each layer and half of a batch.

    What no twin has counted, its own layers still move themselves.
    """

    def __init__(self, tf: Any, model: Any) -> None:
        kinds = register()["FusedBatchNormalization"], register()["WideningUnit"]
        self._tf, self._norms = tf, [layer for layer in model.layers if isinstance(layer, kinds)]
        self._whole = tf.Variable(self._of_layers())
        rates = [np.full(2 * layer.gamma.shape[0], 1 - layer.momentum, np.float32) for layer in self._norms]
        self._rate = np.asarray(np.concatenate([*rates, np.zeros(0)]), np.float32)

    @contextmanager
    def counting(self) -> Iterator[Counted]:
        """What the twin's layers count meanwhile is given, not yet moved to."""
        counted: Counted = {}
        token = _counted.set(counted)
        try:
            yield counted
        finally:
            _counted.reset(token)

    def joined(self, counted: Counted) -> Any:
        """(n,) what was counted, in the order of `whole`."""
        return self._tf.concat([*(part for layer in self._norms for part in counted[layer.name]), self._tf.zeros(0)], 0)

    def move(self, now: Any, parts: int) -> None:
        """Moves towards the mean (n,) of what was counted in some parts of a batch, as far as all of them one by one."""
        self._whole.assign_add((now - self._whole) * (1 - (1 - self._rate) ** parts))

    def take(self) -> None:
        """Begins with what the layers have."""
        self._whole.assign(self._of_layers())

    def spread(self) -> None:
        """Gives each layer its part."""
        whole, place = self._whole.numpy(), 0
        for layer in self._norms:
            for variable in (layer.moving_mean, layer.moving_variance):
                variable.assign(whole[place : place + variable.shape[0]])
                place += variable.shape[0]

    def _of_layers(self) -> npt.NDArray[np.float32]:
        parts = [v.numpy() for layer in self._norms for v in (layer.moving_mean, layer.moving_variance)]
        return np.asarray(np.concatenate([*parts, np.zeros(0)]), np.float32)


class _Graph:
    """Who takes from whom among a model's layers."""

    def __init__(self, model: Any) -> None:
        import keras

        self._takes: dict[str, list[Any]] = {}
        self._gives: dict[str, list[Any]] = {layer.name: [] for layer in model.layers}
        for layer in model.layers:
            sources = [tensor._keras_history.operation for tensor in keras.tree.flatten(layer.input)]
            self._takes[layer.name] = [source for source in sources if source is not layer]
            for source in self._takes[layer.name]:
                self._gives[source.name].append(layer)
        self._shown = {tensor._keras_history.operation.name for tensor in model.outputs}

    def widening_unit(self, conv: Any) -> tuple[Any, Any, Any] | None:
        """Convolution, normalization and ReLU6 that are one in the twin, where `conv` begins such a unit."""
        import keras

        if not _is_pointwise(conv) or conv.filters < WIDENS * conv.input.shape[-1]:
            return None
        norm = self._only_taker(conv)
        relu = self._only_taker(norm) if type(norm) is keras.layers.BatchNormalization else None
        return (conv, norm, relu) if isinstance(relu, keras.layers.ReLU) and relu.max_value == 6 else None

    def needless_pad(self, layer: Any) -> Any | None:
        """The layer that pads for a depthwise convolution of stride 2 as it could by itself."""
        import keras

        if not isinstance(layer, keras.layers.DepthwiseConv2D):
            return None
        (before,) = self._takes[layer.name]
        usual = layer.padding == "valid" and layer.kernel_size == (3, 3) and layer.strides == (2, 2)
        pads = isinstance(before, keras.layers.ZeroPadding2D) and before.padding == ((0, 1), (0, 1))
        return before if usual and pads and self._only_taker(before) is layer else None

    def _only_taker(self, layer: Any) -> Any | None:
        takers = self._gives[layer.name]
        return takers[0] if len(takers) == 1 and layer.name not in self._shown else None


def _is_pointwise(layer: Any) -> bool:
    import keras

    if not isinstance(layer, keras.layers.Conv2D) or layer.use_bias or layer.groups != 1:
        return False
    return bool(layer.kernel_size == (1, 1) and layer.strides == (1, 1))


def _normalized_product(tf: Any, x: Any, kernel: Any, gamma: Any, beta: Any, epsilon: float) -> tuple[Any, Any, Any]:
    """relu6(normalized(x · kernel)), with its gradient by hand: composed, it is twice as many operations.

    Args:
        x: (n, taken).
        kernel: (taken, given).
        gamma, beta: (given,) scale and shift of what is normalized.

    Returns:
        (n, given); mean and variance of x · kernel over n, (given,) each, without gradients.
    """
    share = 1 / tf.cast(tf.shape(x)[0], tf.float32)
    middle = tf.reduce_mean(x, 0, keepdims=True)
    covariance = tf.matmul(x, x, transpose_a=True) * share - tf.matmul(middle, middle, transpose_a=True)
    spread = tf.matmul(covariance, kernel)
    mean = tf.matmul(middle, kernel)
    variance = tf.nn.relu(tf.reduce_sum(kernel * spread, 0, keepdims=True))
    inverse = tf.math.rsqrt(variance + epsilon)
    scale = gamma * inverse
    scaled, shift = kernel * scale, tf.reshape(beta - mean * scale, (-1,))

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def product(x: Any, kernel: Any, gamma: Any, beta: Any) -> Any:
        y = tf.nn.relu6(tf.nn.bias_add(tf.matmul(x, scaled), shift))

        def gradient(of_y: Any) -> tuple[Any, Any, Any, Any]:
            of_sum = tf.raw_ops.Relu6Grad(gradients=of_y, features=y)
            of_scaled, of_beta = tf.matmul(x, of_sum, transpose_a=True), tf.reduce_sum(of_sum, 0)
            of_mean = -scale * of_beta
            of_scale = tf.reduce_sum(kernel * of_scaled, 0, keepdims=True) - mean * of_beta
            of_variance = -0.5 * of_scale * scale * inverse * inverse
            of_kernel = of_scaled * scale + 2 * spread * of_variance + tf.matmul(middle, of_mean, transpose_a=True)
            of_covariance = tf.matmul(kernel * of_variance, kernel, transpose_b=True)
            of_middle = tf.matmul(of_mean, kernel, transpose_b=True) - 2 * tf.matmul(middle, of_covariance)
            of_counted = tf.matmul(x, of_covariance * (2 * share)) + of_middle * share
            of_gamma = tf.reshape(of_scale * inverse, (-1,))
            return tf.matmul(of_sum, scaled, transpose_b=True) + of_counted, of_kernel, of_gamma, of_beta

        return y, gradient

    mean, variance = (tf.reshape(counted, (-1,)) for counted in (mean, variance))
    return product(x, kernel, gamma, beta), mean, variance


_counted: ContextVar[Counted | None] = ContextVar("counted", default=None)


@cache
def register() -> dict[str, Any]:
    """The twins' layers, by name; files that hold them can be loaded from then on."""
    import keras
    import tensorflow as tf

    def count(norm: Any, mean: Any, variance: Any) -> None:
        counted = _counted.get()
        if counted is not None:
            counted[norm.name] = mean, variance
            return
        for moving, now in ((norm.moving_mean, mean), (norm.moving_variance, variance)):
            moving.value.assign_add((now - moving.value) * (1 - norm.momentum))

    def flattened(x: Any) -> Any:
        return tf.reshape(x, (-1, x.shape[-1]))

    def placed(flat: Any, x: Any) -> Any:
        return tf.reshape(flat, tf.concat([tf.shape(x)[:-1], [flat.shape[-1]]], 0))

    @keras.saving.register_keras_serializable("apkiln")
    class FusedBatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]
        def call(self, x: Any, training: bool | None = None, mask: Any = None) -> Any:
            if not training:
                return super().call(x, training=training, mask=mask)
            y, mean, variance = tf.compat.v1.nn.fused_batch_norm(
                x,
                tf.convert_to_tensor(self.gamma),
                tf.convert_to_tensor(self.beta),
                epsilon=self.epsilon,
                is_training=True,
            )
            count(self, mean, variance)
            return y

    @keras.saving.register_keras_serializable("apkiln")
    class Pointwise(keras.layers.Conv2D):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return placed(tf.matmul(flattened(x), tf.reshape(self.kernel, self.kernel.shape[2:])), x)

    @keras.saving.register_keras_serializable("apkiln")
    class WideningUnit(keras.layers.BatchNormalization):  # type: ignore[misc]
        """Has the normalization's name and, before its weights, the kernel of the convolution named `conv`."""

        def __init__(self, conv: str, filters: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.conv, self.filters = conv, filters

        def build(self, shape: Any) -> None:
            self.kernel = self.add_weight(shape=(shape[-1], self.filters), name="kernel")
            super().build((*shape[:-1], self.filters))
            self.input_spec = None  # of the normalization, which is not what takes x

        def call(self, x: Any, training: bool | None = None, mask: Any = None) -> Any:
            kernel, gamma, beta = (tf.convert_to_tensor(value) for value in (self.kernel, self.gamma, self.beta))
            flat = flattened(x)
            if training:
                y, mean, variance = _normalized_product(tf, flat, kernel, gamma, beta, self.epsilon)
                samples = tf.cast(tf.shape(flat)[0], tf.float32)
                count(self, mean, variance * samples / tf.maximum(samples - 1, 1.0))
            else:
                scale = gamma * tf.math.rsqrt(self.moving_variance + self.epsilon)
                y = tf.nn.relu6(tf.nn.bias_add(tf.matmul(flat, kernel * scale), beta - self.moving_mean * scale))
            return placed(y, x)

        def compute_output_shape(self, shape: Any) -> Any:
            return (*shape[:-1], self.filters)

        def get_config(self) -> dict[str, Any]:
            config: dict[str, Any] = super().get_config()
            return config | {"conv": self.conv, "filters": self.filters}

    kinds: dict[str, Any] = {kind.__name__: kind for kind in (FusedBatchNormalization, Pointwise, WideningUnit)}
    return kinds
