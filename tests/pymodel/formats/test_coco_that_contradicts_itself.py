"""COCO files whose ids, names, categories or keypoints contradict each other: mended and told, or stopped with what to mend."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appspec.data_spec import Data
from appspec.errors import KitError
from pymodel.data.source import list_categories
from tests.pymodel.formats.kit import Json, coco, coco_folder, encoded, look, picture, write

PLAIN = [[10, 10, 30, 25]]
NAMES = [f"000{i}.jpg" for i in range(1, 5)]
PLACES = [[12.0, 12.0], [25.0, 20.0]]


def keypoints(document: Json, *values: Any) -> Json:
    document["categories"][0]["keypoints"] = ["a", "b"]
    for row in document["annotations"]:
        row["keypoints"] = list(values) or [12, 12, 2, 25, 20, 2]
    return document


def pictures_apart(folder: Path, layout: str) -> Path:
    """Pictures of one name in two splits; each is annotated with another box."""
    for k, split in enumerate(("train", "val")):
        document = coco(3)
        for row in document["annotations"]:
            row["bbox"] = [10 + 20 * k, 5, 20, 15]
        place = f"{split}/_annotations.coco.json" if layout == "Roboflow" else f"annotations/instances_{split}2017.json"
        below = split if layout == "Roboflow" else f"{split}2017"
        files = {f"{below}/000{i}.jpg": encoded(picture(10 * k + i)) for i in range(1, 4)}
        write(folder, {**files, place: json.dumps(document)})
    return folder


@pytest.mark.parametrize("layout", ["Roboflow", "COCO"])
def test_pictures_of_one_name_in_two_splits_are_two(layout: str, tmp_path: Path) -> None:
    looked = look(pictures_apart(tmp_path / "data", layout), "coco")
    assert sorted(boxes[0][0] for boxes in looked.boxes.values()) == [10, 10, 10, 30, 30, 30]
    assert all(len(boxes) == 1 for boxes in looked.boxes.values())
    assert looked.found.counts["validation"] == 3


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        (lambda d: [row.update(image_id=row["image_id"] - 1) for row in d["annotations"]], "add 1 to each image_id"),
        (lambda d: [row.update(image_id=row["image_id"] + 1) for row in d["annotations"]], "subtract 1 from each image_id"),
    ],
)
def test_ids_of_the_neighbours_stop_and_the_remedy_helps(change: Callable[[Json], Any], remedy: str, tmp_path: Path) -> None:
    document = coco()
    change(document)
    with pytest.raises(KitError, match="image_id doesn't go with images") as caught:
        look(coco_folder(tmp_path / "data", document), "coco")
    assert remedy in caught.value.fix
    step = 1 if "add" in remedy else -1
    for row in document["annotations"]:
        row["image_id"] += step
    (tmp_path / "data" / "labels.json").write_text(json.dumps(document), encoding="utf-8")
    assert look(tmp_path / "data", "coco").boxes == dict.fromkeys(NAMES, PLAIN)


def test_categories_counted_from_another_number_stop(tmp_path: Path) -> None:
    document = coco() | {"categories": [{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}]}
    for row in document["annotations"]:
        row["category_id"] = 1 + row["id"] % 2
    with pytest.raises(KitError, match="category_id doesn't go with categories"):
        look(coco_folder(tmp_path / "data", document), "coco", category="dog")


def test_a_single_lost_annotation_stops_nothing(tmp_path: Path) -> None:
    document = coco()
    document["annotations"].append({**document["annotations"][0], "id": 9, "image_id": 5})
    looked = look(coco_folder(tmp_path / "data", document), "coco")
    assert looked.boxes == dict.fromkeys(NAMES, PLAIN)
    assert looked.says("images that are not listed: 1")


def test_two_categories_of_one_id_stop(tmp_path: Path) -> None:
    document = coco() | {"categories": [{"id": 1, "name": "hand"}, {"id": 1, "name": "foot"}]}
    with pytest.raises(KitError, match="two categories have the id 1"):
        look(coco_folder(tmp_path / "data", document), "coco")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d["annotations"].extend([dict(row) for row in d["annotations"]]), "stand there twice"),
        (lambda d: d["annotations"].extend([{**row, "id": 50 + row["id"]} for row in d["annotations"]]), "stand there twice"),
        (lambda d: [row.update(category_id=None) for row in d["annotations"]], "the only category is taken"),
        (lambda d: [row.update(image_id=f"C:\\x\\000{row['image_id']}.jpg") for row in d["annotations"]], "is a file's name"),
        (lambda d: d.update(categories={"1": "hand"}), ""),
        (lambda d: d.update(images={str(row.pop("id")): row for row in d["images"]}), ""),
        (lambda d: d["images"].extend({"id": 90 + i, "file_name": f"gone{i}.jpg"} for i in range(3)), "3, which are listed"),
        (
            lambda d: (d["categories"].append({"id": 2, "name": "Hand"}), d["annotations"][0].update(category_id=2)),
            "upper and lower case alone",
        ),
    ],
)
def test_what_can_mean_one_thing_is_mended_and_told(change: Callable[[Json], Any], says: str, tmp_path: Path) -> None:
    document = coco()
    files = {name: encoded(picture(i)) for i, name in enumerate(NAMES)}
    change(document)
    looked = look(write(tmp_path / "data", {**files, "labels.json": json.dumps(document)}), "coco")
    assert looked.boxes == dict.fromkeys(NAMES, PLAIN)
    assert not says or looked.says(says)


@pytest.mark.parametrize("wrap", [lambda d: [d], lambda d: {"coco": d}, json.dumps])
def test_a_wrapped_document_is_read(wrap: Callable[[Json], Any], tmp_path: Path) -> None:
    folder = coco_folder(tmp_path / "data", coco())
    (folder / "labels.json").write_text(json.dumps(wrap(coco())), encoding="utf-8")
    assert look(folder, "coco").boxes == dict.fromkeys(NAMES, PLAIN)


@pytest.mark.parametrize(
    ("text", "says"), [("", "it is empty"), ("\0" * 90, "it is empty"), (json.dumps(coco())[:-40], "ends in the middle")]
)
def test_a_file_that_was_not_copied_whole_is_called_so(text: str, says: str, tmp_path: Path) -> None:
    folder = coco_folder(tmp_path / "data", coco())
    (folder / "labels.json").write_text(text, encoding="utf-8")
    with pytest.raises(KitError, match=says) as caught:
        look(folder, "coco")
    assert "again" in caught.value.fix


def test_copies_of_the_annotation_file_count_once(tmp_path: Path) -> None:
    folder = coco_folder(tmp_path / "data", coco())
    write(folder, {name: (folder / "labels.json").read_bytes() for name in ("labels (1).json", "~$labels.json", "labels.json~")})
    looked = look(folder, "coco")
    assert looked.boxes == dict.fromkeys(NAMES, PLAIN)
    assert looked.says("same bytes as labels.json: 1, as labels (1).json")


def test_several_files_that_differ_can_be_read_together(tmp_path: Path) -> None:
    for i in (1, 2):
        document = coco(1) | {"images": [{"id": 1, "file_name": f"{i}.jpg"}]}
        write(tmp_path / "data", {f"{i}.jpg": encoded(picture(i)), f"{i}.json": json.dumps(document)})
    with pytest.raises(KitError, match="2 annotation files") as caught:
        look(tmp_path / "data", "coco")
    assert 'annotations = "*.json"' in caught.value.fix
    assert look(tmp_path / "data", "coco", annotations="*.json").boxes == {"1.jpg": PLAIN, "2.jpg": PLAIN}


def test_the_same_picture_in_two_folders_is_taken_and_another_is_not(tmp_path: Path) -> None:
    document = coco(2)
    files = {f"{folder}/{name}": encoded(picture(i)) for i, name in enumerate(NAMES[:2]) for folder in ("a", "b")}
    files["b/0002.jpg"] = encoded(picture(77))
    with pytest.raises(KitError, match=r"0002.jpg: the image is not certain.*same bytes, the first is taken: 1, as a/0001.jpg"):
        look(write(tmp_path / "data", {**files, "labels.json": json.dumps(document)}), "coco")
    write(tmp_path / "data", {"b/0002.jpg": files["a/0002.jpg"]})
    assert look(tmp_path / "data", "coco").boxes == dict.fromkeys(NAMES[:2], PLAIN)


@pytest.mark.parametrize(
    "values",
    [
        [12 / 64, 12 / 48, 2, 25 / 64, 20 / 48, 2],
        [{"x": 12, "y": 12, "v": 2}, {"x": 25, "y": 20, "visible": True}],
        [12, 12, True, 25, 20, 1],
        ["12", "12", "2", "25", "20", "2"],
    ],
)
def test_keypoints_as_programs_write_them(values: list[Any], tmp_path: Path) -> None:
    looked = look(coco_folder(tmp_path / "data", keypoints(coco(), *values)), "coco")
    assert looked.points == {name: [PLACES] for name in NAMES}


@pytest.mark.parametrize("held", [str([12, 12, 2, 25, 20, 2]), {"b": [25, 20, 2], "a": [12, 12, 2]}])
def test_keypoints_as_text_or_by_name(held: object, tmp_path: Path) -> None:
    document = keypoints(coco())
    for row in document["annotations"]:
        row["keypoints"] = held
    assert look(coco_folder(tmp_path / "data", document), "coco").points == {name: [PLACES] for name in NAMES}


@pytest.mark.parametrize("missing", [[0, 0, 2], [-1, -1, 1]])
def test_labelled_points_at_nowhere_are_not_learnt(missing: list[int], tmp_path: Path) -> None:
    looked = look(coco_folder(tmp_path / "data", keypoints(coco(), *missing, 25, 20, 2)), "coco")
    assert np.isnan(looked.points["0001.jpg"][0][0]).all()
    assert looked.points["0001.jpg"][0][1] == PLACES[1]
    assert looked.says("taken as not labelled: 4")


def test_a_labelled_point_in_the_corner_of_its_box_stays(tmp_path: Path) -> None:
    document = keypoints(coco(), 0, 0, 2, 25, 20, 2)
    for row in document["annotations"]:
        row["bbox"] = [0, 0, 30, 25]
    assert look(coco_folder(tmp_path / "data", document), "coco").points["0001.jpg"][0][0] == [0, 0]


def test_keypoints_of_one_name_are_told_apart(tmp_path: Path) -> None:
    document = keypoints(coco())
    document["categories"][0]["keypoints"] = ["p", "p"]
    looked = look(coco_folder(tmp_path / "data", document), "coco")
    assert looked.points == {name: [PLACES] for name in NAMES}
    assert list(looked.found.points) == ["p", "p_2"]


def test_keypoints_without_names_and_names_without_keypoints_are_told(tmp_path: Path) -> None:
    document = keypoints(coco())
    del document["categories"][0]["keypoints"]
    assert look(coco_folder(tmp_path / "nameless", document), "coco").says("keypoints without names")
    document = keypoints(coco())
    for row in document["annotations"]:
        del row["keypoints"]
    folder = coco_folder(tmp_path / "unlabelled", document)
    looked = look(folder, "coco")
    assert looked.boxes == dict.fromkeys(NAMES, PLAIN)
    assert looked.says("none is labelled: boxes alone are read")
    assert not list_categories(folder, Data(format="coco", path="."))[0].points


@pytest.mark.parametrize("part", ["images", "annotations"])
def test_a_part_of_the_data_set_names_the_folder_above(part: str, tmp_path: Path) -> None:
    files = {f"images/{name}": encoded(picture(i)) for i, name in enumerate(NAMES)}
    write(tmp_path / "data", {**files, "annotations/labels.json": json.dumps(coco())})
    with pytest.raises(KitError) as caught:
        look(tmp_path / "data" / part, "coco")
    assert f"give the folder above it: {tmp_path / 'data'}" in caught.value.fix
    assert look(tmp_path / "data", "coco").boxes == dict.fromkeys(NAMES, PLAIN)
