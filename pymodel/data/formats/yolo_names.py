"""What a YOLO data set says of itself: data.yaml, classes.txt or obj.names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from appspec.errors import KitError
from appspec.file_tree import FileTree
from appspec.text import read_text
from pymodel.data.annotations.numbers import number, number_list
from pymodel.data.lookup import Lookup
from pymodel.data.remarks import Remarks
from pymodel.data.splits import SplitName

LISTS = ("classes.txt", "obj.names", "_darknet.labels", "predefined_classes.txt", "labels.txt")
PARTS: dict[str, SplitName] = {"train": "train", "val": "validation", "valid": "validation", "test": "test"}


@dataclass(frozen=True)
class YoloNames:
    """Names and shapes; all may be unknown.

    Attributes:
        names: of classes, by their numbers.
        keypoints: how many an object has, and of how many numbers each is (2 or 3); None: none, or not told.
        points: names of the keypoints.
        flips: number of the keypoint that each becomes in the mirror image.
        parts: train, val and test as data.yaml has them.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    keypoints: tuple[int, int] | None = None
    points: tuple[str, ...] = ()
    flips: tuple[int, ...] = ()
    parts: Mapping[str, object] = field(default_factory=dict)

    def of(self, label: int) -> str:
        """A class's name, else its number."""
        return self.names.get(label) or f"class {label}"

    def number_of(self, word: str) -> int | None:
        """The number that the first word of a label means; None where it is neither a number nor a name."""
        found = number(word)
        if found is not None:
            return int(found) if found == int(found) else None
        return next((label for label, name in self.names.items() if name.casefold() == word.casefold()), None)

    def point_names(self, count: int, wanted: tuple[str, ...] | None) -> tuple[str, ...]:
        """Names of all keypoints: the data's own, else those of [data] points where there are as many, else numbers."""
        if len(self.points) == count:
            return self.points
        if wanted is not None and len(wanted) == count:
            return wanted
        return tuple(f"point_{i}" for i in range(count))

    def mirrored(self, points: tuple[str, ...], order: list[int]) -> tuple[int, ...]:
        """flip_idx for points in another order; empty where there is none, or it doesn't fit."""
        if len(self.flips) != len(points) or sorted(self.flips) != list(range(len(points))):
            return ()
        return tuple(order.index(self.flips[i]) for i in order)

    def lists(self, texts: Sequence[str]) -> list[tuple[str, SplitName]]:
        """(file, split) of data.yaml's parts that are lists of pictures and are there."""
        lookup, found = Lookup(texts), []
        for key, split in PARTS.items():
            values = self.parts.get(key)
            for value in values if isinstance(values, list) else [values]:
                if isinstance(value, str) and value.lower().endswith(".txt"):
                    files = lookup.find(value)
                    found += [(files[0], split)] if len(files) == 1 else []
        return found

    def folders(self, folder: Path) -> list[tuple[SplitName, str]]:
        """(split, folder relative to the data folder with a slash behind) of data.yaml's parts that are there."""
        found: list[tuple[SplitName, str]] = []
        for key, split in PARTS.items():
            values = self.parts.get(key)
            for value in values if isinstance(values, list) else [values]:
                if not isinstance(value, str):
                    continue
                parts = [part for part in PurePosixPath(value.replace("\\", "/")).parts if part not in ("..", ".", "/")]
                tails = ("/".join(parts[i:]) for i in range(len(parts)))
                tail = next((tail for tail in tails if (folder / tail).is_dir()), None)
                if tail:
                    found.append((split, f"{tail}/"))
        return found


def read_names(folder: Path, tree: FileTree, remarks: Remarks) -> YoloNames:
    """From data.yaml (or the only .yaml that has names), else from a list of classes.

    Raises:
        KitError: the YAML can't be read, or two of them differ.
    """
    found = []
    for file in tree.files:
        if PurePosixPath(file).suffix.lower() in (".yaml", ".yml"):
            document = _document(folder / file)
            if "names" in document or "nc" in document or "kpt_shape" in document:
                found.append((file, document))
    found.sort(key=lambda one: (one[0].count("/"), not one[0].lower().endswith("data.yaml")))
    if found:
        for file, _ in found[1:]:
            remarks.add(f"passed over: further .yaml files, {found[0][0]} counts", file)
    lists = sorted(
        (file for file in tree.files if PurePosixPath(file).name.lower() in LISTS), key=lambda file: (file.count("/"), file)
    )
    listed = _of_list(folder / lists[0]) if lists else {}
    if not found:
        return YoloNames(listed)
    names = _of_yaml(found[0][0], found[0][1])
    if listed and names.names and listed != names.names:
        remarks.add(f"passed over: lists of classes that differ from {found[0][0]}", lists[0])
    return names if names.names else replace(names, names=listed)


def _of_list(file: Path) -> dict[int, str]:
    lines = [line.strip() for line in read_text(file).splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return dict(enumerate(lines))


def _document(file: Path) -> dict[str, Any]:
    try:
        document = yaml.load(read_text(file), yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise KitError(f"Can't read {file}", f"it is no YAML: {_why(error)}", "mend it, or remove it") from error
    return document if isinstance(document, dict) else {}


def _why(error: Exception) -> str:
    """What is wrong, and in which line."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return f"line {mark.line + 1}: {problem}" if mark is not None and problem else str(error).splitlines()[0]


def _of_yaml(file: str, document: dict[str, Any]) -> YoloNames:
    names = document.get("names")
    if isinstance(names, str) and names.strip():
        names = [names.strip()]
    if isinstance(names, list):
        known = {i: str(name) for i, name in enumerate(names)}
    elif isinstance(names, dict):
        known = {int(key): str(name) for key, name in names.items() if number(key) is not None}
    else:
        known = {}
    count = number(document.get("nc"))
    if known and count is not None and count != len(known):
        raise KitError(f"{file} contradicts itself", f"nc is {count:g}, and names has {len(known)}", "mend nc or names")
    shape = document.get("kpt_shape")
    numbers = number_list(shape) if shape is not None else None
    keypoints = None
    if numbers is not None and len(numbers) == 2 and numbers[0] > 0 and numbers[0] == int(numbers[0]) and numbers[1] in (2, 3):
        keypoints = (int(numbers[0]), int(numbers[1]))
    elif shape is not None:
        raise KitError(f"{file}: kpt_shape", f"found {shape!r}", "write [number of keypoints, 2 or 3]")
    points = document.get("kpt_names") or document.get("keypoint_names") or ()
    if isinstance(points, dict):
        points = next(iter(points.values()), ())
    flips = document.get("flip_idx") or ()
    return YoloNames(
        known,
        keypoints,
        tuple(str(name) for name in points) if isinstance(points, list) else (),
        tuple(int(one) for one in number_list(flips) or ()),
        {key: document.get(key) for key in PARTS},
    )
