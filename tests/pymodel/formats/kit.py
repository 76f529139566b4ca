"""Pictures and annotations for the readers' tests, and what they make of them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from appspec.data_spec import Data
from appspec.file_tree import shown
from pymodel.data.inspection import Inspection, inspect
from pymodel.data.source import open_source

Json = dict[str, Any]
SIZE = (64, 48)


def picture(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """Coarse noise, another for each seed."""
    cells = np.random.default_rng(seed).integers(0, 256, (5, 7, 3), np.uint8)
    return Image.fromarray(cells).resize(size, Image.Resampling.BILINEAR)


def encoded(image: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    """An image file's bytes."""
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def turned(orientation: int, seed: int = 1, size: tuple[int, int] = SIZE) -> bytes:
    """A JPEG that EXIF turns."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(picture(seed, size), exif=exif)


def write(folder: Path, files: Mapping[str, bytes | str]) -> Path:
    """Files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def pictures(names: list[str], size: tuple[int, int] = SIZE) -> dict[str, bytes]:
    """A picture under each name."""
    return {name: encoded(picture(i, size)) for i, name in enumerate(names)}


def coco(count: int = 4, size: tuple[int, int] = SIZE) -> Json:
    """0001.jpg …, each with a hand at 10, 10, 20, 15."""
    return {
        "images": [{"id": i, "file_name": f"{i:04}.jpg", "width": size[0], "height": size[1]} for i in range(1, count + 1)],
        "annotations": [{"id": i, "image_id": i, "category_id": 1, "bbox": [10, 10, 20, 15]} for i in range(1, count + 1)],
        "categories": [{"id": 1, "name": "hand"}],
    }


def coco_folder(folder: Path, document: Json, files: Mapping[str, bytes] | None = None) -> Path:
    """labels.json, and its pictures unless others are given."""
    names = [row["file_name"] for row in document["images"]] if files is None else []
    return write(folder, {**(files or pictures(sorted(set(names)))), "labels.json": json.dumps(document)})


def voc(filename: str, box: tuple[object, ...] = (11, 11, 30, 25), name: str = "dog", size: str = "", more: str = "") -> str:
    """An XML with one object."""
    corners = "".join(f"<{key}>{value}</{key}>" for key, value in zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True))
    return (
        f"<annotation><filename>{filename}</filename>{size}"
        f"<object><name>{name}</name><bndbox>{corners}</bndbox></object>{more}</annotation>"
    )


@dataclass(frozen=True)
class Looked:
    """What data.inspect finds, and the boxes of each picture that can be used."""

    found: Inspection
    boxes: dict[str, list[list[float]]]
    points: dict[str, list[list[list[float]]]]

    def says(self, words: str) -> bool:
        """Whether a note, a finding or a problem has these words."""
        lines = [*self.found.notes, *self.found.findings, *(f"{one.file}: {one.why}" for one in self.found.problems)]
        return any(words in line for line in lines)


def look(folder: Path, format: str, **settings: Any) -> Looked:
    """Inspects a folder; the sheet is drawn beside it."""
    data = Data(format=format, path=".", **settings)  # type: ignore[arg-type]
    found = inspect(folder, data, folder.parent / "sheet.png", 4)
    source = open_source(folder, data)
    left_out = {one.file for one in found.problems}
    boxes, points = {}, {}
    for file in source.files:
        if shown(file) not in left_out:
            name, instances, _ = source.read(file)
            boxes[name] = [[round(float(value), 2) for value in one.box] for one in instances]
            points[name] = [np.round(one.points, 2).tolist() for one in instances]
    return Looked(found, boxes, points)
