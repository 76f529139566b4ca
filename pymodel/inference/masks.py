"""Masks in the pictures that they are of: the twin of the app's MaskAnswer.kt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pymodel.preprocess.geometry import Region

Floats = npt.NDArray[np.float32]


def within_picture(shape: tuple[int, ...], region: Region, width: int, height: int) -> npt.NDArray[np.bool_]:
    """Which cells of a mask (H, W) of a region have their centre in the picture."""
    (rows, columns), (x0, y0, wide, high) = shape, region
    x = x0 + (np.arange(columns) + 0.5) * wide / columns
    y = y0 + (np.arange(rows) + 0.5) * high / rows
    return np.outer((y >= 0) & (y < height), (x >= 0) & (x < width))


def class_shares(cells: npt.NDArray[np.uint8], count: int) -> Floats:
    """(count,) of the cells that are of each class; all of class 0 where there is no cell."""
    counts = np.bincount(cells.ravel(), minlength=count)
    return np.asarray(counts / cells.size if cells.size else np.eye(count)[0], np.float32)
