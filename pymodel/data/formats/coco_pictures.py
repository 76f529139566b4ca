"""Which picture each entry of COCO files means, and what is annotated in it; a picture with two entries is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from appspec.file_tree import FileTree, shown
from pymodel.data.annotations.given_splits import by_folder
from pymodel.data.copies import are_copies
from pymodel.data.formats.coco_file import CocoFile, Entry
from pymodel.data.formats.coco_objects import Annotation, Picture, read_annotation
from pymodel.data.images import is_picture
from pymodel.data.lookup import Lookup
from pymodel.data.remarks import Remarks
from pymodel.data.splits import SplitName

MASKS = 2000
"""Masks of annotations with a box that are looked at, for what they say of the boxes."""


def find_pictures(
    documents: Sequence[CocoFile], category: str, tree: FileTree, points: Sequence[str], remarks: Remarks
) -> tuple[dict[str, Picture], dict[str, SplitName]]:
    """By the name that annotations give; the splits of those whose annotation file says one."""
    lookup = Lookup(file for file in tree.files if is_picture(file))
    files = frozenset(tree.files)
    pictures: dict[str, Picture] = {}
    names_of: dict[str, str] = {}
    given: dict[str, SplitName] = {}
    masks = 0
    for document in documents:
        for entry in document.pictures(category):
            found = _located(tree.folder, document, entry, lookup, files, remarks)
            read = [read_annotation(row, points, remarks, masks < MASKS) for row in entry.annotations]
            masks += len(read)
            objects = _once(read, entry, remarks)
            file = found[0] if len(found) == 1 else entry.name
            # the splits' folders may hold pictures of one name: each its own
            name = names_of.setdefault(file, file if entry.name in pictures else entry.name)
            picture = Picture(name, file, entry.size, objects, _why(found))
            if name in pictures:
                picture = _joined(pictures[name], picture, remarks)
            pictures[name] = picture
            if document.split is not None:
                given.setdefault(name, document.split)
    return pictures, given


def _located(
    folder: Path, document: CocoFile, entry: Entry, lookup: Lookup, files: frozenset[str], remarks: Remarks
) -> tuple[str, ...]:
    """The files that an entry can mean."""
    name = f"{document.folder}/{entry.name}" if document.folder else entry.name
    found = lookup.find(name) or lookup.find(entry.name)
    if len(found) > 1 and document.split is not None:
        splits = by_folder([*found, "test/x", "train/x"]) or {}
        found = tuple(path for path in found if splits.get(path) == document.split) or found
    if len(found) > 1 and are_copies(folder, found):
        remarks.add("pictures that lie in several folders with the same bytes, the first is taken", found[0])
        found = found[:1]
    if not found:
        found = tuple(path for path in (name, entry.name) if path in files)[:1]  # a picture without a suffix
    if not found:
        found = lookup.find_stem(entry.name)
        if len(found) == 1:
            remarks.add("pictures whose suffix is another than the annotation's", found[0])
    return found


def _why(found: tuple[str, ...]) -> str:
    if len(found) > 1:
        return f"the image is not certain (several have its name: {', '.join(map(shown, found[:3]))})"
    return "" if found else "the image is not there"


def _joined(one: Picture, other: Picture, remarks: Remarks) -> Picture:
    """One picture that has two entries: the annotations of both, each once."""
    remarks.add("pictures with two entries, the annotations of both are put together", one.file)
    known = {found.key() for found in one.objects}
    new = [found for found in other.objects if found.key() not in known]
    return replace(one, size=one.size or other.size, objects=(*one.objects, *new))


def _once(objects: Sequence[Annotation], entry: Entry, remarks: Remarks) -> tuple[Annotation, ...]:
    """Without those that say the same as another."""
    found: dict[object, Annotation] = {}
    for i, one in enumerate(objects):
        found.setdefault(i if one.box is None and one.mask is None else one.key(), one)
    if len(found) < len(objects):
        remarks.add("pictures with annotations that stand there twice, they count once", entry.name)
    return tuple(found.values())
