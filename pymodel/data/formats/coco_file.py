"""One COCO file, whatever program wrote it: its categories, its images, and the annotations of each."""

from __future__ import annotations

import fnmatch
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from appspec.errors import KitError
from appspec.file_tree import shown
from appspec.spec import Data
from appspec.text import read_text
from pymodel.data.annotations.given_splits import split_in_stem, split_word
from pymodel.data.annotations.numbers import identity, number, true
from pymodel.data.remarks import Remarks
from pymodel.data.source import SplitName

Json = dict[str, Any]
KEYS = ("images", "annotations", "categories")
HEAD = 4096
"""Characters from which a file is told to be no COCO one, before all of it is read."""


@dataclass(frozen=True)
class Category:
    """A category: `id` as annotations name it, `points` its keypoints' names."""

    id: int | str
    name: str
    points: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """An image: its file as it is named, its declared size, its annotations of one category that are no crowds."""

    name: str
    size: tuple[float, float] | None
    annotations: tuple[Json, ...]


@dataclass(frozen=True)
class CocoFile:
    """A whole file.

    Attributes:
        file: relative to the data folder.
        folder: relative one that file names start in, beside the annotation file; "" for the data folder.
        split: what its name or folder says.
        counts: annotations of each category's id, crowds among them.
        lost: annotations whose image is not there.
    """

    file: str
    folder: str
    split: SplitName | None
    categories: tuple[Category, ...]
    images: tuple[tuple[int | str, str, tuple[float, float] | None], ...]
    annotations: dict[int | str, list[Json]] = field(repr=False)
    counts: Counter[int | str] = field(repr=False)
    lost: int = 0

    def pictures(self, category: str) -> Iterator[Entry]:
        """The images with an object of the category."""
        ids = {one.id for one in self.categories if one.name == category}
        for key, name, size in self.images:
            found = tuple(
                one
                for one in self.annotations.get(key, ())
                if identity(one.get("category_id")) in ids and not true(one.get("iscrowd"))
            )
            if found:
                yield Entry(name, size, found)

    def crowds(self, category: str) -> int:
        """How many annotations of the category are crowds."""
        ids = {one.id for one in self.categories if one.name == category}
        return sum(
            identity(one.get("category_id")) in ids and true(one.get("iscrowd"))
            for row in self.annotations.values()
            for one in row
        )


def find_files(folder: Path, files: Sequence[str], data: Data, remarks: Remarks) -> list[str]:
    """The annotation files to read: the one that is named, the only one, or one for each split.

    Raises:
        KitError: there is none, or which of several counts is not clear.
    """
    candidates = [file for file in files if file.lower().endswith(".json")]
    if data.annotations:
        wanted = data.annotations.replace("\\", "/")
        found = [file for file in candidates if fnmatch.fnmatchcase(file, wanted)]
        if not found:
            raise KitError(
                f"There is no {folder / data.annotations}", "annotations of [data] names it", "mend the name, or the folder"
            )
        return found
    near = [file for file in candidates if _is_near(file)]
    found = [file for file in near if _begins_as_coco(folder / file)]
    for file in sorted(set(near) - set(found)) if found else ():
        remarks.add("passed over: .json files that are no COCO annotations", file)
    found = found or near
    if len(found) == 1:
        return found
    if not found:
        raise KitError(
            f"There is no data in {folder}",
            "it holds no *.json with COCO annotations, nor do its folders annotations/, train/, valid/ and test/",
            "set path in [data] of app.toml, or --data, to the folder that holds them",
        )
    splits = [_split(file) for file in found]
    if None not in splits and len(set(splits)) == len(splits) and "train" in splits:
        return found
    raise KitError(
        f"There are {len(found)} annotation files in {folder}",
        ", ".join(shown(file) for file in found[:5]),
        "name one of them, or those of all splits as annotations/instances_*.json, as annotations in [data] of app.toml",
    )


