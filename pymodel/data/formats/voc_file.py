"""One Pascal VOC XML file, whatever program wrote it."""

from __future__ import annotations

import html
import math
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from appspec.no_text import HEAD, what_it_is
from appspec.text import XML_ENCODING, NotTextError, decode
from pymodel.data.annotations.numbers import number, true
from pymodel.data.source import Floats

DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
AND = re.compile(r"&(?!(?:#\d+|#x[0-9a-fA-F]+|\w+);)")
ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]\w*;")
"""Named characters of HTML, which XML doesn't know."""
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
CORNERS = ("xmin", "ymin", "xmax", "ymax")
NAMES = (CORNERS, ("x", "y", "width", "height"), ("x", "y", "w", "h"), ("xmin", "ymin", "width", "height"))
"""What the numbers of a box are called; all but corners are corner and size."""

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
        mended: whether its XML had to be.
        why: what keeps it from being used.
        fix: what to do about that.
        picture: where its picture lies, once that is known.
    """

    file: str
    filename: str = ""
    size: tuple[float, float] | None = None
    objects: tuple[tuple[str, Floats | None], ...] = ()
    difficult: int = 0
    polygons: int = 0
    mended: bool = False
    why: str = ""
    fix: str = ""
    picture: str | None = None

    def boxes(self, category: str) -> list[Floats | None]:
        """Those of a category."""
        return [box for name, box in self.objects if name == category]


def read_annotation(folder: Path, name: str) -> Annotation | str:
    """A file; what it is in words where it is XML of another kind."""
    path, content = folder / name, b""
    try:
        content = path.read_bytes()
        declared = DECLARED.match(content)
        text = decode(content, path, declared[1].decode("ascii", "replace") if declared else None)
        root, mended = _parsed(XML_ENCODING.sub(r"\1", text.lstrip("\ufeff \r\n\t").rstrip("\0"), count=1))
    except NotTextError as error:
        return Annotation(name, why=f"it is no XML that can be read ({error.why})", fix=error.fix)
    except (OSError, ElementTree.ParseError, ValueError) as error:
        found = str(error) if content.strip() else "it is empty"
        found, fix = what_it_is(content[:HEAD]) or (found, "export it anew, or mend that place")
        return Annotation(name, why=f"it is no XML that can be read ({found})", fix=fix)
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
    return Annotation(name, (root.findtext("filename") or "").strip(), size, tuple(objects), difficult, polygons, mended)


def _parsed(text: str) -> tuple[ElementTree.Element, bool]:
    """The root, names in lower case and without their namespace; whether the text had to be mended for it.

    Raises:
        ElementTree.ParseError: it is no XML.
    """
    try:
        root, mended = ElementTree.fromstring(text), False
    except ElementTree.ParseError:  # programs that write XML by hand leave & and control characters as they are
        plain = CONTROL.sub(" ", AND.sub("&amp;", ENTITY.sub(lambda found: html.unescape(found[0]), text)))
        if plain == text:
            raise
        root, mended = ElementTree.fromstring(plain), True
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2].lower()
    return root, mended


def _box(entry: ElementTree.Element) -> Floats | None:
    """Corners; also as attributes, as corner and size under names of their own, as a turned box's (roLabelImg)."""
    box = entry.find("bndbox")
    turned = entry.find("robndbox")
    if box is not None:
        held = {**{key.lower(): value for key, value in box.attrib.items()}, **{child.tag: child.text for child in box}}
        for names in NAMES:
            values = [number(held.get(name)) for name in names]
            if None not in values:
                x0, y0, x1, y1 = (value or 0.0 for value in values)
                return np.array([x0, y0, x1, y1] if names is CORNERS else [x0, y0, x0 + x1 - 1, y0 + y1 - 1], np.float32)
        return None
    if turned is not None:
        values = [number(turned.findtext(name)) for name in ("cx", "cy", "w", "h", "angle")]
        if None not in values:
            x, y, w, h, angle = (value or 0.0 for value in values)
            c, s = abs(math.cos(angle)), abs(math.sin(angle))
            half = np.array([w * c + h * s, w * s + h * c]) / 2
            return np.array([x - half[0], y - half[1], x + half[0], y + half[1]], np.float32)
    return None


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
