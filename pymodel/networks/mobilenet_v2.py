"""MobileNetV2 (Sandler et al., 2018) with two heads that locate K points."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from appspec.errors import KitError
from pymodel.networks.fused import faster, give_weights, register, weights_of
from pymodel.quiet import quiet_environment

if TYPE_CHECKING:
    import keras

FEATURES = ("block_2_add", "block_5_add", "block_12_add", "block_16_project_BN")
"""Layers at strides 4, 8, 16 and 32."""

Head = Literal["points", "regress"]

HEAD_WIDTH = 48

BATCH_NORM_MOMENTUM = 0.97
"""Keras' 0.99 lags behind the weights in a training of a few minutes."""


def build_model(size: int | None, alpha: float, weights: str | Path, head: Head, count: int, pooling: str = "max") -> keras.Model:
    """An untrained model.

    Args:
        size: S, side of the input square, a multiple of 32; None: every such size, for training, which is faster so.
        alpha: width of the backbone.
        weights: "none", "imagenet", or a Keras file whose layers of the same name and shape are taken.
        head: "points": (N, S/8, S/8, K) heatmap logits; "regress": (N, K, 2) coordinates.
        count: K.
        pooling: of "regress": "max" or "avg".

    Raises:
        KitError: the weights can't be had.
    """
    model = plain_model(size, alpha, weights, head, count, pooling)
    return model if size else faster(model)


def plain_model(size: int | None, alpha: float, weights: str | Path, head: Head, count: int, pooling: str = "max") -> keras.Model:
    """build_model's network of Keras' own layers, for every size too."""
    quiet_environment()
    import keras

    backbone = _backbone(size, alpha, weights == "imagenet")
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = BATCH_NORM_MOMENTUM
    output = _points_head(backbone, count) if head == "points" else _regress_head(backbone, count, pooling)
    model = keras.Model(backbone.input, output, name="located")
    if weights not in ("none", "imagenet"):
        take_weights(model, Path(weights))
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
    """An untrained classifier: what is in the picture by all of it, and by its most telling place.

    Args:
        count: C.
        pooling: of the whole picture: "max" or "avg".
        corners: gives, after the logits (N, C), heatmap logits (N, S/8, S/8, 2) of the subject's box.
        phone: gives probabilities (N, C) alone.

    Raises:
        KitError: the weights can't be had.
    """
    quiet_environment()
    import keras
    from keras import layers

    backbone = _backbone(size, alpha, weights == "imagenet")
    for layer in backbone.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = BATCH_NORM_MOMENTUM
    features = _joined_features(backbone)
    pool = layers.GlobalMaxPooling2D() if pooling == "max" else layers.GlobalAveragePooling2D()
    x = layers.Concatenate()([pool(backbone.output), layers.GlobalMaxPooling2D()(features)])
    logits = layers.Dense(count, name="head_classes")(layers.Dropout(0.2, seed=1)(x))
    output: Any = layers.Softmax(name="probabilities")(logits) if phone else logits
    if corners:
        output = [output, layers.Conv2D(2, 1, kernel_initializer="zeros", name="head_corners")(features)]
    model = keras.Model(backbone.input, output, name="classified")
    if weights not in ("none", "imagenet"):
        take_weights(model, Path(weights))
    return model if size else faster(model)


def fixed_model(trained: keras.Model, size: int, alpha: float, head: Head, count: int, pooling: str = "max") -> keras.Model:
    """The same model for one input size and the first K = `count` of its points."""
    model = build_model(size, alpha, "none", head, count, pooling)
    give_weights(model, weights_of(trained))
    return model


def _points_head(backbone: Any, count: int) -> Any:
    from keras import layers

    x = _joined_features(backbone)
    for name in ("head_8c", "head_8d"):  # where a corner is depends on what is some cells away
        x = _separable(x, name)
    return layers.Conv2D(count, 1, kernel_initializer="zeros", name="head_logits")(x)


def _joined_features(backbone: Any) -> Any:
    """Features of all strides, coarse to fine, joined at stride 8."""
    from keras import layers

    fine, middle, coarse, global_ = (backbone.get_layer(name).output for name in FEATURES)
    x = up(_unit(global_, HEAD_WIDTH, "head_32"))
    x = _separable(layers.Concatenate()([x, _unit(coarse, HEAD_WIDTH, "head_16_in")]), "head_16")
    x = up(x)
    down = layers.DepthwiseConv2D(3, 2, padding="same", use_bias=False, name="head_4_down")(fine)
    x = layers.Concatenate()([x, _unit(middle, HEAD_WIDTH, "head_8_in"), _unit(down, 16, "head_4_in")])
    return _separable(_separable(x, "head_8a"), "head_8b")


def _regress_head(backbone: Any, count: int, pooling: str) -> Any:
    from keras import layers

    pool = layers.GlobalMaxPooling2D() if pooling == "max" else layers.GlobalAveragePooling2D()
    x = layers.Dropout(0.1, seed=1)(pool(backbone.output))
    x = layers.Dense(128, activation="relu", name="head_dense")(x)
    x = layers.Dense(2 * count, activation="sigmoid", name="head_coordinates")(x)
    return layers.Reshape((count, 2), name="coordinates")(x)


def _unit(x: Any, width: int, name: str) -> Any:
    from keras import layers

    x = layers.Conv2D(width, 1, use_bias=False, name=f"{name}_conv")(x)
    return layers.ReLU(6.0)(layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, name=f"{name}_norm")(x))


def _separable(x: Any, name: str) -> Any:
    from keras import layers

    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name=f"{name}_depthwise")(x)
    x = layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, name=f"{name}_depthwise_norm")(x)
    return _unit(x, HEAD_WIDTH, name)


def up(x: Any) -> Any:
    """Twice as large, bilinear; Keras' own layer can't while the size is unknown."""
    import keras

    if None not in x.shape[1:3]:
        return keras.layers.UpSampling2D(2, interpolation="bilinear")(x)
    return _any_size_up()()(x)


@cache
def _any_size_up() -> type[keras.Layer]:
    import keras
    import tensorflow as tf

    @keras.saving.register_keras_serializable("apkiln")
    class AnySizeUp(keras.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return tf.image.resize(x, tf.shape(x)[1:3] * 2, "bilinear")

        def compute_output_shape(self, shape: Any) -> Any:
            return (shape[0], None, None, shape[3])

    return AnySizeUp


def _backbone(size: int | None, alpha: float, imagenet: bool) -> Any:
    import keras

    try:
        return keras.applications.MobileNetV2(
            input_shape=(size, size, 3), alpha=alpha, include_top=False, weights="imagenet" if imagenet else None
        )
    except Exception as error:
        if not imagenet:
            raise
        raise KitError(
            "Can't get the ImageNet weights",
            f"Keras could not download them ({type(error).__name__}: {str(error).splitlines()[0][:120]})",
            'connect to the network, or set backbone.weights to a file you have, or to "none"',
        ) from error


def take_weights(model: Any, path: Path) -> None:
    """Layers of the same name and shapes.

    Raises:
        KitError: the file can't be read, or shares none.
    """
    import keras

    _any_size_up(), register()  # a file of ours may hold them
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
