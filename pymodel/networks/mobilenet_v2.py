"""MobileNetV2 (Sandler et al., 2018) with two heads that locate K points."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from appspec.errors import KitError
from pymodel.networks.fused import Shape, assign_weights, fused, register_layers, weights_of
from pymodel.quiet import quiet_environment

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

FEATURES = ("block_2_add", "block_5_add", "block_12_add", "block_16_project_BN")
"""Layers at strides 4, 8, 16 and 32."""

Head = Literal["points", "regress"]

HEAD_WIDTH = 48

BATCH_NORM_MOMENTUM = 0.97
"""Keras' 0.99 lags behind the weights in a training of a few minutes."""


def build_model(size: int | None, alpha: float, weights: str | Path, head: Head, count: int, pooling: str = "max") -> keras.Model:
    """An untrained model.

    Args:
        size: S, side of the input square, a multiple of 32; None: any such size, fused for training.
        alpha: width of the backbone.
        weights: "none", "imagenet", or a Keras file, see load_weights.
        head: "points": (N, S/8, S/8, K) heatmap logits; "regress": (N, K, 2) coordinates.
        count: K.
        pooling: of "regress": "max" or "avg".

    Raises:
        KitError: the weights can't be loaded.
    """
    model = plain_model(size, alpha, weights, head, count, pooling)
    return model if size else fused(model)


def plain_model(size: int | None, alpha: float, weights: str | Path, head: Head, count: int, pooling: str = "max") -> keras.Model:
    """The same network of Keras' own layers alone, whatever the size."""
    quiet_environment()
    import keras

    backbone = _backbone(size, alpha, weights == "imagenet")
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = BATCH_NORM_MOMENTUM
    output = _points_head(backbone, count) if head == "points" else _regress_head(backbone, count, pooling)
    model = keras.Model(backbone.input, output, name="located")
    if weights not in ("none", "imagenet"):
        load_weights(model, Path(weights))
    return model


def build_classifier(
    size: int | None,
    alpha: float,
    weights: str | Path,
    count: int,
    pooling: str = "avg",
    corners: bool = False,
    phone: bool = False,
) -> keras.Model:
    """An untrained classifier. It pools the deepest features, and takes the maximum of the finer ones: a subject may be small.

    Args:
        count: C.
        pooling: of the deepest features: "max" or "avg".
        corners: a second output after the logits (N, C): heatmap logits (N, S/8, S/8, 2) of the corners of the subject's box.
        phone: probabilities (N, C) in place of logits.

    Raises:
        KitError: the weights can't be loaded.
    """
    quiet_environment()
    import keras
    from keras import layers

    backbone = _backbone(size, alpha, weights == "imagenet")
    for layer in backbone.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = BATCH_NORM_MOMENTUM
    features = _merged_features(backbone)
    pool = layers.GlobalMaxPooling2D() if pooling == "max" else layers.GlobalAveragePooling2D()
    x = layers.Concatenate()([pool(backbone.output), layers.GlobalMaxPooling2D()(features)])
    logits = layers.Dense(count, name="head_classes")(layers.Dropout(0.2, seed=1)(x))
    output = layers.Softmax(name="probabilities")(logits) if phone else logits
    outputs = [output, layers.Conv2D(2, 1, kernel_initializer="zeros", name="head_corners")(features)] if corners else output
    model = keras.Model(backbone.input, outputs, name="classified")
    if weights not in ("none", "imagenet"):
        load_weights(model, Path(weights))
    return model if size else fused(model)


def fixed_model(trained: keras.Model, size: int, alpha: float, head: Head, count: int, pooling: str = "max") -> keras.Model:
    """The same model for one input size and the first K = `count` of its points."""
    model = build_model(size, alpha, "none", head, count, pooling)
    assign_weights(model, weights_of(trained))
    return model


def _points_head(backbone: keras.Model, count: int) -> tf.Tensor:
    from keras import layers

    x = _merged_features(backbone)
    for name in ("head_8c", "head_8d"):  # a corner's place depends on what is several cells away
        x = _separable(x, name)
    return layers.Conv2D(count, 1, kernel_initializer="zeros", name="head_logits")(x)


