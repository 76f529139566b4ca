"""Class folders as people, archives and data sets' pages lay them."""

from __future__ import annotations

import os
import subprocess
import unicodedata
from pathlib import Path

import pytest

from appspec.errors import KitError
from tests.pymodel.formats.kit import encoded, look, picture, pictures, write

BOX = "cat/1.jpg"


def pets(folder: Path, base: str = "", count: int = 3, classes: tuple[str, ...] = ("cat", "dog")) -> Path:
    """So many pictures a class."""
    return write(
        folder, pictures([f"{base}{name}/{base.replace('/', '')}{i}.jpg" for name in classes for i in range(1, count + 1)])
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("train", "others"),
    [
        ("train/", ("val/", "test/")),
        ("Training/", ("Validation/", "Testing/")),
        ("train2017/", ("val2017/",)),
        ("training_set/training_set/", ("test_set/test_set/",)),
        ("train_images/", ("valid_images/", "test_images/")),
    ],
)
def test_folders_of_splits_above_the_classes_are_no_classes(train: str, others: tuple[str, ...], tmp_path: Path) -> None:
    folder = pets(tmp_path / "data", train, 9)
    for other in others:
        pets(folder, other, 2)
    looked = look(folder, "folder")
    assert set(looked.found.classes) == {"cat", "dog"}
    assert looked.says("splits are those that the data gives")
    given = look(folder, "folder", split={"given": False})
    assert set(given.found.classes) == {"cat", "dog"}
    assert not given.says("splits are those")


def test_splits_without_classes_are_refused(tmp_path: Path) -> None:
    """As in Dogs vs. Cats: train/cat.0.jpg, test1/1.jpg."""
    names = [f"train/{name}.{i}.jpg" for name in ("cat", "dog") for i in range(3)] + [f"test1/{i}.jpg" for i in range(9)]
    with pytest.raises(KitError, match="splits, not classes"):
        look(write(tmp_path / "data", pictures(names)), "folder")  # type: ignore[arg-type]


def test_pictures_without_a_class_in_a_split_are_counted(tmp_path: Path) -> None:
    folder = pets(pets(tmp_path / "data", "train/", 5), "val/", 2)
    write(folder, pictures([f"test/{i}.jpg" for i in range(40)] + ["extra/a/x.jpg"]))  # type: ignore[arg-type]
    looked = look(folder, "folder")
    assert set(looked.found.classes) == {"cat", "dog"}
    assert looked.says("outside of every class: 40")
    assert looked.says("beside those of the splits: 1, as extra/a/x.jpg")


