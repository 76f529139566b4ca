"""Boxes as people's files hold them: corners in any order, shares of the picture, corners in place of width and height."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from pymodel.data.remarks import Remarks
from pymodel.data.source import MAX_OUTSIDE, Floats

Layout = Literal["size", "corners"]
"""What the third and fourth number of a box are."""

WHOLE = 1.001
"""Largest number of boxes that are shares of the picture."""

CERTAIN = 0.98
"""Share of the boxes that a reading must fit where the other one doesn't."""


def are_shares(values: Floats, sizes: Floats) -> bool:
    """Whether coordinates are shares of the picture rather than pixels: none is over 1, and not all are 0.

    Args:
        values: (N, 4) as the file has them.
        sizes: (N, 2) widths and heights of the pictures; NaN where unknown.
    """
    known = values[np.isfinite(values).all(1)]
    large = not np.isfinite(sizes).any() or float(np.nanmin(sizes)) > 2
    return len(known) > 0 and large and bool((np.abs(known) <= WHOLE).all()) and bool((known != np.rint(known)).any())


def box_layout(values: Floats, sizes: Floats) -> Layout:
    """Whether boxes are x, y, width, height or two corners: the first, unless only corners fit into the pictures.

    Args:
        values: (N, 4) as the file has them.
        sizes: (N, 2) widths and heights of the pictures, in the same unit; NaN where unknown.
    """
    known = np.isfinite(values).all(1) & np.isfinite(sizes).all(1)
    boxes, limits = values[known], sizes[known]
    if not len(boxes):
        return "size"
    ends = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], 1)
    as_sizes = fit(ends, limits) | fit(ends, limits[:, ::-1])  # EXIF may have turned the picture
    as_corners = fit(boxes, limits) & (boxes[:, 2:] > boxes[:, :2]).all(1)
    return "corners" if as_sizes.mean() < CERTAIN <= as_corners.mean() else "size"


def upright_corners(box: Sequence[float] | Floats, file: str, remarks: Remarks) -> Floats:
    """(4,) float32 x0, y0, x1, y1 with the smaller ones first; an exchange is remarked."""
    x0, y0, x1, y1 = (float(value) for value in box)
    if x1 < x0 or y1 < y0:
        remarks.add("boxes whose corners were exchanged (or whose width was negative), put in order", file)
    return np.array([min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)], np.float32)


def fit(corners: Floats, limits: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which boxes (N, 4), corners in any order, lie in pictures of these widths and heights (N, 2), but for a little."""
    slack = MAX_OUTSIDE * limits.max(1, keepdims=True)
    low = np.minimum(corners[:, :2], corners[:, 2:])
    high = np.maximum(corners[:, :2], corners[:, 2:])
    return np.asarray(((low >= -slack) & (high <= limits + slack)).all(1))
