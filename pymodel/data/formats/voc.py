"""Reads Pascal VOC annotations: one XML an image, with its objects' boxes.

Format: Everingham et al., The Pascal Visual Object Classes Challenge, 2010. Pixels count from 1 and both ends belong to
the box; objects marked difficult are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from appspec.errors import KitError
from appspec.file_tree import FileTree, read_tree, with_suffix
from appspec.spec import Data
from appspec.text import NotTextError, decode, read_text
from pymodel.data.annotations.boxes import are_shares, upright_corners
from pymodel.data.annotations.frames import Annotated, Frames, choose_frames
from pymodel.data.annotations.given_splits import completed, given_by_folder, is_split, split_word
from pymodel.data.annotations.numbers import number, true
from pymodel.data.examples import split_of
from pymodel.data.images import SUFFIXES, NothingShownError, RgbImage, UnreadableImageError, read_image, read_size
from pymodel.data.lookup import Lookup
from pymodel.data.remarks import Remarks
from pymodel.data.source import AmbiguousDataError, Category, Floats, Instance, Source, SplitName, check_instance, check_size

DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
ENCODING = re.compile(r"""(<\?xml[^>]*?)\s+encoding\s*=\s*["'][^"']*["']""")
CORNERS = ("xmin", "ymin", "xmax", "ymax")


@dataclass(frozen=True)
class _Annotation:
    """An XML in numbers: boxes of each category, as the file has them; None where one has no four numbers.

    Attributes:
        filename: the picture that it names.
        why: what keeps it from being used.
    """

    file: str
    filename: str
    size: tuple[float, float] | None
    objects: tuple[tuple[str, Floats | None], ...]
    difficult: int
    why: str = ""
    picture: str | None = None


def open_folder(folder: Path, data: Data) -> Source:
    """All XML files below a folder.

    Raises:
        KitError: there are none, or they hold several categories and [data] names none.
    """
    tree, remarks = read_tree(folder), Remarks()
    names = with_suffix(tree.files, ".xml")
    if not names:
        raise KitError(
            f"There is no data in {folder}",
            "it holds no .xml file (Pascal VOC has one an image, often in a folder Annotations/)",
            "set path in [data] of app.toml, or --data, to the folder that holds them",
        )
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda name: _parse(folder / name, name), names))
    for one in found:
        if one is None:
            remarks.add("passed over: .xml files that are no annotations", names[found.index(one)])
    annotations = _placed([one for one in found if one is not None], tree, data, remarks)
    category = _category(folder, annotations, data, remarks)
    shares = _shares(annotations, category, remarks)
    frames = choose_frames(
        folder, [] if shares else [_annotated(one, category) for one in annotations if one.picture], data, remarks
    )
    known = {one.file: one for one in annotations}
    splits, notes = _splits(folder, tree, annotations, data)

    def read(file: str) -> tuple[str, tuple[Instance, ...], RgbImage]:
        return _read(folder, known[file], category, shares, frames, remarks)

    return Source(folder, tuple(known), read, classes=(category,), splits=splits, notes=(*tree.notes(), *notes), remarks=remarks)


def categories(folder: Path, data: Data) -> list[Category]:
    """All names of objects."""
    names = with_suffix(read_tree(folder).files, ".xml")
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda name: _parse(folder / name, name), names))
    counts = Counter(name for one in found if one is not None for name, _ in one.objects if name)
    return [Category(name, count) for name, count in counts.items()]


def _parse(path: Path, name: str) -> _Annotation | None:
    """None where the file is XML of another kind."""
    nothing = _Annotation(name, "", None, (), 0)
    try:
        content = path.read_bytes()
        declared = DECLARED.match(content)
        text = decode(content, path, declared[1].decode("ascii", "replace") if declared else None)
        root = ElementTree.fromstring(ENCODING.sub(r"\1", text.lstrip("\ufeff \r\n\t").rstrip("\0"), count=1))
    except (OSError, NotTextError, ElementTree.ParseError, ValueError) as error:
        why = error.why if isinstance(error, NotTextError) else str(error)
        return _Annotation(name, "", None, (), 0, f"it is no XML that can be read ({why})")
    entries = list(root.iter("object"))
    if root.tag != "annotation" and not entries:
        return None
    size = number(root.findtext("size/width")), number(root.findtext("size/height"))
    objects, difficult = [], 0
    for entry in entries:
        if true((entry.findtext("difficult") or "0").strip()):
            difficult += 1
            continue
        values = [number(entry.findtext(f"bndbox/{key}")) for key in CORNERS]
        box = None if None in values else np.array(values, np.float32)
        objects.append(((entry.findtext("name") or "").strip(), box))
    declared_size = (size[0], size[1]) if size[0] and size[1] and size[0] > 0 and size[1] > 0 else None
    return _Annotation(name, (root.findtext("filename") or "").strip(), declared_size, tuple(objects), difficult, nothing.why)


def _placed(annotations: list[_Annotation], tree: FileTree, data: Data, remarks: Remarks) -> list[_Annotation]:
    """Each with its picture: the one that <filename> names, or the one of the XML's own stem, whichever fits them all.

    Raises:
        AmbiguousDataError: both fit, and differ.
    """
    lookup = Lookup(file for file in tree.files if Path(file).suffix.lower() in SUFFIXES)
    named = {
        one.file: _nearest(lookup.find(one.filename) or lookup.find_stem(one.filename), one.file)
        for one in annotations
        if one.filename
    }
    alike = {one.file: _nearest(lookup.find_stem(f"{one.file[:-4]}.jpg"), one.file) for one in annotations if not one.why}
    differ = [
        one
        for one in annotations
        if len(named.get(one.file, ())) == 1 == len(alike.get(one.file, ())) and named[one.file] != alike[one.file]
    ]
    first, second, what = named, alike, ""
    if differ:
        fits = {"filename": _is_one_to_one(named, annotations), "stem": _is_one_to_one(alike, annotations)}
        wanted = data.match or (None if fits["filename"] == fits["stem"] else "filename" if fits["filename"] else "stem")
        if wanted is None:
            one = differ[0]
            raise AmbiguousDataError(
                "Which picture does an annotation mean?",
                f"{one.file} names {one.filename}, and {alike[one.file][0]} is called as the file itself; {len(differ)} are so",
                'match = "filename" or match = "stem" in [data] of app.toml; invoke data.inspect draws both',
                {f'match = "{way}"': data.model_copy(update={"match": way}) for way in ("filename", "stem")},
            )
        if wanted == "stem":
            first, second = alike, named
            what = "annotations whose <filename> is stale, their own names count"
        else:
            what = "annotations that are called as another picture than the one that they name; <filename> counts"
        for one in differ:
            remarks.add(what, one.file)
    placed = []
    for one in annotations:
        found = first.get(one.file) or second.get(one.file) or ()
        if differ and what and second is named and not alike.get(one.file):
            found = ()
        why = one.why or (
            ""
            if len(found) == 1
            else f"its image {one.filename or Path(one.file).stem} is missing"
            if not found
            else f"its image {one.filename} could be {len(found)} files in different folders"
        )
        picture = found[0] if len(found) == 1 else None
        placed.append(_Annotation(one.file, one.filename, one.size, one.objects, one.difficult, why, picture))
    return placed


def _nearest(found: tuple[str, ...], annotation: str) -> tuple[str, ...]:
    """Of several pictures of one name the one in the annotation's own folder."""
    here = tuple(file for file in found if file.rpartition("/")[0] == annotation.rpartition("/")[0])
    return here if len(here) == 1 else found


