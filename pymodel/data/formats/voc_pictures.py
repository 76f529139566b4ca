"""Which picture a VOC annotation means: the one that its <filename> names, or the one that is called as itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.file_tree import shown
from pymodel.data.formats.voc_file import Annotation
from pymodel.data.lookup import Lookup, nearest
from pymodel.data.remarks import Remarks
from pymodel.data.source import AmbiguousDataError

Found = Mapping[str, tuple[str, ...]]
"""Annotation file → pictures that it can mean."""


def place(annotations: Sequence[Annotation], pictures: Sequence[str], data: Data, remarks: Remarks) -> list[Annotation]:
    """Each with its picture; of several that say the same of one picture, the first.

    Raises:
        AmbiguousDataError: <filename> and the file's own name mean different pictures, and both fit them all.
        KitError: two annotations mean one picture, and differ.
    """
    lookup = Lookup(pictures)
    named = {
        one.file: nearest(lookup.find(one.filename) or lookup.find_stem(one.filename), one.file)
        for one in annotations
        if one.filename
    }
    alike = {
        one.file: nearest(lookup.find(one.file[:-4]) or lookup.find_stem(f"{one.file[:-4]}.jpg"), one.file)  # also of 1.jpg.xml
        for one in annotations
        if not one.why
    }
    differ = [one for one in annotations if _contradict(named.get(one.file, ()), alike.get(one.file, ()))]
    ways = [named, alike]
    if differ:
        way = data.match or _fitting(named, alike, annotations)
        if way is None:
            raise _ambiguous(differ, alike, data)
        ways = [named if way == "filename" else alike]
        for one in differ:
            remarks.add(
                "annotations that are called as another picture than the one that they name; <filename> counts"
                if way == "filename"
                else "annotations whose <filename> is stale, their own names count",
                one.file,
            )
    return _once([_placed(one, [way.get(one.file, ()) for way in ways]) for one in annotations], remarks)


def _placed(one: Annotation, ways: Sequence[tuple[str, ...]]) -> Annotation:
    certain = next((found for found in ways if len(found) == 1), None)
    if one.why or certain is not None:
        return replace(one, picture=certain[0] if certain is not None and not one.why else None)
    name = one.filename or Path(one.file).stem
    several = next((found for found in ways if found), ())
    why = f"its image {name} could be {len(several)} files in different folders" if several else f"its image {name} is missing"
    return replace(one, why=why)


def _contradict(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return len(one) == 1 == len(other) and one != other


def _fitting(named: Found, alike: Found, annotations: Sequence[Annotation]) -> str | None:
    """The way that gives each annotation a picture of its own, where the other one doesn't."""
    fits = {"filename": _is_one_to_one(named, annotations), "stem": _is_one_to_one(alike, annotations)}
    return None if fits["filename"] == fits["stem"] else next(way for way, fit in fits.items() if fit)


def _is_one_to_one(pictures: Found, annotations: Sequence[Annotation]) -> bool:
    found = [pictures.get(one.file, ()) for one in annotations if not one.why]
    return all(len(one) == 1 for one in found) and len({one[0] for one in found}) == len(found)


def _ambiguous(differ: Sequence[Annotation], alike: Found, data: Data) -> KitError:
    one = differ[0]
    return AmbiguousDataError(
        "Which picture does an annotation mean?",
        f"{shown(one.file)} names {one.filename}, and {shown(alike[one.file][0])} is called as the file itself; {len(differ)} are so",
        'match = "filename" or match = "stem" in [data] of app.toml',
        {f'match = "{way}"': data.model_copy(update={"match": way}) for way in ("filename", "stem")},
    )


def _once(annotations: list[Annotation], remarks: Remarks) -> list[Annotation]:
    of_picture: dict[str, list[Annotation]] = defaultdict(list)
    for one in annotations:
        if one.picture is not None:
            of_picture[one.picture].append(one)
    dropped: set[str] = set()
    for picture, found in of_picture.items():
        for other in found[1:]:
            if not _same(found[0], other):
                raise KitError(
                    f"{shown(picture)} is annotated twice",
                    f"{shown(found[0].file)} and {shown(other.file)} name it as their image, and differ",
                    "remove one of them",
                )
            remarks.add("passed over: annotations that say the same as another of their picture", other.file)
            dropped.add(other.file)
    return [one for one in annotations if one.file not in dropped]


def _same(one: Annotation, other: Annotation) -> bool:
    return len(one.objects) == len(other.objects) and all(
        name == again and (box is box_again or (box is not None and box_again is not None and np.array_equal(box, box_again)))
        for (name, box), (again, box_again) in zip(one.objects, other.objects, strict=True)
    )
