"""YOLO's label files: which belongs to which picture, and what their lines are: boxes, keypoints or polygons."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np

from appspec.errors import KitError
from appspec.text import read_text
from pymodel.data.annotations.numbers import number
from pymodel.data.formats.yolo_names import YoloNames
from pymodel.data.remarks import Remarks
from pymodel.data.source import Floats

FOLDERS = ("images", "labels", "obj_train_data")
"""Parts of paths that pictures and labels don't share."""

OTHERS = (
    (
        re.compile(r"\s*(?:imagesource:|gsd:|(?:-?[\d.]+\s+){8}[^\W\d]\S*(?:\s+[\d.]+)?\s*$)"),
        "DOTA's: four corners in pixels and a name",
        "convert them: ultralytics.data.converter.convert_dota_to_yolo_obb of the Python package ultralytics",
    ),
    (
        re.compile(r"\s*[^\W\d]\S*(?:\s+-?[\d.]+){14,15}\s*$"),
        "KITTI's: a name and 14 numbers, the box's corners in pixels among them",
        "convert them to YOLO, COCO or VOC",
    ),
    (
        re.compile(r"\s*\S+\.(?:jpe?g|png|bmp)\s", re.IGNORECASE),
        "a list of pictures with their boxes",
        "convert it to a label file for each picture, or to COCO or VOC",
    ),
)
"""Labels of other programs in text files: how a line looks, what it is, and what to do."""

FEW_ROWS = 10
"""Fewer lines don't tell points from polygons."""


@dataclass(frozen=True, slots=True)
class Row:
    """An object: its class's number, its box as it is written, (4,) centre and size of a polygon, and (K, 3) keypoints."""

    label: int
    box: Floats
    points: Floats
    is_polygon: bool = False


@dataclass(frozen=True, slots=True)
class Labels:
    """A picture's labels; `lines` as they stand, (label, numbers), `rows` once it is known what they are."""

    picture: str
    file: str
    lines: tuple[tuple[int, Floats], ...] = ()
    rows: tuple[Row, ...] = ()
    why: str = ""
    fix: str = ""


def pair(pictures: Sequence[str], texts: Sequence[str]) -> dict[str, str]:
    """Picture → its label file: beside it, in labels/ beside images/, or the only one of its stem; 1.txt or 1.jpg.txt."""
    keys = {_key(text): text for text in texts}
    whole = {f"{folder}/{name}".lstrip("/"): text for text in texts for folder, _, name in [_key(text).rpartition("/")]}
    alike: dict[str, set[str]] = defaultdict(set)
    stems: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        alike[_alike(_key(text))].add(text)
        stems[_alike(PurePosixPath(text).stem)].append(text)
    alone: dict[str, int] = defaultdict(int)
    for picture in pictures:
        alone[_alike(PurePosixPath(picture).stem)] += 1
    found = {}
    for picture in pictures:
        stem = _alike(PurePosixPath(picture).stem)
        near = alike.get(_alike(_key(picture)), set())
        if _key(picture) in keys:
            found[picture] = keys[_key(picture)]
        elif _key(f"{picture}.txt") in whole:
            found[picture] = whole[_key(f"{picture}.txt")]
        elif len(near) == 1:
            found[picture] = next(iter(near))
        elif len(stems.get(stem, ())) == 1 == alone[stem]:
            found[picture] = stems[stem][0]
    return found


def read_labels(folder: Path, pairs: dict[str, str], names: YoloNames, wanted: int | None, remarks: Remarks) -> list[Labels]:
    """The labels of all pictures.

    Args:
        wanted: how many keypoints [data] names.
    """
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda one: _parsed(folder, one[0], one[1], names, remarks), pairs.items()))
    shape = names.keypoints or _keypoint_shape([line[1] for one in found for line in one.lines], wanted, remarks)
    return [_with_rows(one, shape, remarks) for one in found]


def shared_labels(pairs: dict[str, str]) -> dict[str, list[str]]:
    """Label files that several pictures would have, as 1.txt of 1.jpg and 1.png, with these."""
    found: dict[str, list[str]] = defaultdict(list)
    for picture, text in pairs.items():
        found[text].append(picture)
    return {text: several for text, several in found.items() if len(several) > 1}


def _key(file: str) -> str:
    """images/train/1.jpg and labels/train/1.txt have one key."""
    path = PurePosixPath(file).with_suffix("")
    return "/".join(part for part in path.parts if part.lower() not in FOLDERS)


