"""How a data set writes its boxes: in pixels, percent or shares of the picture, and what their four numbers are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.file_tree import shown
from pymodel.data.annotations.boxes import Layout, are_shares, corners_of, fit
from pymodel.data.images import read_size
from pymodel.data.remarks import Remarks
from pymodel.data.source import AmbiguousDataError, Floats

PLAIN: tuple[Layout, ...] = ("corner and size", "corners", "center and size")
RARE: tuple[Layout, ...] = ("corners, y first", "corner and size, y first")
"""Looked at where none of the plain ones fits."""

WORDS: dict[Layout, str] = {
    "corner and size": "corner and size",
    "corners": "two corners",
    "center and size": "centre and size",
    "corners, y first": "two corners, y before x",
    "corner and size, y first": "corner and size, y before x",
}

SCALES = {"pixels": None, "percent": 100.0, "shares": 1.0}

CERTAIN, LIKELY = 0.98, 0.9
"""Share of the boxes that an unusual reading must fit, and that the usual one must fit less than: single boxes may be wrong."""

MOST_SIZES = 1000
"""Headers of pictures that are read where annotations name no sizes."""

TURNED = 60
"""Headers of pictures that are read to see whether EXIF turns some."""

FEW_BOXES = 5
SMALL_SIDE = 150
"""Pixels: boxes that all lie in the first 100 of pictures this large may be percent."""

USED, WHOLLY_USED = 60, 90
"""How far boxes in percent reach, where they may be, and where they are taken so."""

LIKE_MASKS, UNLIKE_MASKS = 0.9, 0.5
"""Share of the boxes that are their masks' rectangles in the right reading, and that aren't in a wrong one."""


@dataclass(frozen=True)
class Written:
    """Attributes:
    scale: what the picture's width and height count as: 1 or 100; None: boxes are pixels.
    layout: what the four numbers are.
    """

    scale: float | None
    layout: Layout

    def corners(self, values: Floats) -> Floats:
        """(…, 4) x0, y0, x1, y1 in the file's unit."""
        return corners_of(values, self.layout)


@dataclass(frozen=True)
class Boxes:
    """All boxes of a data set as they are written.

    Attributes:
        values: (N, 4).
        files: the picture of each, relative to the data folder.
        declared: (N, 2) width and height that the annotation names; NaN where it doesn't.
        masks: (N, 4) the rectangle of each one's mask; NaN where there is none.
        areas: (N,) that the annotation names; NaN where it doesn't.
    """

    values: Floats
    files: Sequence[str]
    declared: Floats
    masks: Floats = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    areas: Floats = field(default_factory=lambda: np.zeros(0, np.float32))


def how_written(folder: Path, boxes: Boxes, usual: Written, data: Data, remarks: Remarks) -> Written:
    """What [data] units and boxes say, else what fits the pictures; what is unusual is remarked.

    Args:
        usual: as the format wants it.

    Raises:
        AmbiguousDataError: two readings fit, and [data] doesn't say which.
        KitError: the format wants shares, these are none, and no reading fits.
    """
    if not len(boxes.values):
        return usual
    scale, sizes = _scale(folder, boxes, usual, data)
    limits = sizes if scale is None else np.full((len(boxes.values), 2), scale, np.float32)
    turned = scale is None and _any_turned(folder, boxes)
    layout, why = _layout(folder, boxes, limits, usual, scale, turned, data, remarks)
    first = boxes.files[0]
    if scale != usual.scale:
        remarks.add(f"boxes are {_unit(scale)}, not {_unit(usual.scale)}; taken so", first)
    if layout != usual.layout:
        remarks.add(f"boxes are {WORDS[layout]}, not {WORDS[usual.layout]} ({why}); taken so", first)
    return Written(scale, layout)


def _unit(scale: float | None) -> str:
    return "pixels" if scale is None else "percent of the picture" if scale == 100 else "shares of the picture"


