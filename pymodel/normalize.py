"""The one way pixels become a model's input: training, the representative dataset, evaluation and prediction use it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Values = tuple[float, ...]


def normalize(pixels: npt.NDArray[np.uint8] | npt.NDArray[np.float32], mean: Values, std: Values) -> npt.NDArray[np.float32]:
    """(value - mean) / std per channel.

    Args:
        pixels: (..., C) uint8 RGB, or the values of a window.
        mean, std: per channel.

    Returns:
        (..., C) float32.
    """
    return (pixels.astype(np.float32) - np.asarray(mean, np.float32)) / np.asarray(std, np.float32)


def fill_color(mean: Values) -> tuple[int, int, int]:
    """The colour (uint8 RGB) that stands for "nothing there": nearest to mean, so about 0 after normalize."""
    red, green, blue = (int(np.clip(round(value), 0, 255)) for value in mean)
    return red, green, blue
