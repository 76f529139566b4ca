"""A fused copy of a network: it computes the same, and trains on a CPU in about half the time that Keras' own layers take.

A training step on a CPU is bound by memory bandwidth, so the gain lies in passing over large arrays less often:

- Where a unit expands its channels (1×1 convolution, batch normalization, ReLU6), mean and variance of the wide output follow
  from those of the narrow input: mean(x W) = mean(x) W and var(x w) = wᵀ cov(x) w. Convolution and normalization become one
  matrix product without a pass over the wide array for its statistics; the gradient takes the same shortcut.
- Every other batch normalization is one fused operation; Keras composes it of a dozen.
- A 1×1 convolution is a matrix product: oneDNN's own gradient of a narrow kernel takes up to eight times as long.
- A depthwise convolution pads its input by itself, without a padded copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    BatchStatistics = dict[str, tuple[tf.Tensor, tf.Tensor]]
    """Mean and variance of a batch, by the name of the layer that computed them."""

Weights = dict[str, list[npt.NDArray[np.float32]]]
"""By the name of the layer in the plain network."""

Shape = tuple[int | None, ...]

MIN_EXPANSION = 2
"""Output channels / input channels from which a unit's statistics are computed from its input."""


def fused(model: keras.Model) -> keras.Model:
    """The fused copy of a functional model, with the same weights, for inputs whose sides are even at every stride."""
    import keras

    graph, kinds = _Graph(model), register_layers()
    units = {unit[1].name: unit for layer in model.layers if (unit := graph.expansion_unit(layer)) is not None}
    skipped = {layer.name for conv, _, relu in units.values() for layer in (conv, relu)}
    pads = {layer.name: pad.name for layer in model.layers if (pad := graph.redundant_padding(layer)) is not None}
    skipped |= set(pads.values())

    def clone(layer: keras.Layer) -> keras.Layer:
        kind, config = type(layer), layer.get_config()
        if layer.name in units:
            conv = units[layer.name][0]
            return kinds.expansion_unit.from_config(config | {"conv": conv.name, "filters": conv.filters})
        if kind is keras.layers.BatchNormalization:
            kind = kinds.batch_normalization
        elif _is_pointwise(layer) and layer.name not in skipped:
            kind = kinds.pointwise
        elif layer.name in pads:
            config |= {"padding": "same"}
        return kind.from_config(config)

    def call(layer: keras.Layer, *args: tf.Tensor, **kwargs: tf.Tensor) -> tf.Tensor:
        return args[0] if layer.name in skipped else layer(*args, **kwargs)

    copy = keras.models.clone_model(model, clone_function=clone, call_function=call)
    assign_weights(copy, weights_of(model))
    return copy


def weights_of(model: keras.Model) -> Weights:
    """A network's weights; of a fused network, those that the plain one would have."""
    kinds = register_layers()
    weights: Weights = {}
    for layer in model.layers:
        values = layer.get_weights()
        if isinstance(layer, kinds.expansion_unit):
            kernel, *values = values
            weights[layer.conv] = [kernel[None, None]]
        if values:
            weights[layer.name] = values
    return weights


def assign_weights(model: keras.Model, weights: Weights) -> None:
    """Puts weights into a network, plain or fused; a layer with fewer output channels than they have gets the first ones."""
    kinds = register_layers()
    for layer in model.layers:
        if isinstance(layer, kinds.expansion_unit):
            layer.set_weights([weights[layer.conv][0][0, 0], *weights[layer.name]])
        elif layer.weights:
            channels = [weight.shape[-1] for weight in layer.weights]
            layer.set_weights([value[..., :count] for value, count in zip(weights[layer.name], channels, strict=True)])


class MovingStatistics:
    """The moving means and variances of a fused network, packed into one vector: one update a step, not some for each layer.

    Batch normalizations that are not fused still update their own.
    """

    def __init__(self, model: keras.Model) -> None:
        import tensorflow as tf

        kinds = register_layers()
        fused_kinds = kinds.batch_normalization, kinds.expansion_unit
        self._norms = [layer for layer in model.layers if isinstance(layer, fused_kinds)]
        self._packed = tf.Variable(self._of_layers())
        rates = [np.full(2 * layer.gamma.shape[0], 1 - layer.momentum, np.float32) for layer in self._norms]
        self._rate = np.asarray(np.concatenate([*rates, np.zeros(0)]), np.float32)

    @contextmanager
    def collecting(self) -> Iterator[BatchStatistics]:
        """Within it the layers leave their batch statistics in the dictionary, and don't update their moving ones."""
        collected: BatchStatistics = {}
        token = _collected.set(collected)
        try:
            yield collected
        finally:
            _collected.reset(token)

    def pack(self, statistics: BatchStatistics) -> tf.Tensor:
        """(n,) batch statistics, in the order of the packed moving ones."""
        import tensorflow as tf

        return tf.concat([*(part for layer in self._norms for part in statistics[layer.name]), tf.zeros(0)], 0)

    def update(self, mean: tf.Tensor, parts: int) -> None:
        """Moves towards the mean (n,) of the statistics of several parts of a batch, as far as one update for each would."""
        self._packed.assign_add((mean - self._packed) * (1 - (1 - self._rate) ** parts))

    def load(self) -> None:
        """Takes the statistics that the layers have."""
        self._packed.assign(self._of_layers())

    def unpack(self) -> None:
        """Writes the statistics back into the layers."""
        packed, start = self._packed.numpy(), 0
        for layer in self._norms:
            for variable in (layer.moving_mean, layer.moving_variance):
                variable.assign(packed[start : start + variable.shape[0]])
                start += variable.shape[0]

    def _of_layers(self) -> npt.NDArray[np.float32]:
        parts = [v.numpy() for layer in self._norms for v in (layer.moving_mean, layer.moving_variance)]
        return np.asarray(np.concatenate([*parts, np.zeros(0)]), np.float32)