def test_splits_below_the_classes_count(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    for split, count in (("train", 5), ("val", 2), ("test", 1)):
        for name in ("cat", "dog"):
            write(folder, pictures([f"{name}/{split}/{split}{i}.jpg" for i in range(count)]))  # type: ignore[arg-type]
    assert look(folder, "folder").found.counts == {"train": 10, "validation": 4, "test": 2}


def test_a_class_may_be_called_train(tmp_path: Path) -> None:
    looked = look(pets(tmp_path / "data", classes=("bus", "train")), "folder")
    assert looked.found.classes == {"bus": 3, "train": 3}


def test_litter_loose_pictures_and_other_files_are_passed_over_and_counted(tmp_path: Path) -> None:
    folder = pets(tmp_path / "data")
    double = bytes.fromhex("0005160700020000") + b"Mac OS X        "
    write(
        folder,
        {
            "__MACOSX/cat/._1.jpg": double,
            "cat/._1.jpg": double,
            "cat/.ipynb_checkpoints/1-checkpoint.jpg": encoded(picture(1)),
            "cat/Thumbs.db": b"x",
            "dog/desktop.ini": b"x",
            "a.jpg": encoded(picture(60)),
            "cat/notes.docx": b"x",
        },
    )
    looked = look(folder, "folder")
    assert looked.found.classes == {"cat": 3, "dog": 3}
    assert looked.says("passed over: hidden files and those that systems leave: 5")
    assert looked.says("beside the class folders: 1, as a.jpg")
    assert looked.says("suffixes of no picture (.docx): 1, as cat/notes.docx")


def test_links_are_followed_and_cycles_and_dead_ones_counted(tmp_path: Path) -> None:
    folder, real = pets(tmp_path / "data"), pets(tmp_path / "real", "more/")
    (folder / "cat/more").symlink_to(real / "more/cat")
    (folder / "dog/back").symlink_to(folder)
    (folder / "dog/gone.jpg").symlink_to(tmp_path / "nothing.jpg")
    looked = look(folder, "folder")
    assert looked.found.classes == {"cat": 6, "dog": 3}
    assert looked.says("links back to a folder that they lie in: 1, as dog/back")
    assert looked.says("links to nothing: 1, as dog/gone.jpg")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_counted(tmp_path: Path) -> None:
    folder = pets(tmp_path / "data")
    (folder / "cat/1.jpg").chmod(0)
    pets(folder, "", 1, ("cat/closed", "dog"))
    (folder / "cat/closed").chmod(0)
    try:
        assert look(folder, "folder").says("files and folders that may not be read: 2")
    finally:
        (folder / "cat/closed").chmod(0o755)


def test_names_that_are_no_utf8_are_read_and_shown(tmp_path: Path) -> None:
    folder = pets(tmp_path / "data", count=10)
    name = os.fsdecode("고양이".encode("cp949"))
    write(folder, pictures([f"{name}/1 {name}.jpg"]))  # type: ignore[arg-type]
    write(folder, {f"{name}/2.jpg": b""})
    looked = look(folder, "folder")
    assert looked.found.classes == {"cat": 10, "dog": 10, "\\xb0\\xed\\xbe\\xe7\\xc0\\xcc": 1}
    assert looked.found.problems
    assert all(text.isprintable() for one in looked.found.problems for text in (one.file, one.why))


def test_a_composed_and_a_decomposed_name_are_one_class(tmp_path: Path) -> None:
    names = [unicodedata.normalize(form, "고양이") for form in ("NFC", "NFD")]
    folder = pets(tmp_path / "data", classes=("dog", names[0]))
    write(folder, pictures([f"{names[1]}/7.jpg"]))  # type: ignore[arg-type]
    assert look(folder, "folder").found.classes == {"dog": 3, names[0]: 4}


def test_a_line_break_in_a_class_is_refused_and_renaming_helps(tmp_path: Path) -> None:
    folder = pets(tmp_path / "data", classes=("cat", "do\ng"))
    with pytest.raises(KitError, match="can't be a label") as caught:
        look(folder, "folder")
    assert caught.value.fix == "rename the folder"
    (folder / "do\ng").rename(folder / "dog")
    assert look(folder, "folder").found.classes == {"cat": 3, "dog": 3}


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbffile,x0,y0,x1,y1\r\ncat/1.jpg,4,5,30,25\r\n",
        b"file;x0;y0;x1;y1\r\ncat\\1.jpg;4,0;5;30;25\r\n",
        b"sep=;\r\nFile;X0;Y0;X1;Y1\r\ncat/1.jpg;4;5;30;25\r\n",
        "file\tx0\ty0\tx1\ty1\ncat/1.jpg\t30\t25\t4\t5\n".encode("utf-16"),
        b'"file","x0","y0","x1","y1"\n"cat/1.JPG","4","5","30","25"\n',
        b"filename,width,height,class,xmin,ymin,xmax,ymax\ncat/1.jpg,64,48,cat,4,5,30,25\n",
        b"image,y1,x1,y2,x2\nC:\\pets\\cat\\1.jpg,5,4,25,30\n",
        b"image_path,x,y,width,height\n/data/pets/cat/1.jpg,4,5,26,20\n",
        b"path,x,y,w,h\ncat/1.jpg,4,5,26,20\n",
        b"file,x0,y0,x1,y1\ncat/1.jpg,0.0625,0.10416667,0.46875,0.52083333\n",
        b"file,x0,y0,x1,y1\ncat/1.jpg,1,1,9,9\ncat/1.jpg,4,5,30,25\n",
    ],
)
def test_boxes_as_spreadsheets_write_them(content: bytes, tmp_path: Path) -> None:
    looked = look(write(pets(tmp_path / "data"), {"boxes.csv": content}), "folder")
    assert looked.boxes[BOX] == [[4, 5, 30, 25]]
    assert looked.boxes["dog/1.jpg"] == [[0, 0, 64, 48]]


def test_a_bare_name_of_several_classes_is_told_and_the_remedy_helps(tmp_path: Path) -> None:
    folder = write(pets(tmp_path / "data"), {"boxes.csv": "file,x0,y0,x1,y1\n1.jpg,4,5,30,25\n"})
    with pytest.raises(KitError) as caught:
        look(folder, "folder")
    assert "several class folders hold one; write cat/1.jpg or dog/1.jpg there" in caught.value.why
    write(folder, {"boxes.csv": "file,x0,y0,x1,y1\ncat/1.jpg,4,5,30,25\n"})
    assert look(folder, "folder").boxes["cat/1.jpg"] == [[4, 5, 30, 25]]


def test_copies_are_told_also_across_classes(tmp_path: Path) -> None:
    folder = pets(tmp_path / "data")
    for to in ("cat/1 (1).jpg", "dog/9.jpg"):
        write(folder, {to: (folder / BOX).read_bytes()})
    looked = look(folder, "folder")
    assert looked.says("2 files hold the same bytes as another, as cat/1.jpg and cat/1 (1).jpg")
    assert looked.says("1 picture lies in two classes")


def lay(folder: Path, *places: str, count: int = 3) -> Path:
    return write(
        folder, {f"{place}/{i}.jpg": encoded(picture(10 * k + i)) for k, place in enumerate(places) for i in range(count)}
    )