def _is_one_to_one(pictures: Mapping[str, tuple[str, ...]], annotations: Sequence[_Annotation]) -> bool:
    whole = [one.file for one in annotations if not one.why]
    found = [pictures.get(file, ()) for file in whole]
    return all(len(one) == 1 for one in found) and len({one[0] for one in found}) == len(found)


def _category(folder: Path, annotations: Sequence[_Annotation], data: Data, remarks: Remarks) -> str:
    counts = Counter(name for one in annotations for name, _ in one.objects if name)
    chosen = data.category or (next(iter(counts)) if len(counts) == 1 else None)
    if chosen is not None and chosen not in counts:
        alike = [name for name in counts if name.casefold() == chosen.casefold().strip()]
        broken = all(one.why for one in annotations)  # told when they are read
        chosen = alike[0] if len(alike) == 1 else chosen if broken else None
    if chosen is None:
        unread = next((one for one in annotations if one.why), None)
        why = f"its files hold {', '.join(name for name, _ in counts.most_common(20)) or 'no object'}"
        raise KitError(
            f"{folder}: which category?" if data.category is None else f"{folder} has no category {data.category!r}",
            why + (f"; {unread.file}: {unread.why}" if unread and not counts else ""),
            "set category in [data] of app.toml to one of them",
        )
    for one in annotations:
        if one.difficult:
            remarks.add("left out: objects marked difficult, in annotations", one.file)
        others = sorted({name for name, _ in one.objects} - {chosen})
        if others:
            remarks.add("passed over: objects of other categories, in annotations", one.file)
    return chosen


