"""What a data folder holds, whatever its format: pictures, and the objects in them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.errors import KitError
from appspec.spec import Data
from pymodel.data.images import RgbImage, UnreadableImageError

Floats = npt.NDArray[np.float32]

MAX_OUTSIDE = 0.05
"""Share of the longer side by which a point or box may lie outside: data sets mark the ears of cats that the frame cuts."""

MIN_SIDE = 8
"""Pixels; nothing can be learnt from a smaller picture."""

MIN_OBJECT = 4
"""Pixels; what is smaller in both directions is a slip of the hand."""

SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff"))


@dataclass(frozen=True)
class Object:
    """One thing in a picture.

    Attributes:
        points: (K, 2) float32 pixels; NaN where a point is not there.
        box: (4,) float32 x0, y0, x1, y1 pixels; the whole picture where the format has no boxes.
        label: number of its class.
    """

    points: Floats
    box: Floats
    label: int = 0


@dataclass(frozen=True)
class Source:
    """A data folder, before its images are opened.

    Attributes:
        folder: file names start here.
        files: an image or annotation each, relative, in stable order.
        read: the upright image of a file, its path, and the objects in it; raises UnreadableImageError.
        points: names of all points: the K wanted ones first; the others only teach.
        wanted: K; None: all.
        mirrored: which point of a picture becomes point k of its mirror image.
        classes: names of the classes.
        box_margin: a box is the bounding rectangle of its points, wider by this share of its sides; None: boxes of their own.
    """

    folder: Path
    files: tuple[str, ...]
    read: Callable[[str], tuple[str, tuple[Object, ...], RgbImage]]
    points: tuple[str, ...] = ()
    mirrored: tuple[int, ...] = ()
    classes: tuple[str, ...] = ()
    box_margin: float | None = None
    wanted: int | None = None


def open_source(folder: Path, data: Data) -> Source:
    """A data folder in the format that [data] names.

    Raises:
        KitError: the folder is missing or holds nothing in that format.
    """
    if not folder.is_dir():
        raise KitError(
            f"There is no data in {folder}",
            "the folder does not exist" if not folder.exists() else "it is a file, not a folder",
            f"set path in [data] of app.toml, or --data, to a folder in the format {data.read_as} (docs/data.md shows it)",
        )
    source: Source = importlib.import_module(f"pymodel.data.formats.{data.read_as}").open_folder(folder, data)
    return source


def mirrored_by_name(names: tuple[str, ...]) -> tuple[int, ...]:
    """Left points become right ones: left_x ↔ right_x, where both are there; the others stay."""
    swapped = {name: name for name in names}
    for name in names:
        for one, other in (("left", "right"), ("right", "left")):
            if one in name.split("_") and name.replace(one, other) in swapped:
                swapped[name] = name.replace(one, other)
    return tuple(names.index(swapped[name]) for name in names)


def check_object(what: Object, names: tuple[str, ...], image: RgbImage) -> None:
    """Refuses points and boxes that can't be of this picture.

    Raises:
        UnreadableImageError: says which.
    """
    height, width = image.shape[:2]
    slack = MAX_OUTSIDE * max(width, height)
    outside = np.any((what.points < -slack) | (what.points > (width + slack, height + slack)), axis=1)
    if outside.any():
        k = int(np.argmax(outside))
        raise UnreadableImageError(f"{names[k]} at {shown(what.points[k])} is outside the {width}×{height} image")
    x0, y0, x1, y1 = what.box
    if min(x0, y0) < -slack or x1 > width + slack or y1 > height + slack:
        raise UnreadableImageError(f"the box {shown(what.box)} is outside the {width}×{height} image")
    if x1 - x0 < MIN_OBJECT or y1 - y0 < MIN_OBJECT:
        raise UnreadableImageError(f"the box {shown(what.box)} is less than {MIN_OBJECT} pixels wide or high")


def check_size(image: RgbImage) -> None:
    """Refuses pictures in which nothing can be seen.

    Raises:
        UnreadableImageError: smaller than MIN_SIDE.
    """
    if min(image.shape[:2]) < MIN_SIDE:
        raise UnreadableImageError(f"{image.shape[1]}×{image.shape[0]} pixels are less than {MIN_SIDE} on a side")


def shown(values: Floats) -> str:
    """(1, 2.5)"""
    return f"({', '.join(f'{value:g}' for value in values)})"
