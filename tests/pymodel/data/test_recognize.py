"""Which format a folder is, seen without opening a picture; and what an error says where it is another than asked for."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from appspec.data_spec import Data, Series
from appspec.errors import KitError
from pymodel.data.recognize import recognize
from pymodel.data.series.read_csv import read_tables
from pymodel.data.source import open_source
from tests.people_data import FORMATS


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    base = tmp_path_factory.mktemp("formats")
    return {name: write(base / name) for name, write in FORMATS.items()}


def words(folder: Path, data_format: str) -> KitError:
    with pytest.raises(KitError) as error:
        open_source(folder, Data.model_validate({"format": data_format, "path": str(folder)}))
    return error.value


def lay(folder: Path, *files: str, content: bytes = b"") -> Path:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(content)
    return folder


@pytest.mark.parametrize("data_format", FORMATS)
def test_each_format_is_recognized_alone(data_format: str, drawn: dict[str, Path]) -> None:
    assert [one.format for one in recognize(drawn[data_format]).formats] == [data_format]


def test_an_error_names_the_format_that_it_looks_like_and_the_setting_helps(drawn: dict[str, Path]) -> None:
    for asked in ("coco", "voc", "cat", "yolo"):
        for there in {"coco", "voc", "cat", "yolo"} - {asked}:
            error = words(drawn[there], asked)
            assert f'it looks like {there}: format = "{there}" in [data]' in error.fix, (asked, there, error)
            assert open_source(drawn[there], Data.model_validate({"format": there, "path": "."})).files
    for there in ("folder", "csv"):
        assert f"it looks like {there}: an app for it: invoke new NAME --data" in words(drawn[there], "coco").fix
    for data_format in ("coco", "voc"):
        with pytest.raises(KitError) as error:
            read_tables(drawn[data_format], Series(label="x"))
        assert f"it looks like {data_format}" in error.value.fix


def test_a_mistake_in_the_format_that_was_asked_for_stays_as_it_is(tmp_path: Path) -> None:
    document = {"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 1, "file_name": "b.jpg"}], "annotations": [], "categories": []}
    (tmp_path / "labels.json").write_text(json.dumps(document), encoding="utf-8")
    assert "looks like" not in str(words(tmp_path, "coco"))


def test_data_one_level_below_is_named(drawn: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "hands").symlink_to(drawn["coco"])
    assert str(tmp_path / "hands") in words(tmp_path, "coco").fix


def test_splits_above_classes_are_no_classes(tmp_path: Path) -> None:
    data = lay(tmp_path, *(f"set/{part}/{name}/{i}.jpg" for part in ("train", "val") for name in ("a", "b") for i in range(3)))
    (found,) = recognize(data).formats
    assert (found.format, found.inner) == ("folder", "set")
    assert found.evidence == "2 folders of pictures: a/ (6), b/ (6)"
    assert recognize(data).splits == ("train", "val")


def test_texts_and_json_of_other_kinds_are_no_labels(tmp_path: Path) -> None:
    lay(tmp_path, "a/1.jpg", "b/2.jpg")
    lay(tmp_path, "a/1.txt", "b/2.txt", content=b"A photograph of a dog, 3 years old\n")
    lay(tmp_path, "package.json", content=b'{"images": "many"}')
    lay(tmp_path, "strings.xml", content=b"<resources/>")
    assert [one.format for one in recognize(tmp_path).formats] == ["folder"]


def test_utf16_is_seen(tmp_path: Path) -> None:
    lay(tmp_path / "x", "1.jpg")
    (tmp_path / "x" / "1.xml").write_text("<annotation><filename>1.jpg</filename></annotation>", encoding="utf-16")
    assert [one.format for one in recognize(tmp_path / "x").formats] == ["voc"]
    lay(tmp_path / "y")
    (tmp_path / "y").mkdir()
    (tmp_path / "y" / "a.csv").write_text("time;a\n" + "2024-01-01;1,5\n" * 9, encoding="utf-16")
    assert [one.format for one in recognize(tmp_path / "y").formats] == ["csv"]


def test_many_files_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, *(f"images/{i}.jpg" for i in range(1500)))
    lay(tmp_path, *(f"labels/{i}.txt" for i in range(1500)), content=b"0 0.5 0.5 0.2 0.2\n")
    opened = []
    real = Path.open
    monkeypatch.setattr(Path, "open", lambda self, *a, **k: (opened.append(self), real(self, *a, **k))[1])
    assert [one.format for one in recognize(tmp_path).formats] == ["yolo"]
    assert len(opened) < 100


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 300, b"\xff\xfe", b"{" * 99999, b"<" * 999, b",,,,\n" * 99, b"0 nan inf\n", b"\xed\xa0\x80"]
)
@pytest.mark.parametrize("suffix", ["json", "xml", "txt", "csv", "cat", "yaml", "jpg"])
def test_nothing_stops_it(content: bytes, suffix: str, tmp_path: Path) -> None:
    recognize(lay(tmp_path, f"a/1.{suffix}", f"b/2.{suffix}", "a/1.jpg", f"1.{suffix}", content=content))


def test_classes_in_names_are_told_and_the_remedy_helps(tmp_path: Path) -> None:
    lay(tmp_path, *[f"{kind}.{i}.jpg" for kind in ("cat", "dog") for i in range(3)])
    (line,) = [line for line in recognize(tmp_path).unread if "begin with cat, dog" in line]
    subprocess.run(["bash", "-c", line.partition("in theirs: ")[2]], check=True, cwd=tmp_path)
    assert [one.format for one in recognize(tmp_path).formats] == ["folder"]
    assert sorted(path.name for path in (tmp_path / "dog").iterdir()) == ["dog.0.jpg", "dog.1.jpg", "dog.2.jpg"]


def test_a_table_of_classes_is_told(tmp_path: Path) -> None:
    lay(tmp_path, *[f"train/{i:04}.jpg" for i in range(9)])
    rows = "".join(f"{i:04},{'cat' if i % 2 else 'dog'}\n" for i in range(9))
    (tmp_path / "labels.csv").write_text(f"id,breed\n{rows}", encoding="utf-8")
    assert any("labels.csv lists classes of pictures (id,breed)" in line for line in recognize(tmp_path).unread)


@pytest.mark.parametrize("name", ["cat.1.txt", "a.json", "1.xml"])
def test_names_of_annotated_pictures_are_no_classes(tmp_path: Path, name: str) -> None:
    lay(tmp_path, *[f"{kind}.{i}.jpg" for kind in ("cat", "dog") for i in range(3)], name)
    assert not any("begin with" in line for line in recognize(tmp_path).unread)


def test_a_row_a_value_is_a_series_whatever_words_stand_beside(tmp_path: Path) -> None:
    rows = "".join(f"2024-03-01 00:{i:02},Europe/Berlin,left,temp,{i}\n" for i in range(30))
    (tmp_path / "all.csv").write_text(f"time,tz,machine,tag,value\n{rows}", encoding="utf-8")
    assert [one.format for one in recognize(tmp_path).formats] == ["csv"]
