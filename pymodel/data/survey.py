"""What a folder of pictures holds, seen from its annotations and a sample of its pictures: enough to propose an app."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from appspec.data_spec import Data
from pymodel.data.examples import Problem, split_in
from pymodel.data.images import UnreadableImageError
from pymodel.data.source import Source, open_source
from pymodel.data.splits import SPLITS

SAMPLE = 120
"""Pictures that are opened."""

SHARES = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4)
"""Of validation and of test, the smallest first."""

FEW_SHARE = 0.2
ENOUGH, FEWEST = 100, 2
"""Pictures to judge by, as they are wanted, and at least."""


@dataclass(frozen=True)
class PictureSurvey:
    """A folder of pictures as an app would read it.

    Attributes:
        pictures: annotated ones.
        share: of validation and of test that leaves each enough, where the data gives no splits.
        splits: pictures of each split.
        splits_given: whether the data itself says which they are.
        looked_at: pictures that were opened; what follows is about these.
        short_side: median of the pictures' shorter sides, pixels; 0: none could be read.
        sizes: the commonest sizes.
        box_share: median of the largest object's longer side / the picture's; None without boxes.
        objects: the mean in a picture.
        problems: what can't be used.
        notes: what was mended or passed over.
    """

    pictures: int
    share: float
    splits: dict[str, int]
    splits_given: bool
    looked_at: int
    short_side: int
    sizes: tuple[tuple[str, int], ...]
    box_share: float | None
    objects: float
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def survey_pictures(source: Source, data: Data) -> PictureSurvey:
    """Opens a sample of the pictures as training would.

    Args:
        data: as the source was opened.
    """
    share, splits = _splits(source, data)
    if source.splits is not None and min(splits.values()) < ENOUGH:
        share = FEW_SHARE  # of training's pictures, for a part that the data lacks
        source = open_source(source.folder, _shared(data, share))
        splits = _counts(source, data)
    places = np.unique(np.linspace(0, len(source.files) - 1, min(SAMPLE, len(source.files))).round().astype(int))
    problems: list[Problem] = []
    sides, shares, objects = [], [], []
    sizes: Counter[str] = Counter()
    for file in (source.files[i] for i in places):
        try:
            _, instances, image = source.read(file)
        except UnreadableImageError as error:
            problems.append(Problem.of(file, error))
            continue
        height, width = image.shape[:2]
        sizes[f"{width}×{height}"] += 1
        sides.append(min(width, height))
        objects.append(len(instances))
        shares.append(max(float(max(one.box[2] - one.box[0], one.box[3] - one.box[1])) for one in instances) / max(width, height))
    return PictureSurvey(
        pictures=len(source.files),
        share=share,
        splits=splits,
        splits_given=source.splits is not None,
        looked_at=len(places),
        short_side=int(np.median(sides)) if sides else 0,
        sizes=tuple(sizes.most_common(3)),
        box_share=float(np.median(shares)) if shares and data.read_as != "folder" else None,
        objects=float(np.mean(objects)) if objects else 0.0,
        problems=tuple(problems),
        notes=source.said(),
    )


def _splits(source: Source, data: Data) -> tuple[float, dict[str, int]]:
    """The share, and the pictures of each split with it: a tenth of many pictures, a fifth of few, more only where one is empty."""
    for share in SHARES:
        counts = _counts(source, _shared(data, share))
        least = min(counts["validation"], counts["test"])
        if source.splits is not None or least >= ENOUGH or (share >= FEW_SHARE and least >= FEWEST):
            break
    return share, counts


def _shared(data: Data, share: float) -> Data:
    return data.model_copy(update={"split": data.split.model_copy(update={"validation": share, "test": share})})


def _counts(source: Source, data: Data) -> dict[str, int]:
    found = Counter(split_in(source, file, data) for file in source.files)
    return {split: found[split] for split in SPLITS}
