"""Reads YOLO's labels: a text file a picture, `class cx cy w h` in shares of it, keypoints or a polygon behind.

Formats: Darknet's (obj.names, train.txt); Ultralytics': data.yaml with names, kpt_shape and flip_idx, pictures in images/ and labels
in labels/ beside it, or both in one folder. A polygon stands for its bounding box. An empty file is a picture of nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from appspec.errors import KitError
from appspec.file_tree import FileTree, read_tree, with_suffix
from appspec.spec import Data
from appspec.text import read_text
from pymodel.data.annotations.given_splits import completed, given_by_folder, is_split, split_word
from pymodel.data.annotations.numbers import number
from pymodel.data.examples import split_of
from pymodel.data.formats.yolo_names import YoloNames, read_names
from pymodel.data.images import SUFFIXES, NothingShownError, RgbImage, UnreadableImageError, read_image
from pymodel.data.lookup import Lookup
from pymodel.data.remarks import Remarks
from pymodel.data.source import Category, Floats, Instance, Source, SplitName, check_instance, check_size, mirrored_by_name

NAMES = ("classes.txt", "obj.names", "labels.txt", "readme.txt", "requirements.txt", "_darknet.labels", "predefined_classes.txt")
"""Text files that are no labels."""

MOST_SHARE = 1.05
"""A coordinate over it is no share of the picture."""


@dataclass(frozen=True)
class _Row:
    """An object: its class's number, (4,) x0, y0, x1, y1 and (K, 3) keypoints, in shares of the picture (or pixels)."""

    label: int
    box: Floats
    points: Floats


@dataclass(frozen=True)
class _Labels:
    """A picture's labels; `file` is None where there is none."""

    picture: str
    file: str | None
    rows: tuple[_Row, ...]
    why: str = ""


def open_folder(folder: Path, data: Data) -> Source:
    """All pictures with a label file.

    Raises:
        KitError: there are none, or several classes and [data] category names none.
    """
    tree, remarks = read_tree(folder), Remarks()
    pictures = [file for file in tree.files if Path(file).suffix.lower() in SUFFIXES]
    texts = [file for file in with_suffix(tree.files, ".txt") if _is_label(file)]
    names = read_names(folder, tree, remarks)
    labels = _labels(folder, pictures, texts, names, remarks)
    if not any(one.file for one in labels):
        raise KitError(
            f"There is no data in {folder}",
            f"it holds {len(pictures)} pictures, and no label file NAME.txt beside one or in labels/",
            "set path in [data] of app.toml, or --data, to the folder that holds images/ and labels/",
        )
    pixels = _are_pixels(labels, remarks)
    chosen = _category(folder, labels, names, data, remarks)
    count = max((len(row.points) for one in labels for row in one.rows if row.label == chosen), default=0)
    points, targets = _points(names, count, data)
    order = [names.point_names(count, data.points).index(name) for name in points]
    splits, notes = _splits(folder, tree, [one.picture for one in labels], names, data)
    known = {one.picture: one for one in labels}

    def read(file: str) -> tuple[str, tuple[Instance, ...], RgbImage]:
        return file, *_read(folder, known[file], chosen, order, points, targets, pixels, remarks)

    mirrored = names.mirrored(points, order) or mirrored_by_name(points)
    return Source(
        folder,
        tuple(sorted(known)),
        read,
        points,
        mirrored,
        (names.of(chosen),),
        target_points=targets,
        splits=splits,
        notes=(*tree.notes(), *notes),
        remarks=remarks,
    )


def categories(folder: Path, data: Data) -> list[Category]:
    """The classes that labels name, by their names.

    Raises:
        KitError: data.yaml can't be read.
    """
    tree, remarks = read_tree(folder), Remarks()
    pictures = [file for file in tree.files if Path(file).suffix.lower() in SUFFIXES]
    names = read_names(folder, tree, remarks)
    texts = [file for file in with_suffix(tree.files, ".txt") if _is_label(file)]
    rows = [row for one in _labels(folder, pictures, texts, names, remarks) for row in one.rows]
    found = []
    for label, count in Counter(row.label for row in rows).items():
        shown = [row.points[:, 2] > 0 for row in rows if row.label == label and len(row.points)]
        points = np.sum(shown, axis=0) if shown else ()
        known = names.point_names(len(points), data.points)
        found.append(Category(names.of(label), count, {name: int(number) for name, number in zip(known, points, strict=True)}))
    return found


