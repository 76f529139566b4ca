"""Which files of a folder are COCO annotations; what else lies there is told as what it is."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.file_tree import shown, with_suffix
from appspec.no_text import HEAD, what_it_is
from appspec.text import read_text
from pymodel.data.copies import without_copies
from pymodel.data.remarks import Remarks
from pymodel.data.splits import SplitName, split_in_stem, split_word

Json = dict[str, Any]
KEYS = ("images", "annotations", "categories")

FOREIGN = (
    ("labelme's", ("shapes", "imagePath"), "convert them with labelme2coco"),
    ("a project of VGG Image Annotator", ("_via_img_metadata",), "in VIA: Annotation > Export Annotations (COCO format)"),
    ("an export of VGG Image Annotator", ("regions", "filename"), "in VIA: Annotation > Export Annotations (COCO format)"),
    ("Label Studio's own", ("data", "annotations"), "in Label Studio: Export > COCO"),
    ("Supervisely's", ("objects", "size"), "export them as COCO"),
    ("Datumaro's", ("items", "categories"), "export them as COCO"),
    ("Create ML's", ("image", "annotations"), "export them as COCO"),
    ("results of a detector", ("image_id", "bbox"), "give the file with images, annotations and categories that they belong to"),
)
"""Programs' own JSON: what it is, keys that tell it, what to do."""


def find_documents(folder: Path, files: Sequence[str], data: Data, remarks: Remarks) -> list[tuple[str, Json]]:
    """The annotation files to read, with their content: those that are named, the only one, or one for each split.

    Raises:
        KitError: there is none, or which of several counts is not clear.
    """
    candidates = with_suffix(files, ".json")
    if data.annotations:
        wanted = data.annotations.replace("\\", "/").removeprefix("./")
        named = [file for file in candidates if fnmatch.fnmatchcase(file, wanted)]
        if not named:
            found = f"; it holds {', '.join(map(shown, candidates[:5]))}" if candidates else ""
            raise KitError(
                f"There is no {folder / data.annotations}",
                f"annotations of [data] names it{found}",
                "mend the name, or the folder",
            )
        return [(file, coco_document(folder, file)) for file in named]
    near = without_copies(folder, [file for file in candidates if _is_near(file)], remarks)
    documents, errors = {}, {}
    for file in near:
        try:
            documents[file] = coco_document(folder, file)
        except KitError as error:
            errors[file] = error
    if not documents:
        raise next(iter(errors.values())) if errors else _nothing(folder, candidates)
    for file in errors:
        remarks.add("passed over: .json files that are no COCO annotations", file)
    if len(documents) > 1:
        splits = [given_split(file) for file in documents]
        if None in splits or len(set(splits)) < len(splits) or "train" not in splits:
            raise KitError(
                f"There are {len(documents)} annotation files in {folder}",
                ", ".join(shown(file) for file in list(documents)[:5]),
                f'name one of them as annotations in [data] of app.toml, as annotations = "{shown(min(documents, key=len))}", '
                'or several, as annotations/instances_*.json; all of them together: annotations = "*.json"',
            )
    return list(documents.items())


def given_split(file: str) -> SplitName | None:
    """What the name or folder of an annotation file says."""
    words = [split for part in PurePosixPath(file).parts[:-1] if (split := split_word(part)) is not None]
    return words[0] if words else split_in_stem(file)


def coco_document(folder: Path, name: str) -> Json:
    """A whole file, with the three lists that COCO has.

    Raises:
        KitError: it has not; names the program whose file it seems to be.
    """
    document = _unwrapped(read_json(folder / name))
    if isinstance(document, dict):
        for key in KEYS:
            if isinstance(document.get(key), dict):  # by id, in place of a list
                document[key] = [_with_id(id, row) for id, row in document[key].items()]
        if all(isinstance(document.get(key), list) for key in KEYS):
            return document
    title = f"{shown(name)} is no COCO annotation file"
    if isinstance(document, dict) and any(key in document for key in KEYS) and not {"data", "items"} & set(document):
        missing = next(key for key in KEYS if not isinstance(document.get(key), list))
        found = (
            "null" if missing in document and document[missing] is None else "another value" if missing in document else "nothing"
        )
        raise KitError(title, f"it has no list {missing!r} (found {found})", "give one with images, annotations and categories")
    kind = _foreign(document)
    if kind is not None:
        raise KitError(title, f"it is {kind[0]} JSON" if kind[0].endswith("s") else f"it is {kind[0]}", kind[1])
    raise KitError(title, f"it has no list {KEYS[0]!r}", "give one with images, annotations and categories")


