"""Many drawn pictures, written as a data set in one of the layouts that the readers know."""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pymodel.synthetic.subject import SyntheticImage, find_subject

BATCH = 40
"""Pictures a worker draws before it reports."""


def draw_dataset(
    folder: Path,
    subject: str,
    layout: str,
    count: int,
    seed: int,
    workers: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Writes `count` pictures; picture i follows from (seed, i) alone.

    Args:
        subject: "cats", "pointing_hands" or "pets": what find_subject finds.
        layout: "cat", "coco", "voc" or "folder".
        workers: processes; 0: one for each core.
        on_progress: (done, total).
    """
    parts = [(str(folder), subject, layout, seed, start, min(count, start + BATCH)) for start in range(0, count, BATCH)]
    workers = min(workers or os.cpu_count() or 1, len(parts))
    done, rows = 0, []
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _end_with_parent) as pool:
        for drawn in pool.map(_draw_part, parts):
            rows += drawn
            done += len(drawn)
            if on_progress:
                on_progress(done, count)
    if layout == "coco":
        _write_coco(folder, subject, rows)
    if layout == "folder":
        _write_boxes(folder, rows)


def draw_subject(subject: str, rng: np.random.Generator, i: int, size: tuple[int, int] | None = None) -> SyntheticImage:
    """One drawing of "cats", "pointing_hands" or "pets"; i chooses the class where there are several.

    Args:
        size: width and height, pixels; None: any.
    """
    return find_subject(subject).draw(rng, i, size)


def _end_with_parent() -> None:
    """A worker whose parent was killed would first draw on into what a next run makes, then wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _draw_part(part: tuple[str, str, str, int, int, int]) -> list[dict[str, Any]]:
    folder, subject, layout, seed, start, end = part
    cv2.setNumThreads(1)
    rows = []
    for i in range(start, end):
        rng = np.random.default_rng((seed, i))
        drawn = draw_subject(subject, rng, i)
        quality = int(rng.integers(45, 96))
        path = Path(folder) / (f"{drawn.label}/{i:08}.jpg" if layout == "folder" else f"{i:08}_000.jpg")
        path.parent.mkdir(parents=True, exist_ok=True)
        _, content = cv2.imencode(".jpg", drawn.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        path.write_bytes(content.tobytes())
        rows.append(_row(i, path.relative_to(folder).as_posix(), drawn))
        if layout == "cat":
            numbers = " ".join(f"{value:g}" for value in drawn.points.round(1).ravel())
            path.with_name(f"{path.name}.cat").write_text(f"{len(drawn.points)} {numbers} \n", encoding="ascii")
        if layout == "voc":
            path.with_suffix(".xml").write_text(_voc(path.name, drawn), encoding="utf-8")
    return rows


def _row(i: int, name: str, drawn: SyntheticImage) -> dict[str, Any]:
    height, width = drawn.image.shape[:2]
    x0, y0, x1, y1 = (round(float(value), 1) for value in drawn.box)
    triples = [
        value
        for (x, y), v in zip(drawn.points.round(1), drawn.visible, strict=True)
        for value in ((float(x), float(y), int(v)) if v else (0, 0, 0))
    ]
    image = {"id": i, "file_name": name, "width": width, "height": height}
    box = [x0, y0, round(x1 - x0, 1), round(y1 - y0, 1)]
    known = {"keypoints": triples, "num_keypoints": int((drawn.visible > 0).sum())} if len(drawn.points) else {}
    annotation = {"id": i, "image_id": i, "category_id": 1, "bbox": box, "area": round(box[2] * box[3], 1), "iscrowd": 0}
    return {"image": image, "annotation": annotation | known}


def _write_coco(folder: Path, subject: str, rows: list[dict[str, Any]]) -> None:
    found = find_subject(subject)
    category = {"id": 1, "name": found.category, "keypoints": list(found.points)}
    document = {
        "images": [row["image"] for row in rows],
        "annotations": [row["annotation"] for row in rows],
        "categories": [category],
    }
    (folder / "annotations.json").write_text(json.dumps(document), encoding="utf-8")


def _write_boxes(folder: Path, rows: list[dict[str, Any]]) -> None:
    lines = ["file,x0,y0,x1,y1"]
    for row in rows:
        x, y, width, height = row["annotation"]["bbox"]
        lines.append(f"{row['image']['file_name']},{x},{y},{round(x + width, 1)},{round(y + height, 1)}")
    (folder / "boxes.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _voc(name: str, drawn: SyntheticImage) -> str:
    height, width = drawn.image.shape[:2]
    x0, y0, x1, y1 = (round(float(value)) for value in drawn.box)
    box = f"<xmin>{x0 + 1}</xmin><ymin>{y0 + 1}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax>"
    size = f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>"
    found = f"<object><name>{drawn.label}</name><difficult>0</difficult><bndbox>{box}</bndbox></object>"
    return f"<annotation><filename>{name}</filename>{size}{found}</annotation>\n"
