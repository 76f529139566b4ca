"""A look at pictures before any training: contact sheet, counts, balance, near-duplicates across splits; in words too."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.file_tree import shown
from appspec.words import counted
from pages.drawing import TRUTH, Drawing, contact_sheet
from pymodel.data.ahead import in_order
from pymodel.data.copies import copy_words, find_copies
from pymodel.data.duplicates import Duplicate, near_duplicates, perceptual_hash
from pymodel.data.examples import Problem, check_once, check_problems, split_in
from pymodel.data.images import RgbImage, UnreadableImageError
from pymodel.data.source import AmbiguousDataError, Instance, Source, open_source
from pymodel.data.splits import SPLITS, SplitName

RARE = 0.5
"""A class with fewer pictures than this share of the mean is rare."""

FEW = 200
"""Fewer pictures than this are too few to train a network from scratch."""

LOOKED_AT = 100
"""Files of which some are drawn where the data can be read in two ways."""


@dataclass(frozen=True)
class Inspection:
    """What a data folder holds.

    Attributes:
        counts: usable pictures in each split.
        problems: files that are left out, and why.
        objects: how many there are in all pictures.
        box_share: 5th, 50th and 95th percentile of the largest object's width / the picture's width; None without boxes.
        points: how many objects show each point.
        classes: pictures of each class; empty where there is one class only.
        notes: what was mended, and what was passed over.
        sizes: the commonest picture sizes with their count.
        duplicates: pictures of validation and test that look like one of an earlier split.
        findings: what to know before training, in words.
    """

    folder: Path
    counts: dict[str, int]
    problems: tuple[Problem, ...]
    objects: int
    box_share: tuple[float, float, float] | None
    points: dict[str, int]
    classes: dict[str, int]
    sizes: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]
    duplicates: tuple[Duplicate, ...]
    findings: tuple[str, ...]


def inspect(folder: Path, data: Data, sheet: Path, pictures: int = 24) -> Inspection:
    """Reads every picture of a folder and draws some of them.

    Args:
        sheet: PNG to write: pictures spread over the whole folder, with their boxes, points and classes.

    Raises:
        KitError: the folder is missing, holds nothing, or too much of it is unreadable.
    """
    try:
        source = open_source(folder, data)
    except AmbiguousDataError as error:
        draw_readings(folder, error, sheet, pictures)
        raise KitError(error.what, error.why, f"{error.setting}; both are drawn in {sheet}") from error
    spread = np.linspace(0, len(source.files) - 1, min(pictures, len(source.files)))
    sampled = {source.files[i] for i in spread.round().astype(int)}
    seen: list[_Seen] = []
    problems: list[Problem] = []
    cells = []
    points = np.zeros(len(source.points), np.int64)
    for found in in_order(lambda file: _look(source, data, file, file in sampled), source.files):
        if isinstance(found, Problem):
            problems.append(found)
            continue
        points += found.points
        if found.cell is not None:
            cells.append(found.cell)
        seen.append(replace(found, cell=None, points=NO_POINTS))
    check_problems(folder, len(seen), problems, source.said())
    left_out = f", {len(problems)} left out" if problems else ""
    contact_sheet(cells, f"{counted(len(seen), 'picture')}{left_out} · {data.read_as}", sheet)
    check_once(folder, [one.file for one in seen])
    splits: list[str] = [one.split for one in seen]
    counts: dict[str, int] = {name: splits.count(name) for name in SPLITS}
    of_class = {one.file: source.classes[one.label] for one in seen} if len(source.classes) > 1 else {}
    classes = dict(Counter(of_class.values()))
    duplicates = near_duplicates([one.file for one in seen], splits, [one.hash for one in seen])
    copies = copy_words(find_copies(folder, {one.file: one.hash for one in seen}), of_class)
    sizes = Counter(f"{one.width}×{one.height}" for one in seen)
    return Inspection(
        folder=folder,
        counts=counts,
        problems=tuple(problems),
        objects=sum(one.objects for one in seen),
        box_share=_box_share(seen) if data.read_as != "folder" else None,
        points={name: int(count) for name, count in zip(source.points, points, strict=True)},
        classes=classes,
        sizes=tuple(sizes.most_common(5)),
        notes=source.said(),
        duplicates=tuple(duplicates),
        findings=tuple([*copies, *_findings(counts, classes, duplicates, splits)] or ["nothing stands out"]),
    )


def draw_readings(folder: Path, error: AmbiguousDataError, sheet: Path, pictures: int = 24) -> None:
    """The same files in each reading of the data, those that come out differently first, into a PNG."""
    sources = {said: open_source(folder, data) for said, data in error.readings.items()}
    files = next(iter(sources.values())).files[:LOOKED_AT]
    read = {file: {said: _reading(source, file) for said, source in sources.items()} for file in files}
    torn = [file for file in files if len({repr(one[:2]) for one in read[file].values()}) > 1]
    cells = []
    for said, source in sources.items():
        for file in (torn or files)[: max(1, pictures // 4)]:
            name, instances, image = read[file][said]
            cells.append((_draw(source, instances, image).image, f"{said}  {shown(name)}"))
    contact_sheet(cells, error.what, sheet)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of a picture.

    Attributes:
        label: class of its first object.
        box_share: width of its widest object / its own.
        points: how many objects show each point.
        cell: the picture, drawn, and its caption, of those on the contact sheet.
    """

    file: str
    split: SplitName
    width: int
    height: int
    hash: int
    objects: int
    label: int
    box_share: float
    points: npt.NDArray[np.int64]
    cell: tuple[Image.Image, str] | None = None


