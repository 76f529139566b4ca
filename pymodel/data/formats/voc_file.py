"""One Pascal VOC XML file, whatever program wrote it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from appspec.text import NotTextError, decode
from pymodel.data.annotations.numbers import number, true
from pymodel.data.source import Floats

DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
ENCODING = re.compile(r"""(<\?xml[^>]*?)\s+encoding\s*=\s*["'][^"']*["']""")
CORNERS = ("xmin", "ymin", "xmax", "ymax")

FOREIGN = {
    "annotations": "an export of CVAT in its own format; export it as Pascal VOC",
    "dataset": "dlib's; it is not read",
    "project": "a project file of an editor",
}
"""Root elements of XML that is no VOC annotation, and what it is."""


@dataclass(frozen=True)
class Annotation:
    """An XML in numbers.

    Attributes:
        file: relative to the data folder.
        filename: the picture that it names.
        size: width and height that it declares.
        objects: category and box of each, as the file has it; None where it has no four numbers.
        difficult: objects that are marked so, and are not in `objects`.
        polygons: how many boxes are those of polygons.
        why: what keeps it from being used.
        picture: where its picture lies, once that is known.
    """

    file: str
    filename: str = ""
    size: tuple[float, float] | None = None
    objects: tuple[tuple[str, Floats | None], ...] = ()
    difficult: int = 0
    polygons: int = 0
    why: str = ""
    picture: str | None = None

    def boxes(self, category: str) -> list[Floats | None]:
        """Those of a category."""
        return [box for name, box in self.objects if name == category]


def read_annotation(folder: Path, name: str) -> Annotation | str:
    """A file; what it is in words where it is XML of another kind."""
    path = folder / name
    try:
        content = path.read_bytes()
        declared = DECLARED.match(content)
        text = decode(content, path, declared[1].decode("ascii", "replace") if declared else None)
        root = ElementTree.fromstring(ENCODING.sub(r"\1", text.lstrip("\ufeff \r\n\t").rstrip("\0"), count=1))
    except NotTextError as error:
        return Annotation(name, why=f"it is no XML that can be read ({error.why}; {error.fix})")
    except (OSError, ElementTree.ParseError, ValueError) as error:
        return Annotation(name, why=f"it is no XML that can be read ({error})")
    entries = list(root.iter("object"))
    if root.tag != "annotation" and not entries:
        return FOREIGN.get(root.tag, f"XML with the root <{root.tag[:40]}>")
    width, height = number(root.findtext("size/width")), number(root.findtext("size/height"))
    objects: list[tuple[str, Floats | None]] = []
    difficult = polygons = 0
    for entry in entries:
        if true((entry.findtext("difficult") or "0").strip()):
            difficult += 1
            continue
        box = _box(entry)
        if box is None:
            box = _polygon_box(entry)
            polygons += box is not None
        objects.append(((entry.findtext("name") or "").strip(), box))
    size = (width, height) if width and height and width > 0 and height > 0 else None
    return Annotation(name, (root.findtext("filename") or "").strip(), size, tuple(objects), difficult, polygons)


def _box(entry: ElementTree.Element) -> Floats | None:
    values = [number(entry.findtext(f"bndbox/{key}")) for key in CORNERS]
    return None if None in values else np.array(values, np.float32)


def _polygon_box(entry: ElementTree.Element) -> Floats | None:
    """Of <polygon> with x1, y1, x2 … as Roboflow writes it, or <pt><x/><y/></pt> as LabelMe does."""
    polygon = entry.find("polygon")
    if polygon is None:
        return None
    values: dict[str, list[float]] = {"x": [], "y": []}
    for part in polygon.iter():
        found = number(part.text)
        if found is not None and re.fullmatch(r"[xy]\d*", part.tag):
            values[part.tag[0]].append(found)
    x, y = values["x"], values["y"]
    return np.array([min(x), min(y), max(x), max(y)], np.float32) if len(x) == len(y) >= 3 else None