class _Graph:
    """Inputs and consumers of each layer of a model."""

    def __init__(self, model: keras.Model) -> None:
        import keras

        self._inputs: dict[str, list[keras.Layer]] = {}
        self._consumers: dict[str, list[keras.Layer]] = {layer.name: [] for layer in model.layers}
        for layer in model.layers:
            sources = [tensor._keras_history.operation for tensor in keras.tree.flatten(layer.input)]
            self._inputs[layer.name] = [source for source in sources if source is not layer]
            for source in self._inputs[layer.name]:
                self._consumers[source.name].append(layer)
        self._outputs = {tensor._keras_history.operation.name for tensor in model.outputs}

    def expansion_unit(self, conv: keras.Layer) -> tuple[keras.Layer, keras.Layer, keras.Layer] | None:
        """The convolution, normalization and ReLU6 that become one layer, if `conv` begins such a unit."""
        import keras

        if not _is_pointwise(conv) or conv.filters < MIN_EXPANSION * conv.input.shape[-1]:
            return None
        norm = self._only_consumer(conv)
        relu = self._only_consumer(norm) if type(norm) is keras.layers.BatchNormalization else None
        return (conv, norm, relu) if isinstance(relu, keras.layers.ReLU) and relu.max_value == 6 else None

    def redundant_padding(self, layer: keras.Layer) -> keras.Layer | None:
        """The padding layer before a depthwise convolution of stride 2 that pads as the convolution itself can."""
        import keras

        if not isinstance(layer, keras.layers.DepthwiseConv2D):
            return None
        (before,) = self._inputs[layer.name]
        usual = layer.padding == "valid" and layer.kernel_size == (3, 3) and layer.strides == (2, 2)
        pads = isinstance(before, keras.layers.ZeroPadding2D) and before.padding == ((0, 1), (0, 1))
        return before if usual and pads and self._only_consumer(before) is layer else None

    def _only_consumer(self, layer: keras.Layer) -> keras.Layer | None:
        consumers = self._consumers[layer.name]
        return consumers[0] if len(consumers) == 1 and layer.name not in self._outputs else None


def _is_pointwise(layer: keras.Layer) -> bool:
    import keras

    if not isinstance(layer, keras.layers.Conv2D) or layer.use_bias or layer.groups != 1:
        return False
    return bool(layer.kernel_size == (1, 1) and layer.strides == (1, 1))


