"""Reads Pascal VOC annotations: one XML an image, with its objects' boxes.

Format: Everingham et al., The Pascal Visual Object Classes Challenge, 2010. Pixels count from 1 and both ends belong to
the box; objects marked difficult are left out.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from appspec.errors import KitError
from appspec.spec import Data
from pymodel.data.images import NothingShownError, RgbImage, UnreadableImageError, read_image
from pymodel.data.source import SUFFIXES, Instance, Source, check_instance, check_size


def open_folder(folder: Path, data: Data) -> Source:
    """All XML files below a folder.

    Raises:
        KitError: there are none, or they hold several categories and [data] names none.
    """
    paths = sorted(folder.rglob("*.xml"))
    if not paths:
        raise KitError(
            f"There is no data in {folder}",
            "it holds no .xml file (Pascal VOC has one an image, often in a folder Annotations/)",
            "set path in [data] of app.toml, or --data, to the folder that holds them",
        )
    category = data.category or _only_category(folder, paths)
    images: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES:
            images[path.stem].append(path)

    def read(file: str) -> tuple[str, tuple[Instance, ...], RgbImage]:
        return _read(folder, folder / file, images, category)

    files = tuple(path.relative_to(folder).as_posix() for path in paths)
    return Source(folder, files, read, classes=(category,))


def _only_category(folder: Path, paths: list[Path]) -> str:
    names: set[str] = set()
    for path in paths:
        try:
            names |= {found.findtext("name", "") for found in ElementTree.parse(path).iter("object")}
        except (ElementTree.ParseError, UnicodeDecodeError, OSError):
            continue  # named when it is read
    if len(names) == 1:
        return names.pop()
    raise KitError(
        f"{folder}: which category?",
        f"its files hold {', '.join(sorted(names)[:20]) or 'no object'}",
        "set category in [data] of app.toml to one of them",
    )


def _read(folder: Path, path: Path, images: dict[str, list[Path]], category: str) -> tuple[str, tuple[Instance, ...], RgbImage]:
    try:
        root = ElementTree.parse(path).getroot()
    except (ElementTree.ParseError, UnicodeDecodeError, LookupError) as error:
        raise UnreadableImageError(f"it is no XML that can be read ({error})") from error
    image_file = path.parent / root.findtext("filename", "")
    if not image_file.is_file():
        named = images.get(Path(root.findtext("filename", "")).stem) or images.get(path.stem, [])
        if len(named) != 1:
            why = "is missing" if not named else f"could be {len(named)} files in different folders"
            raise UnreadableImageError(f"its image {image_file.name} {why}")
        image_file = named[0]
    image = read_image(image_file)
    check_size(image)
    instances = [_instance(entry) for entry in root.iter("object") if _is_of(entry, category)]
    if not instances:
        raise NothingShownError(f"it holds no {category}")
    for instance in instances:
        check_instance(instance, (), image)
    return image_file.relative_to(folder).as_posix(), tuple(instances), image


def _is_of(entry: ElementTree.Element, category: str) -> bool:
    return entry.findtext("name") == category and entry.findtext("difficult", "0").strip() != "1"


def _instance(entry: ElementTree.Element) -> Instance:
    try:
        x0, y0, x1, y1 = (float(entry.findtext(f"bndbox/{key}", "")) for key in ("xmin", "ymin", "xmax", "ymax"))
    except ValueError as error:
        raise UnreadableImageError("an object has no bndbox of four numbers") from error
    return Instance(np.zeros((0, 2), np.float32), np.array([x0 - 1, y0 - 1, x1, y1], np.float32))
