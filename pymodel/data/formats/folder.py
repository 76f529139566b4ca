"""Reads pictures for classification: one folder a class, its name the label.

An optional file boxes.csv beside the class folders (file,x0,y0,x1,y1 in pixels) says where the subject is: the model then learns
to find it too, which trains its backbone sooner.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from appspec.errors import KitError
from appspec.spec import Data
from pymodel.data.images import RgbImage, UnreadableImageError, read_image
from pymodel.data.source import SUFFIXES, Floats, Instance, Source, check_instance, check_size


def open_folder(folder: Path, data: Data) -> Source:
    """The pictures of all classes: those below each folder in `folder`, classes in the order of their names.

    Raises:
        KitError: fewer than two classes, or one without a picture.
    """
    classes = {path.name: _pictures(path) for path in sorted(folder.iterdir()) if path.is_dir() and path.name[0] != "."}
    if len(classes) < 2:
        found = ", ".join(classes) or "none"
        raise KitError(
            f"There is nothing to tell apart in {folder}",
            f"each class is a folder of its own with pictures in it; found: {found}",
            "set path in [data] of app.toml, or --data, to the folder that holds two or more of them",
        )
    for name, pictures in classes.items():
        if not pictures:
            raise KitError(f"Class {name} has no picture", f"{folder / name} holds none", "add some, or remove the folder")
    boxes = _boxes(folder)
    numbers = {file: label for label, pictures in enumerate(classes.values()) for file in pictures}

    def read(file: str) -> tuple[str, tuple[Instance, ...], RgbImage]:
        if file not in numbers:
            raise UnreadableImageError("boxes.csv names it, and no class folder holds it")
        image = read_image(folder / file)
        check_size(image)
        whole = np.array([0, 0, image.shape[1], image.shape[0]], np.float32)
        instance = Instance(np.zeros((0, 2), np.float32), boxes.get(file, whole), numbers[file])
        check_instance(instance, (), image)
        return file, (instance,), image

    return Source(folder, tuple(sorted({*numbers, *boxes})), read, classes=tuple(classes))


def _boxes(folder: Path) -> dict[str, Floats]:
    file = folder / "boxes.csv"
    if not file.is_file():
        return {}
    try:
        with file.open(newline="", encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        return {row["file"]: np.array([float(row[key]) for key in ("x0", "y0", "x1", "y1")], np.float32) for row in rows}
    except (UnicodeDecodeError, KeyError, ValueError, TypeError) as error:
        raise KitError(
            f"Can't read {file}", f"{type(error).__name__}: {error}", "give UTF-8 text with the header file,x0,y0,x1,y1"
        ) from error


def _pictures(folder: Path) -> list[str]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix.lower() in SUFFIXES)
    return [path.relative_to(folder.parent).as_posix() for path in found]
