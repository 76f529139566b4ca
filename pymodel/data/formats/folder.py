"""Reads pictures for classification: one folder a class, its name the label; the classes may lie below train/, val/ and test/.

An optional file boxes.csv beside the class folders (file,x0,y0,x1,y1 in pixels) says where the subject is: the model then learns
to find it too, which trains its backbone sooner.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import defaultdict
from pathlib import Path

import numpy as np

from appspec.errors import KitError
from appspec.file_tree import FileTree, read_tree, shown
from appspec.spec import Data
from appspec.text import read_text
from pymodel.data.annotations.boxes import upright_corners
from pymodel.data.annotations.given_splits import given_by_folder, split_word
from pymodel.data.annotations.numbers import number
from pymodel.data.images import SUFFIXES, RgbImage, UnreadableImageError, read_image
from pymodel.data.lookup import Lookup
from pymodel.data.remarks import Remarks
from pymodel.data.source import Category, Floats, Instance, Source, check_instance, check_size

BOXES = "boxes.csv"
COLUMNS = ("x0", "y0", "x1", "y1")


def open_folder(folder: Path, data: Data) -> Source:
    """The pictures of all classes, classes in the order of their names.

    Raises:
        KitError: fewer than two classes, or one without a picture.
    """
    tree, remarks = read_tree(folder), Remarks()
    below = _splits_lie_above(folder, tree)
    classes = _classes(folder, tree, below, remarks)
    names = sorted(classes)
    numbers = {file: label for label, name in enumerate(names) for file in classes[name]}
    boxes = _boxes(folder, tree, Lookup(numbers), remarks)
    splits, notes = given_by_folder(list(numbers), data) if below else (None, [])

    def read(file: str) -> tuple[str, tuple[Instance, ...], RgbImage]:
        if file not in numbers:
            raise UnreadableImageError(f"{BOXES} names it, and no class folder holds it")
        image = read_image(folder / file, remarks, file)
        check_size(image)
        whole = np.array([0, 0, image.shape[1], image.shape[0]], np.float32)
        instance = Instance(np.zeros((0, 2), np.float32), boxes.get(file, whole), numbers[file])
        check_instance(instance, (), image)
        return file, (instance,), image

    files = tuple(sorted({*numbers, *boxes}))
    return Source(folder, files, read, classes=tuple(names), splits=splits, notes=(*tree.notes(), *notes), remarks=remarks)


def categories(folder: Path, data: Data) -> list[Category]:
    """The classes, with their pictures.

    Raises:
        KitError: fewer than two classes, or one without a picture.
    """
    tree = read_tree(folder)
    return [
        Category(name, len(files)) for name, files in _classes(folder, tree, _splits_lie_above(folder, tree), Remarks()).items()
    ]


def _splits_lie_above(folder: Path, tree: FileTree) -> bool:
    """Whether the folders in `folder` are splits: each is called as one, and its pictures lie in folders of their own."""
    tops = {file.split("/")[0] for file in tree.files if "/" in file}
    words = {top: split_word(top) for top in tops}
    if len(tops) < 2 or None in words.values() or "train" not in words.values():
        return False
    deep = [file.count("/") >= 2 for file in tree.files if "/" in file and Path(file).suffix.lower() in SUFFIXES]
    return bool(deep) and sum(deep) > len(deep) / 2


def _classes(folder: Path, tree: FileTree, below: bool, remarks: Remarks) -> dict[str, list[str]]:
    level = 1 if below else 0
    classes: dict[str, list[str]] = defaultdict(list)
    loose, others = [], []
    for file in tree.files:
        parts = file.split("/")
        picture = Path(file).suffix.lower() in SUFFIXES
        if len(parts) <= level + 1:
            if picture:
                loose.append(file)
            continue
        name = _label(parts[level])
        classes[name] += [file] if picture else []
        others += [] if picture else [file]
    place = "beside the class folders" if not below else "in a split's folder, outside of every class"
    for file in loose:
        remarks.add(f"passed over: pictures that lie {place}", file, "put each into the folder of its class")
    for file in others:
        remarks.add(f"passed over: files with suffixes of no picture ({Path(file).suffix or 'none'})", file)
    empty = sorted({*(name for name, found in classes.items() if not found), *_empty_folders(folder, tree, level, classes)})
    if empty and classes:
        raise KitError(
            f"Class {shown(empty[0])} has no picture",
            f"{shown(str(folder / empty[0]))} holds none that can be read",
            f"add some ({', '.join(sorted(suffix[1:] for suffix in SUFFIXES))}), or remove the folder",
        )
    if len(classes) < 2:
        found = ", ".join(shown(name) for name in classes) or "none"
        also = f"; {len(loose)} pictures lie there without a class" if loose else ""
        raise KitError(
            f"There is nothing to tell apart in {folder}",
            f"each class is a folder of its own with pictures in it; found: {found}{also}",
            "set path in [data] of app.toml, or --data, to the folder that holds two or more of them",
        )
    return dict(classes)


def _label(name: str) -> str:
    """A class's name from its folder's: composed as keyboards type it, bytes that are no UTF-8 written out."""
    label = unicodedata.normalize("NFC", shown(name)).strip()
    if any(unicodedata.category(letter) == "Cc" for letter in label):
        raise KitError(f"The class folder {name!r} can't be a label", "its name holds a line break or a tab", "rename the folder")
    return label


def _empty_folders(folder: Path, tree: FileTree, level: int, classes: dict[str, list[str]]) -> list[str]:
    if level:
        return []
    litter = {name.split("/")[0] for name in tree.litter}
    return [
        path.name for path in folder.iterdir() if path.is_dir() and path.name not in litter and _label(path.name) not in classes
    ]


def _boxes(folder: Path, tree: FileTree, lookup: Lookup, remarks: Remarks) -> dict[str, Floats]:
    if BOXES not in tree.files:
        return {}
    text = read_text(folder / BOXES)
    first = text.split("\n", 1)[0]
    if first.strip().lower().startswith("sep="):
        text = text.split("\n", 1)[-1]
        first = text.split("\n", 1)[0]
    rows = list(csv.DictReader(io.StringIO(text.replace("\0", "")), delimiter=max(",;\t", key=first.count)))
    found: dict[str, Floats] = {}
    for line, row in enumerate(rows, 2):
        cells = {str(key).strip().lower(): value for key, value in row.items()}
        missing = [name for name in ("file", *COLUMNS) if name not in cells]
        if missing:
            raise KitError(
                f"Can't read {folder / BOXES}", f"it has no column {missing[0]}; its header is {first.strip()!r}",
                "give it the header file,x0,y0,x1,y1",
            )  # fmt: skip
        values = [number(cells[name]) for name in COLUMNS]
        if None in values:
            bad = COLUMNS[values.index(None)]
            raise KitError(
                f"Can't read {folder / BOXES}", f"line {line}: {bad} is {cells[bad]!r}", "write a number of pixels there"
            )
        name = str(cells["file"] or "")
        meant = lookup.find(name)
        found[meant[0] if len(meant) == 1 else name] = upright_corners([value or 0.0 for value in values], name, remarks)
    return found
