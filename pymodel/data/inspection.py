"""A look at pictures before any training: contact sheet, counts, balance, near-duplicates across splits; in words too."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appspec.errors import KitError
from appspec.spec import Data
from appspec.words import counted
from pages.drawing import TRUTH, Drawing, contact_sheet
from pymodel.data.copies import copy_words, find_copies
from pymodel.data.duplicates import Duplicate, near_duplicates, perceptual_hash
from pymodel.data.examples import SPLITS, Problem, check_problems, split_in
from pymodel.data.images import RgbImage, UnreadableImageError
from pymodel.data.source import AmbiguousDataError, Floats, Instance, Source, open_source

RARE = 0.5
"""A class with fewer pictures than this share of the mean is rare."""

FEW = 200
"""Fewer pictures than this are too few to train a network from scratch."""


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
        duplicates: pictures in different splits that look alike.
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
        _draw_readings(folder, error, sheet, pictures)
        raise KitError(error.what, error.why, f"{error.fix}; both are drawn in {sheet}") from error
    spread = np.linspace(0, len(source.files) - 1, min(pictures, len(source.files)))
    sampled = {source.files[i] for i in spread.round().astype(int)}
    read: list[tuple[str, tuple[Instance, ...], tuple[int, int]]] = []
    hashes: list[int] = []
    problems: list[Problem] = []
    cells = []
    for file in source.files:
        try:
            name, instances, image = source.read(file)
        except UnreadableImageError as error:
            problems.append(Problem.of(file, error))
            continue
        read.append((name, instances, (image.shape[1], image.shape[0])))
        hashes.append(perceptual_hash(image))
        if file in sampled:
            cells.append((_draw(source, instances, image).image, _caption(source, name, instances, split_in(source, name, data))))
    check_problems(folder, len(read), problems, source.said())
    left_out = f", {len(problems)} left out" if problems else ""
    contact_sheet(cells, f"{counted(len(read), 'picture')}{left_out} · {data.read_as}", sheet)
    splits: list[str] = [split_in(source, name, data) for name, _, _ in read]
    counts: dict[str, int] = {name: splits.count(name) for name in SPLITS}
    classes = Counter(source.classes[instances[0].label] for _, instances, _ in read) if len(source.classes) > 1 else {}
    duplicates = near_duplicates([name for name, _, _ in read], splits, hashes)
    of_class = {name: source.classes[instances[0].label] for name, instances, _ in read} if classes else None
    copies = copy_words(find_copies(folder, [name for name, _, _ in read]), of_class)
    sizes = Counter(f"{width}×{height}" for _, _, (width, height) in read)
    return Inspection(
        folder=folder,
        counts=counts,
        problems=tuple(problems),
        objects=sum(len(instances) for _, instances, _ in read),
        box_share=_box_share(read) if data.read_as != "folder" else None,
        points=_point_counts(source, [one for _, instances, _ in read for one in instances]),
        classes=dict(classes),
        sizes=tuple(sizes.most_common(5)),
        notes=source.said(),
        duplicates=tuple(duplicates),
        findings=tuple([*copies, *_findings(counts, dict(classes), duplicates, splits)] or ["nothing stands out"]),
    )


def _draw_readings(folder: Path, error: AmbiguousDataError, sheet: Path, pictures: int) -> None:
    """The same pictures in each reading of the data."""
    cells = []
    for said, data in error.readings.items():
        source = open_source(folder, data)
        for file in source.files[: max(1, pictures // 4)]:
            try:
                name, instances, image = source.read(file)
            except UnreadableImageError as unreadable:
                cells.append((Drawing(np.full((48, 64, 3), 128, np.uint8), 480).image, f"{said}  {file}: {unreadable}"))
            else:
                cells.append((_draw(source, instances, image).image, f"{said}  {name}"))
    contact_sheet(cells, error.what, sheet)


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
            f"{len(duplicates)} pictures look alike across splits, as {duplicates[0].file} and {duplicates[0].other}: the test is "
            "too easy by them; set group in [data], so that what belongs together stays in one split"
        )
    return found


def _box_share(read: list[tuple[str, tuple[Instance, ...], tuple[int, int]]]) -> tuple[float, float, float]:
    shares = [max(float(one.box[2] - one.box[0]) for one in instances) / size[0] for _, instances, size in read]
    low, middle, high = (round(float(value), 3) for value in np.percentile(shares, (5, 50, 95)))
    return low, middle, high


def _point_counts(source: Source, instances: list[Instance]) -> dict[str, int]:
    if not source.points:
        return {}
    known: Floats = np.isfinite(np.stack([one.points[:, 0] for one in instances])).sum(0)
    return {name: int(count) for name, count in zip(source.points, known, strict=True)}


def _draw(source: Source, instances: tuple[Instance, ...], image: RgbImage) -> Drawing:
    drawing = Drawing(image, 480)
    for one in instances if len(source.classes) < 2 else ():
        drawing.box(one.box, TRUTH)
        drawing.points(one.points, TRUTH)
    return drawing


def _caption(source: Source, name: str, instances: tuple[Instance, ...], split: str) -> str:
    label = f"  {source.classes[instances[0].label]}" if len(source.classes) > 1 else ""
    return f"{Path(name).name}{label}  {split}"
