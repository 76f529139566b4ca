"""Reads Pascal VOC annotations: one XML an image, with its objects' boxes.

Format: Everingham et al., The Pascal Visual Object Classes Challenge, 2010. Pixels count from 1 and both ends belong to
the box; objects marked difficult are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.file_tree import FileTree, read_tree, shown, with_suffix
from appspec.text import read_text
from appspec.words import counted
from pymodel.data.annotations.boxes import are_shares, upright_corners
from pymodel.data.annotations.frames import Annotated, Frames, choose_frames
from pymodel.data.annotations.given_splits import given_by_folder, given_by_lists, split_word
from pymodel.data.formats.voc_file import Annotation, read_annotation
from pymodel.data.formats.voc_pictures import place
from pymodel.data.images import NothingShownError, RgbImage, UnreadableImageError, is_picture, read_picture
from pymodel.data.lookup import Lookup
from pymodel.data.remarks import Remarks, files_note, others_note
from pymodel.data.source import Category, Instance, Source, SplitName, check_instance, check_size

FIRST_PIXEL = np.array([[1, 1], [0, 0]], np.float32)
"""Pixels count from 1 where a box begins; its end belongs to it."""


def open_folder(folder: Path, data: Data) -> Source:
    """All XML files below a folder.

    Raises:
        KitError: there are none, or they hold several categories and [data] names none.
    """
    tree, remarks = read_tree(folder), Remarks()
    pictures = [file for file in tree.files if is_picture(file)]
    annotations = place(_annotations(folder, tree, remarks), pictures, data, remarks)
    category = _category(folder, annotations, data, remarks)
    shares = _shares(annotations, category, remarks)
    places = [] if shares else [_annotated(one, category) for one in annotations if one.picture]
    frames = choose_frames(folder, places, data, remarks)
    known = {one.file: one for one in annotations}
    annotated = {one.picture for one in annotations}
    splits, notes = _splits(folder, tree, [one.picture for one in annotations if one.picture], data)
    passed = [
        *others_note(_counts(annotations), category, "objects"),
        *files_note("pictures without an annotation", [file for file in pictures if file not in annotated]),
    ]

    def read(file: str) -> tuple[str, tuple[Instance, ...], RgbImage]:
        return _read(folder, known[file], category, shares, frames, remarks)

    notes = [*tree.notes(), *passed, *notes]
    return Source(folder, tuple(known), read, classes=(category,), splits=splits, notes=tuple(notes), remarks=remarks)


def categories(folder: Path, data: Data) -> list[Category]:
    """All names of objects.

    Raises:
        KitError: there is no annotation.
    """
    counts = Counter(name for one in _annotations(folder, read_tree(folder), Remarks()) for name, _ in one.objects if name)
    return [Category(name, count) for name, count in counts.items()]


def _annotations(folder: Path, tree: FileTree, remarks: Remarks) -> list[Annotation]:
    names = with_suffix(tree.files, ".xml")
    with ThreadPoolExecutor() as pool:
        found = dict(zip(names, pool.map(lambda name: read_annotation(folder, name), names), strict=True))
    annotations = [one for one in found.values() if isinstance(one, Annotation)]
    others = {name: one for name, one in found.items() if isinstance(one, str)}
    if not annotations:
        told = next((f"{shown(name)} is {what}" for name, what in others.items()), "it holds no .xml file")
        raise KitError(
            f"There is no data in {folder}",
            f"{told} (Pascal VOC has one <annotation> an image, often in a folder Annotations/)",
            "set path in [data] of app.toml, or --data, to the folder that holds them; "
            'other annotations are read as format = "yolo" (.txt), "coco" (.json) or "cat" (.cat)',
        )
    for name, what in others.items():
        remarks.add(f"passed over: .xml files that are {what}", name)
    return annotations


def _counts(annotations: Sequence[Annotation]) -> Counter[str]:
    return Counter(name for one in annotations for name, _ in one.objects)


def _category(folder: Path, annotations: Sequence[Annotation], data: Data, remarks: Remarks) -> str:
    counts = Counter({name: count for name, count in _counts(annotations).items() if name})
    chosen = data.category or (next(iter(counts)) if len(counts) == 1 else None)
    if chosen is not None and chosen not in counts:
        alike = [name for name in counts if name.casefold() == chosen.casefold().strip()]
        chosen = alike[0] if len(alike) == 1 else None
    if not counts:
        raise _nothing(folder, annotations)
    if chosen is None:
        raise KitError(
            f"{folder}: which category?" if data.category is None else f"{folder} has no category {data.category!r}",
            f"its files hold {', '.join(f'{shown(name)} ({count})' for name, count in counts.most_common(20))}",
            "set category in [data] of app.toml to one of them",
        )
    for one in annotations:
        if one.mended:
            remarks.add("annotations that are no whole XML (a bare & or control characters), mended", one.file)
        if one.difficult:
            remarks.add("left out: objects marked difficult, in annotations", one.file)
        if one.polygons:
            remarks.add("objects without a box, their polygon's is taken, in annotations", one.file)
    return chosen


def _nothing(folder: Path, annotations: Sequence[Annotation]) -> KitError:
    """The error where no annotation has an object: unreadable, difficult, or empty."""
    unread = [one for one in annotations if one.why]
    difficult = sum(one.difficult for one in annotations)
    if unread:
        what = f"{len(unread)} of {counted(len(annotations), 'annotation')} in {folder} can't be used"
        return KitError(what, f"{shown(unread[0].file)}: {unread[0].why}", unread[0].fix or "mend them")
    if difficult:
        return KitError(
            f"There is nothing to learn in {folder}",
            f"all {difficult} objects are marked as difficult (<difficult>1</difficult>)",
            "set difficult to 0 for those to learn from",
        )
    return KitError(
        f"There is nothing to learn in {folder}", "its annotations hold no object with a name", "annotate some objects"
    )


def _shares(annotations: Sequence[Annotation], category: str, remarks: Remarks) -> bool:
    rows = [(box, one) for one in annotations for box in one.boxes(category) if box is not None]
    if not rows or not are_shares(
        np.stack([box for box, _ in rows]), np.array([one.size or (np.nan, np.nan) for _, one in rows], np.float32)
    ):
        return False
    remarks.add("boxes are shares of the picture, not pixels; taken so", rows[0][1].file)
    return True


def _annotated(one: Annotation, category: str) -> Annotated:
    boxes = [box for box in one.boxes(category) if box is not None]
    found = np.stack(boxes) if boxes else np.zeros((0, 4), np.float32)
    return Annotated(one.picture or "", one.size, found, np.zeros((0, 2), np.float32))


def _splits(
    folder: Path, tree: FileTree, pictures: Sequence[str], data: Data
) -> tuple[Mapping[str, SplitName] | None, list[str]]:
    """From ImageSets/Main/train.txt and its like, else from folders."""
    lists = [file for file in with_suffix(tree.files, ".txt") if "imagesets/" in file.lower() and split_word(Path(file).stem)]
    if not lists or data.split.given is False:
        return given_by_folder(pictures, data)
    lookup, found = Lookup(pictures), dict[str, SplitName]()
    for file in lists:
        split = split_word(Path(file).stem) or "train"
        for line in filter(None, map(str.strip, read_text(folder / file).splitlines())):
            for picture in lookup.find_stem(f"{line}.jpg") or lookup.find_stem(f"{line.split()[0]}.jpg"):
                found.setdefault(picture, split)
    splits, notes = given_by_lists(found, pictures, data, lists[0].rpartition("/")[0])
    if splits is None:
        splits, more = given_by_folder(pictures, data)
        notes += more
    return splits, notes


def _read(
    folder: Path, one: Annotation, category: str, shares: bool, frames: Frames, remarks: Remarks
) -> tuple[str, tuple[Instance, ...], RgbImage]:
    if one.why or one.picture is None:
        raise UnreadableImageError(one.why, one.fix)
    found = read_picture(folder / one.picture, remarks, one.picture)
    check_size(found.pixels)
    boxes = one.boxes(category)
    if not boxes:
        raise NothingShownError(f"it holds no {category}")
    size = np.array(found.stored.upright, np.float32)
    instances = []
    for box in boxes:
        if box is None:
            raise UnreadableImageError("an object has no bndbox of four numbers")
        corners = upright_corners(box, one.file, remarks).reshape(2, 2)
        pixels = corners * size if shares else frames.to_picture(corners - FIRST_PIXEL, one.size, found.stored, one.file)
        instance = Instance(np.zeros((0, 2), np.float32), np.concatenate([pixels.min(0), pixels.max(0)]).astype(np.float32))
        check_instance(instance, (), found.pixels)
        instances.append(instance)
    return one.picture, tuple(instances), found.pixels
