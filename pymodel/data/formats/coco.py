"""Reads COCO annotations: boxes of one category, and its keypoints, as programs and people write them.

Format: Lin et al., Microsoft COCO: Common Objects in Context, 2014. A keypoint is a triple x, y, v; labelled ones (v > 0)
are learnt, missing ones are not. Crowds are left out. Where a box is missing, the mask's is taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.file_tree import FileTree, read_tree, shown
from pymodel.data.annotations.frames import choose_frames
from pymodel.data.annotations.given_splits import completed, given_by_folder, is_split
from pymodel.data.formats.coco_file import CocoFile, read_document
from pymodel.data.formats.coco_find import find_documents
from pymodel.data.formats.coco_objects import LABELLED, Picture, annotated, find_conventions, in_order, read_annotation
from pymodel.data.formats.coco_pictures import find_pictures
from pymodel.data.formats.coco_reader import CocoReader
from pymodel.data.images import is_picture
from pymodel.data.remarks import Remarks, files_note, one_case, others_note
from pymodel.data.source import Category, Source, mirrored_by_name
from pymodel.data.splits import SplitName, split_of


def open_folder(folder: Path, data: Data) -> Source:
    """The images of COCO files that hold an object of the wanted category.

    Raises:
        KitError: no annotation file, or not one of COCO, or it lacks the category or the points that [data] names.
    """
    tree, remarks = read_tree(folder), Remarks()
    documents = _read(folder, tree, data, remarks)
    category, names = _category(documents, data, remarks)
    pictures, given = find_pictures(documents, category, tree, names, remarks)
    if not pictures:
        raise _nothing(documents, category)
    if all(one.why for one in pictures.values()) and not any(is_picture(file) for file in tree.files):
        raise KitError(
            f"There are no pictures in {folder}",
            f"it holds {shown(documents[0].file)}, and none of the pictures that it names",
            "set path in [data] of app.toml, or --data, to the folder that holds both",
        )
    if data.points is None and names and not _any_labelled(pictures.values()):
        remarks.add(f"keypoints of {shown(category)} are named, and none is labelled: boxes alone are read", documents[0].file)
        pictures, given = find_pictures(documents, category, tree, (), Remarks())
        names = ()
    if not names and any(
        row.get("keypoints") for one in documents for entry in one.pictures(category) for row in entry.annotations
    ):
        remarks.add(f'passed over: keypoints without names; name them in the file, as "keypoints": ["nose", …] in {shown(category)}',
                    documents[0].file)  # fmt: skip
    points, targets = _points(documents, category, names, data)
    conventions = find_conventions(folder, list(pictures.values()), data, remarks)
    pictures = in_order(pictures, conventions, data, remarks)
    places = [annotated(one, conventions) for one in pictures.values() if not one.why] if conventions.any_pixels else []
    frames = choose_frames(folder, places, data, remarks)
    reader = CocoReader(folder, points, targets, [names.index(name) for name in points], conventions, frames, remarks)
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
    documents = _read(folder, tree, data, remarks)
    points_of = {one.name: one.points for document in documents for one in document.categories if document.counts.get(one.id)}
    found = []
    for name, points in points_of.items():
        rows = [row for document in documents for entry in document.pictures(name) for row in entry.annotations]
        seen = [read_annotation(row, points, remarks).points for row in rows] if points else []
        counts = np.sum([one[:, 2] > LABELLED for one in seen], axis=0).tolist() if seen else []
        if rows:
            found.append(Category(name, len(rows), dict(zip(points, counts, strict=True)) if any(counts) else {}))
    return found


def _read(folder: Path, tree: FileTree, data: Data, remarks: Remarks) -> list[CocoFile]:
    """All annotation files; names of categories that differ in upper and lower case alone are one."""
    found = [read_document(name, document, remarks) for name, document in find_documents(folder, tree.files, data, remarks)]
    counts: Counter[str] = Counter()
    for document in found:
        counts += document.named_counts()
    names = one_case(counts, remarks)
    return [
        replace(one, categories=tuple(replace(each, name=names.get(each.name, each.name)) for each in one.categories))
        for one in found
    ]


def _any_labelled(pictures: Iterable[Picture]) -> bool:
    return any((one.points[:, 2] > LABELLED).any() for picture in pictures for one in picture.objects)


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


def _passed_over(documents: Sequence[CocoFile], category: str, pictures: Mapping[str, Picture], tree: FileTree) -> list[str]:
    counts: Counter[str] = Counter()
    for document in documents:
        counts += document.named_counts()
    listed = {name for document in documents for name, _ in document.images.values()}
    files = {one.file for one in pictures.values()}
    loose = [file for file in tree.files if is_picture(file) and file not in files]
    idle = max(0, len(listed) - len(pictures))
    what = f"pictures without a {shown(category)} that is annotated"
    unseen = f"passed over: {what}: {idle}, which are listed and don't lie there"
    return [
        *others_note(counts, category, "annotations"),
        *(files_note(f"{what} ({idle} are listed)", loose) or ([unseen] if idle else [])),
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
    nameless = sum(document.nameless for document in documents)
    why = f"no image of it holds a {shown(category)}"
    if lost:
        fix = "mend image_id of the annotations"
        why += f"; {lost} annotations name an image_id that no image has"
    elif counts:
        fix = "set category in [data] of app.toml to one that is annotated, or mend category_id of the annotations"
        why += f"; annotated are {', '.join(f'{shown(key)} ({count})' for key, count in counts.most_common(10))}"
    elif nameless:
        fix = "give each an image_id and a category_id"
        why += f": its {nameless} annotations name no image or no category"
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
