"""COCO files of many programs: read with the right values, or refused with a remedy that helps; never silently wrong."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appspec.errors import KitError
from tests.pymodel.formats.kit import SIZE, Json, coco, coco_folder, encoded, look, picture, pictures, turned, write

PLAIN = [[10, 10, 30, 25]]
ALL = {f"000{i}.jpg": PLAIN for i in range(1, 5)}


def each(key: str, **values: Any) -> Callable[[Json], None]:
    return lambda document: [row.update(values) for row in document[key]]  # type: ignore[func-returns-value,return-value]


def remove(key: str, name: str) -> Callable[[Json], None]:
    return lambda document: [row.pop(name) for row in document[key]]  # type: ignore[return-value]


def as_text(document: Json) -> None:
    for key in ("images", "annotations", "categories"):
        document[key] = [
            {name: [str(one) for one in value] if isinstance(value, list) else str(value) for name, value in row.items()}
            for row in document[key]
        ]


POLYGON = [[10, 10, 30, 10, 30, 25, 10, 25]]
RLE = {"size": [48, 64], "counts": [490, *([15, 33] * 19), 15, 64 * 48 - 490 - 20 * 15 - 19 * 33]}


def compressed(runs: list[int]) -> str:
    """cocoapi's rleToString, written anew from its description: differences from the third run on, five bits a letter."""
    text = ""
    for i, run in enumerate(runs):
        value = run - runs[i - 2] if i > 2 else run
        while True:
            low, value = value & 31, value >> 5
            more = value != (-1 if low & 16 else 0)
            text += chr((low | 32 if more else low) + 48)
            if not more:
                break
    return text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(as_text, "", id="text everywhere"),
        pytest.param(each("images", width=0, height=0), "", id="sizes of 0"),
        pytest.param(each("images", width=None, height=None), "", id="sizes of null"),
        pytest.param(each("images", width="64", height="48"), "", id="sizes as text"),
        pytest.param(each("annotations", category_id="hand"), "category_id is a category's name", id="category by name"),
        pytest.param(each("annotations", category_id="1"), "", id="category as text"),
        pytest.param(each("annotations", bbox=[30, 25, -20, -15]), "exchanged", id="negative sides"),
        pytest.param(each("annotations", bbox=[0.15625, 0.2083333, 0.3125, 0.3125]), "shares of the picture", id="shares"),
        pytest.param(each("annotations", bbox=None, segmentation=POLYGON), "mask's is taken", id="polygon"),
        pytest.param(each("annotations", bbox=[], segmentation=POLYGON[0]), "mask's is taken", id="flat polygon"),
        pytest.param(each("annotations", bbox=[0, 0, 0, 0], segmentation=RLE), "mask's is taken", id="RLE"),
        pytest.param(
            each("annotations", bbox=[], segmentation={"size": [48, 64], "counts": compressed(RLE["counts"])}),  # type: ignore[arg-type]
            "mask's is taken",
            id="compressed RLE",
        ),
        pytest.param(remove("annotations", "id"), "", id="annotations without ids"),
        pytest.param(lambda d: d["annotations"].append(None), "entries of annotations that are no objects", id="a null"),
        pytest.param(lambda d: d["images"].append({"id": 9, "file_name": None}), "images without a file_name", id="null name"),
        pytest.param(lambda d: d["images"].append(dict(d["images"][0])), "listed twice", id="image twice"),
        pytest.param(lambda d: d["annotations"].append({**d["annotations"][0], "image_id": 99}), "not listed", id="lost"),
        pytest.param(lambda d: d["annotations"].append({**d["annotations"][0], "image_id": None}), "without image_id", id="null id"),
        pytest.param(
            lambda d: d["annotations"].append({**d["annotations"][0], "iscrowd": "1", "bbox": [0, 0, 64, 48]}), "crowds", id="crowd"
        ),
        pytest.param(
            lambda d: (d["categories"].append({"id": 2, "name": "dog"}), d["annotations"].append({**d["annotations"][0], "category_id": 2})),
            "1 annotations of other categories than hand (dog 1)",
            id="others",
        ),
        pytest.param(lambda d: d["categories"].insert(0, {"id": 0, "name": "hands"}), "", id="idle category"),
        pytest.param(lambda d: d["categories"].insert(0, {"id": 0, "name": "hand"}), "", id="idle category of the same name"),
        pytest.param(
            lambda d: (each("images", id=0)({"images": d["images"][:1]}), d["annotations"][0].update(image_id=0)), "", id="id 0"
        ),
    ],
)  # fmt: skip
def test_the_boxes_are_right(change: Callable[[Json], object], says: str, tmp_path: Path) -> None:
    document = coco()
    change(document)
    files = pictures([f"000{i}.jpg" for i in range(1, 5)])
    folder = coco_folder(tmp_path / "data", document, files)
    looked = look(folder, "coco", category="hand")
    assert looked.boxes == ALL
    assert not says or looked.says(says)


