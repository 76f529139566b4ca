"""Pascal VOC and one folder a class: read with app.toml alone, and what is wrong is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from appspec.data_spec import Data, Split
from appspec.errors import KitError
from appspec.progress import Silent
from pymodel.data.images import UnreadableImageError
from pymodel.data.source import open_source
from pymodel.data.splits import SPLITS, split_of
from pymodel.data.store import ExampleStore, write_store
from pymodel.synthetic import draw_dataset

VOC = Data(format="voc", path=".", category="cat")
FOLDER = Data(format="folder", path=".", split=Split(validation=0.3, test=0.3))


def add_voc(folder: Path, name: str, objects: str, file: str | None = None) -> None:
    for part in ("Annotations", "JPEGImages"):
        (folder / part).mkdir(exist_ok=True)
    Image.new("RGB", (60, 40)).save(folder / "JPEGImages" / f"{name}.jpg")
    text = f"<annotation><filename>{file or name + '.jpg'}</filename>{objects}</annotation>"
    (folder / "Annotations" / f"{name}.xml").write_text(text, encoding="utf-8")


def an_object(name: str, box: tuple[int, int, int, int], difficult: int = 0) -> str:
    x0, y0, x1, y1 = box
    place = f"<xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax>"
    return f"<object><name>{name}</name><difficult>{difficult}</difficult><bndbox>{place}</bndbox></object>"


def test_a_box_covers_both_its_ends(tmp_path: Path) -> None:
    add_voc(tmp_path, "a", an_object("cat", (1, 1, 60, 40)) + an_object("dog", (5, 5, 9, 9)))
    file, (found,), _ = open_source(tmp_path, VOC).read("Annotations/a.xml")
    assert file == "JPEGImages/a.jpg"
    assert found.box.tolist() == [0, 0, 60, 40]


def test_difficult_objects_are_left_out(tmp_path: Path) -> None:
    add_voc(tmp_path, "a", an_object("cat", (5, 5, 20, 20)) + an_object("cat", (1, 1, 30, 30), difficult=1))
    add_voc(tmp_path, "b", an_object("cat", (5, 5, 20, 20), difficult=1))
    assert len(open_source(tmp_path, VOC).read("Annotations/a.xml")[1]) == 1
    with pytest.raises(UnreadableImageError, match="holds no cat"):
        open_source(tmp_path, VOC).read("Annotations/b.xml")


def test_an_image_is_found_though_its_name_lacks_the_ending(tmp_path: Path) -> None:
    add_voc(tmp_path, "a", an_object("cat", (5, 5, 20, 20)), file="a")
    assert open_source(tmp_path, VOC).read("Annotations/a.xml")[0] == "JPEGImages/a.jpg"


def test_what_is_wrong_with_an_xml_is_named(tmp_path: Path) -> None:
    add_voc(tmp_path, "a", an_object("cat", (5, 5, 20, 20)).replace("<xmin>5", "<xmin>five"))
    with pytest.raises(UnreadableImageError, match="no bndbox"):
        open_source(tmp_path, VOC).read("Annotations/a.xml")
    add_voc(tmp_path, "b", an_object("cat", (5, 5, 20, 20)))
    (tmp_path / "Annotations" / "a.xml").write_bytes(b"<annotation>\xff\xff")
    with pytest.raises(UnreadableImageError, match="no XML"):
        open_source(tmp_path, VOC).read("Annotations/a.xml")


def test_the_only_category_needs_no_name(tmp_path: Path) -> None:
    add_voc(tmp_path, "a", an_object("cat", (5, 5, 20, 20)))
    assert open_source(tmp_path, Data(format="voc", path=".")).classes == ("cat",)
    add_voc(tmp_path, "b", an_object("dog", (5, 5, 20, 20)))
    with pytest.raises(KitError, match=r"cat \(1\), dog \(1\)"):
        open_source(tmp_path, Data(format="voc", path="."))


def add_picture(folder: Path, name: str, size: tuple[int, int] = (40, 30)) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (200, 90, 20)).save(folder / name)


def test_each_folder_is_a_class_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("dog/same.jpg", "cat/same.jpg", "cat/deeper/other.png", ".hidden/x.jpg"):
        add_picture(tmp_path, name)
    source = open_source(tmp_path, FOLDER)
    assert source.classes == ("cat", "dog")
    labels = {file: source.read(file)[1][0].label for file in source.files}
    assert labels == {"cat/deeper/other.png": 0, "cat/same.jpg": 0, "dog/same.jpg": 1}


def test_a_box_of_a_picture_that_is_not_there_is_told(tmp_path: Path) -> None:
    for name in ("dog/a.jpg", "cat/a.jpg"):
        add_picture(tmp_path, name)
    (tmp_path / "boxes.csv").write_text("file,x0,y0,x1,y1\ncat/a.jpg,4,5,30,25\na.jpg,4,5,30,25\n", encoding="utf-8")
    source = open_source(tmp_path, FOLDER)
    assert source.read("cat/a.jpg")[1][0].box.tolist() == [4, 5, 30, 25]
    assert source.read("dog/a.jpg")[1][0].box.tolist() == [0, 0, 40, 30]
    assert "a.jpg" in source.files
    with pytest.raises(UnreadableImageError, match=r"boxes\.csv names it"):
        source.read("a.jpg")


@pytest.mark.parametrize(("made", "says"), [(["cat/a.jpg"], "found: cat"), ([], "found: none")])
def test_one_class_is_nothing_to_tell_apart(tmp_path: Path, made: list[str], says: str) -> None:
    for name in made:
        add_picture(tmp_path, name)
    with pytest.raises(KitError, match=says):
        open_source(tmp_path, FOLDER)


def test_a_class_without_pictures_is_told(tmp_path: Path) -> None:
    add_picture(tmp_path, "cat/a.jpg")
    (tmp_path / "dog").mkdir()
    with pytest.raises(KitError, match="Class dog has no picture"):
        open_source(tmp_path, FOLDER)


def test_a_picture_of_one_pixel_is_left_out_and_a_huge_one_is_taken(tmp_path: Path) -> None:
    for i in range(40):
        add_picture(tmp_path, f"{'cat' if i % 2 else 'dog'}/{i}.png")
    add_picture(tmp_path, "cat/tiny.png", (1, 1))
    add_picture(tmp_path, "cat/huge.png", (10_000, 5_000))
    target = tmp_path / ".store"
    target.mkdir()
    write_store(tmp_path, FOLDER, target, Silent())
    store = ExampleStore(target)
    assert [(problem.file, problem.why[:10]) for problem in store.problems] == [("cat/tiny.png", "1×1 pixels")]
    huge = next(example for example in store.examples if example.file == "cat/huge.png")
    assert (huge.width, huge.height) == (384, 192)


def test_a_group_stays_in_one_split() -> None:
    data = Data(format="folder", path=".", group=r"/(video\d+)_", split=Split(validation=0.3, test=0.3))
    groups = {f"video{v}": {split_of(f"cat/video{v}_{frame}.jpg", data) for frame in range(30)} for v in range(60)}
    assert all(len(splits) == 1 for splits in groups.values())
    assert {next(iter(splits)) for splits in groups.values()} == set(SPLITS)


@pytest.mark.parametrize(
    ("subject", "layout"),
    [("cats", "coco"), ("cats", "voc"), ("pointing_hands", "coco"), ("pets", "folder")],
)
def test_what_is_drawn_is_read_in_every_layout(tmp_path: Path, subject: str, layout: str) -> None:
    draw_dataset(tmp_path, subject, layout, 6, 4, 1)
    source = open_source(tmp_path, Data(format=layout, path="."))  # type: ignore[arg-type]
    assert len(source.files) == 6
    for file in source.files:
        _, objects, image = source.read(file)
        assert len(objects) == 1
        assert image.shape[0] > 100
    assert len(source.points) == {"cats": 9 if layout == "coco" else 0, "pointing_hands": 21, "pets": 0}[subject]
