"""Stacked hourglasses of depthwise-separable blocks.

Newell, Yang, Deng: Stacked Hourglass Networks for Human Pose Estimation, 2016; blocks as in MobileNet (Howard et al., 2017).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pymodel.networks.fused import fused
from pymodel.networks.mobilenet_v2 import BATCH_NORM_MOMENTUM, load_weights, upsample
from pymodel.quiet import quiet_environment

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

DEPTH = 3
"""How many times an hourglass halves its grid."""

WIDER = 1.6
"""Channels of a level / those of the next finer one."""


def build_hourglass(
    size: int | None, width: int, stages: int, count: int, weights: str | Path = "none", exported: int | None = None
) -> keras.Model:
    """An untrained model.

    Args:
        size: S, side of the input square, a multiple of 32; None: any such size, fused for training.
        width: channels.
        stages: hourglasses in a row; each gives heatmap logits (N, S/4, S/4, K), hourglass_out_0 … hourglass_out_{stages-1}.
        count: P, all points.
        weights: "none" or a Keras file, see load_weights.
        exported: K, for the phone: the only output is the last stage's, of the first K points.
    """
    quiet_environment()
    import keras
    from keras import layers

    image = layers.Input((size, size, 3), name="image")
    x = _unit(layers.Conv2D(width // 2, 3, 2, padding="same", use_bias=False, name="stem_1_conv")(image), "stem_1")
    x = _separable(x, width, "stem_2", 2)
    x = _residual(_residual(x, width, "stem_3"), width, "stem_4")
    outputs = []
    for stage in range(stages):
        features = _residual(_hourglass(x, width, DEPTH, f"stage_{stage}"), width, f"stage_{stage}_out")
        channels = exported if exported is not None and stage + 1 == stages else count
        logits = layers.Conv2D(channels, 1, kernel_initializer="zeros", name=f"head_{stage}")(features)
        outputs.append(layers.Activation("linear", name=f"hourglass_out_{stage}")(logits))
        if stage + 1 < stages:
            remapped = layers.Conv2D(width, 1, use_bias=False, name=f"stage_{stage}_again")(logits)
            x = layers.Add(name=f"stage_{stage}_add")([x, features, remapped])
    model = keras.Model(image, outputs[-1] if exported is not None else outputs, name="hourglass")
    if weights != "none":
        load_weights(model, Path(weights))
    return model if size else fused(model)


def _hourglass(x: tf.Tensor, width: int, depth: int, name: str) -> tf.Tensor:
    """Coarser levels are wider: they have a quarter of the cells, and recognize the object as a whole."""
    from keras import layers

    wider = round(width * WIDER / 8) * 8
    beside = _residual(x, width, f"{name}_{depth}_beside")
    below = _separable(layers.MaxPooling2D(2, name=f"{name}_{depth}_pool")(x), wider, f"{name}_{depth}_down")
    below = _hourglass(below, wider, depth - 1, name) if depth > 1 else _residual(below, wider, f"{name}_bottom")
    back = _unit(layers.Conv2D(width, 1, use_bias=False, name=f"{name}_{depth}_back_conv")(below), f"{name}_{depth}_back")
    return layers.Add(name=f"{name}_{depth}_join")([beside, upsample(back)])


def _residual(x: tf.Tensor, width: int, name: str) -> tf.Tensor:
    from keras import layers

    return layers.Add(name=f"{name}_add")([x, _separable(x, width, name)])


def _separable(x: tf.Tensor, width: int, name: str, strides: int = 1) -> tf.Tensor:
    from keras import layers

    x = layers.DepthwiseConv2D(3, strides, padding="same", use_bias=False, name=f"{name}_depthwise")(x)
    x = layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, name=f"{name}_depthwise_norm")(x)
    return _unit(layers.Conv2D(width, 1, use_bias=False, name=f"{name}_conv")(x), name)


def _unit(x: tf.Tensor, name: str) -> tf.Tensor:
    from keras import layers

    return layers.ReLU(6.0, name=f"{name}_relu")(layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, name=f"{name}_norm")(x))