def _scale(folder: Path, boxes: Boxes, usual: Written, data: Data) -> tuple[float | None, Floats]:
    """The unit, and (N, 2) what is known of the pictures' sizes."""
    values, sizes = boxes.values, boxes.declared
    if data.units is not None:
        scale = SCALES[data.units]
        return scale, sizes if scale else _sizes(folder, boxes)
    if are_shares(values, sizes) or (usual.scale == 1 and not (np.abs(values).max(1) > 2).all()):
        return 1.0, sizes
    sizes = _sizes(folder, boxes)
    known = np.isfinite(sizes).all(1)
    turned = _any_turned(folder, boxes)
    in_pixels = max(_share(values[known], sizes[known], layout, usual, turned) for layout in PLAIN) >= LIKELY
    hundred = np.full(sizes.shape, 100, np.float32)
    reach = min((_reach(values, layout) for layout in PLAIN if _share(values, hundred, layout, usual) >= CERTAIN), default=0.0)
    if in_pixels and reach >= USED and len(values) >= FEW_BOXES and _are_large(folder, boxes):
        raise _ask_unit(boxes, sizes, usual, data)
    if not in_pixels and reach >= WHOLLY_USED:
        return 100.0, sizes
    if usual.scale == 1 and not in_pixels:
        raise _unclear(boxes)
    return None, sizes


def _layout(
    folder: Path, boxes: Boxes, limits: Floats, usual: Written, scale: float | None, turned: bool, data: Data, remarks: Remarks
) -> tuple[Layout, str]:
    """What the four numbers are, and what speaks for it.

    Args:
        turned: EXIF turns pictures, so that their sizes may be meant either way.
    """
    if data.boxes is not None:
        return data.boxes, "boxes in [data] says so"
    known = np.isfinite(limits).all(1)
    values, limits = boxes.values[known], limits[known]
    masked = _like_masks(boxes, usual.layout, scale, remarks)
    if masked is not None:
        return masked, "only so they fit their masks"
    if not len(values):
        return usual.layout, ""
    plain = [layout for layout in PLAIN if _share(values, limits, layout, usual) >= CERTAIN]
    if usual.layout == "corners" and "corner and size" in plain and _half_exchanged(values):
        raise _ask_layout(boxes, ["corner and size", "corners"], data)
    fits = _share(values, limits, usual.layout, usual, turned)
    if fits < LIKELY and scale is None:  # the declared sizes may be wrong
        real = _real_sizes(folder, boxes)
        seen = np.isfinite(real).all(1)
        fits = max(fits, _share(boxes.values[seen], real[seen], usual.layout, usual))
    if fits >= LIKELY:
        return ("corners", "only so they have their areas") if _areas_of_corners(boxes, usual.layout) else (usual.layout, "")
    for layouts in (plain, [layout for layout in RARE if _share(values, limits, layout, usual) >= CERTAIN]):
        if len(layouts) == 1:
            return layouts[0], "only so they fit into the pictures"
        if layouts:
            break
    if plain:
        raise _ask_layout(boxes, plain, data)
    return usual.layout, ""


def _share(values: Floats, limits: Floats, layout: Layout, usual: Written, turned: bool = False) -> float:
    """The share of the boxes that lie in their pictures, read so; corners must be in order where they aren't usual."""
    corners = corners_of(values, layout)
    inside = fit(corners, limits)
    if turned:
        inside |= fit(corners, limits[:, ::-1])
    if layout.startswith("corners") and layout != usual.layout:
        inside &= (corners[:, 2:] > corners[:, :2]).all(1)
    return float(inside.mean()) if len(inside) else 0.0


def _reach(values: Floats, layout: Layout) -> float:
    """How far right and down boxes reach, the smaller of both."""
    corners = corners_of(values, layout)
    return float(np.maximum(corners[:, :2], corners[:, 2:]).max(0).min())


def _half_exchanged(values: Floats) -> bool:
    """Whether, read as corners, many boxes are exchanged in one direction alone."""
    exchanged = values[:, 2:] < values[:, :2]
    return bool((exchanged[:, 0] != exchanged[:, 1]).mean() > 1 - CERTAIN)


def _like_masks(boxes: Boxes, usual: Layout, scale: float | None, remarks: Remarks) -> Layout | None:
    """The layout that masks speak for against the usual one."""
    known = np.isfinite(boxes.masks).all(1)
    if known.any():
        masks, values = boxes.masks[known], boxes.values[known]
        slack = 0.1 * (masks[:, 2:] - masks[:, :2]).max(1) + (2 if scale is None else 0.02 * scale)
        like = {one: float((np.abs(corners_of(values, one) - masks).max(1) <= slack).mean()) for one in PLAIN}
        best = max(like, key=lambda one: like[one])
        if like[usual] >= UNLIKE_MASKS:
            return None
        if like[best] >= LIKE_MASKS:
            return best
        remarks.add(
            f"boxes are not their masks' rectangles in {1 - like[usual]:.0%} of those that have a mask; the boxes are taken",
            boxes.files[int(np.argmax(known))],
        )
    return None