def read_file(folder: Path, name: str, remarks: Remarks) -> CocoFile:
    """One annotation file.

    Raises:
        KitError: it is none, or two of its pictures have one id.
    """
    document = _document(folder / name)
    images: dict[int | str, tuple[str, tuple[float, float] | None]] = {}
    for row in _rows(document["images"], "images", name, remarks):
        key, file = identity(row.get("id")), row.get("file_name") or row.get("path") or row.get("coco_url")
        if not isinstance(file, str) or not file.strip():
            raise KitError(f"{Path(name).name}: image {row.get('id')} has no file_name", "it can't be found", "mend that entry")
        if key is None:
            remarks.add("passed over: images without an id", file)
            continue
        if key in images and images[key][0] != file:
            raise KitError(
                f"{Path(name).name}: two images have the id {key}",
                f"{images[key][0]} and {file}: whose annotations are whose is not clear",
                "give each image an id of its own, and mend image_id of their annotations",
            )
        images[key] = (file, _size(row))
    categories = [_category(row) for row in _rows(document["categories"], "categories", name, remarks)]
    known = [one for one in categories if one is not None]
    if not known:
        raise KitError(
            f"{Path(name).name} has no category with an id and a name",
            f"its categories: {json.dumps(document['categories'])[:200]}",
            "give each category an id, which category_id of the annotations names, and a name",
        )
    annotations: dict[int | str, list[Json]] = defaultdict(list)
    counts: Counter[int | str] = Counter()
    lost = 0
    for row in _rows(document["annotations"], "annotations", name, remarks):
        image, category = identity(row.get("image_id")), identity(row.get("category_id"))
        if image is None or category is None:
            remarks.add("passed over: annotations without image_id or category_id", f"annotation {row.get('id')}")
            continue
        if image not in images:
            lost += 1
            remarks.add("passed over: annotations of images that are not listed", f"annotation {row.get('id')}")
            continue
        annotations[image].append(row)
        counts[category] += 1
        if true(row.get("iscrowd")):
            remarks.add("left out: crowds (iscrowd = 1)", f"annotation {row.get('id')}")
    parent = PurePosixPath(name).parent.as_posix()
    here = "" if parent == "." or PurePosixPath(name).parent.name == "annotations" else parent
    listed = tuple((key, file, size) for key, (file, size) in images.items())
    return CocoFile(name, here, _split(name), tuple(known), listed, dict(annotations), counts, lost)


def _is_near(file: str) -> bool:
    """In the folder itself, in annotations/, or in a split's folder."""
    parts = PurePosixPath(file).parts[:-1]
    return all(part.lower() in ("annotations", "labels") or split_word(part) is not None for part in parts) and len(parts) < 3


def _split(file: str) -> SplitName | None:
    words = [split for part in PurePosixPath(file).parts[:-1] if (split := split_word(part)) is not None]
    return words[0] if words else split_in_stem(file)


def _begins_as_coco(file: Path) -> bool:
    """Cheap for a large file: its keys stand at its beginning, or all of it is read."""
    try:
        text = read_text(file)
        document = json.loads(text)
    except (KitError, ValueError, RecursionError):
        return any(f'"{key}"' in text[:HEAD] for key in KEYS) if "text" in locals() else False
    return isinstance(document, dict) and any(key in document for key in KEYS)


def _document(file: Path) -> Json:
    try:
        document = json.loads(read_text(file))
    except (ValueError, RecursionError) as error:
        raise KitError(f"Can't read {file}", f"it is no JSON: {error}", "give a COCO annotation file") from error
    for key in KEYS:
        if not isinstance(document, dict) or not isinstance(document.get(key), list):
            raise KitError(f"{file.name} is no COCO annotation file", f"it has no list {key!r}", "give one that has")
    return dict(document)


def _rows(values: list[Any], key: str, name: str, remarks: Remarks) -> Iterator[Json]:
    for i, row in enumerate(values):
        if isinstance(row, dict):
            yield row
        else:
            remarks.add(f"passed over: entries of {key} that are no objects", f"{Path(name).name} {key}[{i}]")


def _category(row: Json) -> Category | None:
    key = identity(row.get("id"))
    name = row.get("name") if row.get("name") not in (None, "") else row.get("id")
    points = row.get("keypoints")
    if key is None or name is None or isinstance(name, (dict, list)):
        return None
    return Category(key, str(name).strip(), tuple(str(point) for point in points) if isinstance(points, list) else ())


def _size(row: Json) -> tuple[float, float] | None:
    width, height = number(row.get("width")), number(row.get("height"))
    return (width, height) if width and height and width > 0 and height > 0 else None
