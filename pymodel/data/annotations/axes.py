"""Which of a point's two numbers comes first: x, or y, as programs write that count in rows and columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.file_tree import shown
from pymodel.data.remarks import Remarks
from pymodel.data.source import MAX_OUTSIDE, AmbiguousDataError, Floats

CERTAIN, LIKELY, HALF = 0.98, 0.9, 0.5
"""Shares of the pictures that a reading must fit: everywhere, by the look of the faces, and where it is doubtful."""

MANY = 20
"""Points of which some outside of their boxes ask which number comes first."""

SAID = "points are y before x ({why}); taken so"


def faces_y_first(files: Sequence[str], points: Floats, sizes: Floats, data: Data, remarks: Remarks) -> bool:
    """Whether faces' points are y before x: what [data] axes says, else what fits the pictures, and how faces look.

    Read the wrong way round, a face is mirrored along the diagonal: the mouth lies to the right of the eyes, and left and right are
    exchanged. No turned picture shows that.

    Args:
        files: the picture of each face.
        points: (N, K, 2), of which the first three are the left eye, the right eye and the mouth, as seen in the picture.
        sizes: (N, 2) width and height of the pictures; NaN where they don't tell.

    Raises:
        AmbiguousDataError: both readings fit, and half of the faces look wrong.
    """
    if data.axes is not None or not len(points):
        return _set(files, data, remarks)
    known = np.isfinite(sizes).all(1)
    plain, other = _inside(points[known], sizes[known]), _inside(points[known], sizes[known, ::-1])
    middle = (points[:, 0] + points[:, 1]) / 2
    right, down = (points[:, 2] - middle).T
    across = points[:, 1] - points[:, 0]
    mirrored = across[:, 0] * down - across[:, 1] * right < 0
    diagonal = float((mirrored & (right > np.abs(down))).mean())
    upright = float((~mirrored & (down > np.abs(right))).mean())
    if diagonal >= LIKELY and (not known.any() or other.mean() >= plain.mean()):
        return _taken("only so the mouths lie below the eyes", files[0], remarks)
    if known.any() and plain.mean() < CERTAIN <= other.mean() and upright < HALF:
        return _taken("only so they fit into the pictures", files[int(np.flatnonzero(known)[np.argmin(plain)])], remarks)
    if diagonal > HALF and known.any() and min(plain.mean(), other.mean()) >= CERTAIN:
        first = int(np.argmax(mirrored & (right > np.abs(down))))
        numbers = ", ".join(f"{value:g}" for value in points[first, :2].ravel())
        raise _ask(
            f"both fit the pictures, and {diagonal:.0%} of the faces would have the mouth to the right of the eyes if it is x; the eyes of "
            f"{shown(files[first])} are {numbers}",
            data,
        )
    return False


def points_y_first(files: Sequence[str], points: Floats, corners: Floats, data: Data, remarks: Remarks) -> bool:
    """Whether objects' points are y before x: what [data] axes says, else where they lie in the objects' own boxes.

    Args:
        files: the picture of each point.
        points: (N, 2) labelled ones.
        corners: (N, 4) the box of the object that each belongs to, in the same unit.

    Raises:
        AmbiguousDataError: a tenth and more lies outside if x comes first, and nothing if y does.
    """
    if data.axes is not None or not len(points):
        return _set(files, data, remarks)
    low, high = np.minimum(corners[:, :2], corners[:, 2:]), np.maximum(corners[:, :2], corners[:, 2:])
    slack = MAX_OUTSIDE * (high - low).max(1, keepdims=True)
    plain, other = (((one >= low - slack) & (one <= high + slack)).all(1).mean() for one in (points, points[:, ::-1]))
    if plain < HALF and other >= CERTAIN:
        return _taken("only so they lie in their objects' boxes", files[0], remarks)
    if plain < LIKELY and other >= CERTAIN and len(points) >= MANY:
        raise _ask(f"{1 - plain:.0%} of the points lie outside of their objects' boxes if it is x, and none if it is y", data)
    return False


def _ask(why: str, data: Data) -> KitError:
    return AmbiguousDataError(
        "Which of a point's two numbers comes first, x or y?",
        why,
        'axes = "x first" or axes = "y first" in [data] of app.toml',
        {f'axes = "{one}"': data.model_copy(update={"axes": one}) for one in ("x first", "y first")},
    )


def _set(files: Sequence[str], data: Data, remarks: Remarks) -> bool:
    return data.axes == "y first" and bool(files) and _taken("axes in [data] says so", files[0], remarks)


def _taken(why: str, file: str, remarks: Remarks) -> bool:
    remarks.add(SAID.format(why=why), file)
    return True


def _inside(points: Floats, sizes: Floats) -> npt.NDArray[np.bool_]:
    """(N,) whether all points of a face lie within its picture."""
    slack = MAX_OUTSIDE * sizes.max(1)[:, None, None]
    return np.asarray(((points >= -slack) & (points <= sizes[:, None] + slack)).all((1, 2)), np.bool_)
