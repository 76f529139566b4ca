"""One COCO file, whatever program wrote it: its categories, its images, and the annotations of each."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from appspec.errors import KitError
from appspec.file_tree import shown
from pymodel.data.annotations.numbers import identity, number, true
from pymodel.data.formats.coco_find import Json, given_split
from pymodel.data.remarks import Remarks
from pymodel.data.splits import SplitName

NAME_KEYS = ("file_name", "filename", "path", "coco_url", "flickr_url")
"""Where an image's file stands, the first that is there."""

Size = tuple[float, float]
Id = int | str


@dataclass(frozen=True)
class Category:
    """A category: `id` as annotations name it, `points` its keypoints' names."""

    id: Id
    name: str
    points: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """An image: its file as it is named, its declared size, its annotations of one category that are no crowds."""

    name: str
    size: Size | None
    annotations: tuple[Json, ...]


@dataclass(frozen=True)
class CocoFile:
    """A whole file.

    Attributes:
        file: relative to the data folder.
        folder: relative one that file names start in, beside the annotation file; "" for the data folder.
        split: what its name or folder says.
        images: id → file as it is named, and its declared size.
        annotations: of each image, in the categories' ids.
        counts: annotations of each category's id, crowds among them.
        lost: annotations whose image is not there.
        nameless: annotations that name no image or no category.
    """

    file: str
    folder: str
    split: SplitName | None
    categories: tuple[Category, ...]
    images: dict[Id, tuple[str, Size | None]] = field(repr=False)
    annotations: dict[Id, list[tuple[Id, Json]]] = field(repr=False)
    counts: Counter[Id] = field(repr=False)
    lost: int = 0
    nameless: int = 0

    def pictures(self, category: str) -> Iterator[Entry]:
        """The images with an object of the category."""
        ids = self._ids(category)
        for key, (name, size) in self.images.items():
            found = tuple(row for id, row in self.annotations.get(key, ()) if id in ids and not true(row.get("iscrowd")))
            if found:
                yield Entry(name, size, found)

    def crowds(self, category: str) -> int:
        """How many annotations of the category are crowds."""
        ids = self._ids(category)
        return sum(id in ids and true(row.get("iscrowd")) for rows in self.annotations.values() for id, row in rows)

    def named_counts(self) -> Counter[str]:
        """Annotations of each category's name."""
        names = {one.id: one.name for one in self.categories}
        found: Counter[str] = Counter()
        for id, count in self.counts.items():
            found[names.get(id, f"category_id {id}")] += count
        return found

    def _ids(self, category: str) -> set[Id]:
        return {one.id for one in self.categories if one.name == category}


def read_document(name: str, document: Json, remarks: Remarks) -> CocoFile:
    """One annotation file.

    Raises:
        KitError: two of its pictures have one id, or it has no category.
    """
    images = _images(name, document, remarks)
    categories = _categories(name, document, remarks)
    ids = {one.id for one in categories}
    by_name = {one.name: one.id for one in categories}
    stems = Counter(_file_stem(file) for file, _ in images.values())
    by_file = {stem: key for key, (file, _) in images.items() if stems[stem := _file_stem(file)] == 1}
    by_file |= {file: key for key, (file, _) in images.items()}
    annotations: dict[Id, list[tuple[Id, Json]]] = defaultdict(list)
    counts: Counter[Id] = Counter()
    lost: Counter[Id] = Counter()
    nameless = 0
    for row in _rows(document["annotations"], "annotations", name, remarks):
        said = f"annotation {row.get('id')}"
        image, category = identity(row.get("image_id")), identity(row.get("category_id"))
        if category is None and row.get("category_id") is None and len(categories) == 1:
            category = categories[0].id
            remarks.add("annotations without a category_id, the only category is taken", said)
        if image is None or category is None:
            remarks.add("passed over: annotations without image_id or category_id", said)
            nameless += 1
            continue
        if image not in images and isinstance(image, str):
            known = by_file.get(image) or by_file.get(_file_stem(image))
            if known is not None:
                image = known
                remarks.add("annotations whose image_id is a file's name", said)
        if category not in ids and str(category) in by_name:
            category = by_name[str(category)]
            remarks.add("annotations whose category_id is a category's name", said)
        if image not in images:
            lost[image] += 1
            remarks.add("passed over: annotations of images that are not listed", said)
            continue
        annotations[image].append((category, row))
        counts[category] += 1
        if true(row.get("iscrowd")):
            remarks.add("left out: crowds (iscrowd = 1)", said)
    _check_shift(name, "image_id", "images", images, annotations, lost)
    _check_shift(name, "category_id", "categories", ids, counts, [id for id in counts if id not in ids])
    parent = PurePosixPath(name).parent
    here = "" if parent.as_posix() == "." or parent.name.lower() == "annotations" else parent.as_posix()
    return CocoFile(name, here, given_split(name), categories, images, dict(annotations), counts, lost.total(), nameless)


