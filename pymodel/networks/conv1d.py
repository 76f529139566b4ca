"""The network: a window of normalized samples → p(Abnormal)."""

from __future__ import annotations

from typing import Any

KERNELS = (7, 5, 3)
"""Of the convolutions, in samples; each halves the length where there is enough of it."""

DROPOUT = 0.2


def build_model(window: int, channels: int, width: int) -> Any:
    """A small 1-D CNN: input (window, channels) float32, normalized; output (1,) float32, p(Abnormal).

    A convolution over time is a 2-D one with kernels (k, 1): Keras' Conv1D becomes the same with reshapes around each
    layer, which GPU delegates count as breaks. Pooling is over the whole length by a pool of that size, for the same reason.

    Args:
        width: channels of the convolutions.
    """
    import keras

    layers = keras.layers
    samples = layers.Input((window, channels), name="window")
    x = layers.Reshape((window, 1, channels))(samples)
    for i, kernel in enumerate(KERNELS):
        stride = 2 if x.shape[1] >= 8 else 1
        x = layers.Conv2D(width, (kernel, 1), (stride, 1), "same", use_bias=False, name=f"conv_{i}")(x)
        x = layers.BatchNormalization(momentum=0.9, name=f"norm_{i}")(x)
        x = layers.ReLU(6.0, name=f"relu_{i}")(x)
    length = x.shape[1]
    mean = layers.Flatten()(layers.AveragePooling2D((length, 1))(x))
    most = layers.Flatten()(layers.MaxPooling2D((length, 1))(x))
    x = layers.Concatenate()([mean, most])
    x = layers.Dropout(DROPOUT)(x)
    x = layers.Dense(width, activation="relu", name="head_hidden")(x)
    return keras.Model(samples, layers.Dense(1, activation="sigmoid", name="head")(x))
