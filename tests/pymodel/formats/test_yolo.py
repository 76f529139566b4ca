"""YOLO's labels, as Darknet, Ultralytics, CVAT, Roboflow, labelImg and people write them."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest

from appspec.data_spec import Data
from appspec.errors import KitError
from pymodel.data.source import list_categories
from tests.pymodel.formats.kit import encoded, look, picture, pictures, turned, write

LINE = "0 0.3125 0.364583333 0.3125 0.3125"
"""10, 10, 30, 25 of 64×48."""

PLAIN = [[10, 10, 30, 25]]
NAMES = [str(i) for i in range(1, 5)]
YAML = "path: ../datasets/hands\ntrain: images/train\nval: images/val\nnc: 1\nnames: ['hand']\n"


def beside(folder: Path, line: str = LINE, **files: str | bytes) -> Path:
    """Pictures and labels in one folder."""
    labels = {f"{name}.txt": f"{line}\n" for name in NAMES}
    return write(
        folder, {**pictures([f"{name}.jpg" for name in NAMES]), **labels, **{k.replace("_", "."): v for k, v in files.items()}}
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (LINE, ""),
        (LINE.replace(" ", "\t") + "\r", ""),
        ("\ufeff" + LINE, ""),
        (f"\n{LINE}\n\n", ""),
        (LINE.replace("0 ", "0.0 ", 1), ""),
        (LINE.replace(" ", ","), ""),
        (LINE.replace(" ", ", "), ""),
        (LINE + " 0.87", "confidence"),
        ("0 0.15625 0.208333 0.46875 0.208333 0.46875 0.5208333 0.15625 0.5208333", "polygons"),
        ("0 20 17.5 20 15", "boxes are pixels, not shares"),
        ("hand 0.3125 0.364583333 0.3125 0.3125", "class in words"),
    ],
)
def test_the_boxes_are_right(line: str, says: str, tmp_path: Path) -> None:
    looked = look(beside(tmp_path / "data", line, classes_txt="hand\n"), "yolo")
    assert looked.boxes == {f"{name}.jpg": PLAIN for name in NAMES}
    assert not says or looked.says(says)
    assert not looked.found.classes


@pytest.mark.parametrize(
    ("picture_at", "label_at"),
    [
        ("images/train/{}.jpg", "labels/train/{}.txt"),
        ("train/images/{}.jpg", "train/labels/{}.txt"),
        ("obj_train_data/{}.jpg", "obj_train_data/{}.txt"),
        ("data/images/{}.JPG", "data/labels/{}.txt"),
        ("pics/{}.png", "other/{}.txt"),
        ("images/test_{}.jpg", "labels/test_{}.txt"),
        ("images/Train {}.jpg", "labels/train {}.txt"),
        ("images/" + unicodedata.normalize("NFD", "손") + "{}.jpg", "labels/손{}.txt"),
    ],
)
def test_labels_are_found_wherever_programs_lay_them(picture_at: str, label_at: str, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {}
    for i, name in enumerate(NAMES):
        files[picture_at.format(name)] = encoded(picture(i), "PNG" if picture_at.endswith("png") else "JPEG")
        files[label_at.format(name)] = LINE
    looked = look(write(tmp_path / "data", files), "yolo")
    assert looked.boxes == {picture_at.format(name): PLAIN for name in NAMES}


@pytest.mark.parametrize(
    ("yaml", "points"),
    [
        ("kpt_shape: [2, 3]\n", None),
        ("kpt_shape: [2, 3]\nkpt_names: {0: [tip, wrist]}\n", None),
        ("", None),
        ("", ("tip", "wrist")),
    ],
)
def test_keypoints_are_read_also_where_nothing_says_so(yaml: str, points: tuple[str, ...] | None, tmp_path: Path) -> None:
    line = f"{LINE} 0.25 0.25 2 0 0 0"
    folder = beside(tmp_path / "data", line, data_yaml=f"names: [hand]\n{yaml}")
    looked = look(folder, "yolo", **({"points": points} if points else {}))
    assert looked.boxes["1.jpg"] == PLAIN
    first, second = looked.points["1.jpg"][0]
    assert first == [16, 12]
    assert np.isnan(second).all()


def test_keypoints_of_two_numbers(tmp_path: Path) -> None:
    line = f"{LINE} 0.25 0.25 0.4 0.5"
    looked = look(beside(tmp_path / "data", line, data_yaml="names: [hand]\nkpt_shape: [2, 2]\n"), "yolo")
    assert looked.points["1.jpg"] == [[[16, 12], [25.6, 24]]] or np.allclose(
        looked.points["1.jpg"], [[[16, 12], [25.6, 24]]], atol=0.01
    )


def test_flip_idx_gives_the_mirror_image(tmp_path: Path) -> None:
    from appspec.data_spec import Data
    from pymodel.data.source import open_source

    line = f"{LINE} 0.25 0.25 2 0.3 0.3 2 0.35 0.35 2"
    folder = beside(tmp_path / "data", line, data_yaml="names: [hand]\nkpt_shape: [3, 3]\nflip_idx: [1, 0, 2]\n")
    assert open_source(folder, Data(format="yolo", path=".")).mirrored == (1, 0, 2)


@pytest.mark.parametrize(
    "names",
    ["names: [hand, foot]", "names: {0: hand, 1: foot}", "names: {'0': hand, '1': foot}", "names:\n  0: hand\n  1: foot\nnc: 2"],
)
def test_classes_are_named_and_counted(names: str, tmp_path: Path) -> None:
    folder = beside(tmp_path / "data", data_yaml=names)
    write(folder, {"4.txt": f"{LINE}\n1 0.5 0.5 0.5 0.5\n"})
    with pytest.raises(KitError, match=r"hand \(4\), foot \(1\)"):
        look(folder, "yolo")
    looked = look(folder, "yolo", category="hand")
    assert looked.boxes["4.jpg"] == PLAIN
    assert looked.says("1 objects of other categories than hand (foot 1)")
    assert look(folder, "yolo", category="foot").boxes == {"4.jpg": [[16, 12, 48, 36]]}


def test_blank_lines_in_a_list_of_classes_count_as_darknet_counts_them(tmp_path: Path) -> None:
    folder = beside(tmp_path / "data", LINE.replace("0 ", "2 ", 1), classes_txt="hand\r\n\r\nfoot\r\n\r\n")
    assert look(folder, "yolo", category="foot").boxes["1.jpg"] == PLAIN


def test_an_empty_file_is_a_picture_of_nothing_and_a_missing_one_is_counted(tmp_path: Path) -> None:
    folder = beside(tmp_path / "data")
    write(folder, {"1.txt": "", "5.jpg": encoded(picture(9)), "9.txt": LINE})
    looked = look(folder, "yolo")
    assert looked.says("a picture of nothing")
    assert looked.says("pictures without a label file: 1, as 5.jpg")
    assert looked.says("label files without a picture: 1, as 9.txt")
    assert len(looked.boxes) == 3


def splits(folder: Path, files: dict[str, str]) -> dict[str, int]:
    return look(write(folder, files), "yolo").found.counts  # type: ignore[arg-type]


def test_splits_come_from_lists_written_on_another_machine(tmp_path: Path) -> None:
    folder = beside(tmp_path / "data")
    lists = {"train.txt": "C:\\yolo\\data\\1.jpg\r\nC:\\yolo\\data\\2.jpg\r\n", "valid.txt": "/home/her/3.jpg\n"}
    looked = look(write(folder, lists), "yolo")
    assert looked.says("the splits in train.txt are not used: 1 pictures are in none, as 4.jpg")
    assert splits(folder, {"test.txt": "data/4.jpg"}) == {"train": 2, "validation": 1, "test": 1}


def test_splits_come_from_data_yaml_and_from_folders(tmp_path: Path) -> None:
    for folder, yaml in (("a", YAML), ("b", "names: [hand]\n"), ("c", YAML.replace("../datasets/hands", "C:\\me\\hands"))):
        files: dict[str, str | bytes] = {"data.yaml": yaml}
        for i, name in enumerate(("train/1", "train/2", "val/3", "val/4")):
            files |= {f"images/{name}.jpg": encoded(picture(i)), f"labels/{name}.txt": LINE}
        found = look(write(tmp_path / folder, files), "yolo").found.counts
        assert found["validation"] == 2
        assert found["train"] + found["test"] == 2


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"1.txt": "0 0.1 0.1"}, "line 1 of its labels"),
        ({"1.txt": "0 a b c d"}, "line 1 of its labels"),
        ({"1.txt": "0 0.5 0.5 1.4 0.2"}, "shares of a picture end at 1"),
        ({"1.txt": "0 0.5 0.5 nan 0.2"}, "line 1 of its labels"),
        ({"1.txt": "손".encode("cp949")}, "cp949"),
        ({"1.txt": "imagesource:GoogleEarth\ngsd:0.1\n10 10 30 10 30 30 10 30 hand 0"}, "DOTA"),
        ({"1.txt": "Car 0.00 0 -1.57 10.00 10.00 30.00 30.00 1.0 1.0 1.0 0 0 0 0"}, "KITTI"),
    ],
)
def test_a_label_that_is_wrong_is_named(files: dict[str, str | bytes], says: str, tmp_path: Path) -> None:
    folder = beside(tmp_path / "data")
    for i in range(40):
        write(folder, {f"m{i}.jpg": encoded(picture(100 + i)), f"m{i}.txt": LINE})
    assert look(write(folder, files), "yolo").says(says)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"data.yaml": "names: [a, b]\nnc: 3"}, "contradicts itself"),
        ({"data.yaml": "names: [a"}, "no YAML"),
        ({"data.yaml": "names: [hand]\nkpt_shape: [17]"}, "kpt_shape"),
        ({name + ".txt": "0 10 10 30 25" for name in NAMES}, "corner and size and two corners fit"),
        ({name + ".txt": "" for name in NAMES}, "no object"),
    ],
)
def test_what_cannot_be_read_stops(files: dict[str, str | bytes], says: str, tmp_path: Path) -> None:
    with pytest.raises(KitError) as caught:
        look(write(beside(tmp_path / "data"), files), "yolo")
    assert says in f"{caught.value} {caught.value.fix}"


def numbered(folder: Path, count: int = 6, line: str = LINE, **files: str) -> Path:
    held: dict[str, bytes | str] = {f"{i}.jpg": encoded(picture(i)) for i in range(count)}
    return write(
        folder, {**held, **{f"{i}.txt": line for i in range(count)}, **{k.replace("_", "."): v for k, v in files.items()}}
    )


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ("names: [no, yes]", "no"),
        ("names: [007]", "007"),
        ("names: hand", "hand"),
        ("names: {'0': null}", "null"),
        ("names: [1_0]", "1_0"),
    ],
)
def test_names_are_words_whatever_yaml_makes_of_them(names: str, wanted: str, tmp_path: Path) -> None:
    categories = list_categories(numbered(tmp_path / "data", data_yaml=names), Data(format="yolo", path="."))
    assert [one.name for one in categories] == [wanted]


def test_labels_called_as_the_whole_picture_and_names_with_blanks_are_read(tmp_path: Path) -> None:
    files = {f"images/{i}.jpg": encoded(picture(i)) for i in range(4)}
    labels = {f"labels/{i}.jpg.txt": LINE.replace("0 ", "traffic light ", 1) for i in range(4)}
    looked = look(write(tmp_path / "data", {**files, **labels, "data.yaml": "names: [traffic light]"}), "yolo")
    assert looked.boxes == {f"images/{i}.jpg": [[10, 10, 30, 25]] for i in range(4)}


def test_a_label_file_of_two_pictures_is_neithers(tmp_path: Path) -> None:
    folder = numbered(tmp_path / "data", 40)
    write(folder, {"7.png": encoded(picture(99), "PNG")})
    looked = look(folder, "yolo")
    assert not {"7.jpg", "7.png"} & set(looked.boxes)
    assert looked.says("its label file 7.txt could also be that of 7.png")


def test_lines_that_stand_twice_count_once_and_comments_not_at_all(tmp_path: Path) -> None:
    looked = look(numbered(tmp_path / "data", line=f"# by hand\n{LINE}\n{LINE}\n"), "yolo")
    assert all(boxes == [[10, 10, 30, 25]] for boxes in looked.boxes.values())
    assert looked.says("a line stands twice")
    assert looked.says("are comments")


def test_classes_counted_from_one_stop_and_the_remedy_helps(tmp_path: Path) -> None:
    folder = numbered(tmp_path / "data", data_yaml="names: [cat, dog]")
    for i in range(6):
        write(folder, {f"{i}.txt": LINE.replace("0 ", f"{1 + i % 2} ", 1)})
    with pytest.raises(KitError, match="labels and names don't go together") as caught:
        look(folder, "yolo", category="dog")
    assert "names: [nothing, cat, dog]" in caught.value.fix
    write(folder, {"data.yaml": "names: [nothing, cat, dog]"})
    assert sorted(look(folder, "yolo", category="dog").boxes) == ["1.jpg", "3.jpg", "5.jpg"]


def test_lists_that_data_yaml_names_are_the_splits(tmp_path: Path) -> None:
    folder = numbered(tmp_path / "data", data_yaml="names: [hand]\ntrain: lists/a.txt\nval: lists/b.txt\n")
    write(
        folder,
        {"lists/a.txt": "".join(f"/content/{i}.jpg\n" for i in range(4)), "lists/b.txt": "/content/4.jpg\n/content/5.jpg\n"},
    )
    assert look(folder, "yolo").found.counts["validation"] == 2


def test_what_the_data_says_twice_and_differently_is_told(tmp_path: Path) -> None:
    folder = numbered(tmp_path / "data", data_yaml="names: [hand]\ntrain: .\nval: .\n", classes_txt="dog\n")
    assert look(folder, "yolo").says("lists of classes that differ from data.yaml")
    folder = numbered(tmp_path / "same", data_yaml="names: [hand]")
    write(folder, {"train.txt": "0.jpg\n1.jpg\n2.jpg\n3.jpg\n", "val.txt": "3.jpg\n4.jpg\n5.jpg\n"})
    assert look(folder, "yolo").says("two lists put into different splits")


def test_corners_of_turned_boxes_are_no_keypoints(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    for i in range(12):
        x, y = 0.05 + 0.01 * i, 0.5 + 0.01 * i
        places = (x, y, x + 0.12, y, x + 0.12, y + 0.25, x, y + 0.25)
        write(folder, {f"{i}.jpg": encoded(picture(i)), f"{i}.txt": "0 " + " ".join(f"{value:.4f}" for value in places)})
    looked = look(folder, "yolo")
    assert looked.says("polygons")
    assert looked.boxes["0.jpg"] == [[3.2, 24, 10.88, 36]]


def test_pictures_that_exif_turns_are_told(tmp_path: Path) -> None:
    folder = numbered(tmp_path / "data")
    write(folder, {"0.jpg": turned(6)})
    assert look(folder, "yolo").says("pictures that EXIF turns or mirrors")
