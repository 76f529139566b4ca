"""Soft masks, and how they are blended into a picture."""

from __future__ import annotations

import cv2
import numpy as np

from pymodel.synthetic.arrays import Color, Field, Floats


def smoothstep(field: Field, low: float, high: float) -> Field:
    """0 below low, 1 above high, a cubic between them."""
    t = np.clip((field - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def polygon_mask(points: Floats, height: int, width: int, edge_sigma: float = 0.0) -> Field:
    """Antialiased inside of a polygon, 0–1.

    Args:
        points: (N, 2) pixels.
        edge_sigma: standard deviation of the blur at the edge, pixels.
    """
    mask = np.zeros((height, width), np.float32)
    reach = 3 * edge_sigma + 2
    x0, y0 = (max(0, int(value)) for value in points.min(0) - reach)
    x1, y1 = min(width, int(points[:, 0].max() + reach) + 1), min(height, int(points[:, 1].max() + reach) + 1)
    if x0 < x1 and y0 < y1:
        part = np.zeros((y1 - y0, x1 - x0), np.uint8)
        cv2.fillPoly(part, [np.round((points - (x0, y0)) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        mask[y0:y1, x0:x1] = blur(part.astype(np.float32) / 255, edge_sigma)
    return mask


def blur(field: Field, sigma: float) -> Field:
    """Gaussian blur. Below 0.3 pixels it does nothing; a wide one is computed on a smaller copy."""
    if sigma < 0.3:
        return field
    shrink = int(sigma // 4)
    if shrink < 2:
        return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma), np.float32)
    height, width = field.shape[:2]
    small = cv2.resize(field, (max(1, width // shrink), max(1, height // shrink)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma / shrink), (width, height)), np.float32)


def blend(image: Floats, color: Color | Floats, mask: Field) -> None:
    """Blends a colour (3,) or a picture (H, W, 3) into an image, in place."""
    region = bounding_slices(mask)
    part = image[region]
    part += ((color[region] if color.ndim == 3 else color) - part) * mask[region][..., None]


def bounding_slices(mask: Field) -> tuple[slice, slice]:
    """Rows and columns of a mask's bounding box; empty slices for an empty mask."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def smooth_outline(points: Floats, per_side: int = 6) -> Floats:
    """A closed Catmull-Rom curve through (N, 2) points."""
    t = (np.arange(per_side, dtype=np.float32) / per_side)[None, :, None]
    p0, p1, p2, p3 = (np.roll(points, shift, 0)[:, None, :] for shift in (1, 0, -1, -2))
    curve = 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
    return np.asarray(curve.reshape(-1, 2), np.float32)
