"""Boxes as people's files hold them: four numbers that are corners, or corner and size, or centre and size, in any order of corners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from pymodel.data.remarks import Remarks
from pymodel.data.source import MAX_OUTSIDE, Floats

Layout = Literal["corner and size", "corners", "center and size", "corners, y first", "corner and size, y first"]
"""What the four numbers of a box are; the first three are what [data] boxes can say."""

Bools = npt.NDArray[np.bool_]

WHOLE = 1.001
"""Largest number of boxes that are shares of the picture."""

Y_FIRST = [1, 0, 3, 2]


def are_shares(values: Floats, sizes: Floats) -> bool:
    """Whether coordinates are shares of the picture rather than pixels: none is over 1, and not all are 0.

    Args:
        values: (N, 4) as the file has them.
        sizes: (N, 2) widths and heights of the pictures; NaN where unknown.
    """
    known = values[np.isfinite(values).all(1)]
    large = not np.isfinite(sizes).any() or float(np.nanmin(sizes)) > 2
    return len(known) > 0 and large and bool((np.abs(known) <= WHOLE).all()) and bool((known != np.rint(known)).any())


def is_share(corners: Floats) -> bool:
    """Whether a single box can only be shares: in pixels it would be less than one wide."""
    return bool((np.abs(corners) <= WHOLE).all()) and bool((corners != np.rint(corners)).any())


def corners_of(values: Floats, layout: Layout) -> Floats:
    """(…, 4) x0, y0, x1, y1 of boxes as they are written, in their own unit."""
    if layout.endswith("y first"):
        values = values[..., Y_FIRST]
    first, second = values[..., :2], values[..., 2:]
    if layout.startswith("corners"):
        found = [first, second]
    elif layout == "center and size":
        found = [first - second / 2, first + second / 2]
    else:
        found = [first, first + second]
    return np.asarray(np.concatenate(found, -1), np.float32)


def upright_corners(box: Sequence[float] | Floats, file: str, remarks: Remarks) -> Floats:
    """(4,) float32 x0, y0, x1, y1 with the smaller ones first; an exchange is remarked."""
    x0, y0, x1, y1 = (float(value) for value in box)
    if x1 < x0 or y1 < y0:
        remarks.add("boxes whose corners were exchanged (or whose width was negative), put in order", file)
    return np.array([min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)], np.float32)


def has_size(corners: Floats) -> bool:
    """Whether a box is wider and higher than nothing at all."""
    return bool(corners[0] != corners[2]) and bool(corners[1] != corners[3])


def fit(corners: Floats, limits: Floats) -> Bools:
    """Which boxes (N, 4), corners in any order, lie in pictures of these widths and heights (N, 2), but for a little."""
    slack = MAX_OUTSIDE * limits.max(1, keepdims=True)
    low = np.minimum(corners[:, :2], corners[:, 2:])
    high = np.maximum(corners[:, :2], corners[:, 2:])
    return np.asarray(((low >= -slack) & (high <= limits + slack)).all(1))
