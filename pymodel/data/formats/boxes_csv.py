"""boxes.csv beside class folders: where the subject of a picture is, under any of the names that programs give the columns."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appspec.errors import KitError
from appspec.file_tree import FileTree
from appspec.text import read_text
from pymodel.data.annotations.boxes import is_share, upright_corners
from pymodel.data.annotations.numbers import number
from pymodel.data.lookup import Lookup
from pymodel.data.remarks import Remarks
from pymodel.data.source import Floats

BOXES = "boxes.csv"

FILE = ("file", "filename", "file_name", "file name", "image", "image_name", "image_path", "path", "picture", "img", "name")
CORNERS = (
    ("x0", "y0", "x1", "y1"), ("xmin", "ymin", "xmax", "ymax"), ("x_min", "y_min", "x_max", "y_max"), ("left", "top", "right", "bottom"),
    ("x1", "y1", "x2", "y2"),
)  # fmt: skip
SIZES = (
    ("x", "y", "width", "height"), ("x", "y", "w", "h"), ("left", "top", "width", "height"), ("xmin", "ymin", "width", "height"),
    ("bbox_x", "bbox_y", "bbox_width", "bbox_height"),
)  # fmt: skip
"""Names of the columns, those of corners first: beside them width and height are the picture's."""


@dataclass(frozen=True)
class SubjectBoxes:
    """What boxes.csv says.

    Attributes:
        corners: (4,) x0, y0, x1, y1 of each picture.
        are_shares: whether they count in shares of the picture, not in pixels.
        problems: why a file that it names can't be meant, by its name.
    """

    corners: dict[str, Floats]
    are_shares: bool
    problems: dict[str, str]

    def of(self, file: str, width: int, height: int) -> Floats:
        """(4,) in pixels; the whole picture where none is given."""
        found = self.corners.get(file)
        if found is None:
            return np.array([0, 0, width, height], np.float32)
        return found * np.array([width, height] * 2, np.float32) if self.are_shares else found


def read_boxes(folder: Path, tree: FileTree, lookup: Lookup, remarks: Remarks) -> SubjectBoxes:
    """What the file says; nothing where there is none.

    Args:
        lookup: of the pictures in class folders.

    Raises:
        KitError: it can't be read.
    """
    named = [file for file in tree.files if file.lower() == BOXES]
    if not named:
        return SubjectBoxes({}, False, {})
    text = read_text(folder / named[0])
    first = text.split("\n", 1)[0]
    if first.strip().lower().startswith("sep="):
        text = text.split("\n", 1)[-1]
        first = text.split("\n", 1)[0]
    try:
        rows = list(csv.DictReader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=max(",;\t", key=first.count)))
    except csv.Error as error:
        raise KitError(f"Can't read {folder / BOXES}", f"it is no table: {error}", "write it anew as CSV") from error
    if not text.strip():
        remarks.add("empty files of boxes, no box is taken", named[0])
    else:
        _columns(
            folder,
            [cell.strip().lower() for cell in next(csv.reader([first], delimiter=max(",;\t", key=first.count)), [])],
            first,
        )
        if not rows:
            remarks.add("files of boxes with a header alone, no box is taken", named[0])
    found: dict[str, Floats] = {}
    problems: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for line, row in enumerate(rows, 2):
        cells = {str(key).strip().lower(): value for key, value in row.items()}
        file, columns = _columns(folder, list(cells), first)
        values = [number(cells[name]) for name in columns]
        if None in values:
            bad = columns[values.index(None)]
            raise KitError(
                f"Can't read {folder / BOXES}", f"line {line}: {bad} is {cells[bad]!r}", "write a number of pixels there"
            )
        x, y, right, low = (value or 0.0 for value in values)
        if columns in SIZES:
            right, low = x + right, y + low
        name = str(cells[file] or "")
        meant = lookup.find(name)
        if not meant and len(meant := lookup.find_stem(name)) == 1:
            remarks.add(f"pictures whose suffix is another than in {BOXES}", meant[0])
        if len(meant) != 1:
            problems[name] = _why(meant)
        key = meant[0] if len(meant) == 1 else name
        counts[key] += 1
        found[key] = upright_corners([x, y, right, low], name, remarks)
    for key in (key for key, count in counts.items() if count > 1 and key not in problems):
        remarks.add(f"pictures that {BOXES} names several times, the last box counts", key)
    shares = bool(found) and all(map(is_share, found.values()))
    if shares:
        remarks.add(f"boxes in {BOXES} are shares of the picture, not pixels; taken so", min(found))
    return SubjectBoxes(found, shares, problems)


def _columns(folder: Path, names: Sequence[str], header: str) -> tuple[str, tuple[str, ...]]:
    """The column of the file, and the four of the box."""
    file = next((name for name in FILE if name in names), None)
    columns = next((some for some in (*CORNERS, *SIZES) if set(some) <= set(names)), None)
    if file is None or columns is None:
        missing = "file" if file is None else "box, as x0, y0, x1, y1"
        raise KitError(
            f"Can't read {folder / BOXES}",
            f"it has no column {missing}; its header is {header.strip()!r}",
            "give it the header file,x0,y0,x1,y1",
        )
    return file, columns


def _why(meant: Sequence[str]) -> str:
    if not meant:
        return f"{BOXES} names it, and no class folder holds it"
    return f"{BOXES} names it, and several class folders hold one; write {meant[0]} or {meant[1]} there"
