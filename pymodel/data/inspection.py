"""A look at pictures before any training: contact sheet, counts, balance, near-duplicates across splits; in words too."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appspec.spec import Data
from appspec.words import counted
from pages.drawing import TRUTH, Drawing, contact_sheet
from pymodel.data.duplicates import Duplicate, near_duplicates, perceptual_hash
from pymodel.data.examples import SPLITS, Problem, check_problems, split_of
from pymodel.data.images import RgbImage, UnreadableImageError
from pymodel.data.source import Floats, Object, Source, open_source

RARE = 0.5
"""A class with less than this share of the mean count is rare."""

FEW = 200
"""Pictures below which a training from nothing has little to learn from."""


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
    duplicates: tuple[Duplicate, ...]
    findings: tuple[str, ...]


def inspect(folder: Path, data: Data, sheet: Path, pictures: int = 24) -> Inspection:
    """Reads every picture of a folder and draws some of them.

    Args:
        sheet: PNG to write: pictures spread over the whole folder, with their boxes, points and classes.

    Raises:
        KitError: the folder is missing, holds nothing, or too much of it is unreadable.
    """
    source = open_source(folder, data)
    spread = np.linspace(0, len(source.files) - 1, min(pictures, len(source.files)))
    shown = {source.files[i] for i in spread.round().astype(int)}
    read: list[tuple[str, tuple[Object, ...], tuple[int, int]]] = []
    hashes: list[int] = []
    problems: list[Problem] = []
    cells = []
    for file in source.files:
        try:
            name, objects, image = source.read(file)
        except UnreadableImageError as error:
            problems.append(Problem.of(file, error))
            continue
        read.append((name, objects, (image.shape[1], image.shape[0])))
        hashes.append(perceptual_hash(image))
        if file in shown:
            cells.append((_drawn(source, objects, image).image, _words(source, name, objects, data)))
    check_problems(folder, len(read), problems)
    left_out = f", {len(problems)} left out" if problems else ""
    contact_sheet(cells, f"{counted(len(read), 'picture')}{left_out} · {data.read_as}", sheet)
    splits: list[str] = [split_of(name, data) for name, _, _ in read]
    counts: dict[str, int] = {name: splits.count(name) for name in SPLITS}
    classes = Counter(source.classes[objects[0].label] for _, objects, _ in read) if len(source.classes) > 1 else {}
    duplicates = near_duplicates([name for name, _, _ in read], splits, hashes)
    sizes = Counter(f"{width}×{height}" for _, _, (width, height) in read)
    return Inspection(
        folder=folder,
        counts=counts,
        problems=tuple(problems),
        objects=sum(len(objects) for _, objects, _ in read),
        box_share=_box_share(read) if data.read_as != "folder" else None,
        points=_seen(source, [what for _, objects, _ in read for what in objects]),
        classes=dict(classes),
        sizes=tuple(sizes.most_common(5)),
        duplicates=tuple(duplicates),
        findings=tuple(_findings(counts, dict(classes), duplicates, splits)),
    )


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
    return found or ["nothing stands out"]


def _box_share(read: list[tuple[str, tuple[Object, ...], tuple[int, int]]]) -> tuple[float, float, float]:
    shares = [max(float(what.box[2] - what.box[0]) for what in objects) / size[0] for _, objects, size in read]
    low, middle, high = (round(float(value), 3) for value in np.percentile(shares, (5, 50, 95)))
    return low, middle, high


def _seen(source: Source, objects: list[Object]) -> dict[str, int]:
    if not source.points:
        return {}
    known: Floats = np.isfinite(np.stack([what.points[:, 0] for what in objects])).sum(0)
    return {name: int(count) for name, count in zip(source.points, known, strict=True)}


def _drawn(source: Source, objects: tuple[Object, ...], image: RgbImage) -> Drawing:
    drawing = Drawing(image, 480)
    for what in objects if len(source.classes) < 2 else ():
        drawing.box(what.box, TRUTH)
        drawing.points(what.points, TRUTH)
    return drawing


def _words(source: Source, name: str, objects: tuple[Object, ...], data: Data) -> str:
    label = f"  {source.classes[objects[0].label]}" if len(source.classes) > 1 else ""
    return f"{Path(name).name}{label}  {split_of(name, data)}"