def _is_label(file: str) -> bool:
    name = PurePosixPath(file).name.lower()
    return name not in NAMES and not name.startswith(("readme", "license")) and split_word(PurePosixPath(name).stem) is None


def _labels(folder: Path, pictures: Sequence[str], texts: Sequence[str], names: YoloNames, remarks: Remarks) -> list[_Labels]:
    by_key = {_key(file): file for file in texts}
    stems: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        stems[PurePosixPath(text).stem].append(text)
    alone = Counter(PurePosixPath(file).stem for file in pictures)
    found, used = [], set()
    for picture in pictures:
        stem = PurePosixPath(picture).stem
        file: str | None = by_key.get(_key(picture))
        if file is None and len(stems.get(stem, ())) == 1 == alone[stem]:
            file = stems[stem][0]
        if file is None:
            remarks.add("passed over: pictures without a label file", picture)
            continue
        used.add(file)
        found.append(_parsed(folder, picture, file, names, remarks))
    for lost in sorted(set(texts) - used):
        remarks.add("passed over: label files without a picture", lost)
    return found


def _key(file: str) -> str:
    """images/train/1.jpg and labels/train/1.txt have one key."""
    path = PurePosixPath(file).with_suffix("")
    return "/".join(part for part in path.parts if part.lower() not in ("images", "labels", "obj_train_data"))


def _parsed(folder: Path, picture: str, file: str, names: YoloNames, remarks: Remarks) -> _Labels:
    try:
        text = read_text(folder / file).replace("\0", " ")
    except KitError as error:
        return _Labels(picture, file, (), f"its labels can't be read: {error.why}")
    rows = []
    for i, line in enumerate(text.splitlines(), 1):
        words = line.replace(",", " ").split() if "," in line and " " not in line.strip() else line.split()
        if not words:
            continue
        values = [number(word) for word in words]
        numbers = [value for value in values if value is not None]
        if len(numbers) != len(values) or len(values) < 5 or numbers[0] != int(numbers[0]):
            return _Labels(picture, file, (), f"line {i} of its labels is no class and numbers: {line.strip()[:60]!r}")
        row = _row(int(numbers[0]), numbers[1:], names, file, remarks)
        if row is None:
            return _Labels(
                picture, file, (), f"line {i} of its labels has {len(values)} numbers, which is no box, keypoints or polygon"
            )
        rows.append(row)
    return _Labels(picture, file, tuple(rows))


def _row(label: int, values: list[float], names: YoloNames, file: str, remarks: Remarks) -> _Row | None:
    nothing = np.zeros((0, 3), np.float32)
    if names.keypoints is not None:
        count, width = names.keypoints
        if len(values) == 4 + count * width:
            points = np.array(values[4:], np.float32).reshape(count, width)
            if width == 2:
                shown = (points > 0).any(1, keepdims=True)
                points = np.concatenate([points, shown.astype(np.float32)], 1)
            return _Row(label, _corners(values[:4]), points)
        if len(values) == 4:
            return _Row(label, _corners(values), np.zeros((count, 3), np.float32))
        return None
    if len(values) == 5:
        remarks.add("a sixth number a line, as of predictions' confidence, is not used", file)
        return _Row(label, _corners(values[:4]), nothing)
    if len(values) == 4:
        return _Row(label, _corners(values), nothing)
    if len(values) >= 6 and len(values) % 2 == 0:
        remarks.add("polygons, their boxes are taken", file)
        corners = np.array(values, np.float32).reshape(-1, 2)
        return _Row(label, np.concatenate([corners.min(0), corners.max(0)]), nothing)
    return None


def _corners(values: Sequence[float]) -> Floats:
    x, y, width, height = values
    return np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2], np.float32)


def _are_pixels(labels: Sequence[_Labels], remarks: Remarks) -> bool:
    """Whether all labels count in pixels, against the format."""
    boxes = [row.box for one in labels for row in one.rows]
    if not boxes or not (np.abs(np.stack(boxes)).max(1) > 2).all():
        return False
    remarks.add("labels count in pixels, not in shares of the picture; taken so", labels[0].file or "")
    return True


