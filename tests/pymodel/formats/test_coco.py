"""COCO files of many shapes are read with app.toml alone, and what is wrong with one is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from appspec.data_spec import Data, Split
from appspec.errors import KitError
from appspec.progress import Silent
from pymodel.data.images import UnreadableImageError
from pymodel.data.source import open_source
from pymodel.data.store import ExampleStore, write_store
from pymodel.evaluate.chain import folder_samples

Json = dict[str, Any]
NAMES = ["nose", "left_wrist", "right_wrist"]


def person(number: int, image: int, box: list[float], keypoints: list[float], **more: Any) -> Json:
    return {"id": number, "image_id": image, "category_id": 1, "bbox": box, "keypoints": keypoints, "iscrowd": 0, **more}


def document() -> Json:
    """Two people and a crowd in one picture, one person without wrists in the other, a dog, an empty picture."""
    return {
        "images": [
            {"id": 5, "file_name": "a.jpg", "width": 64, "height": 48},
            {"id": 9, "file_name": "sub/b.jpg", "width": 64, "height": 48},
            {"id": 11, "file_name": "empty.jpg", "width": 64, "height": 48},
        ],
        "annotations": [
            person(1, 5, [2, 2, 10, 12], [4, 4, 2, 3, 10, 1, 0, 0, 0]),
            person(2, 5, [20, 5, 30, 40], [30, 10, 2, 25, 30, 2, 45, 30, 2]),
            person(3, 5, [0, 0, 64, 48], [1, 1, 2, 1, 1, 2, 1, 1, 2], iscrowd=1),
            person(4, 9, [10, 10, 20, 20], [15, 15, 2, 0, 0, 0, 0, 0, 0]),
            {"id": 6, "image_id": 9, "category_id": 2, "bbox": [0, 0, 9, 9], "iscrowd": 0},
        ],
        "categories": [{"id": 1, "name": "person", "keypoints": NAMES}, {"id": 2, "name": "dog"}],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    for name in ("a.jpg", "sub/b.jpg", "empty.jpg"):
        Image.new("RGB", (64, 48), (90, 120, 60)).save(tmp_path / name)
    write(tmp_path, document())
    return tmp_path


def write(folder: Path, content: Json) -> None:
    (folder / "labels.json").write_text(json.dumps(content), encoding="utf-8")


def data(**more: Any) -> Data:
    return Data(format="coco", path=".", category="person", split=Split(validation=0.2, test=0.3), **more)


def test_several_people_with_missing_points(folder: Path) -> None:
    source = open_source(folder, data())
    assert source.points == tuple(NAMES)
    assert source.mirrored == (0, 2, 1)
    assert source.files == ("a.jpg", "sub/b.jpg")
    _, people, image = source.read("a.jpg")
    assert image.shape == (48, 64, 3)
    assert [what.box.tolist() for what in people] == [[2, 2, 12, 14], [20, 5, 50, 45]]
    np.testing.assert_array_equal(people[0].points, [[4, 4], [3, 10], [np.nan, np.nan]])


def test_points_are_chosen_by_name_in_that_order(folder: Path) -> None:
    source = open_source(folder, data(points=("right_wrist", "nose")))
    _, people, _ = source.read("a.jpg")
    assert source.points == ("right_wrist", "nose", "left_wrist")
    assert source.target_points == 2
    np.testing.assert_array_equal(people[1].points[:2], [[45, 30], [30, 10]])


def test_a_picture_without_the_wanted_point_is_left_out_and_named(folder: Path) -> None:
    source = open_source(folder, data(points=("left_wrist",)))
    assert [len(source.read("a.jpg")[1])] == [2]
    with pytest.raises(UnreadableImageError, match="none of its objects shows left_wrist"):
        source.read("sub/b.jpg")


def test_the_store_keeps_every_person_the_largest_first(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "store"
    target.mkdir()
    write_store(folder, data(), target, Silent())
    store = ExampleStore(target)
    assert len(store.examples) == 3
    first = next(i for i, example in enumerate(store.examples) if example.file == "a.jpg")
    assert store.examples[first].box.tolist() == [20, 5, 50, 45]
    assert store.boxes(first).shape == (2, 4)
    assert np.isnan(store.examples[first + 1].points[2]).all()
    together = [i for split in ("train", "validation", "test") for i in store.indices(split, every_object=True)]  # type: ignore[arg-type]
    assert sorted(together) == [0, 1, 2]


def test_boxes_alone_are_read_of_a_category_without_keypoints(folder: Path) -> None:
    samples, _ = folder_samples(folder, Data(format="coco", path=".", category="dog"))
    assert [sample.boxes.tolist() for sample in samples] == [[[0, 0, 9, 9]]]
    assert samples[0].example.points.shape == (0, 2)


def test_images_are_found_in_any_folder_by_their_bare_name(folder: Path) -> None:
    (folder / "images" / "deep").mkdir(parents=True)
    (folder / "a.jpg").rename(folder / "images" / "deep" / "a.jpg")
    assert len(open_source(folder, data()).read("a.jpg")[1]) == 2


def test_a_bare_name_that_several_have_is_not_guessed(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / name).mkdir()
        Image.new("RGB", (64, 48), "red" if name == "one" else "blue").save(folder / name / "a.jpg")
    (folder / "a.jpg").unlink()
    with pytest.raises(UnreadableImageError, match="several have its name"):
        open_source(folder, data()).read("a.jpg")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d["images"][0].update(width=640), "64×48, the annotation says 640×48"),
        (lambda d: d["annotations"][0].update(keypoints=[1, 2, 2, 3]), "no x, y, v"),
        (lambda d: d["annotations"][0].update(bbox=[1, 2, 3]), "no bbox of four numbers"),
        (lambda d: d["annotations"][0].update(bbox=[1, 2, 300, 10]), "outside the 64×48 image"),
        (lambda d: d["annotations"][0].update(bbox=[1, 2, 2, 3]), "less than 4 pixels"),
        (lambda d: d["annotations"][0].update(keypoints=[400, 4, 2, 3, 10, 1, 0, 0, 0]), "nose at (400, 4) is outside"),
    ],
)
def test_what_is_wrong_with_a_picture_is_named(folder: Path, change: Any, says: str) -> None:
    content = document()
    change(content)
    write(folder, content)
    with pytest.raises(UnreadableImageError) as caught:
        open_source(folder, data()).read("a.jpg")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"{", "no JSON"),
        (b"\xff{}", "no UTF-8 text"),
        (b"{'images': []}", "by str() or print()"),
        (b'{"image": "a.jpg"}\n{"image": "b.jpg"}\n', "JSON Lines"),
        (b'// mine\n{"images": []}', "begins with a comment"),
        (b"<!doctype html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
        (b"\x1f\x8b\x08\x00\xff", "compressed (gzip)"),
        (b"[]", "no list 'images'"),
        (b'{"images": [], "annotations": 3}', "no list 'annotations'"),
    ],
)
def test_a_file_that_is_no_coco_is_one_clear_error(folder: Path, text: bytes, says: str) -> None:
    (folder / "labels.json").write_bytes(text)
    with pytest.raises(KitError) as caught:
        open_source(folder, data())
    assert says in f"{caught.value.what} {caught.value.why}"


def test_the_wrong_names_are_told_with_those_that_are_there(folder: Path) -> None:
    with pytest.raises(KitError, match="nose, left_wrist, right_wrist"):
        open_source(folder, data(points=("tail",)))
    with pytest.raises(KitError, match="person, dog"):
        open_source(folder, Data(format="coco", path=".", category="cow"))
    with pytest.raises(KitError, match="person, dog"):
        open_source(folder, Data(format="coco", path="."))


def test_several_annotation_files_must_be_chosen_from(folder: Path) -> None:
    (folder / "other.json").write_text(json.dumps(document(), indent=1), encoding="utf-8")
    with pytest.raises(KitError, match=r"other\.json"):
        open_source(folder, data())
    assert open_source(folder, data(annotations="labels.json")).files == ("a.jpg", "sub/b.jpg")


def test_pictures_that_do_not_show_the_point_are_no_damage(folder: Path) -> None:
    samples, problems = folder_samples(folder, data(points=("left_wrist",)))
    assert [sample.example.file for sample in samples] == ["a.jpg"]
    assert [(problem.file, problem.is_damage) for problem in problems] == [("sub/b.jpg", False)]
    content = document()
    content["annotations"][3]["bbox"] = []
    write(folder, content)
    with pytest.raises(KitError, match="1 of 2 pictures"):
        folder_samples(folder, data(points=("left_wrist",)))
