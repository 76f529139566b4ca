"""Data damaged at random, bytes, structure and values, gives numbers that can be right or one error in words: never a traceback.

MUTATIONS=2000 tries so many of each format; without it, few.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appspec.data_spec import Data
from appspec.errors import KitError
from pymodel.data.examples import Problem, check_once, check_problems, split_in
from pymodel.data.images import UnreadableImageError
from pymodel.data.source import AmbiguousDataError, open_source
from pymodel.data.splits import SPLITS
from tests.pymodel.formats.kit import coco, encoded, picture, turned, voc, write

COUNT = int(os.environ.get("MUTATIONS", "150"))
SIZE = (40, 32)
NAMES = [f"{i}.jpg" for i in range(4)]
PICTURES: dict[str, bytes | str] = {
    name: turned(6, i, SIZE) if i == 3 else encoded(picture(i, SIZE)) for i, name in enumerate(NAMES)
}


def _coco() -> dict[str, bytes | str]:
    document = coco(4, SIZE)
    document["categories"][0]["keypoints"] = ["tip", "wrist"]
    for i, (image, annotation) in enumerate(zip(document["images"], document["annotations"], strict=True)):
        image["file_name"] = NAMES[i]
        annotation |= {"keypoints": [12, 13, 2, 14, 15, 1], "iscrowd": 0, "segmentation": [[10, 10, 20, 10, 20, 20]]}
    document["annotations"][3]["bbox"] = [5, 20, 20, 18]  # fits the turned picture alone
    document["annotations"][2] |= {"bbox": [], "segmentation": {"size": [32, 40], "counts": [330, 20, *([12, 20] * 4), 802]}}
    return {**PICTURES, "labels.json": json.dumps(document)}


def _voc() -> dict[str, bytes | str]:
    size = "<size><width>40</width><height>32</height></size>"
    xml = {
        f"{i}.xml": '<?xml version="1.0" encoding="utf-8"?>' + voc(name, (5, 20, 20, 38 if i == 3 else 30), size=size)
        for i, name in enumerate(NAMES)
    }
    return {**PICTURES, **xml, "ImageSets/Main/train.txt": "0\n1\n", "ImageSets/Main/val.txt": "2\n3\n"}


def _cat() -> dict[str, bytes | str]:
    return {**PICTURES, **{f"{name}.cat": "9 10 12 20 12 15 20 5 8 8 2 12 6 20 6 24 2 27 8 " for name in NAMES}}


def _yolo() -> dict[str, bytes | str]:
    labels = {f"{i}.txt": "0 0.5 0.5 0.5 0.5 0.4 0.4 2 0.5 0.5 1\n0 0.4 0.4 0.3 0.3 0.4 0.4 2 0 0 0\n" for i in range(4)}
    yaml = "train: .\nnc: 1\nnames: [hand]\nkpt_shape: [2, 3]\nflip_idx: [1, 0]\n"
    return {**PICTURES, **labels, "data.yaml": yaml, "train.txt": "0.jpg\n1.jpg\n", "val.txt": "2.jpg\n3.jpg\n"}


def _folder() -> dict[str, bytes | str]:
    boxes = "file,x0,y0,x1,y1\n" + "".join(f"{'ab'[i % 2]}/{name},4,4,20,20\n" for i, name in enumerate(NAMES))
    return {**{f"{'ab'[i % 2]}/{name}": content for i, (name, content) in enumerate(PICTURES.items())}, "boxes.csv": boxes}


FORMATS: dict[str, Callable[[], dict[str, bytes | str]]] = {
    "coco": _coco,
    "voc": _voc,
    "cat": _cat,
    "yolo": _yolo,
    "folder": _folder,
}

VALUES: list[Any] = [
    None, "", "x", 0, -1, 1e300, -0.0, 2**70, float("nan"), float("inf"), [], {}, [[]], [None], {"a": 1}, True, "1e999", "\ud83d",
    "..", "/", "\n", "\0", "0.jpg", 7, "7", [1, 2, 3, 4], ["1", "2", "x", None], 10**400, "٣", "١,٥",
]  # fmt: skip
WORDS = ["", "nan", "inf", "-1", "1e300", "x", "0", "9999999999999999999999", "\0", "\ud83d", "<", "&", "&x;", "<object/>", "'", '"', ",",
         "]", "{", ":", "- ", "\t", "\ufeff", "é", "0.jpg", "..", "None", "-0", "1_0", "0x1F", "٣", "%s", "%00", "\u2028", "é"]  # fmt: skip


def _parts(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [part for key, one in items for part in _parts(one, (*path, key))]


def _in_structure(text: str, place: int, value: Any, drop: bool) -> str:
    document = json.loads(text)
    paths = _parts(document)
    *above, last = paths[place % len(paths)]
    holder = document
    for key in above:
        holder = holder[key]
    if drop:
        del holder[last]
    else:
        holder[last] = value
    return json.dumps(document)


def _in_words(text: str, place: int, word: str) -> str:
    import re

    words = list(re.finditer(r"[^\s<>,:\[\]{}]+", text))
    if not words:
        return word
    found = words[place % len(words)]
    return text[: found.start()] + word + text[found.end() :]


def _in_bytes(content: bytes, place: int, new: bytes, length: int) -> bytes:
    at = place % (len(content) + 1)
    return content[:at] + new + content[at + length :]


MUTATION = st.tuples(
    st.sampled_from(
        ["structure", "structure", "drop", "words", "words", "bytes", "cut", "rename", "gone", "folder", "link", "copy"]
    ),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.sampled_from(VALUES),
    st.sampled_from(WORDS),
    st.binary(max_size=8),
)


def _damage(folder: Path, mutation: tuple[str, int, int, Any, str, bytes]) -> None:
    kind, which, place, value, word, new = mutation
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    if not files:
        return
    texts = [path for path in files if path.suffix != ".jpg"]
    path = (texts if texts and which % 4 else files)[which % len(texts if texts and which % 4 else files)]
    content = path.read_bytes()
    if kind in ("structure", "drop", "words"):
        text = content.decode("utf-8", "replace")
        try:
            text = _in_structure(text, place, value, kind == "drop") if kind != "words" else _in_words(text, place, word)
        except (ValueError, IndexError, ZeroDivisionError, RecursionError):
            text = _in_words(text, place, word)
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
    elif kind == "bytes":
        path.write_bytes(_in_bytes(content, place, new, which % 9))
    elif kind == "cut":
        path.write_bytes(content[: place % (len(content) + 1)])
    elif kind == "rename":
        path.rename(path.with_name(("x", "test_1", ".a", "0", "a b%20", "train")[place % 6] + path.suffix))
    elif kind == "copy":
        target = folder / ("train", "val", "x", "labels")[place % 4] / f"{'' if which % 2 else 'again '}{path.name}"
        target.parent.mkdir(exist_ok=True)
        if not target.exists():
            shutil.copy(path, target)
    else:
        path.unlink()
        if kind == "folder":
            path.mkdir()
        elif kind == "link":
            path.symlink_to((folder, path, Path("/nowhere"))[place % 3])


def _refused(folder: Path, data: Data) -> KitError | None:
    """The error that a folder ends in; None where something of it is read."""
    try:
        count = _read_all(folder, data)
    except KitError as error:
        return error
    assert count > 0, "silently nothing"
    return None


def _read_all(folder: Path, data: Data) -> int:
    """As training reads: how many pictures can be used."""
    source = open_source(folder, data)
    found, problems = [], []
    for file in source.files:
        try:
            name, instances, image = source.read(file)
        except UnreadableImageError as error:
            problems.append(Problem.of(file, error))
            continue
        assert instances
        for one in instances:
            assert np.isfinite(one.box).all()
            assert len(one.points) == len(source.points)
            assert 0 <= one.label < len(source.classes)
            assert one.box[0] < image.shape[1] * 1.06
        assert split_in(source, name, data) in SPLITS
        found.append(name)
    check_problems(folder, len(found), problems, source.said())
    check_once(folder, found)
    return len(found)


@pytest.mark.parametrize("format", FORMATS)
def test_damaged_data_gives_numbers_or_words(format: str, tmp_path: Path) -> None:
    whole = write(tmp_path / "whole", FORMATS[format]())
    data = Data(format=format, path=".")  # type: ignore[arg-type]
    assert _read_all(whole, data) == len(NAMES)

    @settings(
        max_examples=COUNT, derandomize=True, database=None, deadline=10_000, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )  # fmt: skip
    @given(st.lists(MUTATION, min_size=1, max_size=3))
    def damaged(mutations: list[tuple[str, int, int, Any, str, bytes]]) -> None:
        folder = tmp_path / "damaged"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(whole, folder)
        for mutation in mutations:
            _damage(folder, mutation)
        refused = _refused(folder, data)
        if refused is not None:
            assert refused.fix
            assert "\n" not in refused.what
            for reading in refused.readings.values() if isinstance(refused, AmbiguousDataError) else ():
                open_source(folder, reading)  # the remedy leads on

    damaged()
