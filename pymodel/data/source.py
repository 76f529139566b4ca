"""A data folder, whatever its format: pictures, and the annotated objects in them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.data_spec import Data
from appspec.errors import KitError
from pymodel.data.images import RgbImage, UnreadableImageError
from pymodel.data.recognize import with_hint
from pymodel.data.remarks import Remarks
from pymodel.data.splits import SplitName
from pymodel.data.unread import no_folder

Floats = npt.NDArray[np.float32]

MAX_OUTSIDE = 0.05
"""Share of the longer side by which a point or box may lie outside: data sets annotate ears that the picture's edge cuts off."""

MIN_SIDE = 8
"""Pixels; smaller pictures are refused."""

MIN_BOX_SIDE = 4
"""Pixels; a smaller box is an annotation error."""


@dataclass(frozen=True)
class Instance:
    """One annotated object in a picture.

    Attributes:
        points: (K, 2) float32 pixels; NaN where a point is missing.
        box: (4,) float32 x0, y0, x1, y1 pixels; the whole picture where the format has no boxes.
        label: number of its class.
    """

    points: Floats
    box: Floats
    label: int = 0


class AmbiguousDataError(KitError):
    """Two readings fit the data.

    Attributes:
        setting: what to write in app.toml; both readings can be looked at before.
        readings: the settings of each, by what the user would write.
    """

    def __init__(self, what: str, why: str, setting: str, readings: Mapping[str, Data]) -> None:
        super().__init__(what, why, f"{setting}; invoke data.inspect draws both")
        self.setting = setting
        self.readings = readings


@dataclass(frozen=True)
class Source:
    """A data folder, before its images are opened.

    Attributes:
        folder: file names start here.
        files: an image or annotation each, relative, in stable order.
        read: file → path of the image, its instances, the upright image; raises UnreadableImageError.
        points: names of all points: first the target points, then auxiliary ones, which only help to train.
        mirrored: element k is the number of the point that becomes point k in the mirror image.
        classes: names of the classes.
        box_margin: a box is the bounding rectangle of its points, enlarged by this share of its sides; None: boxes are annotated.
        target_points: K, how many; None: all.
        splits: file of a picture → train, validation or test, where the data says so; else [data] split decides.
        notes: what was passed over before a picture was read, a line each.
        remarks: what is mended and passed over while pictures are read.
    """

    folder: Path
    files: tuple[str, ...]
    read: Callable[[str], tuple[str, tuple[Instance, ...], RgbImage]]
    points: tuple[str, ...] = ()
    mirrored: tuple[int, ...] = ()
    classes: tuple[str, ...] = ()
    box_margin: float | None = None
    target_points: int | None = None
    splits: Mapping[str, SplitName] | None = None
    notes: tuple[str, ...] = ()
    remarks: Remarks = field(default_factory=Remarks)

    def said(self) -> tuple[str, ...]:
        """All that was mended and passed over so far, a line each."""
        return (*self.notes, *self.remarks.lines())


@dataclass(frozen=True)
class Category:
    """What a data folder shows.

    Attributes:
        count: its objects; its pictures where folders are classes.
        points: of each of its keypoints the objects that show it.
    """

    name: str
    count: int
    points: Mapping[str, int] = field(default_factory=dict)


def list_categories(folder: Path, data: Data) -> list[Category]:
    """All categories of a data folder in the format that [data] names, the commonest first; no picture is opened.

    Raises:
        KitError: its annotations can't be read.
    """
    found: list[Category] = importlib.import_module(f"pymodel.data.formats.{data.read_as}").categories(folder, data)
    return sorted(found, key=lambda one: (-one.count, one.name))


def open_source(folder: Path, data: Data) -> Source:
    """A data folder in the format that [data] names.

    Raises:
        KitError: the folder is missing or holds nothing in that format.
    """
    if not folder.is_dir():
        raise no_folder(folder, f"a folder in the format {data.read_as} (docs/data.md shows it)")
    try:
        source: Source = importlib.import_module(f"pymodel.data.formats.{data.read_as}").open_folder(folder, data)
    except AmbiguousDataError:
        raise
    except KitError as error:
        raise with_hint(error, folder, data.read_as) from error
    return source


def mirrored_by_name(names: tuple[str, ...]) -> tuple[int, ...]:
    """Source.mirrored from names: left_x and right_x are swapped where both exist."""
    swapped = {name: name for name in names}
    for name in names:
        for one, other in (("left", "right"), ("right", "left")):
            if one in name.split("_") and name.replace(one, other) in swapped:
                swapped[name] = name.replace(one, other)
    return tuple(names.index(swapped[name]) for name in names)


def check_instance(instance: Instance, names: tuple[str, ...], image: RgbImage, far: float = MAX_OUTSIDE) -> None:
    """Refuses points and boxes that can't belong to this picture.

    Args:
        far: share of the longer side by which a point may lie outside.

    Raises:
        UnreadableImageError: says which.
    """
    height, width = image.shape[:2]
    slack, reach = MAX_OUTSIDE * max(width, height), far * max(width, height)
    if names:
        outside = np.any((instance.points < -reach) | (instance.points > (width + reach, height + reach)), axis=1)
        if outside.any():
            k = int(np.argmax(outside))
            raise UnreadableImageError(f"{names[k]} at {_coordinates(instance.points[k])} is outside the {width}×{height} image")
    x0, y0, x1, y1 = instance.box.tolist()
    if min(x0, y0) < -slack or x1 > width + slack or y1 > height + slack:
        raise UnreadableImageError(f"the box {_coordinates(instance.box)} is outside the {width}×{height} image")
    if x1 - x0 < MIN_BOX_SIDE or y1 - y0 < MIN_BOX_SIDE:
        raise UnreadableImageError(f"the box {_coordinates(instance.box)} is less than {MIN_BOX_SIDE} pixels wide or high")


def check_size(image: RgbImage) -> None:
    """Refuses pictures that are too small.

    Raises:
        UnreadableImageError: smaller than MIN_SIDE.
    """
    if min(image.shape[:2]) < MIN_SIDE:
        raise UnreadableImageError(f"{image.shape[1]}×{image.shape[0]} pixels are less than {MIN_SIDE} on a side")


def _coordinates(values: Floats) -> str:
    """(1, 2.5)"""
    return f"({', '.join(f'{value:g}' for value in values)})"