def _alike(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _parsed(folder: Path, picture: str, file: str, names: YoloNames, remarks: Remarks) -> Labels:
    try:
        text = read_text(folder / file).replace("\0", " ")
    except KitError as error:
        return Labels(picture, file, why=f"its labels can't be read: {error.why}", fix=error.fix)
    lines: dict[tuple[int, bytes], tuple[int, Floats]] = {}
    for i, line in enumerate(text.splitlines(), 1):
        words = _words(line)
        if not words:
            continue
        if words[0].startswith(("#", "//")):
            remarks.add("passed over: lines of labels that are comments", file)
            continue
        label, values = _line(words, names)
        if label is None or None in values or len(values) < 4:
            why = f"line {i} of its labels is no class and numbers: {line.strip()[:60]!r}"
            found_kind = next(((kind, do) for pattern, kind, do in OTHERS if pattern.match(line)), None)
            if found_kind:
                return Labels(picture, file, why=f"{why} ({found_kind[0]})", fix=found_kind[1])
            return Labels(picture, file, why=why, fix="write class, centre x, centre y, width, height, as shares of the picture")
        if number(words[0]) is None:
            remarks.add("labels that name their class in words", file)
        found = np.array(values, np.float32)
        if (label, found.tobytes()) in lines:
            remarks.add("label files in which a line stands twice, it counts once", file)
        lines.setdefault((label, found.tobytes()), (label, found))
    return Labels(picture, file, tuple(lines.values()))


def _line(words: Sequence[str], names: YoloNames) -> tuple[int | None, list[float | None]]:
    """The class of a line and its numbers; a class's name may hold blanks."""
    start = 1
    while start < len(words) and number(words[start]) is None:
        start += 1
    return names.number_of(" ".join(words[:start])), [number(word) for word in words[start:]]


def _words(line: str) -> list[str]:
    commas = ", " in line or " " not in line.strip()
    return line.replace(",", " ").replace(";", " ").split() if commas else line.split()


def _keypoint_shape(lines: Sequence[Floats], wanted: int | None, remarks: Remarks) -> tuple[int, int] | None:
    """How many keypoints lines have, and of how many numbers each is, where nothing says it; None: they are polygons or boxes."""
    longer = [line for line in lines if len(line) > 5]
    lengths = {len(line) for line in longer}
    if len(lengths) != 1:
        return None
    values = np.stack(longer)
    rest = values[:, 4:]
    shape = None
    if rest.shape[1] % 3 == 0 and np.isin(rest[:, 2::3], (0, 1, 2)).all():
        shape = rest.shape[1] // 3, 3
    elif rest.shape[1] % 2 == 0 and not _are_rectangles(values) and (len(longer) >= FEW_ROWS or rest.shape[1] // 2 == wanted):
        points = rest.reshape(len(rest), -1, 2)
        away = np.abs(points - values[:, None, :2]) > values[:, None, 2:4] * 0.55
        if not (away.any(2) & (points != 0).any(2)).any():
            shape = rest.shape[1] // 2, 2
    if shape is not None:
        remarks.add(f"data.yaml has no kpt_shape; lines fit {shape[0]} keypoints of {shape[1]} numbers, taken so", "data.yaml")
    return shape


def _are_rectangles(values: Floats) -> bool:
    """Whether lines of eight numbers are the corners of rectangles, also of turned ones (Ultralytics' OBB)."""
    if values.shape[1] != 8:
        return False
    corners = values.reshape(-1, 4, 2)
    middles = corners[:, 0] + corners[:, 2] - corners[:, 1] - corners[:, 3]
    return bool((np.abs(middles) < 0.02).all())


def _with_rows(one: Labels, shape: tuple[int, int] | None, remarks: Remarks) -> Labels:
    rows = []
    for i, (label, values) in enumerate(one.lines, 1):
        row = _row(label, values, shape, one.file, remarks)
        if row is None:
            why = f"object {i} of its labels has {len(values) + 1} numbers, which is no box, keypoints or polygon"
            wanted = "" if shape is None else f", {5 + shape[0] * shape[1]} numbers with kpt_shape = {list(shape)}"
            return replace(one, lines=(), why=why, fix=f"write a class and a box{wanted}, or mend kpt_shape in data.yaml")
        rows.append(row)
    return replace(one, lines=(), rows=tuple(rows))


def _row(label: int, values: Floats, shape: tuple[int, int] | None, file: str, remarks: Remarks) -> Row | None:
    if shape is not None:
        count, width = shape
        if len(values) == 4:
            return Row(label, values, np.zeros((count, 3), np.float32))
        if len(values) != 4 + count * width:
            return None
        points = values[4:].reshape(count, width)
        if width == 2:
            points = np.concatenate([points, (points > 0).any(1, keepdims=True)], 1).astype(np.float32)
        return Row(label, values[:4], points)
    nothing = np.zeros((0, 3), np.float32)
    if len(values) == 5:
        remarks.add("a sixth number a line, as of predictions' confidence, is not used", file)
    if len(values) <= 5:
        return Row(label, values[:4], nothing)
    if len(values) % 2:
        return None
    remarks.add("polygons, their boxes are taken", file)
    corners = values.reshape(-1, 2)
    low, high = corners.min(0), corners.max(0)
    return Row(label, np.concatenate([(low + high) / 2, high - low]).astype(np.float32), nothing, is_polygon=True)
