"""Reads YOLO's labels: a text file a picture, `class cx cy w h` in shares of it, keypoints or a polygon behind.

Formats: Darknet's (obj.names, train.txt); Ultralytics': data.yaml with names, kpt_shape and flip_idx, pictures in images/ and labels
in labels/ beside it, or both in one folder. A polygon stands for its bounding box. An empty file is a picture of nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.file_tree import read_tree, shown, with_suffix
from appspec.text import read_text
from appspec.words import counted
from pymodel.data.annotations.axes import points_y_first
from pymodel.data.annotations.boxes import has_size
from pymodel.data.annotations.given_splits import given_by_folder, given_by_lists
from pymodel.data.annotations.written import Boxes, Written, how_written
from pymodel.data.formats.yolo_labels import Labels, Row, pair, read_labels, shared_labels
from pymodel.data.formats.yolo_names import LISTS, YoloNames, read_names
from pymodel.data.images import NothingShownError, RgbImage, UnreadableImageError, is_picture, read_picture
from pymodel.data.lookup import Lookup
from pymodel.data.remarks import Remarks, files_note, others_note
from pymodel.data.source import Category, Floats, Instance, Source, check_instance, check_size, mirrored_by_name
from pymodel.data.splits import SplitName, split_word

NO_LABELS = (*LISTS, "requirements.txt")
"""Text files that are no labels; nor are those that begin as READMEs and licences do."""

USUAL = Written(1.0, "center and size")

MOST_SHARE = 1.05
"""A coordinate over it is no share of the picture."""


def open_folder(folder: Path, data: Data) -> Source:
    """All pictures with a label file.

    Raises:
        KitError: there are none, or several classes and [data] category names none.
    """
    tree, remarks = read_tree(folder), Remarks()
    pictures = [file for file in tree.files if is_picture(file)]
    texts = [file for file in with_suffix(tree.files, ".txt") if _may_be_label(file)]
    names = read_names(folder, tree, remarks)
    pairs = pair(pictures, texts)
    if not pairs:
        raise KitError(
            f"There is no data in {folder}",
            f"it holds {len(pictures)} pictures, and no label file NAME.txt beside one or in labels/",
            "set path in [data] of app.toml, or --data, to the folder that holds images/ and labels/; "
            'other annotations are read as format = "coco" (.json), "voc" (.xml) or "cat" (.cat)',
        )
    labels = read_labels(folder, pairs, names, len(data.points) if data.points else None, remarks)
    counts = Counter(row.label for one in labels for row in one.rows)
    chosen = _category(folder, labels, counts, names, data, remarks)
    written = _written(folder, labels, chosen, data, remarks)
    count = max((len(row.points) for one in labels for row in one.rows if row.label == chosen), default=0)
    points, targets = _points(names, count, data)
    order = [names.point_names(count, data.points).index(name) for name in points]
    used = set(pairs.values())
    if names.flips and points and not names.mirrored(points, order):
        remarks.add(f"flip_idx of data.yaml is no order of {len(points)} keypoints, it is not used", "data.yaml")
    lists = {file: split for file, split in names.lists(texts) if file not in used}
    for file in texts:
        if file not in used and (split := split_word(PurePosixPath(file).stem)) is not None:
            lists.setdefault(file, split)
    splits, notes = _splits(folder, lists, list(pairs), names, data, remarks)
    reader = _Reader(folder, chosen, order, points, targets, written, _y_first(labels, chosen, written, data, remarks), remarks)
    known = {one.picture: one for one in labels}
    for text, several in shared_labels(pairs).items():
        for picture in several:
            other = several[0] if picture == several[-1] else several[-1]
            why = f"its label file {shown(text)} could also be that of {shown(other)}"
            known[picture] = Labels(picture, text, why=why, fix="call one of them otherwise, with labels of its own")
    passed = [
        *others_note({names.of(label): number for label, number in counts.items()}, names.of(chosen), "objects"),
        *files_note("pictures without a label file", [file for file in pictures if file not in pairs]),
        *files_note("label files without a picture", [file for file in texts if file not in used and file not in lists]),
    ]
    return Source(
        folder,
        tuple(sorted(known)),
        lambda file: (file, *reader.read(known[file])),
        points,
        names.mirrored(points, order) or mirrored_by_name(points),
        (names.of(chosen),),
        target_points=targets,
        splits=splits,
        notes=(*tree.notes(), *passed, *notes),
        remarks=remarks,
    )


def categories(folder: Path, data: Data) -> list[Category]:
    """The classes that labels name, by their names.

    Raises:
        KitError: data.yaml can't be read.
    """
    tree, remarks = read_tree(folder), Remarks()
    pairs = pair(
        [file for file in tree.files if is_picture(file)], [f for f in with_suffix(tree.files, ".txt") if _may_be_label(f)]
    )
    names = read_names(folder, tree, remarks)
    rows = [row for one in read_labels(folder, pairs, names, None, remarks) for row in one.rows]
    found = []
    for label, count in Counter(row.label for row in rows).items():
        seen = [row.points[:, 2] > 0 for row in rows if row.label == label and len(row.points)]
        points = np.sum(seen, axis=0).tolist() if seen else []
        found.append(Category(names.of(label), count, dict(zip(names.point_names(len(points), None), points, strict=True))))
    return found


def _written(folder: Path, labels: Sequence[Labels], chosen: int, data: Data, remarks: Remarks) -> Written:
    rows = [(row, one) for one in labels for row in one.rows if row.label == chosen and not row.is_polygon]
    boxes = Boxes(
        np.stack([row.box for row, _ in rows]) if rows else np.zeros((0, 4), np.float32),
        [one.picture for _, one in rows],
        np.full((len(rows), 2), np.nan, np.float32),
    )
    return how_written(folder, boxes, USUAL, data, remarks)


def _y_first(labels: Sequence[Labels], chosen: int, written: Written, data: Data, remarks: Remarks) -> bool:
    rows = [(one, row) for one in labels for row in one.rows if row.label == chosen and len(row.points)]
    shown = [row.points[row.points[:, 2] > 0, :2] for _, row in rows]
    files = [one.picture for (one, _), found in zip(rows, shown, strict=True) for _ in found]
    if not files:
        return False
    corners = [np.broadcast_to(written.corners(row.box), (len(found), 4)) for (_, row), found in zip(rows, shown, strict=True)]
    return points_y_first(files, np.concatenate(shown), np.concatenate(corners), data, remarks)


def _may_be_label(file: str) -> bool:
    name = PurePosixPath(file).name.lower()
    return name not in NO_LABELS and not name.startswith(("readme", "license"))


def _category(
    folder: Path, labels: Sequence[Labels], counts: Counter[int], names: YoloNames, data: Data, remarks: Remarks
) -> int:
    if names.names and counts and min(counts) == 1 and max(counts) == max(names.names) + 1 and 0 in names.names:
        raise KitError(
            f"{folder}: labels and names don't go together",
            f"labels count classes from 1 to {max(counts)}, names from 0 to {max(names.names)}",
            "put a name before the first, as names: [nothing, cat, dog], or subtract 1 from the first number of each line",
        )
    for label in sorted(label for label in counts if label < 0 or (names.names and label not in names.names)):
        file = next(one.file for one in labels for row in one.rows if row.label == label)
        remarks.add(f"labels of class {label}, which has no name", file)
    if data.category is None and len(counts) == 1:
        return next(iter(counts))
    wanted = (data.category or "").casefold().strip()
    found = [label for label in {*counts, *names.names} if names.of(label).casefold() == wanted or str(label) == wanted]
    found = [label for label in found if counts[label]]
    if data.category is not None and len(found) == 1:
        return found[0]
    unread = [one for one in labels if one.why]
    if not counts and unread:
        what = f"{len(unread)} of {counted(len(labels), 'label file')} in {folder} can't be used"
        raise KitError(what, f"{shown(unread[0].file)}: {unread[0].why}", unread[0].fix or "mend them")
    listed = ", ".join(f"{shown(names.of(label))} ({count})" for label, count in counts.most_common(20)) or "no object"
    raise KitError(
        f"{folder}: which category?" if data.category is None else f"{folder} has no object of category {data.category!r}",
        f"its labels hold {listed}",
        "set category in [data] of app.toml to one of them" if counts else "label some objects",
    )


def _points(names: YoloNames, count: int, data: Data) -> tuple[tuple[str, ...], int]:
    """All points, the wanted first, and how many are wanted."""
    known = names.point_names(count, data.points)
    targets = data.points if data.points is not None else known
    missing = [name for name in targets if name not in known]
    if missing:
        raise KitError(
            f"The labels have no point {missing[0]!r}",
            f"they have {count} keypoints: {', '.join(map(shown, known)) or 'none'}",
            "name some of these in points of [data], or all of them in their order",
        )
    return (*targets, *(name for name in known if name not in targets)), len(targets)


def _splits(
    folder: Path, lists: Mapping[str, SplitName], pictures: Sequence[str], names: YoloNames, data: Data, remarks: Remarks
) -> tuple[Mapping[str, SplitName] | None, list[str]]:
    """Those of data.yaml or of train.txt and its like, else of the folders."""
    if data.split.given is False:
        return None, []
    lookup, found = Lookup(pictures), dict[str, SplitName]()
    for file, split in lists.items():
        for line in filter(None, map(str.strip, read_text(folder / file).splitlines())):
            for picture in lookup.find(line):
                if found.setdefault(picture, split) != split:
                    remarks.add("pictures that two lists put into different splits, the first list counts", picture)
    for split, prefix in names.folders(folder):
        for picture in pictures:
            if picture.startswith(prefix):
                found.setdefault(picture, split)
    splits, notes = given_by_lists(found, pictures, data, next(iter(lists), "data.yaml"))
    if splits is None:
        splits, more = given_by_folder(pictures, data)
        notes = [*more] if splits is not None else [*notes, *more]
    return splits, notes


@dataclass(frozen=True)
class _Reader:
    """Reads pictures of a data set whose conventions are known.

    Attributes:
        chosen: number of the class to learn.
        order: places of the points in the file.
        points: names of all, the `targets` to learn first.
        written: how boxes are written.
        y_first: whether keypoints are y before x.
    """

    folder: Path
    chosen: int
    order: list[int]
    points: tuple[str, ...]
    targets: int
    written: Written
    y_first: bool
    remarks: Remarks

    def read(self, one: Labels) -> tuple[tuple[Instance, ...], RgbImage]:
        """The instances of a picture, and its pixels."""
        if one.why:
            raise UnreadableImageError(one.why, one.fix)
        found = read_picture(self.folder / one.picture, self.remarks, one.picture)
        image = found.pixels
        check_size(image)
        if found.stored.orientation != 1:
            self.remarks.add("pictures that EXIF turns or mirrors, boxes are taken as those of the upright ones", one.picture)
        size = np.array([image.shape[1], image.shape[0]], np.float32)
        read = [self._instance(row, size, one) for row in one.rows if row.label == self.chosen]
        instances = [instance for instance in read if instance is not None]
        for instance in instances:
            check_instance(instance, self.points, image)
        if not instances:
            wanted = self.points[: self.targets]
            why = "it shows no object of the category" if one.rows else "its label file is empty: a picture of nothing"
            if read and wanted:
                why = f"none of its objects shows {' or '.join(wanted[:4])}{' …' if len(wanted) > 4 else ''}"
            raise NothingShownError(why)
        return tuple(instances), image

    def _instance(self, row: Row, size: Floats, one: Labels) -> Instance | None:
        """None where it shows none of the points to learn, or nothing at all."""
        written = USUAL if row.is_polygon else self.written
        scale = np.ones(2, np.float32) if written.scale is None else size / written.scale
        corners = written.corners(row.box)
        if written.scale == 1 and np.abs(corners).max() > MOST_SHARE:
            raise UnreadableImageError(f"a box ends at {np.abs(corners).max():g}, and shares of a picture end at 1")
        if not has_size(corners):
            self.remarks.add("passed over: objects whose box has no width or no height, in", one.file)
            return None
        shown_points = row.points[self.order] if len(row.points) else np.zeros((len(self.order), 3), np.float32)
        numbers = shown_points[:, [1, 0]] if self.y_first else shown_points[:, :2]
        places = np.where(shown_points[:, 2:] > 0, numbers * scale, np.float32(np.nan)).astype(np.float32)
        if self.targets and not np.isfinite(places[: self.targets]).any():
            return None
        low, high = np.minimum(corners[:2], corners[2:]), np.maximum(corners[:2], corners[2:])
        return Instance(places, np.concatenate([low * scale, high * scale]).astype(np.float32))