NO_JSON = (
    (
        re.compile(r"\s*[\[({]*\s*\{\s*'"),
        "Python wrote it by str() or print()",
        "write it by json.dump(document, file)",
    ),
    (
        re.compile(r"\s*\{[^\n]*\}[ \t]*\r?\n\s*\{"),
        "each line is one of its own (JSON Lines)",
        "write one document with the lists images, annotations and categories, as COCO's",
    ),
    (re.compile(r"\s*(?://|/\*|#)"), "it begins with a comment", "take the comments out: JSON has none"),
)
"""What people's files are instead, and what helps."""


def read_json(file: Path) -> Any:
    """What a file holds.

    Raises:
        KitError: it is no JSON; says where, and what it seems to be.
    """
    text = read_text(file)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise KitError(f"Can't read {shown(str(file))}", "it is nested too deeply", "give a COCO annotation file") from error
    except json.JSONDecodeError as error:
        why, fix = f"it is no JSON: {error}", "mend that place, or export it anew"
        if not text.strip("\0 \r\n\t"):
            why, fix = "it is empty", "export it anew, or copy it again"
        elif error.pos >= len(text.rstrip()) or not text.rstrip().endswith(("}", "]")):
            why, fix = (
                f"it is no JSON, for it ends in the middle or has something behind it: {error}",
                "export it anew, or copy it again",
            )
        for pattern, what, helps in NO_JSON:
            if pattern.match(text):
                why, fix = f"it is no JSON: {what}", helps
        why, fix = what_it_is(text[:HEAD].encode("utf-8", "replace")) or (why, fix)
        raise KitError(f"Can't read {shown(str(file))}", why, fix) from error
    except ValueError as error:
        raise KitError(f"Can't read {shown(str(file))}", f"it is no JSON: {error}", "give a COCO annotation file") from error


def _unwrapped(document: Any) -> Any:
    """COCO's object also where it is the only one in a list or under a name, or JSON in a text."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except (ValueError, RecursionError):
            return document
    inner = document if isinstance(document, list) else list(document.values()) if isinstance(document, dict) else []
    if len(inner) == 1 and isinstance(inner[0], dict) and all(key in inner[0] for key in KEYS):
        return inner[0]
    return document


def _with_id(id: str, row: Any) -> Any:
    """A row that stands under its id."""
    if isinstance(row, str):
        return {"id": id, "name": row}
    return {"id": id, **row} if isinstance(row, dict) else row


def _foreign(document: object) -> tuple[str, str] | None:
    """Whose JSON it is, and what to do; a file of many rows is told by its first."""
    rows = [document]
    if isinstance(document, list):
        rows = document[:1]
    elif isinstance(document, dict):
        rows += list(document.values())[:1]
    for what, keys, do in FOREIGN:
        if any(isinstance(row, dict) and all(key in row for key in keys) for row in rows):
            return what, do
    return None


def _nothing(folder: Path, candidates: Sequence[str]) -> KitError:
    if candidates:
        return KitError(
            f"There is no data in {folder}",
            f"its .json files lie in other folders than COCO's, as {shown(candidates[0])}",
            f'name it as annotations in [data] of app.toml: annotations = "{shown(candidates[0])}"',
        )
    return KitError(
        f"There is no data in {folder}",
        "it holds no *.json with COCO annotations, nor do its folders annotations/, train/, valid/ and test/",
        "set path in [data] of app.toml, or --data, to the folder that holds them; "
        'other annotations are read as format = "yolo" (.txt), "voc" (.xml) or "cat" (.cat)',
    )


def _is_near(file: str) -> bool:
    """In the folder itself, in annotations/, or in a split's folder."""
    parts = PurePosixPath(file).parts[:-1]
    return all(part.lower() in ("annotations", "labels") or split_word(part) is not None for part in parts) and len(parts) < 3