def _category(folder: Path, labels: Sequence[_Labels], names: YoloNames, data: Data, remarks: Remarks) -> int:
    counts = Counter(row.label for one in labels for row in one.rows)
    strange = sorted(label for label in counts if label < 0 or (names.names and label not in names.names))
    for label in strange:
        remarks.add(
            f"labels of class {label}, which has no name", next(o.file or "" for o in labels for r in o.rows if r.label == label)
        )
    if data.category is None and len(counts) == 1:
        return next(iter(counts))
    wanted = (data.category or "").casefold().strip()
    found = [label for label in {*counts, *names.names} if names.of(label).casefold() == wanted]
    found = [label for label in found if counts[label]] or found
    if data.category is not None and len(found) == 1 and counts[found[0]]:
        others = sum(counts.values()) - counts[found[0]]
        if others:
            remarks.add(f"passed over: {others} objects of other classes, in all", labels[0].file or "")
        return found[0]
    listed = ", ".join(f"{names.of(label)} ({count})" for label, count in counts.most_common(20)) or "no object"
    raise KitError(
        f"{folder}: which category?" if data.category is None else f"{folder} has no object of category {data.category!r}",
        f"its labels hold {listed}",
        "set category in [data] of app.toml to one of them",
    )


def _points(names: YoloNames, count: int, data: Data) -> tuple[tuple[str, ...], int]:
    """All points, the wanted first, and how many are wanted."""
    known = names.point_names(count, data.points)
    targets = data.points if data.points is not None else known
    missing = [name for name in targets if name not in known]
    if missing:
        raise KitError(
            f"The labels have no point {missing[0]!r}",
            f"they have {count} keypoints: {', '.join(known) or 'none'}",
            "name some of these in points of [data], or all of them in their order",
        )
    return (*targets, *(name for name in known if name not in targets)), len(targets)


def _splits(
    folder: Path, tree: FileTree, pictures: Sequence[str], names: YoloNames, data: Data
) -> tuple[dict[str, SplitName] | None, list[str]]:
    """Those of data.yaml or of train.txt and its like, else of the folders."""
    if data.split.given is not False:
        lookup, found = Lookup(pictures), dict[str, SplitName]()
        lists = {
            file: split for file in with_suffix(tree.files, ".txt") if (split := split_word(PurePosixPath(file).stem)) is not None
        }
        for file, split in lists.items():
            for line in read_text(folder / file).splitlines():
                for picture in lookup.find(line) if line.strip() else ():
                    found.setdefault(picture, split)
        for split, prefix in names.folders(folder):
            for picture in pictures:
                if picture.startswith(prefix):
                    found.setdefault(picture, split)
        if len(found) == len(pictures) and is_split(found):
            splits, line = completed(found, lambda file: split_of(file, data))
            return splits, [line]
    return given_by_folder(pictures, data)


def _read(
    folder: Path,
    one: _Labels,
    chosen: int,
    order: list[int],
    points: tuple[str, ...],
    targets: int,
    pixels: bool,
    remarks: Remarks,
) -> tuple[tuple[Instance, ...], RgbImage]:
    if one.why:
        raise UnreadableImageError(one.why)
    image = read_image(folder / one.picture, remarks, one.picture)
    check_size(image)
    scale = np.ones(2, np.float32) if pixels else np.array([image.shape[1], image.shape[0]], np.float32)
    instances = []
    for row in one.rows:
        if row.label != chosen:
            continue
        if not pixels and np.abs(row.box).max() > MOST_SHARE:
            raise UnreadableImageError(f"a box ends at {row.box.max():g}, and shares of a picture end at 1")
        shown = row.points[order] if order and len(row.points) else np.zeros((len(order), 3), np.float32)
        places = np.where(shown[:, 2:] > 0, shown[:, :2] * scale, np.float32(np.nan)).astype(np.float32)
        if targets and not np.isfinite(places[:targets]).any():
            continue
        low, high = np.minimum(row.box[:2], row.box[2:]), np.maximum(row.box[:2], row.box[2:])
        instance = Instance(places, np.concatenate([low * scale, high * scale]).astype(np.float32))
        check_instance(instance, points, image)
        instances.append(instance)
    if not one.rows:
        raise NothingShownError("its label file is empty: a picture of nothing")
    if not instances:
        raise NothingShownError("it shows no object of the category")
    return tuple(instances), image
