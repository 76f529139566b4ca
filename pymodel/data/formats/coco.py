"""Reads COCO annotations: boxes of one category, and its keypoints, as programs and people write them.

Format: Lin et al., Microsoft COCO: Common Objects in Context, 2014. A keypoint is a triple x, y, v; labelled ones (v > 0)
are learnt, missing ones are not. Crowds are left out. Where a box is missing, the mask's is taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.file_tree import FileTree, read_tree, shown
from pymodel.data.annotations.boxes import upright_corners
from pymodel.data.annotations.frames import Frames, choose_frames
from pymodel.data.annotations.given_splits import by_folder, completed, given_by_folder, is_split
from pymodel.data.examples import split_of
from pymodel.data.formats.coco_file import CocoFile, Entry, read_document
from pymodel.data.formats.coco_find import find_documents
from pymodel.data.formats.coco_objects import (
    LABELLED,
    Annotation,
    Conventions,
    Picture,
    annotated,
    find_conventions,
    read_annotation,
)
from pymodel.data.images import NothingShownError, RgbImage, StoredSize, UnreadableImageError, is_picture, read_picture
from pymodel.data.lookup import Lookup
from pymodel.data.remarks import Remarks, files_note, others_note
from pymodel.data.source import Category, Floats, Instance, Source, SplitName, check_instance, check_size, mirrored_by_name


def open_folder(folder: Path, data: Data) -> Source:
    """The images of COCO files that hold an object of the wanted category.

    Raises:
        KitError: no annotation file, or not one of COCO, or it lacks the category or the points that [data] names.
    """
    tree, remarks = read_tree(folder), Remarks()
    documents = [read_document(name, found, remarks) for name, found in find_documents(folder, tree.files, data, remarks)]
    category, names = _category(documents, data, remarks)
    points, targets = _points(documents, category, names, data)
    pictures, given = _pictures(documents, category, tree, len(names), remarks)
    if not pictures:
        raise _nothing(documents, category)
    conventions = find_conventions(folder, list(pictures.values()), remarks)
    places = [] if conventions.shares else [annotated(one, conventions) for one in pictures.values() if not one.why]
    reader = _Reader(
        folder,
        points,
        targets,
        [names.index(name) for name in points],
        conventions,
        choose_frames(folder, places, data, remarks),
        remarks,
    )
    splits, notes = _splits(pictures, given, data)
    return Source(
        folder,
        tuple(sorted(pictures)),
        lambda name: (name, *reader.read(pictures[name])),
        points,
        mirrored_by_name(points),
        (category,),
        target_points=targets,
        splits=splits,
        notes=(*tree.notes(), *_passed_over(documents, category, pictures, tree), *notes),
        remarks=remarks,
    )


def categories(folder: Path, data: Data) -> list[Category]:
    """All categories with an object that is no crowd, and how many objects show each keypoint.

    Raises:
        KitError: no annotation file, or which one counts isn't clear.
    """
    tree, remarks = read_tree(folder), Remarks()
    documents = [read_document(name, found, remarks) for name, found in find_documents(folder, tree.files, data, remarks)]
    points_of = {one.name: one.points for document in documents for one in document.categories if document.counts.get(one.id)}
    found = []
    for name, points in points_of.items():
        rows = [row for document in documents for entry in document.pictures(name) for row in entry.annotations]
        seen = [read_annotation(row, len(points), remarks).points for row in rows] if points else []
        counts = np.sum([one[:, 2] > LABELLED for one in seen], axis=0).tolist() if seen else []
        if rows:
            found.append(Category(name, len(rows), dict(zip(points if seen else (), counts, strict=True))))
    return found


def _category(documents: Sequence[CocoFile], data: Data, remarks: Remarks) -> tuple[str, tuple[str, ...]]:
    """Name and keypoints of the category to learn: the one that is named, or the only one that is annotated."""
    used: dict[str, tuple[str, ...]] = {}
    idle: dict[str, tuple[str, ...]] = {}
    for document in documents:
        for category in document.categories:
            (used if document.counts.get(category.id) else idle).setdefault(category.name, category.points)
    known = idle | used
    chosen = data.category
    if chosen is None and len(used or known) == 1:
        chosen = next(iter(used or known))
        for name in sorted(set(known) - {chosen}):
            remarks.add("categories without an annotation", name)
    if chosen is not None and chosen not in known:
        alike = [name for name in known if name.casefold().strip() == chosen.casefold().strip()]
        chosen = alike[0] if len(alike) == 1 else chosen
    if chosen is not None and chosen in known:
        return chosen, known[chosen]
    file = shown(documents[0].file)
    names = [shown(name) for name in used or known]
    raise KitError(
        f"{file}: which category?" if data.category is None else f"{file} has no category {data.category!r}",
        f"it has {', '.join(names[:20])}{' …' if len(names) > 20 else ''}",
        "set category in [data] of app.toml to one of them",
    )


def _points(documents: Sequence[CocoFile], category: str, names: tuple[str, ...], data: Data) -> tuple[tuple[str, ...], int]:
    """All points, those to learn first, and how many these are."""
    targets = data.points if data.points is not None else names
    missing = [name for name in targets if name not in names]
    if missing:
        raise KitError(
            f"{shown(documents[0].file)} has no point {missing[0]!r}",
            f"category {shown(category)} has {', '.join(map(shown, names)) or 'no keypoints'}",
            "name some of these in points of [data]"
            if names
            else 'name them in the file, as "keypoints": ["nose", …] in its category, or leave points out of [data]',
        )
    return (*targets, *(name for name in names if name not in targets)), len(targets)


def _pictures(
    documents: Sequence[CocoFile], category: str, tree: FileTree, keypoints: int, remarks: Remarks
) -> tuple[dict[str, Picture], dict[str, SplitName]]:
    """By the name that annotations give; the splits of those whose annotation file says one."""
    lookup = Lookup(file for file in tree.files if is_picture(file))
    files = frozenset(tree.files)
    pictures: dict[str, Picture] = {}
    names_of: dict[str, str] = {}
    given: dict[str, SplitName] = {}
    for document in documents:
        for entry in document.pictures(category):
            found = _located(document, entry, lookup, files, remarks)
            objects = tuple(read_annotation(row, keypoints, remarks) for row in entry.annotations)
            picture = Picture(entry.name, found[0] if len(found) == 1 else entry.name, entry.size, objects, _why(found))
            first = names_of.setdefault(picture.file, picture.name)
            if first in pictures:
                picture = _joined(pictures[first], picture, remarks)
            pictures[first] = picture
            if document.split is not None:
                given.setdefault(first, document.split)
    return pictures, given


def _located(document: CocoFile, entry: Entry, lookup: Lookup, files: frozenset[str], remarks: Remarks) -> tuple[str, ...]:
    """The files that an entry can mean."""
    name = f"{document.folder}/{entry.name}" if document.folder else entry.name
    found = lookup.find(name) or lookup.find(entry.name)
    if len(found) > 1 and document.split is not None:
        splits = by_folder([*found, "test/x", "train/x"]) or {}
        found = tuple(path for path in found if splits.get(path) == document.split) or found
    if not found:
        found = tuple(path for path in (name, entry.name) if path in files)[:1]  # a picture without a suffix
    if not found:
        found = lookup.find_stem(entry.name)
        if len(found) == 1:
            remarks.add("pictures whose suffix is another than the annotation's", found[0])
    return found


def _why(found: tuple[str, ...]) -> str:
    if len(found) > 1:
        return f"the image is not certain (several have its name: {', '.join(map(shown, found[:3]))})"
    return "" if found else "the image is not there"


def _joined(one: Picture, other: Picture, remarks: Remarks) -> Picture:
    """One picture that has two entries: the annotations of both, each once."""
    remarks.add("pictures with two entries, the annotations of both are put together", one.file)
    new = [found for found in other.objects if not any(_same(found, old) for old in one.objects)]
    return replace(one, size=one.size or other.size, objects=(*one.objects, *new))


def _same(one: Annotation, other: Annotation) -> bool:
    boxes = (one.mask if one.box is None else one.box), (other.mask if other.box is None else other.box)
    return np.array_equal(one.points, other.points) and (
        boxes[0] is boxes[1] or (boxes[0] is not None and boxes[1] is not None and np.array_equal(boxes[0], boxes[1]))
    )


def _passed_over(documents: Sequence[CocoFile], category: str, pictures: Mapping[str, Picture], tree: FileTree) -> list[str]:
    counts: Counter[str] = Counter()
    for document in documents:
        counts += document.named_counts()
    listed = {name for document in documents for name, _ in document.images.values()}
    files = {one.file for one in pictures.values()}
    loose = [file for file in tree.files if is_picture(file) and file not in files]
    idle = max(0, len(listed) - len(pictures))
    return [
        *others_note(counts, category, "annotations"),
        *files_note(f"pictures without a {shown(category)} that is annotated ({idle} are listed)", loose),
    ]


def _nothing(documents: Sequence[CocoFile], category: str) -> KitError:
    name = shown(documents[0].file)
    crowds = sum(document.crowds(category) for document in documents)
    if crowds:
        return KitError(
            f"There is nothing to learn in {name}",
            f"all {crowds} annotations of {shown(category)} are crowds (iscrowd = 1: one mask over many)",
            "annotate single objects, or set iscrowd to 0 where a mask is one object's",
        )
    lost = sum(document.lost for document in documents)
    counts: Counter[str] = Counter()
    for document in documents:
        counts += document.named_counts()
    why = f"no image of it holds a {shown(category)}"
    if lost:
        fix = "mend image_id of the annotations"
        why += f"; {lost} annotations name an image_id that no image has"
    elif counts:
        fix = "set category in [data] of app.toml to one that is annotated, or mend category_id of the annotations"
        why += f"; annotated are {', '.join(f'{shown(key)} ({count})' for key, count in counts.most_common(10))}"
    else:
        fix = "give a file with annotations"
        why += ": it has no annotations"
    return KitError(f"There is no data in {name}", why, fix)


def _splits(
    pictures: Mapping[str, Picture], given: dict[str, SplitName], data: Data
) -> tuple[dict[str, SplitName] | None, list[str]]:
    if data.split.given is not False and len(given) == len(pictures) and is_split(given):
        splits, line = completed(given, lambda file: split_of(file, data))
        return splits, [line]
    found, notes = given_by_folder([one.file for one in pictures.values()], data)
    return None if found is None else {name: found[one.file] for name, one in pictures.items()}, notes


@dataclass(frozen=True)
class _Reader:
    """Reads pictures of a data set whose conventions are known.

    Attributes:
        points: names of all, the `targets` to learn first; `order` their places in the file.
    """

    folder: Path
    points: tuple[str, ...]
    targets: int
    order: list[int]
    conventions: Conventions
    frames: Frames
    remarks: Remarks

    def read(self, picture: Picture) -> tuple[tuple[Instance, ...], RgbImage]:
        """The instances of a picture, and its pixels."""
        if picture.why:
            raise UnreadableImageError(picture.why)
        found = read_picture(self.folder / picture.file, self.remarks, picture.file)
        check_size(found.pixels)
        instances, problems = [], []
        for one in picture.objects:
            try:
                instance = self._instance(one, picture, found.stored)
                if instance is not None:
                    check_instance(instance, self.points, found.pixels)
                    instances.append(instance)
            except UnreadableImageError as error:
                problems.append(str(error))
        if problems:
            raise UnreadableImageError(problems[0] + (f" ({len(problems) - 1} more objects)" if len(problems) > 1 else ""))
        if not instances:
            wanted = self.points[: self.targets]
            raise NothingShownError(f"none of its objects shows {' or '.join(wanted[:4])}{' …' if len(wanted) > 4 else ''}")
        return tuple(instances), found.pixels

    def _instance(self, one: Annotation, picture: Picture, stored: StoredSize) -> Instance | None:
        """None where it shows none of the points to learn."""
        if np.isinf(one.points).any():
            raise UnreadableImageError(f"annotation {one.id} has keypoints that are no x, y, v of each point")
        shown_points = one.points[self.order] if self.order else np.zeros((0, 3), np.float32)
        places = np.where(shown_points[:, 2:] > LABELLED, shown_points[:, :2], np.float32(np.nan))
        corners = self._corners(one, picture.file)
        if self.targets and not np.isfinite(places[: self.targets]).any():
            return None
        size = np.array(stored.upright, np.float32)
        if self.conventions.shares:
            scaled = places * size if self.conventions.point_shares else places
            return Instance(scaled.astype(np.float32), (corners.reshape(2, 2) * size).reshape(-1).astype(np.float32))
        moved = self.frames.to_picture(np.concatenate([corners.reshape(2, 2), places]), picture.size, stored, picture.file)
        return Instance(moved[2:].astype(np.float32), np.concatenate([moved[:2].min(0), moved[:2].max(0)]).astype(np.float32))

    def _corners(self, one: Annotation, file: str) -> Floats:
        if one.box is not None:
            return upright_corners(self.conventions.corners_of(one.box), file, self.remarks)
        if one.mask is None:
            raise UnreadableImageError(f"annotation {one.id} has no bbox of four numbers, and no mask that has one")
        self.remarks.add("annotations without a box, their mask's is taken", file)
        return one.mask
