"""A look at the data before any training: contact sheet and counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appspec.spec import Split
from pymodel.data.cat import find_pairs, read_pair
from pymodel.data.examples import SPLITS, Example, Problem, split_of
from pymodel.data.images import RgbImage, UnreadableImageError
from pymodel.evaluate import true_box
from pymodel.picture import TRUTH, Drawing, contact_sheet


@dataclass(frozen=True)
class Inspection:
    """What a data folder holds.

    Attributes:
        counts: usable pictures in each split.
        problems: pairs that are left out, and why.
        face_share: 5th, 50th and 95th percentile of the face's width / the picture's width.
        sizes: the commonest picture sizes with their count.
    """

    folder: Path
    counts: dict[str, int]
    problems: tuple[Problem, ...]
    face_share: tuple[float, float, float]
    sizes: tuple[tuple[str, int], ...]


def inspect(folder: Path, split: Split, sheet: Path, pictures: int = 24) -> Inspection:
    """Reads every pair below a folder and draws some of them.

    Args:
        sheet: PNG to write: pictures spread over the whole folder, with their boxes and points.

    Raises:
        KitError: the folder is missing or holds no pair.
    """
    annotations = find_pairs(folder)
    shown = {annotations[i] for i in np.linspace(0, len(annotations) - 1, min(pictures, len(annotations))).round().astype(int)}
    examples: list[Example] = []
    problems: list[Problem] = []
    cells = []
    for annotation in annotations:
        try:
            example, image = read_pair(folder, annotation)
        except UnreadableImageError as error:
            problems.append(Problem(annotation.relative_to(folder).as_posix(), str(error)))
            continue
        examples.append(example)
        if annotation in shown:
            cells.append((_drawn(example, image).image, f"{Path(example.file).name}  {split_of(example.file, split)}"))
    title = f"{len(examples)} pictures with landmarks" + (f", {len(problems)} left out" if problems else "")
    contact_sheet(cells, title, sheet)
    splits = Counter(split_of(example.file, split) for example in examples)
    boxes = [true_box(example) for example in examples]
    shares = [float(box[2] - box[0]) / example.width for box, example in zip(boxes, examples, strict=True)] or [0.0]
    low, middle, high = (round(float(value), 3) for value in np.percentile(shares, (5, 50, 95)))
    sizes = Counter(f"{example.width}×{example.height}" for example in examples)
    return Inspection(
        folder, {name: splits[name] for name in SPLITS}, tuple(problems), (low, middle, high), tuple(sizes.most_common(5))
    )


def _drawn(example: Example, image: RgbImage) -> Drawing:
    drawing = Drawing(image, 480)
    drawing.box(true_box(example), TRUTH)
    drawing.points(example.points, TRUTH)
    return drawing