@pytest.mark.parametrize(
    ("name", "lies"),
    [
        ("images\\0001.jpg", "images/0001.jpg"),
        ("C:\\Users\\kim\\hands\\0001.jpg", "images/0001.jpg"),
        ("/data/upload/4/0001.jpg", "pics/0001.jpg"),
        ("a%20hand.jpg", "a hand.jpg"),
        ("https://example.org/m/0001.jpg?token=a/b#x", "0001.jpg"),
        ("/data/local-files/?d=hands/0001.jpg", "hands/0001.jpg"),
        (unicodedata.normalize("NFD", "손 하나.jpg"), unicodedata.normalize("NFC", "손 하나.jpg")),
        ("HAND.JPG", "hand.jpg"),
        ("0001.jpg", "0001.png"),
        ("0001", "0001.jpg"),
        ("0001", "0001"),
        ("./0001.jpg", "deep/er/0001.jpg"),
    ],
)
def test_a_picture_is_found_however_its_name_is_written(name: str, lies: str, tmp_path: Path) -> None:
    document = coco(1)
    document["images"][0]["file_name"] = name
    content = encoded(picture(1), "PNG" if lies.endswith("png") else "JPEG")
    looked = look(coco_folder(tmp_path / "data", document, {lies: content}), "coco")
    assert looked.boxes == {name: PLAIN}


def test_the_only_annotated_category_needs_no_name(tmp_path: Path) -> None:
    document = coco()
    document["categories"].insert(0, {"id": 0, "name": "hands"})
    looked = look(coco_folder(tmp_path / "data", document), "coco")
    assert looked.boxes == ALL
    assert looked.says("categories without an annotation: 1, as hands")


def test_one_file_under_two_ids_has_the_boxes_of_both(tmp_path: Path) -> None:
    document = coco()
    document["images"].append({"id": 9, "file_name": "0001.jpg"})
    document["annotations"] += [
        {"id": 9, "image_id": 9, "category_id": 1, "bbox": [40, 30, 20, 15]},
        {"id": 10, "image_id": 9, "category_id": 1, "bbox": [10, 10, 20, 15]},
    ]
    looked = look(coco_folder(tmp_path / "data", document), "coco")
    assert looked.boxes == ALL | {"0001.jpg": [[10, 10, 30, 25], [40, 30, 60, 45]]}
    assert looked.says("two entries")


def test_ids_of_64_bits_stay_apart(tmp_path: Path) -> None:
    document = coco()
    for image, annotation in zip(document["images"], document["annotations"], strict=True):
        image["id"] = annotation["image_id"] = 2**60 + image["id"]
        annotation["bbox"][0] += image["id"] % 10
    looked = look(coco_folder(tmp_path / "data", document), "coco")
    assert [boxes[0][0] for boxes in looked.boxes.values()] == [10 + (2**60 + i) % 10 for i in range(1, 5)]


def test_corners_in_place_of_sizes_are_seen_by_their_fit(tmp_path: Path) -> None:
    document = coco()
    each("annotations", bbox=[40, 30, 60, 45])(document)
    looked = look(coco_folder(tmp_path / "data", document), "coco")
    assert looked.boxes["0002.jpg"] == [[40, 30, 60, 45]]
    assert looked.says("two corners")


