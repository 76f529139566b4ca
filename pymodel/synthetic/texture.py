"""Noise fields and soft masks: what fur, cloth, grass and light are made of."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]
"""(H, W) float32."""

Color = npt.NDArray[np.float32]
"""(3,) float32 RGB, 0–255."""

POOL = 640
"""Side of the noise fields that pictures cut their own from, pixels."""


@lru_cache(maxsize=1)
def _pool() -> dict[str, list[Field]]:
    rng = np.random.default_rng(20)
    return {
        "fractal": [_unit(_fractal(rng, 2.0)) for _ in range(6)],
        "cloud": [_unit(_fractal(rng, 3.2)) for _ in range(6)],
        "hair": [_unit(_hair(rng, angle)) for angle in (60, 75, 90, 105, 120, 20, 160)],
        "grain": [_unit(rng.standard_normal((POOL, POOL)).astype(np.float32)) for _ in range(3)],
    }


def noise(rng: np.random.Generator, kind: str, height: int, width: int, zoom: float = 1.0) -> Field:
    """A field of mean 0 and deviation about 1.

    Args:
        kind: "fractal" (1/f), "cloud" (smoother), "hair" (streaks), "grain" (white).
        zoom: size of its features; 1 is the pool's own.
    """
    fields = _pool()[kind]
    field = fields[int(rng.integers(len(fields)))]
    zoom = max(zoom, max(height, width) / (POOL - 2))
    tall, wide = max(2, min(POOL, int(height / zoom) + 1)), max(2, min(POOL, int(width / zoom) + 1))
    y, x = int(rng.integers(POOL - tall + 1)), int(rng.integers(POOL - wide + 1))
    part = field[y : y + tall, x : x + wide]
    if rng.random() < 0.5:
        part = part[:, ::-1]
    return np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def smooth_step(field: Field, low: float, high: float) -> Field:
    """0 below low, 1 above high, smooth between."""
    t = np.clip((field - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def polygon_mask(points: npt.NDArray[np.float32], height: int, width: int, soft: float = 0.0) -> Field:
    """Antialiased inside of a polygon, 0–1.

    Args:
        points: (N, 2) pixels.
        soft: standard deviation of the edge's blur, pixels.
    """
    mask = np.zeros((height, width), np.float32)
    reach = 3 * soft + 2
    x0, y0 = (max(0, int(value)) for value in points.min(0) - reach)
    x1, y1 = min(width, int(points[:, 0].max() + reach) + 1), min(height, int(points[:, 1].max() + reach) + 1)
    if x0 < x1 and y0 < y1:
        part = np.zeros((y1 - y0, x1 - x0), np.uint8)
        cv2.fillPoly(part, [np.round((points - (x0, y0)) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        mask[y0:y1, x0:x1] = blur(part.astype(np.float32) / 255, soft)
    return mask


def blur(field: Field, sigma: float) -> Field:
    """Gaussian blur; none below 0.3 pixels. A wide one is made on a smaller copy."""
    if sigma < 0.3:
        return field
    shrink = int(sigma // 4)
    if shrink < 2:
        return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma), np.float32)
    height, width = field.shape[:2]
    small = cv2.resize(field, (max(1, width // shrink), max(1, height // shrink)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma / shrink), (width, height)), np.float32)


def blend(image: npt.NDArray[np.float32], color: npt.NDArray[np.float32], mask: Field) -> None:
    """Lays a colour (3,) or a picture (H, W, 3) over an image, in place."""
    place = window(mask)
    part = image[place]
    part += ((color[place] if color.ndim == 3 else color) - part) * mask[place][..., None]


def window(mask: Field) -> tuple[slice, slice]:
    """Rows and columns of the smallest rectangle that holds all of a mask; empty ones where there is nothing."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def smooth_outline(points: npt.NDArray[np.float32], per_side: int = 6) -> npt.NDArray[np.float32]:
    """A closed Catmull-Rom curve through (N, 2) points."""
    t = (np.arange(per_side, dtype=np.float32) / per_side)[None, :, None]
    p0, p1, p2, p3 = (np.roll(points, shift, 0)[:, None, :] for shift in (1, 0, -1, -2))
    curve = 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
    return np.asarray(curve.reshape(-1, 2), np.float32)


def _fractal(rng: np.random.Generator, power: float) -> Field:
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(POOL), np.fft.fftfreq(POOL)))
    frequency[0, 0] = 1
    spectrum = np.fft.fft2(rng.standard_normal((POOL, POOL))) / frequency ** (power / 2)
    return np.fft.ifft2(spectrum).real.astype(np.float32)


def _hair(rng: np.random.Generator, angle_deg: float) -> Field:
    length = 17
    kernel = np.zeros((length, length), np.float32)
    reach = np.array([np.cos(np.deg2rad(angle_deg)), np.sin(np.deg2rad(angle_deg))]) * length / 2
    start, end = length / 2 - reach, length / 2 + reach
    cv2.line(kernel, tuple(int(v) for v in start), tuple(int(v) for v in end), 1.0, 1, cv2.LINE_AA)
    streaks = cv2.filter2D(rng.standard_normal((POOL, POOL)).astype(np.float32), -1, kernel / kernel.sum())
    return np.asarray(_unit(np.asarray(streaks, np.float32)) + 0.6 * _unit(_fractal(rng, 2.0)), np.float32)


def _unit(field: Field) -> Field:
    return np.asarray((field - field.mean()) / (field.std() + 1e-6), np.float32)
