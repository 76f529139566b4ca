"""Which pixels annotations count in, where the size that they declare isn't the picture's: turned by EXIF, or scaled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from appspec.errors import KitError
from appspec.spec import Data
from pymodel.data.images import StoredSize, UnreadableImageError, read_size
from pymodel.data.remarks import Remarks
from pymodel.data.source import MAX_OUTSIDE, AmbiguousDataError, Floats

Frame = Literal["declared", "picture"]
Kind = Literal["turned", "scaled"]

SAMPLE = 200
"""Headers that are looked at first; all are where one of them isn't as declared."""


@dataclass(frozen=True)
class Annotated:
    """What is annotated in one picture.

    Attributes:
        file: the picture, relative.
        declared: width and height that the annotation names; None where it doesn't.
        places: (N, 2) corners of boxes and visible points; NaN is passed over.
    """

    file: str
    declared: tuple[float, float] | None
    places: Floats


@dataclass(frozen=True)
class Frames:
    """What each kind of contradiction means in a data set."""

    chosen: Mapping[Kind, Frame]
    remarks: Remarks

    def to_picture(self, values: Floats, declared: tuple[float, float] | None, size: StoredSize, file: str) -> Floats:
        """Coordinates in pixels of the upright picture.

        Args:
            values: (…, 2) x, y as annotated.

        Raises:
            UnreadableImageError: the declared size contradicts the picture's, and nothing says which one counts.
        """
        kind = _kind(declared, size)
        if kind is None:
            return values
        width, height = size.upright
        said = f"{width}×{height}, the annotation says {declared[0]:g}×{declared[1]:g}" if declared else ""
        if kind == "other" or kind not in self.chosen:
            raise UnreadableImageError(f"it is {said}")
        turned = " before EXIF turns them" if kind == "turned" else ""
        if self.chosen[kind] == "picture":
            self.remarks.add(f"sizes in the annotations are wrong{turned}, boxes fit the pictures as they are", file)
            return values
        self.remarks.add(f"boxes count in the size that the annotations declare{turned or ', another than the pictures'}", file)
        if kind == "turned":
            return _turned(values, size)
        assert declared is not None
        return np.asarray(values * np.array([width / declared[0], height / declared[1]], np.float32), np.float32)


def choose_frames(folder: Path, pictures: Sequence[Annotated], data: Data, remarks: Remarks) -> Frames:
    """What fits all pictures, else what [data] sizes says.

    Raises:
        AmbiguousDataError: both readings fit, and nothing is said.
    """
    declared = [one for one in pictures if one.declared is not None]
    sample = declared[:: max(1, len(declared) // SAMPLE)]
    if not any(_kind_of(folder, one) for one in sample):
        return Frames({}, remarks)
    fits: dict[Kind, dict[Frame, bool]] = {}
    examples: dict[Kind, tuple[Annotated, StoredSize]] = {}
    for one in declared:
        size = read_size(folder / one.file)
        kind = _kind(one.declared, size)
        if size is None or kind is None or kind == "other":
            continue
        both = fits.setdefault(kind, {"declared": True, "picture": True})
        examples.setdefault(kind, (one, size))
        both["declared"] &= one.declared is not None and _inside(one.places, one.declared)
        both["picture"] &= _inside(one.places, size.upright)
    chosen: dict[Kind, Frame] = {}
    for kind, both in fits.items():
        possible = [frame for frame, fit in both.items() if fit]
        if len(possible) == 1:
            chosen[kind] = possible[0]
        elif data.sizes is not None:
            chosen[kind] = data.sizes
        else:
            raise _ambiguous(kind, *examples[kind], bool(possible), data)
    return Frames(chosen, remarks)


def _ambiguous(kind: Kind, one: Annotated, size: StoredSize, fit: bool, data: Data) -> KitError:
    width, height = size.upright
    turned = " after EXIF has turned it" if kind == "turned" else ""
    why = (
        f"{one.file} is {width}×{height}{turned}, the annotation says {one.declared[0]:g}×{one.declared[1]:g}; "
        if one.declared
        else ""
    )
    both = "the boxes fit both" if fit else "the boxes fit neither everywhere"
    return AmbiguousDataError(
        "Which pixels do the boxes count in?",
        why + both,
        'sizes = "declared" or sizes = "picture" in [data] of app.toml; invoke data.inspect draws both',
        {f'sizes = "{frame}"': data.model_copy(update={"sizes": frame}) for frame in ("declared", "picture")},
    )


def _kind_of(folder: Path, one: Annotated) -> Literal["turned", "scaled", "other"] | None:
    return _kind(one.declared, read_size(folder / one.file))


def _kind(declared: tuple[float, float] | None, size: StoredSize | None) -> Literal["turned", "scaled", "other"] | None:
    """How a declared size differs from the picture's; None: not at all, or unknown."""
    if declared is None or size is None or min(declared) <= 0:
        return None
    width, height = size.upright
    if declared == (width, height):
        return None
    if declared == (size.width, size.height):
        return "turned"
    scale = declared[0] / width
    return "scaled" if abs(declared[1] / scale - height) <= 1 or abs(declared[1] - height * scale) <= 1 else "other"


def _inside(places: Floats, size: tuple[float, float]) -> bool:
    slack = MAX_OUTSIDE * max(size)
    known = places[np.isfinite(places).all(-1)]
    return bool((known >= -slack).all() and (known <= np.asarray(size) + slack).all())


def _turned(values: Floats, size: StoredSize) -> Floats:
    """From stored to upright pixels (CIPA DC-008, tag 274)."""
    x, y = values[..., 0], values[..., 1]
    w, h = np.float32(size.width), np.float32(size.height)
    found = {
        2: (w - x, y),
        3: (w - x, h - y),
        4: (x, h - y),
        5: (y, x),
        6: (h - y, x),
        7: (h - y, w - x),
        8: (y, w - x),
    }.get(size.orientation, (x, y))
    return np.stack(found, -1).astype(np.float32)