NO_POINTS = np.zeros(0, np.int64)


def _look(source: Source, data: Data, file: str, draw: bool) -> _Seen | Problem:
    try:
        name, instances, image = source.read(file)
    except UnreadableImageError as error:
        return Problem.of(file, error)
    split = split_in(source, name, data)
    height, width = image.shape[:2]
    return _Seen(
        name,
        split,
        width,
        height,
        perceptual_hash(image),
        len(instances),
        instances[0].label,
        float(max(one.box[2] - one.box[0] for one in instances)) / width,
        np.isfinite(np.stack([one.points[:, 0] for one in instances])).sum(0) if source.points else NO_POINTS,
        (_draw(source, instances, image).image, _caption(source, name, instances, split)) if draw else None,
    )


def _reading(source: Source, file: str) -> tuple[str, tuple[Instance, ...], RgbImage]:
    """A file as it is read; a gray picture, with why it can't be."""
    try:
        return source.read(file)
    except UnreadableImageError as error:
        return f"{file}: {error}", (), np.full((48, 64, 3), 128, np.uint8)


def _findings(counts: dict[str, int], classes: dict[str, int], duplicates: list[Duplicate], splits: list[str]) -> list[str]:
    total, found = len(splits), []
    if total < FEW:
        found.append(
            f"few to learn from, {counted(total, 'picture')}: start from the weights of a model for the same task "
            "(backbone.weights = a .keras file), and freeze its backbone first (frozen_epochs)"
        )
    for name, count in counts.items():
        if count < 2:
            found.append(f"the {name} split has {counted(count, 'picture')}: raise its share in [data] split, or add pictures")
    if classes:
        mean = total / len(classes)
        for name, count in classes.items():
            if count < RARE * mean:
                found.append(
                    f"class {name} is rare ({count} of {total}): its examples weigh more in training; more would be better"
                )
    if duplicates:
        found.append(
            f"{counted(len(duplicates), 'picture')} of validation and test look{'s' if len(duplicates) == 1 else ''} like one of an earlier split, as "
            f"{shown(duplicates[0].file)} and {shown(duplicates[0].other)}: the test is too easy by them; set group in [data], so that "
            "what belongs together stays in one split"
        )
    return found


def _box_share(seen: list[_Seen]) -> tuple[float, float, float]:
    low, middle, high = (round(float(value), 3) for value in np.percentile([one.box_share for one in seen], (5, 50, 95)))
    return low, middle, high


def _draw(source: Source, instances: tuple[Instance, ...], image: RgbImage) -> Drawing:
    drawing = Drawing(image, 480)
    for one in instances if len(source.classes) < 2 else ():
        drawing.box(one.box, TRUTH)
        drawing.points(one.points, TRUTH)
    return drawing


def _caption(source: Source, name: str, instances: tuple[Instance, ...], split: str) -> str:
    label = f"  {source.classes[instances[0].label]}" if len(source.classes) > 1 else ""
    return f"{shown(Path(name).name)}{label}  {split}"
