"""Colours of fur, and of things around a house."""

from __future__ import annotations

import cv2
import numpy as np

from pymodel.synthetic.arrays import Color

NATURAL = np.array(
    [
        [205, 140, 78],
        [226, 168, 104],
        [128, 106, 84],
        [150, 134, 112],
        [118, 116, 114],
        [160, 160, 160],
        [36, 32, 31],
        [70, 58, 50],
        [238, 234, 228],
        [222, 205, 180],
        [96, 72, 52],
        [184, 172, 156],
    ],
    np.float32,
)
"""Ginger, cream, browns, greys, black, white, fawn … (RGB)."""

WHITE = np.array([240, 236, 231], np.float32)
PINK = np.array([214, 152, 142], np.float32)
"""The skin inside ears, and noses."""


def sample_color(rng: np.random.Generator) -> Color:
    """A random colour: half of them natural ones, half of any hue, mostly of low saturation."""
    if rng.random() < 0.5:
        return np.asarray(np.clip(NATURAL[int(rng.integers(len(NATURAL)))] + rng.normal(0, 18, 3), 5, 250), np.float32)
    value, saturation, hue = rng.uniform(20, 240), 0.75 * rng.beta(1.0, 2.6), rng.uniform(0, 180)
    pixel = np.array([[[hue, saturation * 255, value]]], np.uint8)
    return np.asarray(cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0], np.float32)
