"""Examples, problems of the files that give none, and splits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.file_tree import shown
from pymodel.data.images import NothingShownError, UnreadableImageError
from pymodel.data.source import MAX_OUTSIDE, Floats, Source
from pymodel.data.splits import SplitName, split_of

MAX_PROBLEMS = 0.05
"""Share of unreadable files above which reading the data fails."""

OUTLINE = np.linspace(0, 2 * np.pi, 16, endpoint=False)


@dataclass(frozen=True)
class Example:
    """One object in one picture.

    Attributes:
        file: path of the image from the data folder.
        width, height: of the upright image, pixels.
        points: (K, 2) float32 x, y in pixels of the upright image; NaN where a point is missing.
        box: (4,) float32 x0, y0, x1, y1 pixels.
        label: number of its class.
    """

    file: str
    width: int
    height: int
    points: Floats
    box: Floats
    label: int = 0

    def seen_points(self) -> Floats:
        """(K, 2) the points that can be judged: NaN where one lies clearly outside the picture, which doesn't show it."""
        slack = MAX_OUTSIDE * max(self.width, self.height)
        limits = np.array([self.width, self.height], np.float32) + slack
        inside = ((self.points >= -slack) & (self.points <= limits)).all(1, keepdims=True)
        return np.where(inside, self.points, np.float32(np.nan)).astype(np.float32)

    def outline(self, box_margin: float | None) -> Floats:
        """(P, 2) points whose bounding rectangle, enlarged by the margin, is the box: a rotated box follows from rotated points.

        Args:
            box_margin: of the source; None: the points of the ellipse inside the box.
        """
        if box_margin is not None:
            return self.points
        centre, half = (self.box[:2] + self.box[2:]) / 2, (self.box[2:] - self.box[:2]) / 2
        return np.asarray(centre + half * np.stack([np.cos(OUTLINE), np.sin(OUTLINE)], -1), np.float32)


@dataclass(frozen=True)
class Problem:
    """A file that was left out, and why.

    Attributes:
        is_damage: False where the picture can be read, but contains no instance to learn.
        fix: what helps, where that is known.
    """

    file: str
    why: str
    is_damage: bool = True
    fix: str = ""

    @classmethod
    def of(cls, file: str, error: UnreadableImageError) -> Problem:
        """From the error of a reader."""
        return cls(shown(file), shown(str(error)), not isinstance(error, NothingShownError), shown(error.fix))


def split_in(source: Source, file: str, data: Data) -> SplitName:
    """The split of a picture: as the data gives it, else as split_of decides."""
    return split_of(file, data) if source.splits is None else source.splits[file]


def check_problems(folder: Path, usable: int, problems: list[Problem], said: Sequence[str] = ()) -> None:
    """Refuses data with too many unreadable files.

    Args:
        said: how the data was read, a line each.

    Raises:
        KitError: more than MAX_PROBLEMS of the files are damaged, or none is left.
    """
    problems = [problem for problem in problems if problem.is_damage or not usable]
    total = usable + len(problems)
    if len(problems) > MAX_PROBLEMS * total or not usable:
        listed = "; ".join(f"{problem.file}: {problem.why}" for problem in problems[:3])
        raise KitError(
            f"{len(problems)} of {total} pictures in {folder} can't be used",
            "; ".join((f"{listed}{' …' if len(problems) > 3 else ''}", *said)),
            _helps(problems),
        )


def _helps(problems: Sequence[Problem]) -> str:
    """What helps most of them."""
    fixes = [problem.fix for problem in problems if problem.fix]
    allowed = f"up to {MAX_PROBLEMS:.0%} are left out without stopping"
    return f"{allowed}; these: {fixes[0]}" if len(fixes) > len(problems) / 2 else f"mend or remove them; {allowed}"


def check_once(folder: Path, files: Sequence[str]) -> None:
    """Refuses pictures that two annotation files name.

    Raises:
        KitError: names one.
    """
    seen: set[str] = set()
    for file in files:
        if file in seen:
            raise KitError(
                f"{shown(file)} is annotated twice",
                f"two annotation files in {folder} name it as their image",
                "remove one of them",
            )
        seen.add(file)
