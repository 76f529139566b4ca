"""VOC files of many programs: read with the right values, or refused with a remedy that helps; never silently wrong."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from appspec.errors import KitError
from appspec.stages import ROOT
from tests.pymodel.formats.kit import encoded, look, picture, pictures, turned, voc, write

PLAIN = [[10, 10, 30, 25]]
NAMES = [f"000{i}" for i in range(1, 5)]
ALL = {f"{name}.jpg": PLAIN for name in NAMES}


def voc_folder(folder: Path, xml: dict[str, str | bytes] | None = None, below: str = "") -> Path:
    """0001.jpg … with 0001.xml …; `xml` replaces some."""
    files: dict[str, bytes | str] = dict(pictures([f"{below}{name}.jpg" for name in NAMES]))
    return write(folder, {**files, **{f"{below}{name}.xml": voc(f"{name}.jpg") for name in NAMES}, **(xml or {})})


def size(width: object, height: object) -> str:
    return f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(voc("0001.jpg", (30, 25, 11, 11)), "exchanged", id="exchanged"),
        pytest.param(voc("0001.jpg", ("11.0", "11,0", " 30 ", "25")), "", id="numbers as text"),
        pytest.param(voc("0001.jpg", size=size(0, 0)), "", id="no size"),
        pytest.param(voc("0001.jpg", size=size("?", "")), "", id="a size that is none"),
        pytest.param("\ufeff" + voc("0001.jpg"), "", id="mark"),
        pytest.param(("\n\n" + voc("0001.jpg")).encode() + bytes(9), "", id="blank lines before, NULs behind"),
        pytest.param('<?xml version="1.0" encoding="GBK"?>' + voc("0001.jpg"), "", id="GBK"),
        pytest.param(('<?xml version="1.0" encoding="utf-16"?>' + voc("0001.jpg")).encode("utf-16"), "", id="UTF-16"),
        pytest.param(voc("C:\\pics\\dogs\\0001.jpg"), "", id="path of Windows"),
        pytest.param(voc("0001"), "", id="no suffix"),
        pytest.param(voc("0001.png"), "", id="another suffix"),
        pytest.param(voc(""), "", id="no name"),
        pytest.param(
            voc("0001.jpg", more="<object><name>cat</name><bndbox><xmin>1</xmin></bndbox></object>"),
            "1 objects of other categories than dog (cat 1)",
            id="others",
        ),
        pytest.param(
            voc(
                "0001.jpg",
                more="<object><name>dog</name><difficult>1</difficult>"
                "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object>",
            ),
            "difficult",
            id="difficult",
        ),
        pytest.param(
            "<annotation><filename>0001.jpg</filename><object><name>dog</name><polygon><x1>11</x1><y1>11</y1><x2>30</x2><y2>11</y2>"
            "<x3>30</x3><y3>25</y3></polygon></object></annotation>",
            "polygon's is taken",
            id="polygon",
        ),
    ],
)
def test_the_boxes_are_right(content: str | bytes, says: str, tmp_path: Path) -> None:
    looked = look(voc_folder(tmp_path / "data", {"0001.xml": content}), "voc", category="dog")
    assert looked.boxes == ALL
    assert not says or looked.says(says)


@pytest.mark.parametrize("encoding", ["euc-kr", "shift_jis", "big5", "gb18030", "cp1251", "iso-8859-2"])
def test_the_encoding_that_is_declared_counts(encoding: str, tmp_path: Path) -> None:
    name = {"cp1251": "пёс", "iso-8859-2": "žluť", "shift_jis": "犬", "euc-kr": "개"}.get(encoding, "狗")
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{voc("0001.jpg", name=name)}'.encode(encoding)
    looked = look(voc_folder(tmp_path / "data", {"0001.xml": xml}), "voc", category=name)
    assert looked.boxes == {"0001.jpg": PLAIN}
    assert looked.says("3 objects of other categories")


def test_the_category_that_is_asked_for_can_be_given(tmp_path: Path) -> None:
    folder = voc_folder(tmp_path / "data", {"0001.xml": voc("0001.jpg", name="cat")})
    with pytest.raises(KitError, match=r"dog \(3\), cat \(1\)"):
        look(folder, "voc")
    assert len(look(folder, "voc", category="Dog ").boxes) == 3


def test_names_that_belong_to_the_neighbour_are_seen(tmp_path: Path) -> None:
    """Pictures and XML files were renumbered, <filename> was left: 0002.xml names 0001.jpg, and so on; 0005.jpg came."""
    files = pictures([f"000{i}.jpg" for i in range(2, 6)])
    xml = {f"000{i}.xml": voc(f"000{i - 1}.jpg", (11, 11, 30, 20 + i)) for i in range(2, 6)}
    looked = look(write(tmp_path / "data", {**files, **xml}), "voc")
    assert {name: boxes[0][3] for name, boxes in looked.boxes.items()} == {f"000{i}.jpg": 20 + i for i in range(2, 6)}
    assert looked.says("stale")


def test_where_both_names_fit_the_setting_that_is_asked_for_helps(tmp_path: Path) -> None:
    swapped = {"0001.xml": voc("0002.jpg", (11, 11, 30, 21)), "0002.xml": voc("0001.jpg", (11, 11, 30, 22))}
    folder = voc_folder(tmp_path / "data", dict(swapped))
    with pytest.raises(KitError, match="Which picture"):
        look(folder, "voc")
    assert look(folder, "voc", match="filename").boxes["0002.jpg"] == [[10, 10, 30, 21]]
    assert look(folder, "voc", match="stem").boxes["0001.jpg"] == [[10, 10, 30, 21]]


def test_two_that_differ_stop_and_two_that_agree_are_one(tmp_path: Path) -> None:
    folder = voc_folder(tmp_path / "data", {"copy/0001.xml": voc("0001.jpg")})
    looked = look(folder, "voc")
    assert looked.boxes == ALL
    assert looked.says("say the same as another")
    write(folder, {"copy/0001.xml": voc("0001.jpg", (1, 1, 30, 30))})
    with pytest.raises(KitError, match="annotated twice"):
        look(folder, "voc")
    (folder / "copy/0001.xml").unlink()
    assert look(folder, "voc").boxes == ALL


def test_a_size_of_other_pixels_scales_the_boxes_where_only_that_fits(tmp_path: Path) -> None:
    xml: dict[str, str | bytes] = {f"{name}.xml": voc(f"{name}.jpg", (101, 101, 500, 400), size=size(640, 480)) for name in NAMES}
    looked = look(voc_folder(tmp_path / "data", xml), "voc")
    assert looked.boxes == {f"{name}.jpg": [[10, 10, 50, 40]] for name in NAMES}
    assert looked.says("scaled")


def test_a_size_of_other_pixels_is_asked_where_neither_fits_and_the_setting_helps(tmp_path: Path) -> None:
    """All but one box fit the picture, and are too small when scaled."""
    xml: dict[str, str | bytes] = {f"{name}.xml": voc(f"{name}.jpg", size=size(640, 480)) for name in NAMES}
    xml["0004.xml"] = voc("0004.jpg", (101, 101, 500, 400), size=size(640, 480))
    folder = voc_folder(tmp_path / "data", xml)
    for i in range(30):
        write(folder, {f"m{i}.jpg": encoded(picture(100 + i)), f"m{i}.xml": voc(f"m{i}.jpg", size=size(640, 480))})
    with pytest.raises(KitError, match="Which pixels") as caught:
        look(folder, "voc")
    assert 'sizes = "picture"' in caught.value.fix
    assert look(folder, "voc", sizes="picture").boxes["0001.jpg"] == PLAIN


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_boxes_from_before_the_turn(orientation: int, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"{name}.jpg": turned(orientation, i) for i, name in enumerate(NAMES)}
    xml: dict[str, str | bytes] = {f"{name}.xml": voc(f"{name}.jpg", (51, 6, 63, 20), size=size(64, 48)) for name in NAMES}
    looked = look(write(tmp_path / "data", {**files, **xml}), "voc", **({"sizes": "declared"} if orientation == 3 else {}))
    turns = {3: [1, 28, 14, 43], 6: [28, 50, 43, 63], 8: [5, 1, 20, 14]}
    assert looked.boxes["0001.jpg"] == [turns[orientation]]
    assert looked.says("turned with them")


def test_split_lists_count_and_those_that_lack_pictures_are_told(tmp_path: Path) -> None:
    folder = voc_folder(tmp_path / "data")
    write(folder, {"ImageSets/Main/train.txt": "0001\r\n0002 1\r\n", "ImageSets/Main/val.txt": "0003\n"})
    assert look(folder, "voc").says("the splits in ImageSets/Main are not used: 1 pictures are in none, as 0004.jpg")
    write(folder, {"ImageSets/Main/test.txt": "0004\n\n"})
    assert look(folder, "voc").found.counts == {"train": 2, "validation": 1, "test": 1}


def test_split_folders_count(tmp_path: Path) -> None:
    for split in ("train", "valid", "test"):
        voc_folder(tmp_path / "data", below=f"{split}/{split}_")
        for name in NAMES:
            write(tmp_path / "data", {f"{split}/{split}_{name}.xml": voc(f"{split}_{name}.jpg")})
    assert look(tmp_path / "data", "voc").found.counts == {"train": 4, "validation": 4, "test": 4}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"a.xml": "<annotations><image/></annotations>"}, "CVAT in its own format"),
        ({"a.jpg": encoded(picture(1))}, "no .xml file"),
        ({"a.xml": "<annotation/>", "a.jpg": encoded(picture(1))}, "no object"),
        ({"a.xml": "<annotation", "a.jpg": encoded(picture(1))}, "no XML that can be read"),
        ({"a.xml": voc("b.jpg"), "a.jpg.gz": ""}, "its image b.jpg is missing"),
        ({"a.xml": voc("a.jpg", name="개").encode("cp949"), "a.jpg": encoded(picture(1))}, "cp949"),
        ({"a.xml": b'<?xml version="1.0" encoding="klingon"?><annotation>\xe9</annotation>', "a.jpg": encoded(picture(1))}, "klingon"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told(files: dict[str, str | bytes], says: str, tmp_path: Path) -> None:
    with pytest.raises(KitError) as caught:
        look(write(tmp_path / "data", files), "voc")
    assert says in f"{caught.value} {caught.value.fix}"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('<?xml version="1.0" encoding="utf-16"?>' + voc("1.jpg"), ""),
        ('<?xml version="1.0" encoding="zlib"?>' + voc("1.jpg"), ""),
        (voc("1.jpg").replace("<annotation>", '<annotation xmlns="http://x.org/voc">'), ""),
        (voc("1.jpg").replace("annotation", "Annotation").replace("object", "Object"), ""),
        (voc("1.jpg").replace("<object>", "<folder>cats & dogs\x0b</folder><object>"), "no whole XML"),
        (voc("1.jpg").replace("<name>dog", "<name>dog&nbsp;"), "no whole XML"),
        (voc("1.jpg").replace("<bndbox>", "<bndbox xmin='11' ymin='11' xmax='30' ymax='25'><!--").replace("</bndbox>", "--></bndbox>"), ""),
        (voc("1.jpg", (11, 11, 20, 15)).replace("xmin", "x").replace("ymin", "y").replace("xmax", "width").replace("ymax", "height"), ""),
        (voc("1.jpg").replace("bndbox>", "none>").replace("<none>", "<robndbox><cx>21</cx><cy>18.5</cy><w>20</w><h>15</h><angle>0</angle></robndbox><none>"), ""),
    ],
)  # fmt: skip
def test_other_ways_to_write_xml_and_boxes(content: str, says: str, tmp_path: Path) -> None:
    looked = look(write(tmp_path / "data", {"1.jpg": encoded(picture(1)), "1.xml": content}), "voc")
    np.testing.assert_allclose(looked.boxes["1.jpg"], [[10, 10, 30, 25]], atol=1)
    assert not says or looked.says(says)


def test_annotations_in_another_encoding_name_the_remedy_and_it_helps(tmp_path: Path) -> None:
    files = {f"{i}.xml": voc(f"{i}.jpg", name="개").encode("cp949") for i in range(3)}
    folder = write(tmp_path / "data", {**files, **{f"{i}.jpg": encoded(picture(i)) for i in range(3)}})
    with pytest.raises(KitError, match="3 of 3 annotations") as caught:
        look(folder, "voc")
    command = shlex.split(caught.value.fix[caught.value.fix.index("python -m") :])[1:-1]
    subprocess.run([sys.executable, *command, *(str(folder / name) for name in files)], check=True, cwd=ROOT)
    assert look(folder, "voc", category="개").boxes == {f"{i}.jpg": [[10, 10, 30, 25]] for i in range(3)}


def test_nothing_but_difficult_objects_is_called_so(tmp_path: Path) -> None:
    content = voc("1.jpg").replace("</name>", "</name><difficult>1</difficult>")
    with pytest.raises(KitError, match="marked as difficult") as caught:
        look(write(tmp_path / "data", {"1.jpg": encoded(picture(1)), "1.xml": content}), "voc")
    assert "set difficult to 0" in caught.value.fix


@pytest.mark.parametrize("layout", ["{}/images/{}.jpg {}/annotations/{}.xml", "images/{}/{}.jpg annotations/{}/{}.xml"])
def test_pictures_of_one_name_belong_to_the_nearest_annotation(layout: str, tmp_path: Path) -> None:
    pictures, annotations = layout.split()
    for k, split in enumerate(("train", "val")):
        for i in range(3):
            box = (11 + 20 * k, 6, 30 + 20 * k, 25)
            content = {
                pictures.format(split, i): encoded(picture(10 * k + i)),
                annotations.format(split, i): voc(f"{i}.jpg", box),
            }
            write(tmp_path / "data", content)
    looked = look(tmp_path / "data", "voc")
    assert {name: boxes[0][0] for name, boxes in looked.boxes.items()} == {
        pictures.format(split, i): 10 + 20 * k for k, split in enumerate(("train", "val")) for i in range(3)
    }


def test_annotations_called_as_the_whole_picture_and_names_in_two_cases(tmp_path: Path) -> None:
    for i in range(4):
        content = voc("", name="dog" if i else "Dog").replace("<filename></filename>", "")
        write(tmp_path / "data", {f"{i}.jpg": encoded(picture(i)), f"{i}.jpg.xml": content})
    looked = look(tmp_path / "data", "voc")
    assert looked.boxes == {f"{i}.jpg": [[10, 10, 30, 25]] for i in range(4)}
    assert looked.says("upper and lower case alone")


def test_trainval_and_test_are_splits_and_a_picture_in_two_lists_is_told(tmp_path: Path) -> None:
    for i in range(6):
        write(tmp_path / "data", {f"JPEGImages/{i}.jpg": encoded(picture(i)), f"Annotations/{i}.xml": voc(f"{i}.jpg")})
    lists = {"trainval": "0\n1\n2\n3\n", "train": "0\n1\n2\n", "val": "3\n", "test": "4\n5\n"}
    write(tmp_path / "data", {f"ImageSets/Main/{name}.txt": text for name, text in lists.items()})
    assert look(tmp_path / "data", "voc").found.counts == {"train": 3, "validation": 1, "test": 2}
    write(tmp_path / "data", {"ImageSets/Main/train.txt": "0\n1\n2\n4\n"})
    assert look(tmp_path / "data", "voc").says("two lists put into different splits")
