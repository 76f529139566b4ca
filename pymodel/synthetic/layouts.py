"""How drawings are laid out on disk: as the data sets `cat`, `coco`, `voc` and `folder` that our readers read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from pymodel.synthetic.subject import Subject, SyntheticImage


@dataclass(frozen=True)
class Entry:
    """One picture of a data set, as its index files name it.

    Attributes:
        file: below the data set's folder, with forward slashes.
        box_xywh: left, top, width and height, pixels.
        keypoints: x, y and visibility of each point, one after another, as in COCO; zeros for a point that is not there.
    """

    number: int
    file: str
    width: int
    height: int
    box_xywh: tuple[float, float, float, float]
    keypoints: tuple[float, ...]


def write_picture(folder: Path, layout: str, number: int, drawing: SyntheticImage, quality: int) -> Entry:
    """Writes a JPEG, and the file that belongs to it alone where the layout has one.

    Args:
        quality: of the JPEG, 0–100.
    """
    path = folder / (f"{drawing.label}/{number:08}.jpg" if layout == "folder" else f"{number:08}_000.jpg")
    path.parent.mkdir(parents=True, exist_ok=True)
    _, content = cv2.imencode(".jpg", drawing.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    path.write_bytes(content.tobytes())
    if layout == "cat":
        numbers = " ".join(f"{value:g}" for value in drawing.points.round(1).ravel())
        path.with_name(f"{path.name}.cat").write_text(f"{len(drawing.points)} {numbers} \n", encoding="ascii")
    if layout == "voc":
        path.with_suffix(".xml").write_text(_voc_xml(path.name, drawing), encoding="utf-8")
    height, width = drawing.image.shape[:2]
    x0, y0, x1, y1 = (round(float(value), 1) for value in drawing.box)
    keypoints = tuple(
        value
        for (x, y), visible in zip(drawing.points.round(1), drawing.visible, strict=True)
        for value in ((float(x), float(y), int(visible)) if visible else (0, 0, 0))
    )
    box_xywh = x0, y0, round(x1 - x0, 1), round(y1 - y0, 1)
    return Entry(number, path.relative_to(folder).as_posix(), width, height, box_xywh, keypoints)


def write_index(folder: Path, layout: str, subject: Subject, entries: Sequence[Entry]) -> None:
    """Writes the file that lists all pictures, where the layout has one."""
    if layout == "coco":
        category = {"id": 1, "name": subject.category, "keypoints": list(subject.points)}
        document = {
            "images": [
                {"id": entry.number, "file_name": entry.file, "width": entry.width, "height": entry.height} for entry in entries
            ],
            "annotations": [_coco_annotation(entry) for entry in entries],
            "categories": [category],
        }
        (folder / "annotations.json").write_text(json.dumps(document), encoding="utf-8")
    if layout == "folder":
        lines = ["file,x0,y0,x1,y1"]
        for entry in entries:
            x, y, width, height = entry.box_xywh
            lines.append(f"{entry.file},{x},{y},{round(x + width, 1)},{round(y + height, 1)}")
        (folder / "boxes.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _coco_annotation(entry: Entry) -> dict[str, object]:
    _, _, width, height = entry.box_xywh
    annotation: dict[str, object] = {
        "id": entry.number,
        "image_id": entry.number,
        "category_id": 1,
        "bbox": entry.box_xywh,
        "area": round(width * height, 1),
        "iscrowd": 0,
    }
    if entry.keypoints:
        visible = sum(flag > 0 for flag in entry.keypoints[2::3])
        annotation |= {"keypoints": entry.keypoints, "num_keypoints": visible}
    return annotation


def _voc_xml(name: str, drawing: SyntheticImage) -> str:
    height, width = drawing.image.shape[:2]
    x0, y0, x1, y1 = (round(float(value)) for value in drawing.box)
    box = f"<xmin>{x0 + 1}</xmin><ymin>{y0 + 1}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax>"
    size = f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>"
    found = f"<object><name>{drawing.label}</name><difficult>0</difficult><bndbox>{box}</bndbox></object>"
    return f"<annotation><filename>{name}</filename>{size}{found}</annotation>\n"
