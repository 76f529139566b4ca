"""Reads COCO annotations: boxes of one category, and its keypoints, as programs and people write them.

Format: Lin et al., Microsoft COCO: Common Objects in Context, 2014. A keypoint is a triple x, y, v; labelled ones (v > 0)
are learnt, missing ones are not. Crowds are left out. Where a box is missing, the mask's is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appspec.errors import KitError
from appspec.file_tree import read_tree
from appspec.spec import Data
from pymodel.data.annotations.boxes import are_shares, box_layout, upright_corners
from pymodel.data.annotations.frames import Annotated, Frames, choose_frames
from pymodel.data.annotations.given_splits import by_folder, completed, given_by_folder, is_split
from pymodel.data.annotations.masks import mask_box
from pymodel.data.annotations.numbers import number, numbers
from pymodel.data.examples import split_of
from pymodel.data.formats.coco_file import CocoFile, Entry, find_files, read_file
from pymodel.data.images import SUFFIXES, NothingShownError, RgbImage, UnreadableImageError, read_image, read_size
from pymodel.data.lookup import Lookup
from pymodel.data.remarks import Remarks
from pymodel.data.source import Category, Floats, Instance, Source, SplitName, check_instance, check_size, mirrored_by_name

LABELLED = 0.5
"""v of a keypoint from which it is labelled."""


@dataclass(frozen=True)
class _Object:
    """An annotation in numbers: `box` is (4,) as the file has it, or NaN; `points` (K, 3) x, y, v; `mask` its mask's corners."""

    id: object
    box: Floats
    points: Floats
    mask: Floats | None


@dataclass(frozen=True)
class _Picture:
    """An image: `name` as it is annotated (its split follows from that), `file` as it lies in the folder."""

    name: str
    file: str
    size: tuple[float, float] | None
    objects: tuple[_Object, ...]
    why: str = ""
    """What is wrong with all of it."""


def open_folder(folder: Path, data: Data) -> Source:
    """The images of COCO files that hold an object of the wanted category.

    Raises:
        KitError: no annotation file, or not one of COCO, or it lacks the category or the points that [data] names.
    """
    tree = read_tree(folder)
    remarks = Remarks()
    files = find_files(folder, tree.files, data, remarks)
    documents = [read_file(folder, name, remarks) for name in files]
    category, names = _category(documents, data, remarks)
    targets = data.points if data.points is not None else names
    missing = [name for name in targets if name not in names]
    if missing:
        raise KitError(
            f"{Path(files[0]).name} has no point {missing[0]!r}",
            f"category {category} has {', '.join(names) or 'no keypoints'}",
            "name some of these in points of [data]",
        )
    points = (*targets, *(name for name in names if name not in targets))
    order = [names.index(name) for name in points]
    lookup = Lookup(file for file in tree.files if Path(file).suffix.lower() in SUFFIXES)
    pictures: dict[str, _Picture] = {}
    names_of: dict[str, str] = {}
    given: dict[str, SplitName] = {}
    for document in documents:
        for entry in document.pictures(category):
            picture = _picture(document, entry, lookup, len(names), remarks)
            first = names_of.setdefault(picture.file, picture.name)
            if first in pictures:
                picture = _joined(pictures[first], picture, remarks)
            pictures[first] = picture
            if document.split is not None:
                given[first] = document.split
    if not pictures:
        raise _nothing(documents, category)
    shares, corners = _conventions(folder, list(pictures.values()), remarks)
    frames = choose_frames(folder, [_annotated(one, corners) for one in pictures.values() if not shares], data, remarks)
    splits, notes = _splits(pictures, given, data)

    def read(name: str) -> tuple[str, tuple[Instance, ...], RgbImage]:
        picture = pictures[name]
        return name, *_read(folder, picture, order, points, len(targets), (shares, corners), frames, remarks)

    return Source(
        folder,
        tuple(sorted(pictures)),
        read,
        points,
        mirrored_by_name(points),
        (category,),
        target_points=len(targets),
        splits=splits,
        notes=(*tree.notes(), *notes),
        remarks=remarks,
    )


def categories(folder: Path, data: Data) -> list[Category]:
    """All categories that are annotated, crowds left out.

    Raises:
        KitError: no annotation file, or which one counts isn't clear.
    """
    remarks = Remarks()
    documents = [read_file(folder, name, remarks) for name in find_files(folder, read_tree(folder).files, data, remarks)]
    points_of = {one.name: one.points for document in documents for one in document.categories if document.counts.get(one.id)}
    found = []
    for name, points in points_of.items():
        keypoints = [
            _keypoints(one.get("keypoints"), len(points))
            for document in documents
            for entry in document.pictures(name)
            for one in entry.annotations
        ]
        shown = np.sum([np.isfinite(one[:, 2]) & (one[:, 2] > LABELLED) for one in keypoints], axis=0) if keypoints else []
        counts = (
            {point: int(count) for point, count in zip(points, np.atleast_1d(shown), strict=True)} if points and keypoints else {}
        )
        found.append(Category(name, len(keypoints), counts))
    return [one for one in found if one.count]