def _normalized_product(
    x: tf.Tensor, kernel: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: float
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """relu6(batch_norm(x · kernel)), with its gradient by hand: composed, it is twice as many operations.

    Args:
        x: (n, inputs).
        kernel: (inputs, outputs).
        gamma, beta: (outputs,) scale and shift of the normalization.

    Returns:
        (n, outputs); mean and variance of x · kernel over n, (outputs,) each, without gradients.
    """
    import tensorflow as tf

    inverse_n = 1 / tf.cast(tf.shape(x)[0], tf.float32)
    x_mean = tf.reduce_mean(x, 0, keepdims=True)
    covariance = tf.matmul(x, x, transpose_a=True) * inverse_n - tf.matmul(x_mean, x_mean, transpose_a=True)
    cov_kernel = tf.matmul(covariance, kernel)
    mean = tf.matmul(x_mean, kernel)
    variance = tf.nn.relu(tf.reduce_sum(kernel * cov_kernel, 0, keepdims=True))
    inverse_std = tf.math.rsqrt(variance + epsilon)
    scale = gamma * inverse_std
    scaled_kernel, shift = kernel * scale, tf.reshape(beta - mean * scale, (-1,))

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def product(x: tf.Tensor, kernel: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) -> tf.Tensor:
        y = tf.nn.relu6(tf.nn.bias_add(tf.matmul(x, scaled_kernel), shift))

        def gradient(grad_y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
            grad_sum = tf.raw_ops.Relu6Grad(gradients=grad_y, features=y)
            grad_scaled, grad_beta = tf.matmul(x, grad_sum, transpose_a=True), tf.reduce_sum(grad_sum, 0)
            grad_mean = -scale * grad_beta
            grad_scale = tf.reduce_sum(kernel * grad_scaled, 0, keepdims=True) - mean * grad_beta
            grad_variance = -0.5 * grad_scale * scale * inverse_std * inverse_std
            grad_kernel = grad_scaled * scale + 2 * cov_kernel * grad_variance + tf.matmul(x_mean, grad_mean, transpose_a=True)
            grad_covariance = tf.matmul(kernel * grad_variance, kernel, transpose_b=True)
            grad_x_mean = tf.matmul(grad_mean, kernel, transpose_b=True) - 2 * tf.matmul(x_mean, grad_covariance)
            grad_statistics = tf.matmul(x, grad_covariance * (2 * inverse_n)) + grad_x_mean * inverse_n
            grad_gamma = tf.reshape(grad_scale * inverse_std, (-1,))
            return tf.matmul(grad_sum, scaled_kernel, transpose_b=True) + grad_statistics, grad_kernel, grad_gamma, grad_beta

        return y, gradient

    mean, variance = (tf.reshape(statistic, (-1,)) for statistic in (mean, variance))
    return product(x, kernel, gamma, beta), mean, variance


_collected: ContextVar[BatchStatistics | None] = ContextVar("collected", default=None)


class FusedLayers(NamedTuple):
    """The Keras layers of fused networks."""

    batch_normalization: type[keras.Layer]
    pointwise: type[keras.Layer]
    expansion_unit: type[keras.Layer]


@cache
def register_layers() -> FusedLayers:
    """Makes the layers and registers them with Keras: files that contain them can be loaded from then on."""
    import keras
    import tensorflow as tf

    def collect(norm: keras.Layer, mean: tf.Tensor, variance: tf.Tensor) -> None:
        collected = _collected.get()
        if collected is not None:
            collected[norm.name] = mean, variance
            return
        for moving, value in ((norm.moving_mean, mean), (norm.moving_variance, variance)):
            moving.value.assign_add((value - moving.value) * (1 - norm.momentum))

    def to_rows(x: tf.Tensor) -> tf.Tensor:
        return tf.reshape(x, (-1, x.shape[-1]))

    def to_image(rows: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
        return tf.reshape(rows, tf.concat([tf.shape(x)[:-1], [rows.shape[-1]]], 0))

    @keras.saving.register_keras_serializable("apkiln")
    class FusedBatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]
        def call(self, x: tf.Tensor, training: bool | None = None, mask: tf.Tensor | None = None) -> tf.Tensor:
            if not training:
                return super().call(x, training=training, mask=mask)
            y, mean, variance = tf.compat.v1.nn.fused_batch_norm(
                x,
                tf.convert_to_tensor(self.gamma),
                tf.convert_to_tensor(self.beta),
                epsilon=self.epsilon,
                is_training=True,
            )
            collect(self, mean, variance)
            return y

    @keras.saving.register_keras_serializable("apkiln")
    class Pointwise(keras.layers.Conv2D):  # type: ignore[misc]
        def call(self, x: tf.Tensor) -> tf.Tensor:
            return to_image(tf.matmul(to_rows(x), tf.reshape(self.kernel, self.kernel.shape[2:])), x)

    @keras.saving.register_keras_serializable("apkiln")
    class ExpansionUnit(keras.layers.BatchNormalization):  # type: ignore[misc]
        """Has the normalization's name and, before its weights, the kernel of the convolution named `conv`."""

        def __init__(self, conv: str, filters: int, **kwargs: object) -> None:
            super().__init__(**kwargs)
            self.conv, self.filters = conv, filters

        def build(self, shape: Shape) -> None:
            self.kernel = self.add_weight(shape=(shape[-1], self.filters), name="kernel")
            super().build((*shape[:-1], self.filters))
            self.input_spec = None  # the normalization's: its input is the convolution's output

        def call(self, x: tf.Tensor, training: bool | None = None, mask: tf.Tensor | None = None) -> tf.Tensor:
            kernel, gamma, beta = (tf.convert_to_tensor(value) for value in (self.kernel, self.gamma, self.beta))
            rows = to_rows(x)
            if training:
                y, mean, variance = _normalized_product(rows, kernel, gamma, beta, self.epsilon)
                samples = tf.cast(tf.shape(rows)[0], tf.float32)
                collect(self, mean, variance * samples / tf.maximum(samples - 1, 1.0))
            else:
                scale = gamma * tf.math.rsqrt(self.moving_variance + self.epsilon)
                y = tf.nn.relu6(tf.nn.bias_add(tf.matmul(rows, kernel * scale), beta - self.moving_mean * scale))
            return to_image(y, x)

        def compute_output_shape(self, shape: Shape) -> Shape:
            return (*shape[:-1], self.filters)

        def get_config(self) -> dict[str, object]:
            config: dict[str, object] = super().get_config()
            return config | {"conv": self.conv, "filters": self.filters}

    return FusedLayers(FusedBatchNormalization, Pointwise, ExpansionUnit)