@pytest.mark.parametrize(
    ("keypoints", "points"),
    [
        ([12, 13, 2, 14, 15, 1], [[12, 13], [14, 15]]),
        ([[12, 13, 2], [14, 15, 1]], [[12, 13], [14, 15]]),
        (["12", "13", "2", "14", "15", "1"], [[12, 13], [14, 15]]),
        ([12, 13, 2, None, None, 0], [[12, 13], None]),
        ([12, 13, 2, None, None, None], [[12, 13], None]),
        ([12, 13, 14, 15], [[12, 13], [14, 15]]),
        ([12, 13, 0, 0], [[12, 13], None]),
    ],
)
def test_keypoints_as_they_are_written(keypoints: list[object], points: list[object], tmp_path: Path) -> None:
    document = coco(1)
    document["categories"][0]["keypoints"] = ["tip", "wrist"]
    document["annotations"][0]["keypoints"] = keypoints
    looked = look(coco_folder(tmp_path / "data", document), "coco")
    found = [None if np.isnan(point).any() else point for point in looked.points["0001.jpg"][0]]
    assert found == points


SPLITS = {"train": "train", "valid": "validation", "test": "test"}


@pytest.mark.parametrize("layout", ["{split}/_annotations.coco.json", "annotations/instances_{split}.json"])
def test_the_splits_of_an_export_are_kept(layout: str, tmp_path: Path) -> None:
    number = 0
    for split, count in (("train", 6), ("valid", 2), ("test", 1)):
        document = coco(0)
        document["categories"].insert(0, {"id": 0, "name": "hand", "supercategory": "none"})
        for i in range(count):
            number += 1
            document["images"].append({"id": i, "file_name": f"{number}.jpg", "width": 64, "height": 48})
            document["annotations"].append({"id": i, "image_id": i, "category_id": 1, "bbox": [10, 10, 20, 15]})
            write(tmp_path / "data", {f"{split}/{number}.jpg": encoded(picture(number))})
        write(tmp_path / "data", {layout.format(split=split): json.dumps(document)})
    looked = look(tmp_path / "data", "coco")
    assert looked.found.counts == {"train": 6, "validation": 2, "test": 1}
    assert looked.says("splits are those that the data gives")
    assert len(look(tmp_path / "data", "coco", split={"given": False}).boxes) == 9


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("reading", ["declared", "picture"])
def test_boxes_of_turned_pictures_are_where_the_setting_says(orientation: int, reading: str, tmp_path: Path) -> None:
    """The truth is found by turning a picture that is white where the box is."""
    declared = SIZE if orientation < 5 or reading == "declared" else SIZE[::-1]
    document = coco(3, declared)
    box = (5, 40, 25, 46) if reading == "picture" and orientation >= 5 else (41, 10, 61, 25)
    each("annotations", bbox=[box[0], box[1], box[2] - box[0], box[3] - box[1]])(document)
    files = {f"000{i}.jpg": turned(orientation, i) for i in range(1, 4)}
    looked = look(coco_folder(tmp_path / "data", document, files), "coco", sizes=reading)
    assert looked.boxes["0001.jpg"] == [list(_where(box, orientation) if reading == "declared" else box)]


def _where(box: tuple[int, ...], orientation: int) -> tuple[int, ...]:
    from PIL import Image, ImageOps

    image = Image.new("L", SIZE)
    image.paste(255, (box[0], box[1], box[2], box[3]))
    image.getexif()[0x0112] = orientation
    found = ImageOps.exif_transpose(image).getbbox()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("box", "boxes", "says"),
    [
        ([5, 40, 20, 20], [[5, 40, 25, 60]], "boxes fit the upright ones"),
        ([41, 10, 20, 20], [[18, 41, 38, 61]], "turned with them"),
    ],
)
def test_sizes_from_before_the_turn_are_judged_by_where_boxes_fit(
    box: list[int], boxes: object, says: str, tmp_path: Path
) -> None:
    document = coco()
    each("annotations", bbox=box)(document)
    looked = look(coco_folder(tmp_path / "data", document, {f"000{i}.jpg": turned(6, i) for i in range(1, 5)}), "coco")
    assert looked.boxes["0001.jpg"] == boxes
    assert looked.says(says)


