"""Light, lens and sensor: turns a painted scene into something like a photograph."""

from __future__ import annotations

import cv2
import numpy as np

from pymodel.synthetic.arrays import Floats, Pixels
from pymodel.synthetic.noise import noise


def photograph(rng: np.random.Generator, image: Floats, centre: Floats, unit: float) -> Pixels:
    """A photograph (H, W, 3) of a scene (H, W, 3): uneven light, exposure, white balance, gamma, blur and sensor noise.

    Args:
        centre: (2,) pixels, where a spotlight falls if there is one.
        unit: half the subject's width, pixels.
    """
    height, width = image.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    ramp = ((x - width / 2) * np.cos(angle) + (y - height / 2) * np.sin(angle)) / max(width, height)
    image = image * (1 + rng.uniform(0, 0.7) * ramp + 0.12 * noise(rng, "cloud", height, width, 3))[..., None]
    if rng.random() < 0.12:
        distance = np.hypot(x - centre[0], y - centre[1]) / (unit * rng.uniform(2, 5))
        image = image * (1.25 - 0.75 * np.clip(distance, 0, 1))[..., None]
    image = image * (np.exp(rng.normal(0, 0.22)) * np.exp(rng.normal(0, 0.07, 3))) + rng.normal(0, 8)
    gamma = float(np.exp(rng.normal(0, 0.22)))
    image = 255 * (np.clip(image, 0, 255) / 255) ** gamma
    if rng.random() < 0.08:
        image = np.repeat(image.mean(-1, keepdims=True), 3, -1)
    kind = rng.random()
    if kind < 0.25:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.4, 1.3))), np.float32)
    elif kind < 0.32:
        kernel = np.zeros((9, 9), np.float32)
        reach = 4 * np.array([np.cos(angle), np.sin(angle)])
        cv2.line(kernel, tuple(int(v) for v in 4 - reach), tuple(int(v) for v in 4 + reach), 1.0, 1)
        image = np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.float32)
    image = image + rng.uniform(0, 9) * noise(rng, "grain", height, width)[..., None]
    return np.clip(np.asarray(image), 0, 255).astype(np.uint8)