def _areas_of_corners(boxes: Boxes, usual: Layout) -> bool:
    """Whether the areas that annotations name are those of boxes read as corners, and not of corner and size."""
    known = np.isfinite(boxes.areas) & (boxes.areas > 0)
    if usual != "corner and size" or not known.any():
        return False
    areas, values = boxes.areas[known], boxes.values[known]
    as_size = np.abs(values[:, 2] * values[:, 3] / areas - 1) < 0.05
    sides = values[:, 2:] - values[:, :2]
    as_corners = (np.abs(sides.prod(1) / areas - 1) < 0.05) & (sides > 0).all(1)
    return bool(as_size.mean() < 1 - LIKE_MASKS and as_corners.mean() >= LIKE_MASKS)


def _sizes(folder: Path, boxes: Boxes) -> Floats:
    """(N, 2) as declared, else from the pictures' headers, of some of them."""
    return _with_headers(folder, boxes, boxes.declared.copy())


def _real_sizes(folder: Path, boxes: Boxes) -> Floats:
    """(N, 2) from the pictures' headers, of some of them."""
    return _with_headers(folder, boxes, np.full_like(boxes.declared, np.nan))


def _with_headers(folder: Path, boxes: Boxes, found: Floats) -> Floats:
    missing = np.flatnonzero(~np.isfinite(found).all(1))
    for i in missing[:: max(1, len(missing) // MOST_SIZES)]:
        size = read_size(folder / boxes.files[i])
        if size is not None:
            found[i] = size.upright
    return found


def _any_turned(folder: Path, boxes: Boxes) -> bool:
    """Whether EXIF turns some of the pictures."""
    found = [read_size(folder / file) for file in boxes.files[:: max(1, len(boxes.files) // TURNED)]]
    return any(size is not None and size.orientation >= 5 for size in found)


def _are_large(folder: Path, boxes: Boxes) -> bool:
    """Whether pictures, as they are, are so large that boxes which all lie in their first 100 pixels are odd."""
    sample = list(dict.fromkeys(boxes.files))
    found = [read_size(folder / file) for file in sample[:: max(1, len(sample) // (MOST_SIZES // 5))]]
    sides = [min(size.upright) for size in found if size is not None]
    return bool(sides) and min(sides) >= SMALL_SIDE


def _ask_unit(boxes: Boxes, sizes: Floats, usual: Written, data: Data) -> KitError:
    width, height = np.nanmax(sizes, 0)
    return AmbiguousDataError(
        "Do boxes count in pixels or in percent?",
        f"all {len(boxes.values)} lie within 100×100, and pictures are up to {width:g}×{height:g}, as {shown(boxes.files[0])}",
        'units = "percent" or units = "pixels" in [data] of app.toml',
        {f'units = "{unit}"': data.model_copy(update={"units": unit}) for unit in ("pixels", "percent")},
    )


def _ask_layout(boxes: Boxes, layouts: Sequence[Layout], data: Data) -> KitError:
    numbers = ", ".join(f"{value:g}" for value in boxes.values[0])
    said = " or ".join(f'boxes = "{one}"' for one in layouts)
    return AmbiguousDataError(
        "What are the four numbers of a box?",
        f"those of {shown(boxes.files[0])} are {numbers}; {' and '.join(WORDS[one] for one in layouts)} fit",
        f"{said} in [data] of app.toml",
        {f'boxes = "{one}"': data.model_copy(update={"boxes": one}) for one in layouts},
    )


def _unclear(boxes: Boxes) -> KitError:
    hundred = np.full((len(boxes.values), 2), 100, np.float32)
    fits = any(_share(boxes.values, hundred, layout, Written(100, layout)) >= CERTAIN for layout in PLAIN)
    percent = 'where they are percent: units = "percent" in [data]; else ' if fits else ""
    numbers = " ".join(f"{value:g}" for value in boxes.values[0])
    return KitError(
        "The labels don't count in shares of the picture",
        f"{numbers} in the labels of {shown(boxes.files[0])}; as pixels, whether they are centre and size or two corners is not clear: "
        "not all fit into the pictures",
        f"{percent}write class, centre x, centre y, width, height, each divided by the picture's width or height",
    )
