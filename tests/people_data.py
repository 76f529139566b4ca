"""Small data sets in each format, drawn by the kit, as a newcomer has them in a folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from appspec.progress import Silent
from pymodel.synthetic.dataset import draw_subject
from pymodel.synthetic.layouts import write_index, write_picture
from pymodel.synthetic.machine.simulate import simulate_machine
from pymodel.synthetic.subject import find_subject

PICTURES = 40


def draw(folder: Path, subject: str, layout: str, count: int = PICTURES) -> Path:
    """Pictures of a subject in one of the kit's own layouts."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = [
        write_picture(folder, layout, i, draw_subject(subject, np.random.default_rng((7, i)), i, (96, 80)), 90)
        for i in range(count)
    ]
    write_index(folder, layout, find_subject(subject), entries)
    return folder


def write_yolo(folder: Path, keypoints: bool, count: int = PICTURES) -> Path:
    """images/ and labels/ with data.yaml, from drawings in COCO's layout."""
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    coco = draw(folder / "coco", "pointing_hands" if keypoints else "cats", "coco", count)
    document = json.loads((coco / "annotations.json").read_text(encoding="utf-8"))
    points = document["categories"][0]["keypoints"]
    for image, one in zip(document["images"], document["annotations"], strict=True):
        size = np.array([image["width"], image["height"]])
        box = np.array(one["bbox"])
        words = [*((box[:2] + box[2:] / 2) / size), *(box[2:] / size)]
        if keypoints:
            for x, y, seen in np.array(one["keypoints"]).reshape(-1, 3):
                words += [x / size[0], y / size[1], int(seen)]
        (coco / image["file_name"]).rename(folder / "images" / image["file_name"])
        text = " ".join(f"{word:g}" for word in words)
        (folder / "labels" / f"{Path(image['file_name']).stem}.txt").write_text(f"0 {text}\n", encoding="utf-8")
    (coco / "annotations.json").unlink()
    coco.rmdir()
    shape = f"kpt_shape: [{len(points)}, 3]\n" if keypoints else ""
    (folder / "data.yaml").write_text(f"train: images\nnames:\n  0: Zeigende Hände\n{shape}", encoding="utf-8")
    return folder


def write_machine(folder: Path) -> Path:
    """machine.csv and failures.txt of 60 days."""
    folder.mkdir(parents=True, exist_ok=True)
    simulate_machine(folder, 60, 5, Silent())
    return folder


FORMATS: dict[str, Callable[[Path], Path]] = {
    "cat": lambda folder: draw(folder, "cats", "cat"),
    "coco": lambda folder: draw(folder, "pointing_hands", "coco"),
    "voc": lambda folder: draw(folder, "cats", "voc"),
    "yolo": lambda folder: write_yolo(folder, keypoints=False),
    "folder": lambda folder: draw(folder, "pets", "folder"),
    "csv": write_machine,
}
"""A writer of each format that the kit reads."""
