"""Which pixels annotations count in, where that isn't plain: a size other than the picture's, or a picture that EXIF turns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from appspec.data_spec import Data
from appspec.errors import KitError
from pymodel.data.images import StoredSize, UnreadableImageError, read_size
from pymodel.data.remarks import Remarks
from pymodel.data.source import MAX_OUTSIDE, MIN_BOX_SIDE, AmbiguousDataError, Floats

Frame = Literal["declared", "picture"]
"""Boxes count in the size that the annotation declares (before EXIF turns the picture), or in the upright picture as it is."""

Kind = Literal["turned", "silent", "scaled", "other"]
"""How a picture differs from what is declared: its stored size is declared, and EXIF turns it; EXIF turns it, and the declared size
doesn't tell or isn't there; the size is a multiple; it is another.
"""

SAMPLE = 200
"""Headers that are looked at first; all are where one of them isn't as declared."""

CERTAIN = 0.98
"""Share of the pictures that a reading must fit."""


@dataclass(frozen=True)
class Annotated:
    """What is annotated in one picture.

    Attributes:
        file: the picture, relative.
        declared: width and height that the annotation names; None where it doesn't.
        boxes: (N, 4) two corners each.
        points: (M, 2) the visible ones.
    """

    file: str
    declared: tuple[float, float] | None
    boxes: Floats
    points: Floats


@dataclass(frozen=True)
class Frames:
    """What each kind means in a data set."""

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
        frame = self.chosen.get(kind, "picture" if kind == "silent" else None)
        if frame is None or (kind == "other" and frame == "declared"):
            assert declared is not None
            raise UnreadableImageError(
                f"it is {width}×{height}, the annotation says {declared[0]:g}×{declared[1]:g}",
                'where boxes fit the pictures all the same: sizes = "picture" in [data]; else mend or remove them',
            )
        self.remarks.add(WORDS[kind, frame], file)
        if frame == "picture":
            return values
        if kind == "scaled":
            assert declared is not None
            return np.asarray(values * np.array([width / declared[0], height / declared[1]], np.float32), np.float32)
        return _turned(values, size)


WORDS: dict[tuple[Kind, Frame], str] = {
    ("turned", "picture"): "sizes in annotations are from before EXIF turns the pictures, boxes fit the upright ones",
    ("turned", "declared"): "boxes are from before EXIF turns the pictures, turned with them",
    ("silent", "picture"): "pictures that EXIF turns or mirrors, boxes are taken as those of the upright ones",
    ("silent", "declared"): "boxes are from before EXIF turns or mirrors the pictures, turned with them",
    ("scaled", "picture"): "sizes in annotations are wrong, boxes fit the pictures as they are",
    ("scaled", "declared"): "boxes count in the size that the annotations declare, another than the pictures': scaled",
    ("other", "picture"): "sizes in annotations are wrong, boxes are taken in the pictures as they are",
}


def choose_frames(folder: Path, pictures: Sequence[Annotated], data: Data, remarks: Remarks) -> Frames:
    """What [data] sizes says, else what fits the pictures.

    Raises:
        AmbiguousDataError: both readings fit, and nothing is said.
    """
    if not any(_kind(one.declared, read_size(folder / one.file)) for one in pictures[:: max(1, len(pictures) // SAMPLE)]):
        return Frames({}, remarks)
    counts: Counter[Kind] = Counter()
    fits: dict[Kind, Counter[Frame]] = defaultdict(Counter)
    examples: dict[Kind, tuple[Annotated, StoredSize]] = {}
    for one in pictures:
        size = read_size(folder / one.file)
        kind = _kind(one.declared, size)
        if size is None or kind is None:
            continue
        counts[kind] += 1
        examples.setdefault(kind, (one, size))
        before = one.declared or (size.width, size.height)
        scale = size.upright[0] / before[0] if kind == "scaled" else 1.0
        fits[kind].update({"declared": _fits(one, before, scale), "picture": _fits(one, size.upright, 1.0)})
    chosen: dict[Kind, Frame] = {}
    for kind in sorted(counts, key=("turned", "silent", "scaled", "other").index):
        found = data.sizes or _fitting(fits[kind], counts[kind])
        if found is None and kind == "silent":
            found = chosen.get("turned", "picture")  # nothing contradicts
        if found is None and kind != "other":
            raise _ambiguous(kind, *examples[kind], fits[kind]["declared"] == counts[kind], data)
        if found is not None:
            chosen[kind] = found
    return Frames(chosen, remarks)


def _fitting(fits: Counter[Frame], count: int) -> Frame | None:
    """The reading that fits where the other one doesn't; None where both do alike, or neither."""
    declared, picture = fits["declared"], fits["picture"]
    frame: Frame = "declared" if declared > picture else "picture"
    best, other = max(declared, picture), min(declared, picture)
    return frame if best >= CERTAIN * count and (other < CERTAIN * count or best == count) and best != other else None


def _ambiguous(kind: Kind, one: Annotated, size: StoredSize, fit: bool, data: Data) -> KitError:
    width, height = size.upright
    turned = " after EXIF has turned it" if kind == "turned" else ""
    said = f"{one.declared[0]:g}×{one.declared[1]:g}" if one.declared else "nothing"
    return AmbiguousDataError(
        "Which pixels do the boxes count in?",
        f"{one.file} is {width}×{height}{turned}, the annotation says {said}; "
        + ("the boxes fit both" if fit else "the boxes fit neither everywhere"),
        'sizes = "declared" or sizes = "picture" in [data] of app.toml',
        {f'sizes = "{frame}"': data.model_copy(update={"sizes": frame}) for frame in ("declared", "picture")},
    )


def _kind(declared: tuple[float, float] | None, size: StoredSize | None) -> Kind | None:
    """How a declared size differs from the picture's; None: not at all, or unknown."""
    if size is None:
        return None
    width, height = size.upright
    if declared is None or declared == (width, height):
        return "silent" if size.orientation != 1 else None
    if declared == (size.width, size.height):
        return "turned"
    scale = declared[0] / width
    return "scaled" if abs(declared[1] / scale - height) <= 1 or abs(declared[1] - height * scale) <= 1 else "other"


def _fits(one: Annotated, size: tuple[float, float], scale: float) -> bool:
    """Whether all lies within a size, and the largest box isn't too small in the picture, `scale` times as large."""
    slack = MAX_OUTSIDE * max(size)
    places = np.concatenate([one.boxes.reshape(-1, 2), one.points])
    sides = np.abs(one.boxes[:, 2:] - one.boxes[:, :2]).min(1) * scale
    inside = (places >= -slack) & (places <= np.asarray(size) + slack)
    return bool(inside.all()) and (not len(sides) or float(sides.max()) >= MIN_BOX_SIDE)


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
