"""The network: a window of normalized samples → p(Abnormal)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymodel.preprocess.normalize import SAMPLE_HIGH, SAMPLE_LOW

if TYPE_CHECKING:
    import keras

KERNELS = (7, 5, 3)
"""Lengths of the convolutions' kernels, in samples; each convolution halves the length while that is 8 or more."""

DROPOUT = 0.2


def build_model(window: int, channels: int, width: int) -> keras.Model:
    """A small 1-D CNN: input (window, channels) float32, normalized; output (1,) float32, p(Abnormal).

    Convolutions over time are 2-D ones with kernels (k, 1): Keras' Conv1D would be converted to the same with a reshape around
    each layer, at which GPU delegates split the graph. Pooling over time has a fixed size for the same reason.
    Samples are clipped to SAMPLE_LOW and SAMPLE_HIGH first, by ReLU6 of what is stretched to 0 to 6: delegates know it, and a fused
    addition costs nothing.

    Args:
        width: channels of the convolutions.
    """
    import keras

    layers = keras.layers
    samples = layers.Input((window, channels), name="window")
    rise = 6 / (SAMPLE_HIGH - SAMPLE_LOW)
    x = layers.Rescaling(rise, -rise * SAMPLE_LOW, name="to_six")(samples)
    x = layers.ReLU(6.0, name="clip")(x)
    x = layers.Reshape((window, 1, channels))(x)
    for i, kernel in enumerate(KERNELS):
        stride = 2 if x.shape[1] >= 8 else 1
        x = layers.Conv2D(width, (kernel, 1), (stride, 1), "same", use_bias=False, name=f"conv_{i}")(x)
        x = layers.BatchNormalization(momentum=0.9, name=f"norm_{i}")(x)
        x = layers.ReLU(6.0, name=f"relu_{i}")(x)
    length = x.shape[1]
    mean = layers.Flatten()(layers.AveragePooling2D((length, 1))(x))
    largest = layers.Flatten()(layers.MaxPooling2D((length, 1))(x))
    x = layers.Concatenate()([mean, largest])
    x = layers.Dropout(DROPOUT)(x)
    x = layers.Dense(width, activation="relu", name="head_hidden")(x)
    return keras.Model(samples, layers.Dense(1, activation="sigmoid", name="head")(x))