def _check_shift(name: str, key: str, of: str, known: Collection[Id], used: Collection[Id], lost: Collection[Id]) -> None:
    """Refuses annotations that name the neighbours of what there is: ids that begin at 0 here and at 1 there.

    Raises:
        KitError: they do.
    """
    numbers = sorted(id for id in known if isinstance(id, int))
    if len(set(lost)) != 1 or len(numbers) < max(2, len(known)) or numbers[-1] - numbers[0] != len(numbers) - 1:
        return
    first, last, wrong = numbers[0], numbers[-1], next(iter(lost))
    if (wrong == first - 1 and last not in used) or (wrong == last + 1 and first not in used):
        begin = first - 1 if wrong < first else first + 1
        raise KitError(
            f"{shown(name)}: {key} doesn't go with {of}",
            f"annotations name {begin} to {begin + len(numbers) - 1}, and {of} have the ids {first} to {last}: each would get its "
            "neighbour's",
            f"{'add 1 to' if wrong < first else 'subtract 1 from'} each {key}, or remove the annotations that name {wrong}",
        )


def _file_stem(file: str) -> str:
    """1 of C:\\a\\1.jpg, and of 1."""
    name = file.replace("\\", "/").rpartition("/")[2]
    return name.rsplit(".", 1)[0] if "." in name[1:] else name


def _images(name: str, document: Json, remarks: Remarks) -> dict[Id, tuple[str, Size | None]]:
    images: dict[Id, tuple[str, Size | None]] = {}
    for row in _rows(document["images"], "images", name, remarks):
        key, file = identity(row.get("id")), _file_name(row)
        if key is None or file is None:
            remarks.add(f"passed over: images without {'an id' if key is None else 'a file_name'}", file or f"image {key}")
            continue
        before = images.get(key)
        if before is not None and before[0] != file:
            raise KitError(
                f"{shown(name)}: two images have the id {key}",
                f"{shown(before[0])} and {shown(file)}: whose annotations are whose is not clear",
                "give each image an id of its own, and mend image_id of their annotations",
            )
        if before is not None:
            remarks.add("images that are listed twice with the same id, they count once", file)
        images[key] = (file, _size(row) or (before[1] if before else None))
    if not images:
        raise KitError(
            f"{shown(name)} lists no image with an id and a file_name",
            f"its images: {json.dumps(document['images'])[:200]}",
            "give each image an id, which image_id of its annotations names, and a file_name",
        )
    return images


def _categories(name: str, document: Json, remarks: Remarks) -> tuple[Category, ...]:
    found = tuple(one for row in _rows(document["categories"], "categories", name, remarks) if (one := _category(row, remarks)))
    names: dict[Id, str] = {}
    for one in found:
        if names.setdefault(one.id, one.name) != one.name:
            raise KitError(
                f"{shown(name)}: two categories have the id {one.id}",
                f"{shown(names[one.id])} and {shown(one.name)}: whose annotations are whose is not clear",
                "give each category an id of its own, and mend category_id of the annotations",
            )
    if not found:
        raise KitError(
            f"{shown(name)} has no category with an id and a name",
            f"its categories: {json.dumps(document['categories'])[:200]}",
            "give each category an id, which category_id of the annotations names, and a name",
        )
    return found


def _rows(values: list[Any], key: str, name: str, remarks: Remarks) -> Iterator[Json]:
    for i, row in enumerate(values):
        if isinstance(row, dict):
            yield row
        else:
            remarks.add(f"passed over: entries of {key} that are no objects", f"{Path(name).name} {key}[{i}]")


def _file_name(row: Json) -> str | None:
    for key in NAME_KEYS:
        value = row.get(key)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
            return str(value)
    return None


def _category(row: Json, remarks: Remarks) -> Category | None:
    key = identity(row.get("id"))
    name = row.get("name") if row.get("name") not in (None, "") else row.get("id")
    if key is None or name is None or isinstance(name, (dict, list)):
        return None
    return Category(key, str(name).strip(), _point_names(row.get("keypoints"), remarks))


def _point_names(points: object, remarks: Remarks) -> tuple[str, ...]:
    """Names of keypoints, each once; a number for one without a name."""
    if isinstance(points, str):
        points = [part for part in points.split(",") if part.strip()]
    names: list[str] = []
    for i, point in enumerate(points if isinstance(points, list) else []):
        name = str(point).strip() if point not in (None, "") else f"point_{i}"
        if name in names:
            again, count = name, 2
            while name in names:
                name, count = f"{again}_{count}", count + 1
            remarks.add(f"keypoints that are called as another, with a number behind, as {shown(name)}", again)
        names.append(name)
    return tuple(names)


def _size(row: Json) -> Size | None:
    width, height = number(row.get("width")), number(row.get("height"))
    return (width, height) if width and height and width > 0 and height > 0 else None
