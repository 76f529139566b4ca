"""Noise fields: what fur, cloth, grass and light are made of."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from pymodel.synthetic.arrays import Field

POOL_SIDE = 640
"""Side of the precomputed noise fields that pictures take crops of, pixels."""


@lru_cache(maxsize=1)
def _pool() -> dict[str, list[Field]]:
    rng = np.random.default_rng(20)
    return {
        "fractal": [_standardize(_fractal(rng, 2.0)) for _ in range(6)],
        "cloud": [_standardize(_fractal(rng, 3.2)) for _ in range(6)],
        "hair": [_standardize(_hair(rng, angle)) for angle in (60, 75, 90, 105, 120, 20, 160)],
        "grain": [_standardize(rng.standard_normal((POOL_SIDE, POOL_SIDE)).astype(np.float32)) for _ in range(3)],
    }


def noise(rng: np.random.Generator, kind: str, height: int, width: int, zoom: float = 1.0) -> Field:
    """A noise field with a mean of 0 and a standard deviation of about 1.

    Args:
        kind: "fractal" (1/f), "cloud" (smoother), "hair" (streaks), "grain" (white).
        zoom: size of its features, as a multiple of those in the precomputed fields.
    """
    fields = _pool()[kind]
    field = fields[int(rng.integers(len(fields)))]
    zoom = max(zoom, max(height, width) / (POOL_SIDE - 2))
    tall, wide = max(2, min(POOL_SIDE, int(height / zoom) + 1)), max(2, min(POOL_SIDE, int(width / zoom) + 1))
    y, x = int(rng.integers(POOL_SIDE - tall + 1)), int(rng.integers(POOL_SIDE - wide + 1))
    part = field[y : y + tall, x : x + wide]
    if rng.random() < 0.5:
        part = part[:, ::-1]
    return np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _fractal(rng: np.random.Generator, power: float) -> Field:
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(POOL_SIDE), np.fft.fftfreq(POOL_SIDE)))
    frequency[0, 0] = 1
    spectrum = np.fft.fft2(rng.standard_normal((POOL_SIDE, POOL_SIDE))) / frequency ** (power / 2)
    return np.fft.ifft2(spectrum).real.astype(np.float32)


def _hair(rng: np.random.Generator, angle_deg: float) -> Field:
    length = 17
    kernel = np.zeros((length, length), np.float32)
    reach = np.array([np.cos(np.deg2rad(angle_deg)), np.sin(np.deg2rad(angle_deg))]) * length / 2
    start, end = length / 2 - reach, length / 2 + reach
    cv2.line(kernel, tuple(int(v) for v in start), tuple(int(v) for v in end), 1.0, 1, cv2.LINE_AA)
    streaks = cv2.filter2D(rng.standard_normal((POOL_SIDE, POOL_SIDE)).astype(np.float32), -1, kernel / kernel.sum())
    return np.asarray(_standardize(np.asarray(streaks, np.float32)) + 0.6 * _standardize(_fractal(rng, 2.0)), np.float32)


def _standardize(field: Field) -> Field:
    return np.asarray((field - field.mean()) / (field.std() + 1e-6), np.float32)
