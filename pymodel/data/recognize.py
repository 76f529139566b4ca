"""Which formats a data folder can be, seen from its names and the beginnings of a few files; no picture is opened."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from appspec.errors import KitError
from appspec.file_tree import FileTree, read_tree, shown, with_suffix
from appspec.words import counted
from pymodel.data.copies import without_copies
from pymodel.data.images import SUFFIXES
from pymodel.data.recognize_csv import HEAD_BYTES as CSV_BYTES
from pymodel.data.recognize_csv import is_series
from pymodel.data.remarks import Remarks
from pymodel.data.splits import split_word
from pymodel.data.unread import unread_words

HEADS = 30
"""Files of a kind whose beginnings are looked at."""

HEAD_BYTES = 1 << 16
WHOLE_BYTES = 1 << 25
"""A JSON up to this size is looked through to its end."""

NO_LABELS = re.compile(r"(classes|obj|labels|readme.*|license.*|requirements|predefined_classes|failures.*)\.txt")
YOLO_LINE = re.compile(rb"\s*\d+(?:\.0*)?(?:[ \t,]+-?\d*\.?\d+(?:[eE][+-]?\d+)?){4,}\s*$")
COCO_KEYS = (b'"images"', b'"annotations"', b'"categories"')
ASIDE = ("annotations", "labels", "images", "masks")
"""Folders of a data set that are no folders of a class."""

PARTS = (*ASIDE, "jpegimages", "imagesets", "obj_train_data", "pictures", "photos", "json", "xml", "xmls", "txt")
"""What folders are called that are a part of a data set."""

OBJECTS = ("coco", "yolo", "voc", "cat")
"""Formats that place objects in pictures, the ones that can say most first."""


@dataclass(frozen=True)
class Seen:
    """A format that a folder can be.

    Attributes:
        inner: where it begins, relative to the folder; "" for the folder itself.
        evidence: what speaks for it, in words.
        count: files that do.
    """

    format: str
    inner: str
    evidence: str
    count: int

    def words(self) -> str:
        """For a line: yolo (in hands/: 40 label files …)."""
        return f"{self.format} ({f'in {shown(self.inner)}/: ' if self.inner else ''}{self.evidence})"


@dataclass(frozen=True)
class Recognized:
    """What a folder looks like.

    Attributes:
        formats: the likeliest first.
        splits: folders that are called as splits.
        unread: what lies there that no format reads, and what to do with it; in words.
        notes: what was passed over.
    """

    folder: Path
    formats: tuple[Seen, ...]
    pictures: int
    splits: tuple[str, ...]
    unread: tuple[str, ...]
    notes: tuple[str, ...]

    def named(self, name: str) -> Seen | None:
        """The format of this name, where it is one of them."""
        return next((one for one in self.formats if one.format == name), None)


def recognize(folder: Path) -> Recognized:
    """Looks at a folder; what can't be read is no evidence."""
    tree = read_tree(folder)
    pictures = with_suffix(tree.files, *SUFFIXES)
    objects = [*_coco(tree), *_yolo(tree, pictures), *_voc(tree), *_cat(tree)]
    tables = _csv(tree)
    mostly_tables = len(with_suffix(tree.files, ".csv")) > len(pictures)
    classes = [] if objects else _folder(pictures)
    if objects and not mostly_tables:
        tables = []
    found = [*objects, *tables, *classes] if mostly_tables else [*objects, *classes, *tables]
    folders = {file.rpartition("/")[0] for file in tree.files}
    splits = {part for folder in folders for part in folder.split("/") if split_word(part) is not None}
    return Recognized(
        folder, tuple(found), len(pictures), tuple(sorted(splits)), tuple(unread_words(tree, len(pictures))), tuple(tree.notes())
    )


def coco_files(folder: Path) -> list[str]:
    """The COCO files of a folder as [data] annotations names them: one by one, those of several splits by one pattern."""
    tree = read_tree(folder)
    found: dict[str, list[str]] = defaultdict(list)
    files = sorted(with_suffix(tree.files, ".json"), key=lambda name: (name.count("/"), len(name), name))[:HEADS]
    for file in without_copies(tree.folder, files, Remarks()):
        if not _before_near(file) and COCO_KEYS[-1] in _ends(tree.folder / file):  # captions have none
            parts = re.split(r"([^A-Za-z0-9]+)", file)
            found["".join("*" if split_word(part) is not None else part for part in parts)].append(file)
    return [pattern if len(files) > 1 else files[0] for pattern, files in found.items()]


def with_hint(error: KitError, folder: Path, asked: str) -> KitError:
    """The error of a reader that found nothing in the format it was asked for; where the folder looks like another, it says so."""
    seen = recognize(folder)
    if not seen.formats or (seen.named(asked) and not seen.pictures):
        return KitError(error.what, "; ".join((error.why, *seen.unread[:2])), f"{error.fix}{part_of(folder)}")
    same = seen.named(asked)
    if same is not None:
        if not same.inner:
            return error
        return KitError(error.what, error.why, f"the data lies one level below: {shown(str(folder / same.inner))} is the folder")
    best = seen.formats[0]
    new = f"an app for it: invoke new NAME --data {shown(str(folder))}"
    setting = f'format = "{best.format}" in [data]'
    fix = f"{setting}, or {new}" if {best.format, asked} <= set(OBJECTS) else new
    return KitError(
        error.what, f"{error.why}; it holds {best.evidence.replace(', as', ' such as', 1)}", f"it looks like {best.format}: {fix}"
    )


