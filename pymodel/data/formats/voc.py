"""Reads Pascal VOC annotations: one XML an image, with its objects' boxes.

Format: Everingham et al., The Pascal Visual Object Classes Challenge, 2010. Pixels count from 1 and both ends belong to
the box; objects marked difficult are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.file_tree import FileTree, read_tree, shown, with_suffix
from appspec.text import read_text
from appspec.words import counted
from pymodel.data.annotations.boxes import has_size, upright_corners
from pymodel.data.annotations.frames import Annotated, Frames, choose_frames
from pymodel.data.annotations.given_splits import given_by_folder, given_by_lists
from pymodel.data.annotations.written import Boxes, Written, how_written
from pymodel.data.formats.voc_file import Annotation, read_annotation
from pymodel.data.formats.voc_pictures import place
from pymodel.data.images import NothingShownError, RgbImage, UnreadableImageError, is_picture, read_picture
from pymodel.data.lookup import Lookup
from pymodel.data.remarks import Remarks, files_note, one_case, others_note
from pymodel.data.source import Category, Instance, Source, check_instance, check_size
from pymodel.data.splits import SplitName, split_word

FIRST_PIXEL = np.array([[1, 1], [0, 0]], np.float32)
"""Pixels count from 1 where a box begins; its end belongs to it."""


def open_folder(folder: Path, data: Data) -> Source:
    """All XML files below a folder.

    Raises:
        KitError: there are none, or they hold several categories and [data] names none.
    """
    tree, remarks = read_tree(folder), Remarks()
    pictures = [file for file in tree.files if is_picture(file)]
    annotations = place(_one_case(_annotations(folder, tree, remarks), remarks), pictures, data, remarks)
    category = _category(folder, annotations, data, remarks)
    written = _written(folder, annotations, category, data, remarks)
    places = [_annotated(one, category, written) for one in annotations if one.picture] if written.scale is None else []
    frames = choose_frames(folder, places, data, remarks)
    known = {one.file: one for one in annotations}
    annotated = {one.picture for one in annotations}
    splits, notes = _splits(folder, tree, [one.picture for one in annotations if one.picture], data, remarks)
    passed = [
        *others_note(_counts(annotations), category, "objects"),
        *files_note("pictures without an annotation", [file for file in pictures if file not in annotated]),
    ]

    def read(file: str) -> tuple[str, tuple[Instance, ...], RgbImage]:
        return _read(folder, known[file], category, written, frames, remarks)

    notes = [*tree.notes(), *passed, *notes]
    return Source(folder, tuple(known), read, classes=(category,), splits=splits, notes=tuple(notes), remarks=remarks)


def categories(folder: Path, data: Data) -> list[Category]:
    """All names of objects.

    Raises:
        KitError: there is no annotation.
    """
    annotations = _one_case(_annotations(folder, read_tree(folder), Remarks()), Remarks())
    counts = Counter({name: count for name, count in _counts(annotations).items() if name})
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


def _one_case(annotations: Sequence[Annotation], remarks: Remarks) -> list[Annotation]:
    """Names that differ in upper and lower case alone are one category."""
    names = one_case(_counts(annotations), remarks)
    return [replace(one, objects=tuple((names[name], box) for name, box in one.objects)) for one in annotations]


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


def _written(folder: Path, annotations: Sequence[Annotation], category: str, data: Data, remarks: Remarks) -> Written:
    rows = [(box, one) for one in annotations if one.picture for box in one.boxes(category) if box is not None]
    boxes = Boxes(
        np.stack([box for box, _ in rows]) if rows else np.zeros((0, 4), np.float32),
        [one.picture or "" for _, one in rows],
        np.array([one.size or (np.nan, np.nan) for _, one in rows], np.float32).reshape(-1, 2),
    )
    return how_written(folder, boxes, Written(None, "corners"), data, remarks)


def _annotated(one: Annotation, category: str, written: Written) -> Annotated:
    boxes = [written.corners(box) for box in one.boxes(category) if box is not None]
    found = np.stack(boxes) if boxes else np.zeros((0, 4), np.float32)
    return Annotated(one.picture or "", one.size, found, np.zeros((0, 2), np.float32))


def _splits(
    folder: Path, tree: FileTree, pictures: Sequence[str], data: Data, remarks: Remarks
) -> tuple[Mapping[str, SplitName] | None, list[str]]:
    """From ImageSets/Main/train.txt and its like, else from folders."""
    lists = [file for file in with_suffix(tree.files, ".txt") if "imagesets/" in file.lower() and split_word(Path(file).stem)]
    if not lists or data.split.given is False:
        return given_by_folder(pictures, data)
    lookup, found = Lookup(pictures), dict[str, SplitName]()
    for file in sorted(lists, key=lambda name: "trainval" in Path(name).stem.lower()):  # the parts of trainval come first
        split = split_word(Path(file).stem) or "train"
        for line in filter(None, map(str.strip, read_text(folder / file).splitlines())):
            for picture in lookup.find_stem(f"{line}.jpg") or lookup.find_stem(f"{line.split()[0]}.jpg"):
                if found.setdefault(picture, split) != split and "trainval" not in Path(file).stem.lower():
                    remarks.add("pictures that two lists put into different splits, the first list counts", picture)
    splits, notes = given_by_lists(found, pictures, data, lists[0].rpartition("/")[0])
    if splits is None:
        splits, more = given_by_folder(pictures, data)
        notes += more
    return splits, notes


def _read(
    folder: Path, one: Annotation, category: str, written: Written, frames: Frames, remarks: Remarks
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
        corners = upright_corners(written.corners(box), one.file, remarks)
        if not has_size(corners):
            remarks.add("passed over: objects whose box has no width or no height, in", one.file)
            continue
        if written.scale is None:
            first = FIRST_PIXEL if written.layout.startswith("corners") else 1
            pixels = frames.to_picture(corners.reshape(2, 2) - first, one.size, found.stored, one.file)
        else:
            pixels = corners.reshape(2, 2) * (size / written.scale)
        instance = Instance(np.zeros((0, 2), np.float32), np.concatenate([pixels.min(0), pixels.max(0)]).astype(np.float32))
        check_instance(instance, (), found.pixels)
        instances.append(instance)
    if not instances:
        raise NothingShownError(f"it holds no {category} with a box of any size")
    return one.picture, tuple(instances), found.pixels
