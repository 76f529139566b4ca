"""Reads pictures for classification: one folder a class, its name the label; the classes may lie below train/, val/ and test/.

An optional file boxes.csv beside the class folders (file,x0,y0,x1,y1 in pixels) says where the subject is: the model then learns
to find it too, which trains its backbone sooner.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.file_tree import FileTree, read_tree, shown
from pymodel.data.annotations.given_splits import given_by_folder
from pymodel.data.formats.boxes_csv import read_boxes
from pymodel.data.images import SUFFIXES, RgbImage, UnreadableImageError, is_picture, read_image
from pymodel.data.lookup import Lookup
from pymodel.data.remarks import Remarks
from pymodel.data.source import Category, Instance, Source, check_instance, check_size
from pymodel.data.splits import SplitName, split_word
from pymodel.data.unread import what_to_do

NO_CLASSES = frozenset(
    ("images", "image", "imgs", "img", "masks", "mask", "labels", "label", "annotations", "annotation", "gt", "groundtruth",
     "ground_truth", "jpegimages", "segmentationclass", "segmentationobject", "segmentation", "depth", "bboxes")
)  # fmt: skip
"""What folders are called that hold pictures and what belongs to them, in lower case."""


def open_folder(folder: Path, data: Data) -> Source:
    """The pictures of all classes, classes in the order of their names.

    Raises:
        KitError: fewer than two classes, or one without a picture.
    """
    tree, remarks = read_tree(folder), Remarks()
    level = _level(folder, tree)
    classes = _classes(folder, tree, level, remarks)
    names = sorted(classes)
    numbers = {file: label for label, name in enumerate(names) for file in classes[name]}
    boxes = read_boxes(folder, tree, Lookup(numbers), remarks)
    splits, notes = _splits(tree, numbers, level, data)
    notes += _doubts(classes, level, splits)

    def read(file: str) -> tuple[str, tuple[Instance, ...], RgbImage]:
        if file not in numbers:
            raise UnreadableImageError(boxes.problems[file])
        image = read_image(folder / file, remarks, file)
        check_size(image)
        box = boxes.of(file, image.shape[1], image.shape[0])
        instance = Instance(np.zeros((0, 2), np.float32), box, numbers[file])
        check_instance(instance, (), image)
        return file, (instance,), image

    files = tuple(sorted({*numbers, *boxes.corners}))
    return Source(folder, files, read, classes=tuple(names), splits=splits, notes=(*tree.notes(), *notes), remarks=remarks)


def categories(folder: Path, data: Data) -> list[Category]:
    """The classes, with their pictures.

    Raises:
        KitError: fewer than two classes, or one without a picture.
    """
    tree = read_tree(folder)
    return [Category(name, len(files)) for name, files in _classes(folder, tree, _level(folder, tree), Remarks()).items()]


def _level(folder: Path, tree: FileTree) -> int:
    """How many folders lie above the classes: those of splits, as train/cat/1.jpg.

    Raises:
        KitError: the folders are called as splits, and the pictures of training lie in no class.
    """
    deep: dict[str, list[bool]] = defaultdict(list)  # of each top folder, whether its pictures lie in folders of their own
    for file in tree.files:
        if "/" in file and is_picture(file):
            deep[file.split("/")[0]].append(file.count("/") >= 2)
    splits = _split_folders(list(deep))
    training = [one for top, word in splits.items() if word == "train" for one in deep[top]]
    if len(set(splits.values())) < 2 or not training:
        return 0
    if sum(training) <= len(training) / 2:
        if len(splits) < len(deep):
            return 0
        raise KitError(
            f"The folders in {folder} are splits, not classes",
            f"{', '.join(sorted(map(shown, splits)))} hold pictures without a folder for each class",
            "lay the pictures of each class into a folder of its own, below these",
        )
    level = 1
    while _is_above_classes(tree, splits, level):
        level += 1  # as training_set/training_set/cat
    return level


def _split_folders(tops: Sequence[str]) -> dict[str, SplitName]:
    """Folders that are called as splits, also with words before that all share: seg_train, seg_test."""
    found = {top: word for top in tops if (word := split_word(top)) is not None}
    if len(set(found.values())) > 1:
        return found
    ends = {top: re.fullmatch(r"(.*?)[\W_]*([^\W_]+)", top) for top in tops}
    shared: dict[str, dict[str, SplitName]] = defaultdict(dict)
    for top, match in ends.items():
        if match is not None and match[1] and (word := split_word(match[2])) is not None:
            shared[match[1].lower()][top] = word
    return next((one for one in shared.values() if len(set(one.values())) > 1), found)


def _is_above_classes(tree: FileTree, splits: Mapping[str, SplitName], level: int) -> bool:
    """Whether the folders at a level are still above the classes: called as splits, or a single one that holds several."""
    parts = _parts_at(tree, splits, level)
    below = _parts_at(tree, splits, level + 1)
    return all(part in splits or split_word(part) is not None for part in parts) or (len(parts) == 1 and len(below - {""}) > 1)


def _parts_at(tree: FileTree, splits: Mapping[str, SplitName], level: int) -> set[str]:
    found = (file.split("/") for file in tree.files if is_picture(file))
    return {parts[level] for parts in found if parts[0] in splits and len(parts) > level + 1} or {""}


def _doubts(classes: Mapping[str, list[str]], level: int, splits: Mapping[str, SplitName] | None) -> list[str]:
    """What speaks against these folders as classes, a line each."""
    notes = []
    if splits is not None:
        untrained = [name for name, files in classes.items() if not any(splits.get(file) == "train" for file in files)]
        if untrained:
            notes.append(f"classes without a picture in train, which can't be learnt: {len(untrained)}, as {shown(untrained[0])}")
    inner = {
        name: {parts[level + 1] for file in files if len(parts := file.split("/")) > level + 2} for name, files in classes.items()
    }
    common = set.intersection(*inner.values()) if inner else set()
    if len(common) > 1:
        listed = " and ".join(map(shown, sorted(common)[:2]))
        notes.append(
            f"each class holds folders of the same names ({listed}): where those are the classes, lay their pictures into folders "
            "of these names, above all others"
        )
    return notes


def _splits(tree: FileTree, files: Mapping[str, int], level: int, data: Data) -> tuple[Mapping[str, SplitName] | None, list[str]]:
    """By the folders above the classes, or by those in them."""
    if level:
        words = _split_folders(sorted({file.split("/")[0] for file in tree.files if "/" in file}))
        called = {file: file if split_word(top) else f"{words[top]}/{file}" for file in files for top in [file.split("/")[0]]}
        found, notes = given_by_folder(list(called.values()), data)
        return None if found is None else {file: found[name] for file, name in called.items()}, notes
    inner = {file: file.partition("/")[2] for file in files}
    found, notes = given_by_folder(list(inner.values()), data)
    return None if found is None else {file: found[rest] for file, rest in inner.items()}, notes


def _classes(folder: Path, tree: FileTree, level: int, remarks: Remarks) -> dict[str, list[str]]:
    classes: dict[str, list[str]] = defaultdict(list)
    splits = _split_folders(sorted({file.split("/")[0] for file in tree.files if "/" in file})) if level else {}
    loose = 0
    for file in tree.files:
        parts, picture = file.split("/"), is_picture(file)
        if len(parts) <= level + 1:
            if picture:
                place = "in a split's folder, outside of every class" if level and len(parts) > 1 else "beside the class folders"
                remarks.add(f"passed over: pictures that lie {place}", file, "put each into the folder of its class")
                loose += 1
        elif level and parts[0] not in splits:
            if picture:
                remarks.add("passed over: pictures in folders beside those of the splits", file)
        elif picture:
            classes[_label(parts[level])].append(file)
        else:
            classes[_label(parts[level])] += []
            remarks.add(
                f"passed over: files with suffixes of no picture ({shown(Path(file).suffix) or 'none'})", file, what_to_do(file)
            )
    empty = sorted({*(name for name, found in classes.items() if not found), *_empty_folders(folder, tree, level, classes)})
    if empty and classes:
        raise KitError(
            f"Class {shown(empty[0])} has no picture",
            f"{shown(str(folder / empty[0]))} holds none that can be read",
            f"add some ({', '.join(sorted(suffix[1:] for suffix in SUFFIXES))}), or remove the folder",
        )
    classes = _one_case(classes, level, remarks)
    aside = [name for name in classes if name.lower() in NO_CLASSES]
    if len(aside) == len(classes) > 1:
        raise KitError(
            f"The folders in {folder} are no classes",
            f"they are called {', '.join(map(shown, aside))}: pictures, and what belongs to them",
            "lay the pictures of each class into a folder that is called as the class",
        )
    if len(classes) < 2:
        found = ", ".join(shown(name) for name in classes) or "none"
        also = f"; {loose} pictures lie there without a class" if loose else ""
        raise KitError(
            f"There is nothing to tell apart in {folder}",
            f"each class is a folder of its own with pictures in it; found: {found}{also}",
            "set path in [data] of app.toml, or --data, to the folder that holds two or more of them",
        )
    return dict(classes)


def _one_case(classes: dict[str, list[str]], level: int, remarks: Remarks) -> dict[str, list[str]]:
    """Below folders of splits, Cat of one and cat of another are one class; beside each other they are two, and told."""
    alike: dict[str, list[str]] = defaultdict(list)
    for name in sorted(classes, key=lambda one: (-len(classes[one]), one)):
        alike[name.casefold()].append(name)
    found: dict[str, list[str]] = {}
    for names in alike.values():
        above = [{"/".join(file.split("/")[:level]) for file in classes[name]} for name in names]
        apart = level > 0 and len(set.union(*above)) == sum(map(len, above))
        for name in names:
            if name != names[0]:
                how = "are one" if apart else "are two, rename one if they are meant to be one"
                remarks.add(f"classes that differ from {shown(names[0])} in upper and lower case alone {how}", name)
            found.setdefault(names[0] if apart else name, []).extend(classes[name])
    return found


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