def part_of(folder: Path) -> str:
    """What to say where a folder is called as a part of a data set; empty otherwise."""
    if folder.name.lower() not in PARTS and split_word(folder.name) is None:
        return ""
    above = shown(str(folder.resolve().parent))
    return f"; where {shown(folder.name)}/ is a part of a data set, give the folder above it: {above}"


def _coco(tree: FileTree) -> list[Seen]:
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted(with_suffix(tree.files, ".json"), key=lambda name: (name.count("/"), name))[:HEADS]:
        keys = [key for key in COCO_KEYS if key in _ends(tree.folder / file)]
        if len(keys) >= 2:
            found[_before_near(file)].append(file)
    return [
        Seen("coco", inner, f"{_as(files, 'JSON file')} with images, annotations and categories", len(files))
        for inner, files in sorted(found.items(), key=lambda one: (one[0].count("/"), -len(one[1])))[:1]
    ]


def _before_near(file: str) -> str:
    """The data set's folder: that of the file, above annotations/ and folders of splits."""
    parts = list(PurePosixPath(file).parts[:-1])
    while parts and (parts[-1].lower() in ASIDE or split_word(parts[-1]) is not None):
        parts.pop()
    return "/".join(parts)


def _yolo(tree: FileTree, pictures: Sequence[str]) -> list[Seen]:
    stems = {_stem(file) for file in pictures}
    texts = [
        file
        for file in with_suffix(tree.files, ".txt")
        if _stem(file) in stems and NO_LABELS.fullmatch(file.rpartition("/")[2].lower()) is None
    ]
    good, full = [], 0
    for file in _spread(texts):
        first = next((line for line in _head(tree.folder / file, 4096).splitlines() if line.strip()), b"")
        full += bool(first)
        good += [file] if YOLO_LINE.fullmatch(first) else []
    names = [file for file in tree.files if file.rpartition("/")[2].lower() in ("data.yaml", "data.yml", "obj.names")]
    if not texts or len(good) * 2 < full or not (good or names):
        return []
    also = f", and {shown(names[0])}" if names else ""
    return [
        Seen("yolo", "", f"{_as(good or texts, 'label file', len(texts))} of numbers, called as their pictures{also}", len(texts))
    ]


def _voc(tree: FileTree) -> list[Seen]:
    files = with_suffix(tree.files, ".xml")
    good = [file for file in _spread(files) if _is_annotation(_head(tree.folder / file))]
    return [Seen("voc", "", f"{_as(good, 'XML file', len(files))} with <annotation>", len(files))] if good else []


def _is_annotation(head: bytes) -> bool:
    text = head.replace(b"\0", b"")  # of UTF-16
    return b"<annotation>" in text or b"<annotation " in text or b"<object>" in text


def _cat(tree: FileTree) -> list[Seen]:
    files = with_suffix(tree.files, ".cat")
    return [Seen("cat", "", f"{_as(files, '.cat file')} beside pictures", len(files))] if files else []


def _folder(pictures: Sequence[str]) -> list[Seen]:
    """Folders of classes, as far down as all pictures share their folder."""
    inner: list[str] = []
    while True:
        below = [file.split("/")[len(inner) :] for file in pictures]
        tops = Counter(parts[0] for parts in below if len(parts) > 1)
        if len(tops) != 1 or any(len(parts) == 1 for parts in below):
            break
        inner.append(next(iter(tops)))
    if len(tops) > 1 and all(split_word(top) is not None for top in tops):
        tops = Counter(parts[1] for parts in below if len(parts) > 2)
        if len(tops) == 1:  # a folder between the splits and the classes
            tops = Counter(parts[2] for parts in below if len(parts) > 3)
    tops = Counter({name: count for name, count in tops.items() if name.lower() not in ASIDE})
    if len(tops) < 2:
        return []
    listed = ", ".join(f"{shown(name)}/ ({count})" for name, count in tops.most_common(4))
    more = f" and {len(tops) - 4} more" if len(tops) > 4 else ""
    return [Seen("folder", "/".join(inner), f"{len(tops)} folders of pictures: {listed}{more}", sum(tops.values()))]


def _csv(tree: FileTree) -> list[Seen]:
    found: dict[str, list[str]] = defaultdict(list)
    for file in with_suffix(tree.files, ".csv"):
        found["/".join(file.split("/")[:-1])].append(file)
    for inner, files in sorted(found.items(), key=lambda one: (one[0].count("/"), -len(one[1]), one[0]))[:HEADS]:
        good = [file for file in _spread(files) if is_series(_head(tree.folder / file, CSV_BYTES))]
        if good:
            return [Seen("csv", inner, f"{_as(good, 'CSV file', len(files))} with rows of numbers", len(files))]
    return []


def _stem(file: str) -> str:
    """1 of labels/1.txt; a million files: PurePath takes seconds."""
    return file.rpartition("/")[2].rpartition(".")[0]


def _spread(files: Sequence[str]) -> list[str]:
    step = max(1, len(files) // HEADS)
    return list(files[::step][:HEADS])


def _as(files: Sequence[str], noun: str, count: int | None = None) -> str:
    return f"{counted(len(files) if count is None else count, noun)}, as {shown(files[0])},"


def _head(file: Path, count: int = HEAD_BYTES) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(count)
    except OSError:
        return b""


def _ends(file: Path) -> bytes:
    """All of a file of moderate size, else its beginning and end."""
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            if size <= WHOLE_BYTES:
                return opened.read().replace(b"\0", b"")
            head = opened.read(HEAD_BYTES)
            opened.seek(-HEAD_BYTES, 2)
            return head + opened.read()
    except OSError:
        return b""