def _merged_features(backbone: keras.Model) -> tf.Tensor:
    """Features of all strides, from coarse to fine, merged at stride 8."""
    from keras import layers

    fine, middle, coarse, global_ = (backbone.get_layer(name).output for name in FEATURES)
    x = upsample(_unit(global_, HEAD_WIDTH, "head_32"))
    x = _separable(layers.Concatenate()([x, _unit(coarse, HEAD_WIDTH, "head_16_in")]), "head_16")
    x = upsample(x)
    down = layers.DepthwiseConv2D(3, 2, padding="same", use_bias=False, name="head_4_down")(fine)
    x = layers.Concatenate()([x, _unit(middle, HEAD_WIDTH, "head_8_in"), _unit(down, 16, "head_4_in")])
    return _separable(_separable(x, "head_8a"), "head_8b")


def _regress_head(backbone: keras.Model, count: int, pooling: str) -> tf.Tensor:
    from keras import layers

    pool = layers.GlobalMaxPooling2D() if pooling == "max" else layers.GlobalAveragePooling2D()
    x = layers.Dropout(0.1, seed=1)(pool(backbone.output))
    x = layers.Dense(128, activation="relu", name="head_dense")(x)
    x = layers.Dense(2 * count, activation="sigmoid", name="head_coordinates")(x)
    return layers.Reshape((count, 2), name="coordinates")(x)


def _unit(x: tf.Tensor, width: int, name: str) -> tf.Tensor:
    from keras import layers

    x = layers.Conv2D(width, 1, use_bias=False, name=f"{name}_conv")(x)
    return layers.ReLU(6.0)(layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, name=f"{name}_norm")(x))


def _separable(x: tf.Tensor, name: str) -> tf.Tensor:
    from keras import layers

    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name=f"{name}_depthwise")(x)
    x = layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, name=f"{name}_depthwise_norm")(x)
    return _unit(x, HEAD_WIDTH, name)


def upsample(x: tf.Tensor) -> tf.Tensor:
    """Twice as large, bilinear; Keras' own layer needs to know the size."""
    import keras

    if None not in x.shape[1:3]:
        return keras.layers.UpSampling2D(2, interpolation="bilinear")(x)
    return _upsample_layer()()(x)


@cache
def _upsample_layer() -> type[keras.Layer]:
    import keras
    import tensorflow as tf

    @keras.saving.register_keras_serializable("apkiln")
    class Upsample2x(keras.Layer):  # type: ignore[misc]
        def call(self, x: tf.Tensor) -> tf.Tensor:
            return tf.image.resize(x, tf.shape(x)[1:3] * 2, "bilinear")

        def compute_output_shape(self, shape: Shape) -> Shape:
            return (shape[0], None, None, shape[3])

    return Upsample2x


def _backbone(size: int | None, alpha: float, imagenet: bool) -> keras.Model:
    import keras

    try:
        return keras.applications.MobileNetV2(
            input_shape=(size, size, 3), alpha=alpha, include_top=False, weights="imagenet" if imagenet else None
        )
    except Exception as error:  # Keras has no exception of its own for a failed download
        if not imagenet:
            raise
        raise _imagenet_error(error) from error


def _imagenet_error(error: Exception) -> KitError:
    """The download failed, or a file that lies in its place is none: Keras checks no hash of this one."""
    told = f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')[:120]}"
    instead = 'set backbone.weights to a file you have, or to "none"'
    if "URL fetch failure" in told:
        why = f"Keras could not download them ({told})"
        return KitError("Can't get the ImageNet weights", why, f"connect to the network, or {instead}")
    folder = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "models"
    why = f"the file of them in {folder} can't be used ({told})"
    return KitError("Can't use the ImageNet weights", why, f"delete it there, so that Keras downloads it again, or {instead}")


def load_weights(model: keras.Model, path: Path) -> None:
    """Takes weights from a Keras file for the layers that have the same name and shapes there.

    Raises:
        KitError: the file can't be read, or has no such layer.
    """
    import keras

    _upsample_layer(), register_layers()  # a file of ours may contain them
    try:
        source = keras.saving.load_model(path, compile=False)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise KitError(
            f"Can't load the weights in {path.name}",
            str(error).splitlines()[0][:160],
            "give a .keras file that this version of Keras can read, such as model.keras of an earlier training",
        ) from error
    known = weights_of(source)
    taken = 0
    for layer in model.layers:
        values = known.get(layer.name, [])
        if values and [value.shape for value in values] == [tuple(weight.shape) for weight in layer.weights]:
            layer.set_weights(values)
            taken += 1
    if not taken:
        raise KitError(
            f"Can't use the weights in {path.name}",
            "no layer of it has the name and shape of one of this model's",
            "give a model.keras with the same backbone and alpha",
        )