def _category(documents: Sequence[CocoFile], data: Data, remarks: Remarks) -> tuple[str, tuple[str, ...]]:
    """Name and keypoints of the category to learn: the one that is named, or the only one that is annotated."""
    used: dict[str, tuple[str, ...]] = {}
    idle: dict[str, tuple[str, ...]] = {}
    for document in documents:
        for category in document.categories:
            (used if document.counts.get(category.id) else idle).setdefault(category.name, category.points)
    known = {one.name: one.points for document in documents for one in document.categories} | used
    chosen = data.category
    if chosen is None and len(used) == 1:
        chosen = next(iter(used))
        for name in sorted(set(idle) - set(used)):
            remarks.add("categories without an annotation", name)
    if chosen is None and not used and len(known) == 1:
        chosen = next(iter(known))
    if chosen is not None and chosen not in known:
        alike = [name for name in known if name.casefold().strip() == chosen.casefold().strip()]
        chosen = alike[0] if len(alike) == 1 else chosen
    if chosen in known:
        return str(chosen), known[str(chosen)]
    name = Path(documents[0].file).name
    names = list(used or known)
    raise KitError(
        f"{name}: which category?" if data.category is None else f"{name} has no category {data.category!r}",
        f"it has {', '.join(names[:20])}{' …' if len(names) > 20 else ''}",
        "set category in [data] of app.toml to one of them",
    )


def _picture(document: CocoFile, entry: Entry, lookup: Lookup, keypoints: int, remarks: Remarks) -> _Picture:
    file = entry.name if document.folder == "" else f"{document.folder}/{entry.name}"
    found = lookup.find(file) or lookup.find(entry.name)
    if len(found) > 1 and document.split is not None:
        found = (
            tuple(path for path in found if (by_folder([path, "test/x", "train/x"]) or {}).get(path) == document.split) or found
        )
    if not found:
        found = lookup.find_stem(entry.name)
        if len(found) == 1:
            remarks.add("pictures whose suffix is another than the annotation's", found[0])
    objects = []
    for annotation in entry.annotations:
        box = annotation.get("bbox")
        values = numbers(box) if box else None
        whole = values is not None and len(values) == 4
        mask = mask_box(annotation.get("segmentation"))
        objects.append(
            _Object(
                annotation.get("id"),
                np.asarray(values, np.float32) if whole and values is not None else np.full(4, np.nan, np.float32),
                _keypoints(annotation.get("keypoints"), keypoints),
                mask,
            )
        )
    why = (
        ""
        if len(found) == 1
        else "the image is not there"
        if not found
        else f"the image is not certain (several have its name: {', '.join(found[:3])})"
    )
    return _Picture(entry.name, found[0] if len(found) == 1 else entry.name, entry.size, tuple(objects), why)


def _keypoints(values: object, count: int) -> Floats:
    """(K, 3); NaN in x of what can't be read: an annotation whose keypoints are no triples is refused when it is used."""
    if not count:
        return np.zeros((0, 3), np.float32)
    if not values:
        return np.zeros((count, 3), np.float32)
    flat = (
        [value for part in values for value in (part if isinstance(part, list) else [part])] if isinstance(values, list) else []
    )
    if len(flat) != 3 * count:
        return np.full((count, 3), np.inf, np.float32)
    read = [number(value) for value in flat]
    triples = np.array([np.nan if value is None else value for value in read], np.float32).reshape(-1, 3)
    unknown = ~np.isfinite(triples).all(1)
    triples[unknown] = 0
    return triples


def _joined(one: _Picture, other: _Picture, remarks: Remarks) -> _Picture:
    """One picture that has two entries: the annotations of both, each once."""
    remarks.add("pictures with two entries, the annotations of both are put together", one.file)
    objects = list(one.objects)
    for new in other.objects:
        if not any(
            np.array_equal(new.box, old.box, equal_nan=True) and np.array_equal(new.points, old.points) for old in objects
        ):
            objects.append(new)
    return _Picture(one.name, one.file, one.size or other.size, tuple(objects), one.why)


def _nothing(documents: Sequence[CocoFile], category: str) -> KitError:
    crowds = sum(document.crowds(category) for document in documents)
    name = Path(documents[0].file).name
    if crowds:
        return KitError(
            f"There is nothing to learn in {name}",
            f"all {crowds} annotations of {category} are crowds (iscrowd = 1: one mask over many)",
            "annotate single objects, or set iscrowd to 0 where a mask is one object's",
        )
    lost = sum(document.lost for document in documents)
    return KitError(
        f"There is no data in {documents[0].file}",
        f"no image of it holds a {category}" + (f"; {lost} annotations name an image_id that no image has" if lost else ""),
        "mend image_id and category_id of the annotations"
        if lost
        else "set category in [data] of app.toml to one that is annotated",
    )