@pytest.mark.parametrize(
    "places",
    [
        ("seg_train/seg_train/sea", "seg_train/seg_train/ice", "seg_test/seg_test/sea", "seg_test/seg_test/ice"),
        ("my-data-train/sea", "my-data-train/ice", "my-data-test/sea", "my-data-test/ice"),
        ("1.Training/원천데이터/sea", "1.Training/원천데이터/ice", "2.Test/원천데이터/sea", "2.Test/원천데이터/ice"),
        ("학습/sea", "학습/ice", "시험/sea", "시험/ice"),
        ("학습용 데이터/sea", "학습용 데이터/ice", "평가/sea", "평가/ice"),
        ("训练集/sea", "训练集/ice", "测试集/sea", "测试集/ice"),
        ("train/sea", "train/ice", "evaluation/sea", "evaluation/ice"),
    ],
)
def test_splits_of_other_names_are_no_classes(places: tuple[str, ...], tmp_path: Path) -> None:
    found = look(lay(tmp_path / "data", *places), "folder").found
    assert found.classes == {"ice": 6, "sea": 6}
    assert found.counts["test"] == 6


def test_pictures_of_a_split_without_classes_are_counted_below_such_names(tmp_path: Path) -> None:
    places = ("seg_train/seg_train/sea", "seg_train/seg_train/ice", "seg_test/seg_test/sea", "seg_test/seg_test/ice")
    lay(tmp_path / "data", *places)
    write(tmp_path / "data", {"seg_pred/seg_pred/9.jpg": encoded(picture(99))})
    assert look(tmp_path / "data", "folder").found.classes == {"ice": 6, "sea": 6}


def test_names_that_differ_in_case_are_one_class_in_two_splits_and_two_side_by_side(tmp_path: Path) -> None:
    apart = look(lay(tmp_path / "apart", "train/Cat", "train/Dog", "test/cat", "test/dog"), "folder")
    assert apart.found.classes == {"Cat": 6, "Dog": 6}
    assert apart.says("upper and lower case alone are one")
    beside = look(lay(tmp_path / "beside", "Cat", "cat", "Dog"), "folder")
    assert len(beside.found.classes) == 3
    assert beside.says("upper and lower case alone are two")


def test_a_class_that_training_lacks_is_told(tmp_path: Path) -> None:
    looked = look(lay(tmp_path / "data", "train/cat", "train/dog", "test/cat", "test/dog", "test/fox"), "folder")
    assert looked.says("classes without a picture in train, which can't be learnt: 1, as fox")


def test_pictures_and_their_masks_are_no_classes(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="are no classes"):
        look(lay(tmp_path / "data", "images", "masks"), "folder")


def test_folders_that_repeat_in_each_class_are_told(tmp_path: Path) -> None:
    looked = look(lay(tmp_path / "data", "fold1/cat", "fold1/dog", "fold2/cat", "fold2/dog"), "folder")
    assert looked.says("each class holds folders of the same names (cat and dog)")


def test_boxes_csv_in_any_case_is_read(tmp_path: Path) -> None:
    folder = write(lay(tmp_path / "data", "cat", "dog"), {"Boxes.CSV": "file,x0,y0,x1,y1\ncat/0.jpg,4,5,30,25\n"})
    assert look(folder, "folder").boxes["cat/0.jpg"] == [[4, 5, 30, 25]]


def test_boxes_csv_names_pictures_without_their_suffix(tmp_path: Path) -> None:
    folder = write(lay(tmp_path / "data", "cat", "dog"), {"boxes.csv": "file,x0,y0,x1,y1\ncat/0,4,5,30,25\n"})
    looked = look(folder, "folder")
    assert looked.boxes["cat/0.jpg"] == [[4, 5, 30, 25]]
    assert looked.says("suffix is another than in boxes.csv: 1, as cat/0.jpg")


@pytest.mark.parametrize(("content", "says"), [("", "empty files of boxes"), ("file,x0,y0,x1,y1\n", "a header alone")])
def test_a_boxes_csv_without_a_box_is_told(content: str, says: str, tmp_path: Path) -> None:
    assert look(write(lay(tmp_path / "data", "cat", "dog"), {"boxes.csv": content}), "folder").says(says)


def test_a_boxes_csv_that_is_no_table_stops(tmp_path: Path) -> None:
    folder = write(lay(tmp_path / "data", "cat", "dog"), {"boxes.csv": '[{"file":"cat/0.jpg","x0":1}]'})
    with pytest.raises(KitError, match="it has no column file"):
        look(folder, "folder")


@pytest.mark.parametrize(("name", "command"), [("1", 'mv "$f" "$f.jpg"'), ("1.jpg_large", 'mv "$f" "${f%.jpg_large}.jpg"')])
def test_pictures_without_a_right_suffix_are_told_and_the_remedy_helps(name: str, command: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "data", {f"{kind}/{name}": encoded(picture(i)) for i, kind in enumerate(("cat", "dog"))})
    with pytest.raises(KitError) as caught:
        look(folder, "folder")
    assert command in str(caught.value)
    script = str(caught.value).partition("in their folder: ")[2]
    for kind in ("cat", "dog"):
        subprocess.run(["bash", "-c", script], check=True, cwd=folder / kind)
    assert look(folder, "folder").found.classes == {"cat": 1, "dog": 1}