def _shares(annotations: Sequence[_Annotation], category: str, remarks: Remarks) -> bool:
    rows = [(box, one) for one in annotations for name, box in one.objects if name == category and box is not None]
    if not rows or not are_shares(
        np.stack([box for box, _ in rows]), np.array([one.size or (np.nan, np.nan) for _, one in rows])
    ):
        return False
    remarks.add("boxes are shares of the picture, not pixels; taken so", rows[0][1].file)
    return True


def _annotated(one: _Annotation, category: str) -> Annotated:
    boxes = [box.reshape(2, 2) for name, box in one.objects if name == category and box is not None]
    return Annotated(one.picture or "", one.size, np.concatenate(boxes) if boxes else np.zeros((0, 2), np.float32))


def _splits(
    folder: Path, tree: FileTree, annotations: Sequence[_Annotation], data: Data
) -> tuple[dict[str, SplitName] | None, list[str]]:
    """From ImageSets/Main/train.txt and its like, else from folders."""
    pictures = [one.picture for one in annotations if one.picture]
    lists = [file for file in with_suffix(tree.files, ".txt") if "imagesets/" in file.lower() and split_word(Path(file).stem)]
    if lists and data.split.given is not False:
        lookup, found = Lookup(pictures), dict[str, SplitName]()
        for file in lists:
            for word in (line.split()[0] for line in read_text(folder / file).splitlines() if line.strip()):
                for picture in lookup.find_stem(f"{word}.jpg"):
                    found.setdefault(picture, split_word(Path(file).stem) or "train")
        if set(pictures) <= set(found) and is_split(found):
            splits, line = completed(found, lambda file: split_of(file, data))
            return splits, [f"{line}, in {lists[0].rpartition('/')[0]}"]
    return given_by_folder(pictures, data)


def _read(
    folder: Path, one: _Annotation, category: str, shares: bool, frames: Frames, remarks: Remarks
) -> tuple[str, tuple[Instance, ...], RgbImage]:
    if one.why or one.picture is None:
        raise UnreadableImageError(one.why)
    path = folder / one.picture
    image = read_image(path, remarks, one.picture)
    check_size(image)
    boxes = [box for name, box in one.objects if name == category]
    if not boxes:
        raise NothingShownError(f"it holds no {category}")
    if any(box is None for box in boxes):
        raise UnreadableImageError("an object has no bndbox of four numbers")
    size = read_size(path)
    instances = []
    for box in boxes:
        corners = upright_corners(box if box is not None else np.zeros(4, np.float32), one.file, remarks)
        if shares:
            pixels = corners * np.array([image.shape[1], image.shape[0]] * 2, np.float32)
        else:
            first = (corners - np.array([1, 1, 0, 0], np.float32)).reshape(2, 2)
            moved = first if size is None else frames.to_picture(first, one.size, size, one.file)
            pixels = np.concatenate([moved.min(0), moved.max(0)])
        instances.append(Instance(np.zeros((0, 2), np.float32), pixels.astype(np.float32)))
        check_instance(instances[-1], (), image)
    return one.picture, tuple(instances), image