def _conventions(folder: Path, pictures: Sequence[_Picture], remarks: Remarks) -> tuple[bool, bool]:
    """Whether boxes are shares of the picture, and whether they are two corners."""
    rows = [(one.box, picture) for picture in pictures for one in picture.objects if np.isfinite(one.box).all()]
    if not rows:
        return False, False
    values = np.stack([box for box, _ in rows])
    sizes = np.array([picture.size or (np.nan, np.nan) for _, picture in rows], np.float32)
    shares = are_shares(values, sizes)
    if not np.isfinite(sizes).all() and not shares:
        sizes = _real_sizes(folder, rows, sizes)
    corners = box_layout(values, np.ones_like(sizes) if shares else sizes) == "corners"
    if shares:
        remarks.add("boxes are shares of the picture, not pixels; taken so", rows[0][1].file)
    if corners:
        remarks.add("boxes are two corners, not corner and size (only so they fit into the pictures); taken so", rows[0][1].file)
    return shares, corners


def _real_sizes(folder: Path, rows: Sequence[tuple[Floats, _Picture]], sizes: Floats) -> Floats:
    found = sizes.copy()
    for i in np.flatnonzero(~np.isfinite(sizes).all(1))[:1000]:
        size = read_size(folder / rows[i][1].file)
        if size is not None:
            found[i] = size.upright
    return found


def _annotated(picture: _Picture, corners: bool) -> Annotated:
    places = [_pair(one.box, corners).reshape(2, 2) for one in picture.objects]
    places += [one.points[one.points[:, 2] > LABELLED, :2] for one in picture.objects]
    places = [place[np.isfinite(place).all(-1)] for place in places]
    return Annotated(picture.file, picture.size, np.concatenate(places) if places else np.zeros((0, 2), np.float32))


def _pair(box: Floats, corners: bool) -> Floats:
    return box if corners else np.asarray([box[0], box[1], box[0] + box[2], box[1] + box[3]], np.float32)


def _splits(
    pictures: Mapping[str, _Picture], given: dict[str, SplitName], data: Data
) -> tuple[dict[str, SplitName] | None, list[str]]:
    if data.split.given is not False and len(given) == len(pictures) and is_split(given):
        splits, line = completed(given, lambda file: split_of(file, data))
        return splits, [line]
    found, notes = given_by_folder([one.file for one in pictures.values()], data)
    return None if found is None else {name: found[one.file] for name, one in pictures.items()}, notes


def _read(
    folder: Path,
    picture: _Picture,
    order: list[int],
    points: tuple[str, ...],
    targets: int,
    conventions: tuple[bool, bool],
    frames: Frames,
    remarks: Remarks,
) -> tuple[tuple[Instance, ...], RgbImage]:
    if picture.why:
        raise UnreadableImageError(picture.why)
    path = folder / picture.file
    pixels = read_image(path, remarks, picture.file)
    check_size(pixels)
    size = read_size(path)
    shares, corners = conventions
    scale = np.array([pixels.shape[1], pixels.shape[0]], np.float32) if shares else np.ones(2, np.float32)
    instances, problems = [], []
    for one in picture.objects:
        try:
            if np.isinf(one.points).any():
                raise UnreadableImageError(f"annotation {one.id} has keypoints that are no x, y, v of each point")
            shown = one.points[order] if order else np.zeros((0, 3), np.float32)
            places = np.where(shown[:, 2:] > LABELLED, shown[:, :2], np.float32(np.nan))
            corner = _corners(one, corners, picture.file, remarks)
            if targets and not np.isfinite(places[:targets]).any():
                continue
            flat = np.concatenate([corner.reshape(2, 2), places]) * scale
            moved = flat if size is None or shares else frames.to_picture(flat, picture.size, size, picture.file)
            instance = Instance(moved[2:].astype(np.float32), upright_corners(moved[:2].reshape(-1), picture.file, remarks))
            check_instance(instance, points, pixels)
        except UnreadableImageError as error:
            problems.append(str(error))
        else:
            instances.append(instance)
    if problems:
        raise UnreadableImageError(problems[0] + (f" ({len(problems) - 1} more objects)" if len(problems) > 1 else ""))
    if not instances:
        raise NothingShownError(
            f"none of its objects shows {' or '.join(points[: min(targets, 4)])}{' …' if targets > 4 else ''}"
        )
    return tuple(instances), pixels


def _corners(one: _Object, corners: bool, file: str, remarks: Remarks) -> Floats:
    if np.isfinite(one.box).all() and (one.box != 0).any():
        return _pair(one.box, corners)
    if one.mask is None:
        raise UnreadableImageError(f"annotation {one.id} has no bbox of four numbers, and no mask that has one")
    remarks.add("annotations without a box, their mask's is taken", file)
    return one.mask
