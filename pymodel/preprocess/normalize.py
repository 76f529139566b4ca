"""The one way pixels become a model's input: training, the representative dataset, evaluation and prediction use it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Values = tuple[float, ...]

SAMPLE_LOW, SAMPLE_HIGH = -0.5, 1.5
"""Normalized samples of a series are clipped to this: one wild value counts no more than one that is half a range outside.
The network does it itself (networks/conv1d.py), so that the phone does, too."""


def normalize(pixels: npt.NDArray[np.uint8] | npt.NDArray[np.float32], mean: Values, std: Values) -> npt.NDArray[np.float32]:
    """(value - mean) / std per channel.

    Args:
        pixels: (..., C) uint8 RGB, or the values of a window.
        mean, std: per channel.

    Returns:
        (..., C) float32.
    """
    values = pixels.astype(np.float32)
    values -= _same_or_each(mean)
    values /= _same_or_each(std)
    return values


def clip_samples(normalized: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Normalized samples of a series as the network sees them behind its clipping."""
    return np.clip(normalized, SAMPLE_LOW, SAMPLE_HIGH)


def _same_or_each(values: Values) -> npt.NDArray[np.float32] | np.float32:
    """One number where all channels have the same: three times as fast."""
    return np.float32(values[0]) if len(set(values)) == 1 else np.asarray(values, np.float32)


def fill_color(mean: Values) -> tuple[int, int, int]:
    """The colour (uint8 RGB) that stands for "nothing there": nearest to mean, so about 0 after normalize."""
    red, green, blue = (int(np.clip(round(value), 0, 255)) for value in mean)
    return red, green, blue
