"""What lies in a data folder that no format reads, and what to do with it."""

from __future__ import annotations

import difflib
import os
import re
import shlex
from collections import Counter
from pathlib import Path

from appspec.errors import KitError
from appspec.file_tree import FileTree, shown
from appspec.words import counted
from pymodel.data.images import SUFFIXES, is_picture

ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".7z", ".rar", ".gz")
VIDEOS = (".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".3gp", ".flv")
TABLES = (".xlsx", ".xls", ".ods", ".parquet", ".feather")
ARRAYS = (".npy", ".npz", ".mat", ".h5", ".hdf5", ".tfrecord", ".tfrecords", ".pkl", ".pickle", ".lmdb")
OTHERS = (".jp2", ".j2k", ".jpx", ".jxl", ".tga", ".ico", ".dcm", ".exr", ".hdr", ".pcx", ".xcf", ".svs", ".fits")
RAW = (".cr2", ".cr3", ".nef", ".arw", ".dng", ".raf", ".orf", ".rw2", ".psd", ".svg", ".pdf")

BEGINNINGS = {
    b"\xff\xd8\xff": "jpg",
    b"\x89PNG": "png",
    b"GIF8": "gif",
    b"II*\0": "tif",
    b"MM\0*": "tif",
}
EXPORTS = {
    "_annotations.txt": "a list of boxes for YOLOv4",
    "_annotations.createml.json": "Create ML's",
    "via_region_data.json": "VGG Image Annotator's",
}
"""What annotations in one file are called that exporters write."""

KINDS = (
    (VIDEOS, "video", "pictures are read, not videos: take frames, as ffmpeg -i FILE -vf fps=2 frames/%05d.jpg, and annotate those"),
    (ARCHIVES, "archive", "unpack it first"),
    (TABLES, "workbook or table", "save it as CSV"),
    (ARRAYS, "file of arrays", "write pictures as files, or a time series as CSV"),
    (OTHERS, "unread picture", "save it as PNG or JPEG"),
    (RAW, "raw or drawn picture", "save it as JPEG or PNG"),
)  # fmt: skip

LISTED, MOST_CLASSES = 50, 50
"""Pictures that a table is looked through for, and classes that names may begin with."""

_ADDRESS = re.compile(r"(?:.*/)?(?:https?|ftp|s3|gs):/")
_CLASS = re.compile(r"label|class|categor|species|breed|target|diagnosis", re.IGNORECASE)
_NUMBERED = re.compile(r"([^\W\d_]+)[ ._\-(]*\d")


def no_folder(folder: Path, wanted: str) -> KitError:
    """The error for data that is no folder: it is missing, or a file.

    Args:
        wanted: what path or --data should name.
    """
    what = f"There is no data in {shown(str(folder))}"
    wanted = f"set path in [data] of app.toml, or --data, to {wanted}"
    if _ADDRESS.match(str(folder).replace(os.sep, "/")):
        return KitError(what, "it is an address, and data is read from a folder", f"download and unpack it first, then {wanted}")
    if not folder.exists() and (strange := _strange_path(str(folder))):
        return KitError(what, strange[0], f"{strange[1]}; {wanted}")
    if not folder.exists():
        near = difflib.get_close_matches(folder.name, _names_in(folder.parent), 3)
        meant = f"; beside it there is {', '.join(map(shown, near))}" if near else ""
        return KitError(what, f"the folder does not exist{meant}", wanted)
    name = folder.name.lower()
    if name.endswith(ARCHIVES):
        how = "unzip" if name.endswith(".zip") else "tar -xf" if ".tar" in name or name.endswith(".tgz") else "unpack"
        return KitError(
            what,
            "it is an archive, and data is read from a folder",
            f"unpack it first: {how} {shlex.quote(folder.name)}; then {wanted}",
        )
    if name.endswith(VIDEOS):
        return KitError(what, "it is a video, and data is read from a folder", KINDS[0][2])
    return KitError(what, "it is a file, not a folder", f"{wanted}; this file lies in {shown(str(folder.parent))}")


def _strange_path(path: str) -> tuple[str, str] | None:
    """What stands in a path that no folder's name holds, and what to do."""
    variable = re.search(r"%\w+%", path)
    if variable:
        return f"{variable[0]} is a variable of Windows, which isn't put in here", "write the whole path, or ~ for your folder"
    if re.search(r"(?:^|/)file:/", path):
        return "it is an address (file:), not a path", "write the path alone, from / on"
    if re.search(r"/\s|\s(?:/|$)", path):
        return "a blank stands at the beginning or the end of a name in the path", "take it away, if it isn't meant"
    return None


def what_to_do(file: str) -> str:
    """The advice for a file of a kind that isn't read; "" where there is none."""
    return next((do for kinds, _, do in KINDS if file.lower().endswith(kinds)), "")


def unread_words(tree: FileTree, pictures: int) -> list[str]:
    """A line for each kind of file that is there and not read."""
    suffixes: Counter[str] = Counter()
    first: dict[str, str] = {}
    for file in tree.files:
        name = file.rpartition("/")[2].lower()
        suffix = name[name.rindex(".") :] if "." in name[1:] else ""
        suffixes[suffix] += 1
        first.setdefault(suffix, file)
    lines = []
    for kinds, noun, do in KINDS:
        count = sum(suffixes[suffix] for suffix in kinds)
        if count:
            example = next(first[suffix] for suffix in kinds if suffixes[suffix])
            lines.append(f"{counted(count, noun)}, as {shown(example)}: {do}")
    labelme = _labelme(tree, first.get(".json"))
    if labelme:
        lines.append(
            f"{counted(suffixes['.json'], 'JSON file')} of LabelMe, as {shown(labelme)}: export them as COCO, VOC or YOLO"
        )
    places = _places(tree, first.get(".csv"))
    if places:
        lines.append(f"{shown(places)} lists places in pictures: convert it to COCO, VOC or YOLO")
    else:
        lines += _told_otherwise(tree, suffixes, first.get(".csv"))
    lines += _misnamed(tree, suffixes, first)
    lines += _exports(tree)
    if not tree.files:
        lines.append("it holds no file")
    elif not pictures and not suffixes[".csv"] and not lines:
        listed = ", ".join(f"{suffix or 'no suffix'} ({count})" for suffix, count in suffixes.most_common(5))
        readable = ", ".join(sorted(suffix[1:] for suffix in SUFFIXES))
        lines.append(f"it holds no picture ({readable}) and no CSV file, but {listed}")
    return lines


def _names_in(folder: Path) -> list[str]:
    try:
        return [one.name for one in folder.iterdir() if one.is_dir()]
    except OSError:
        return []


def _told_otherwise(tree: FileTree, suffixes: Counter[str], table: str | None) -> list[str]:
    """Pictures in one folder whose classes a table lists, or their names begin with: how they come into a folder a class."""
    pictures = [file for file in tree.files if is_picture(file)]
    folders = {file.rpartition("/")[0] for file in pictures}
    if len(folders) != 1 or any(suffixes[suffix] for suffix in (".json", ".xml", ".cat", ".txt")):
        return []
    names = [file.rpartition("/")[2] for file in pictures]
    header, _, rows = _head(tree.folder / table).decode("utf-8", "replace").partition("\n") if table else ("", "", "")
    listed = sum(name.rpartition(".")[0] in rows for name in names[:LISTED])
    if table and _CLASS.search(header) and listed > len(names[:LISTED]) / 2:
        return [
            f"{shown(table)} lists classes of pictures ({header.strip()[:60]}), and they are read from folders: "
            "put each picture into a folder that is called as its class"
        ]
    classes = Counter(found[1] for name in names if (found := _NUMBERED.match(name)))
    if classes.total() == len(names) and 2 <= len(classes) <= MOST_CLASSES and min(classes.values()) > 1:
        some = ", ".join(sorted(classes)[:4])
        how = 'for f in *[0-9]*.*; do c="${f%%[^[:alpha:]]*}"; mkdir -p "$c" && mv "$f" "$c/"; done'
        return [f"the names of pictures begin with {some}: if these are classes, give each a folder, in theirs: {how}"]
    return []


def _misnamed(tree: FileTree, suffixes: Counter[str], first: dict[str, str]) -> list[str]:
    """Pictures by their first bytes that aren't called so: a line for the commonest suffix."""
    for suffix, count in suffixes.most_common(8):
        if suffix in SUFFIXES or any(suffix in kinds for kinds, _, _ in KINDS):
            continue
        head = _head(tree.folder / first[suffix])
        kind = next((kind for mark, kind in BEGINNINGS.items() if head.startswith(mark)), None)
        if kind is not None:
            how = (
                f'for f in *{suffix}; do mv "$f" "${{f%{suffix}}}.{kind}"; done'
                if suffix.strip(".")
                else f'for f in *; do mv "$f" "$f.{kind}"; done'
            )
            ends, has, begin = ("ends", "has", "begins") if count == 1 else ("end", "have", "begin")
            called = f"{ends} in {suffix}" if suffix else f"{has} no suffix"
            return [
                f"{counted(count, 'file')} {called}, and {begin} as .{kind} does, as {shown(first[suffix])}: rename them, in their folder: {how}"
            ]
    return []


def _exports(tree: FileTree) -> list[str]:
    """Annotations in one file that no format reads."""
    lines = []
    for file in tree.files:
        name = file.rpartition("/")[2].lower()
        if name in EXPORTS:
            lines.append(f"{shown(file)} is {EXPORTS[name]}: export it as COCO, VOC or YOLO")
        elif name.endswith(".xml") and len(lines) < 1 and b"<annotations" in _head(tree.folder / file)[:2000]:
            lines.append(f"{shown(file)} is an export of CVAT in its own format: export it as COCO, VOC or YOLO")
    return lines[:3]


def _labelme(tree: FileTree, file: str | None) -> str | None:
    return file if file and all(key in _head(tree.folder / file) for key in (b'"shapes"', b'"imagePath"')) else None


def _places(tree: FileTree, file: str | None) -> str | None:
    first = _head(tree.folder / file).splitlines()[:1] if file and not file.endswith("boxes.csv") else []
    return file if first and b"xmin" in first[0].lower() else None


def _head(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(1 << 16)
    except OSError:
        return b""