def test_where_both_readings_fit_the_setting_that_is_asked_for_helps(tmp_path: Path) -> None:
    document = coco()
    folder = coco_folder(tmp_path / "data", document, {f"000{i}.jpg": turned(6, i) for i in range(1, 5)})
    with pytest.raises(KitError, match="Which pixels") as caught:
        look(folder, "coco")
    assert "sheet.png" in caught.value.fix
    assert look(folder, "coco", sizes="picture").boxes["0001.jpg"] == PLAIN
    assert look(folder, "coco", sizes="declared").boxes["0001.jpg"] == [[23, 10, 38, 30]]


def test_a_wrong_size_is_refused_and_the_setting_that_is_named_helps(tmp_path: Path) -> None:
    document = coco()
    each("images", width=640, height=300)(document)
    folder = coco_folder(tmp_path / "data", document)
    with pytest.raises(KitError, match="4 of 4") as caught:
        look(folder, "coco")
    assert 'sizes = "picture"' in caught.value.fix
    assert look(folder, "coco", sizes="picture").boxes == ALL


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"version": "5.0", "shapes": [], "imagePath": "a.jpg"}, "labelme"),
        ({"a.jpg123": {"filename": "a.jpg", "regions": []}}, "VGG Image Annotator"),
        ({"_via_settings": {}, "_via_img_metadata": {}}, "VGG Image Annotator"),
        ([{"id": 1, "data": {"image": "/a.jpg"}, "annotations": []}], "Label Studio"),
        ([{"image_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}], "results of a detector"),
        ({"images": [], "annotations": None, "categories": []}, "no list 'annotations' (found null)"),
        ({"images": [], "annotations": [], "categories": [{"name": "hand"}]}, "no image with an id"),
        (
            {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [], "categories": [{"name": "hand"}]},
            "no category with an id",
        ),
        (
            {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [], "categories": [{"id": 1, "name": "hand"}]},
            "no annotations",
        ),
        (
            {
                "images": [{"id": 1, "file_name": "a.jpg"}, {"id": 1, "file_name": "b.jpg"}],
                "annotations": [],
                "categories": [{"id": 1, "name": "hand"}],
            },
            "two images have the id 1",
        ),
    ],
)
def test_what_is_no_coco_is_called_what_it_is(content: object, says: str, tmp_path: Path) -> None:
    write(tmp_path / "data", {"labels.json": json.dumps(content), "a.jpg": encoded(picture(1))})
    with pytest.raises(KitError) as caught:
        look(tmp_path / "data", "coco")
    assert says in f"{caught.value} {caught.value.fix}"


def test_half_a_character_in_a_name_stops_nothing(tmp_path: Path) -> None:
    document = coco()
    document["categories"].append({"id": 2, "name": "\ud83d"})
    document["annotations"].append({"id": 9, "image_id": 1, "category_id": 2, "bbox": [0, 0, 9, 9]})
    looked = look(coco_folder(tmp_path / "data", document), "coco", category="hand")
    assert looked.says("\\ud83d 1")


def test_pictures_that_nothing_annotates_are_counted(tmp_path: Path) -> None:
    folder = coco_folder(tmp_path / "data", coco())
    write(folder, {"more/x.jpg": encoded(picture(50)), "more/y.jpg": encoded(picture(51))})
    assert look(folder, "coco").says("(0 are listed): 2, as more/x.jpg")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_in_another_unicode_is_read(encoding: str, tmp_path: Path) -> None:
    folder = coco_folder(tmp_path / "data", coco())
    (folder / "labels.json").write_text(json.dumps(coco()), encoding=encoding)
    assert look(folder, "coco").boxes == ALL
