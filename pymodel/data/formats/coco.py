"""Reads COCO annotations: one JSON with images, annotations (boxes, keypoints) and categories.

Format: Lin et al., Microsoft COCO, 2014. `bbox` is x, y, width, height; `keypoints` are x, y, v triples with v = 0 not
there, 1 labelled but hidden, 2 visible: hidden ones are learnt, missing ones are not. Crowds are left out.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from appspec.errors import KitError
from appspec.spec import Data
from pymodel.data.images import NothingShownError, RgbImage, UnreadableImageError, read_image
from pymodel.data.source import Floats, Instance, Source, check_instance, check_size, mirrored_by_name

Json = dict[str, Any]


def open_folder(folder: Path, data: Data) -> Source:
    """The images of a COCO file that hold an object of the wanted category.

    Raises:
        KitError: no annotation file, or not one of COCO, or it lacks the category or the points that [data] names.
    """
    file = _annotation_file(folder, data)
    document = _document(file)
    category = _category(file, document["categories"], data)
    names = tuple(str(name) for name in category.get("keypoints") or ())
    targets = data.points if data.points is not None else names
    missing = [name for name in targets if name not in names]
    if missing:
        raise KitError(
            f"{file.name} has no point {missing[0]!r}",
            f"category {category['name']} has {', '.join(names) or 'no keypoints'}",
            "name some of these in points of [data]",
        )
    points = (*targets, *(name for name in names if name not in targets))
    order = [names.index(name) for name in points]
    annotations: dict[object, list[Json]] = defaultdict(list)
    for annotation in document["annotations"]:
        if annotation.get("category_id") == category["id"] and not annotation.get("iscrowd"):
            annotations[annotation.get("image_id")].append(annotation)
    images = {_file_name(file, image): image for image in document["images"] if image.get("id") in annotations}
    if not images:
        raise KitError(
            f"There is no data in {file}",
            f"no image of it holds a {category['name']}",
            "set category in [data] of app.toml to one that is there",
        )
    places = _places(folder)

    def read(name: str) -> tuple[str, tuple[Instance, ...], RgbImage]:
        image = images[name]
        return name, *_read(places, name, image, annotations[image["id"]], points, order, len(targets))

    classes = (str(category["name"]),)
    return Source(folder, tuple(sorted(images)), read, points, mirrored_by_name(points), classes, target_points=len(targets))


def _annotation_file(folder: Path, data: Data) -> Path:
    if data.annotations:
        file = folder / data.annotations
        if not file.is_file():
            raise KitError(f"There is no {file}", "annotations of [data] names it", "mend the name, or the folder")
        return file
    found = _visible(folder.glob("*.json")) or _visible(folder.glob("annotations/*.json"))
    if len(found) == 1:
        return found[0]
    if not found:
        raise KitError(
            f"There is no data in {folder}",
            "it holds no *.json with COCO annotations, nor does its folder annotations/",
            "set path in [data] of app.toml, or --data, to the folder that holds them",
        )
    raise KitError(
        f"There are {len(found)} annotation files in {folder}",
        ", ".join(path.relative_to(folder).as_posix() for path in found[:5]),
        "name one of them as annotations in [data] of app.toml",
    )


def _visible(paths: Iterable[Path]) -> list[Path]:
    return sorted(path for path in paths if not path.name.startswith("."))


def _document(file: Path) -> Json:
    try:
        document: Json = json.loads(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise KitError(f"Can't read {file}", f"it is not UTF-8 text (byte {error.start})", "save it as UTF-8") from error
    except ValueError as error:
        raise KitError(f"Can't read {file}", f"it is no JSON: {error}", "give a COCO annotation file") from error
    for key in ("images", "annotations", "categories"):
        if not isinstance(document, dict) or not isinstance(document.get(key), list):
            raise KitError(f"{file.name} is no COCO annotation file", f"it has no list {key!r}", "give one that has")
    return document


def _category(file: Path, categories: list[Json], data: Data) -> Json:
    names = [str(category.get("name")) for category in categories]
    chosen = data.category or (names[0] if len(names) == 1 else None)
    for category in categories:
        if category.get("name") == chosen:
            return category
    raise KitError(
        f"{file.name}: which category?" if data.category is None else f"{file.name} has no category {chosen!r}",
        f"it has {', '.join(names[:20])}{' …' if len(names) > 20 else ''}",
        "set category in [data] of app.toml to one of them",
    )


def _file_name(file: Path, image: Json) -> str:
    name = image.get("file_name")
    if not isinstance(name, str) or not name:
        raise KitError(f"{file.name}: image {image.get('id')} has no file_name", "it can't be found", "mend that entry")
    return name


def _places(folder: Path) -> dict[str, Path]:
    """Where each file lies, by its path from the folder, and by its bare name where that is one of a kind."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    bare: dict[str, list[Path]] = defaultdict(list)
    for path in paths:
        bare[path.name].append(path)
    places = {name: found[0] for name, found in bare.items() if len(found) == 1}
    return places | {path.relative_to(folder).as_posix(): path for path in paths}


def _read(
    places: dict[str, Path],
    name: str,
    image: Json,
    annotations: list[Json],
    points: tuple[str, ...],
    order: list[int],
    targets: int,
) -> tuple[tuple[Instance, ...], RgbImage]:
    path = places.get(name) or places.get(Path(name).name)
    if path is None:
        raise UnreadableImageError("the image is not there (or several have its name, in other folders)")
    pixels = read_image(path)
    check_size(pixels)
    declared = image.get("width"), image.get("height")
    if None not in declared and declared != (pixels.shape[1], pixels.shape[0]):
        raise UnreadableImageError(f"it is {pixels.shape[1]}×{pixels.shape[0]}, the annotation says {declared[0]}×{declared[1]}")
    instances = []
    for annotation in annotations:
        instance = Instance(_points(annotation, order), _box(annotation))
        if targets and not np.isfinite(instance.points[:targets]).any():
            continue
        check_instance(instance, points, pixels)
        instances.append(instance)
    if not instances:
        raise NothingShownError(
            f"none of its objects shows {' or '.join(points[: min(targets, 4)])}{' …' if targets > 4 else ''}"
        )
    return tuple(instances), pixels


def _points(annotation: Json, order: list[int]) -> Floats:
    if not order:
        return np.zeros((0, 2), np.float32)
    try:
        triples = np.asarray(annotation.get("keypoints") or [], np.float32).reshape(-1, 3)
        chosen = triples[order] if len(triples) else np.zeros((len(order), 3), np.float32)
    except (ValueError, IndexError, TypeError) as error:
        raise UnreadableImageError(
            f"annotation {annotation.get('id')} has keypoints that are no x, y, v of each point"
        ) from error
    return np.where(chosen[:, 2:] > 0, chosen[:, :2], np.float32(np.nan)).astype(np.float32)


def _box(annotation: Json) -> Floats:
    try:
        x, y, width, height = (float(value) for value in annotation["bbox"])
    except (KeyError, ValueError, TypeError) as error:
        raise UnreadableImageError(f"annotation {annotation.get('id')} has no bbox of four numbers") from error
    return np.array([x, y, x + width, y + height], np.float32)
