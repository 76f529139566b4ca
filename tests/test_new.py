"""`invoke new`: from a folder of data to an app.toml that builds, in each format; what it asks, and what it refuses."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.load import load_app
from appspec.progress import Silent
from appspec.spec import AppSpec
from flow.new.make import new_app
from flow.new.wishes import Wishes
from flow.screen import Screen
from pymodel.data.store import ExampleStore
from pymodel.tasks.check import check_supported
from pymodel.tasks.task import find_trained_task
from tests.people_data import FORMATS, draw, write_machine, write_yolo

EXPECTED = {
    "cat": ("box", "landmarks"),
    "coco": ("heatmap",),
    "voc": ("box",),
    "yolo": ("box",),
    "folder": ("classify",),
    "csv": ("window",),
}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    base = tmp_path_factory.mktemp("data of people")
    return {name: write(base / name) for name, write in FORMATS.items()}


def made(root: Path, data: Path | str, name: str = "mine", **wishes: Any) -> AppSpec:
    """The app that is written, read back."""
    new_app(name, str(data), Wishes(take_proposals=True, **wishes), Screen(), root)
    spec = load_app(root / "apps", name)
    check_supported(spec)
    return spec


def refused(root: Path, data: Path | str, name: str = "mine", **wishes: Any) -> str:
    """The error in one text; nothing is written but pictures of two readings."""
    before = sorted(root.rglob("*"))
    with pytest.raises(KitError) as error:
        new_app(name, str(data), Wishes(take_proposals=True, **wishes), Screen(), root)
    sheet = root / "build" / name / "data.png"
    passing = {root / "apps", sheet, *sheet.parents}
    assert [path for path in sorted(root.rglob("*")) if path not in passing] == [one for one in before if one not in passing]
    return f"{error.value.what}\n{error.value.why}\n{error.value.fix}"


def read_stage(spec: AppSpec, target: Path) -> None:
    """As the first stage of a build."""
    target.mkdir()
    folder = spec.path(spec.training_data.path or "")
    find_trained_task(spec.model[0].task).read(folder, spec, target, Silent())


def test_every_format_is_tried() -> None:
    assert set(FORMATS) == set(get_args(Data.model_fields["format"].annotation)) - {"drawn"}


@pytest.mark.parametrize("data_format", FORMATS)
def test_each_format_becomes_an_app_that_reads_its_data(data_format: str, drawn: dict[str, Path], tmp_path: Path) -> None:
    spec = made(tmp_path, drawn[data_format])
    assert spec.training_data.format == data_format
    assert tuple(model.task for model in spec.model) == EXPECTED[data_format]
    read_stage(spec, tmp_path / "examples")
    if data_format != "csv":
        assert all(ExampleStore(tmp_path / "examples").counts().values())


def test_each_key_has_a_word(drawn: dict[str, Path], tmp_path: Path) -> None:
    for data_format, folder in drawn.items():
        made(tmp_path, folder, data_format)
        lines = (tmp_path / "apps" / data_format / "app.toml").read_text(encoding="utf-8").splitlines()
        bare = [line for line in lines if " = " in line and "  # " not in line and not line.startswith("test_from")]
        assert not bare


def test_yolo_with_keypoints_and_an_umlaut(tmp_path: Path) -> None:
    data = write_yolo(tmp_path / "Hände", keypoints=True)
    spec = made(tmp_path, data)
    assert spec.training_data.category == "Zeigende Hände"
    assert spec.model[0].name == "zeigende_hande_heatmap"
    spec = made(tmp_path, data, "tip", points="point_8, point_4", task="box,landmarks")
    assert spec.training_data.points == ("point_8", "point_4")
    assert [model.task for model in spec.model] == ["box", "landmarks"]
    assert [model.task for model in made(tmp_path, data, "filled", task="landmarks").model] == ["landmarks"]
    assert spec.model[1].backbone.weights == spec.model[0].name
    read_stage(spec, tmp_path / "examples")
    assert ExampleStore(tmp_path / "examples").points == ("point_8", "point_4")


def test_landmarks_of_small_things_come_after_their_box(drawn: dict[str, Path], tmp_path: Path) -> None:
    assert [model.task for model in made(tmp_path, drawn["cat"], task="landmarks").model] == ["box", "landmarks"]
    assert [model.task for model in made(tmp_path, drawn["cat"], "b", task="heatmap").model] == ["box", "heatmap"]


def test_flags_that_name_nothing_say_what_there_is(drawn: dict[str, Path], tmp_path: Path) -> None:
    assert "there is hand" in refused(tmp_path, drawn["coco"], category="foot")
    assert "forefinger4" in refused(tmp_path, drawn["coco"], points="nose")
    assert "box+landmarks" in refused(tmp_path, drawn["coco"], task="classify")
    assert "there is coco" in refused(tmp_path, drawn["coco"], format="voc")
    assert "these are pictures" in refused(tmp_path, drawn["voc"], label="state")
    assert "these are time series" in refused(tmp_path, drawn["csv"], category="cat")
    assert "machine.csv has the columns" in refused(tmp_path, drawn["csv"], timestamp="when")


def test_an_app_is_never_written_over(drawn: dict[str, Path], tmp_path: Path) -> None:
    mine = tmp_path / "apps" / "Mine"
    mine.mkdir(parents=True)
    (mine / "notes.txt").write_text("mine", encoding="utf-8")
    assert "is there already" in refused(tmp_path, drawn["voc"])
    assert [path.name for path in mine.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("name", ["", " ", "../up", "a/b", "a\\b", ".hidden", "-x", "a\nb", "x" * 90, "a:b"])
def test_names_that_are_no_folder(name: str, drawn: dict[str, Path], tmp_path: Path) -> None:
    assert "An app can't be called" in refused(tmp_path, drawn["voc"], name)


@pytest.mark.parametrize(
    ("name", "part"),
    [("내 고양이", "app_"), ("new", "app_new"), ("3d cats", "app_3d_cats"), ("Größe-X", "grosse_x"), ("it's", "it_s")],
)
def test_names_of_all_kinds(name: str, part: str, drawn: dict[str, Path], tmp_path: Path) -> None:
    spec = made(tmp_path, drawn["voc"], name)
    assert spec.app.id.startswith(f"org.example.{part}")
    assert made(tmp_path, drawn["voc"], f"{name} 2", id="de.firma.app").app.id == "de.firma.app"


def test_the_commands_that_come_next_name_the_app(
    drawn: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made(tmp_path, drawn["voc"], "내 앱")
    assert "invoke build-apk --app '내 앱'" in capsys.readouterr().out
    new_app("other", str(drawn["voc"]), Wishes(), Screen(as_json=True), tmp_path)
    document = json.loads(capsys.readouterr().out)
    assert document["data"]["format"] == "voc"
    assert document["next"][1] == "invoke build-apk --app other"


@pytest.mark.parametrize("folder", ['it\'s "quoted" #1', "a = b\\n", "Größe [1] {x}", "$nothing", "tab\there"])
def test_folders_of_any_name(folder: str, drawn: dict[str, Path], tmp_path: Path) -> None:
    spec = made(tmp_path, shutil.copytree(drawn["voc"], tmp_path / folder))
    assert spec.path(spec.training_data.path or "") == (tmp_path / folder).resolve()


@pytest.mark.parametrize("folder", ["$HOME", "\udcff"])
def test_folders_that_app_toml_cannot_name(folder: str, drawn: dict[str, Path], tmp_path: Path) -> None:
    assert "rename that folder" in refused(tmp_path, shutil.copytree(drawn["voc"], tmp_path / folder))


def test_one_level_too_high(drawn: dict[str, Path], tmp_path: Path) -> None:
    for data_format in FORMATS:
        outer = tmp_path / f"unpacked {data_format}"
        shutil.copytree(drawn[data_format], outer / "archive" / "set")
        spec = made(tmp_path, outer, f"app {data_format}")
        read_stage(spec, tmp_path / f"examples {data_format}")


def test_what_is_no_folder_of_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    assert "holds no file" in refused(tmp_path, data)
    assert "does not exist" in refused(tmp_path, tmp_path / "no")
    assert "it is empty" in refused(tmp_path, " ")
    (tmp_path / "cats.zip").write_bytes(b"PK\3\4")
    assert "unpack it first: unzip cats.zip" in refused(tmp_path, tmp_path / "cats.zip")
    (data / "cats.tar.gz").write_bytes(b"\x1f\x8b")
    assert "unpack it first" in refused(tmp_path, data)
    (data / "cats.tar.gz").rename(data / "film.MOV")
    assert "take frames" in refused(tmp_path, data)
    (data / "film.MOV").rename(data / "table.xlsx")
    assert "save it as CSV" in refused(tmp_path, data)
    (data / "table.xlsx").rename(data / "letter.docx")
    assert ".docx (1)" in refused(tmp_path, data)
    assert "this file lies in" in refused(tmp_path, data / "letter.docx")


def test_pictures_without_answers(tmp_path: Path) -> None:
    pets = draw(tmp_path / "pets", "pets", "folder", 8)
    shutil.rmtree(pets / "dog")
    assert "neither folders of two or more classes" in refused(tmp_path, pets)


def test_too_few_pictures(tmp_path: Path) -> None:
    assert "too few pictures" in refused(tmp_path, draw(tmp_path / "two", "cats", "voc", 2))


def test_several_formats_and_several_categories(tmp_path: Path) -> None:
    data = draw(tmp_path / "data", "cats", "voc")
    files = sorted(data.glob("*.jpg"))
    for xml in sorted(data.glob("*.xml"))[:10]:
        xml.write_text(xml.read_text(encoding="utf-8").replace("<name>cat<", "<name>Dog &amp; Co<"), encoding="utf-8")
    document = {
        "images": [{"id": i, "file_name": file.name, "width": 96, "height": 80} for i, file in enumerate(files)],
        "annotations": [{"id": i, "image_id": i, "category_id": 1, "bbox": [9, 9, 40, 40]} for i in range(len(files))],
        "categories": [{"id": 1, "name": "cat"}],
    }
    (data / "labels.json").write_text(json.dumps(document), encoding="utf-8")
    assert made(tmp_path, data, "one").training_data.format == "coco"
    assert made(tmp_path, data, "two", format="voc").training_data.category == "cat"
    spec = made(tmp_path, data, "three", format="voc", category="dog & co")
    assert spec.training_data.category == "Dog & Co"
    assert spec.model[0].name == "dog_co_box"


def states(folder: Path) -> Path:
    """A recording with a column of three words."""
    lines = ["zeit;temp;druck;zustand;notiz"]
    for i in range(1200):
        state = "AUSFALL" if i % 200 in (190, 191) else "Wartung" if i % 200 > 191 else "läuft"
        lines.append(f"2024-03-{1 + i // 144:02}T{i // 6 % 24:02}:{i % 6}0;{20 + i % 7},{i % 10};{i % 13};{state};")
    folder.mkdir()
    (folder / "presse.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_states_in_words(tmp_path: Path) -> None:
    spec = made(tmp_path, states(tmp_path / "csv"))
    series = spec.training_data.series
    assert (series.timestamp, series.label, series.values) == ("zeit", "zustand", ("temp", "druck"))
    assert series.abnormal == ("AUSFALL",)
    read_stage(spec, tmp_path / "examples")
    assert made(tmp_path, tmp_path / "csv", "b", abnormal="ausfall, wartung").training_data.series.abnormal == (
        "AUSFALL",
        "Wartung",
    )
    assert "läuft" in refused(tmp_path, tmp_path / "csv", "c", abnormal="kaputt")


def test_time_that_counts_from_zero_and_states_in_numbers(tmp_path: Path) -> None:
    lines = ["time,x,fault_class"] + [f"{i / 10:.1f},{i * i % 17},{i // 100 % 5 if i // 100 % 2 else 0}" for i in range(6000)]
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "bearing.csv").write_text("\n".join(lines), encoding="utf-8")
    series = made(tmp_path, tmp_path / "csv").training_data.series
    assert (series.timestamp, series.begin, series.values, series.label) == ("time", "2000-01-01T00:00:00", ("x",), "fault_class")
    assert set(series.abnormal) == {"1", "2", "3", "4"}


def test_machines_in_one_file(tmp_path: Path) -> None:
    lines = ["datetime,machineID,volt,failure"]
    for i in range(900):
        lines += [
            f"2015-01-{1 + i // 48:02} {i // 2 % 24:02}:{i % 2 * 3}0:00,{m},{i * m % 17},{int(i % 150 > 140)}" for m in (1, 2)
        ]
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "telemetry.csv").write_text("\n".join(lines), encoding="utf-8")
    spec = made(tmp_path, tmp_path / "csv")
    series = spec.training_data.series
    assert (series.group, series.label, series.values) == ("machineID", "failure", ("volt",))
    read_stage(spec, tmp_path / "examples")


def test_a_table_of_failures_and_a_second_clock(tmp_path: Path) -> None:
    """The list that lies beside is no recording, and a column that counts seconds no channel."""
    hours = [f"2015-01-{1 + i // 24:02} {i % 24:02}:00:00" for i in range(700)]
    (tmp_path / "csv").mkdir()
    for name, lines in (
        ("telemetry", ["datetime,machineID,epoch,volt", *(f"{at},{m},{1420070400 + 3600 * i},{i * m % 17}" for i, at in enumerate(hours) for m in (1, 2))]),
        ("failures", ["datetime,machineID,failure", *(f"{hours[i]},{1 + i % 2},comp{i % 4}" for i in range(50, 700, 55))]),
    ):  # fmt: skip
        (tmp_path / "csv" / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    spec = made(tmp_path, tmp_path / "csv")
    series = spec.training_data.series
    assert (series.group, series.failures, series.values) == ("machineID", "failures.csv", ("volt",))
    read_stage(spec, tmp_path / "examples")


def test_a_file_for_each_split_of_coco(tmp_path: Path) -> None:
    data = draw(tmp_path / "coco", "pointing_hands", "coco")
    whole = json.loads((data / "annotations.json").read_text(encoding="utf-8"))
    (data / "annotations.json").unlink()
    (data / "annotations").mkdir()
    for kind in ("captions", "instances", "person_keypoints"):
        for part, start in (("train2017", 0), ("val2017", 30)):
            end = 30 if part == "train2017" else len(whole["images"])
            document = {"info": kind, **{key: whole[key][start:end] for key in ("images", "annotations")}}
            document |= {} if kind == "captions" else {"categories": whole["categories"]}
            (data / "annotations" / f"{kind}_{part}.json").write_text(json.dumps(document), encoding="utf-8")
    spec = made(tmp_path, data)
    assert spec.training_data.annotations == "annotations/person_keypoints_*.json"
    assert spec.training_data.split.given
    read_stage(spec, tmp_path / "examples")
    assert ExampleStore(tmp_path / "examples").counts()["validation"] == 10


def test_a_row_a_value_and_dates_in_parts(tmp_path: Path) -> None:
    """What the remedies of the reader name is taken by flags; columns of year, month and day are seen."""
    recorded = write_machine(tmp_path / "machine")
    frame = pd.read_csv(next(recorded.glob("*.csv")), parse_dates=["timestamp"])
    long = frame.melt("timestamp", ["temperature", "vibration"], "kind", "value").sort_values("timestamp")
    apart = frame[["timestamp", "temperature", "vibration"]].copy()
    for part in ("minute", "hour", "day", "month", "year"):
        apart.insert(1, part, getattr(apart["timestamp"].dt, part))
    for name, table in (
        ("long", long),
        ("tags", long.rename(columns={"kind": "tag"})),
        ("apart", apart.drop(columns="timestamp")),
    ):
        data = tmp_path / name
        data.mkdir()
        table.to_csv(data / "machine.csv", index=False)
        (data / "failures.txt").write_bytes((recorded / "failures.txt").read_bytes())
    assert 'channel = "kind"' in refused(tmp_path, tmp_path / "long")
    for spec in (
        made(tmp_path, tmp_path / "long", settings=("data.series.channel=kind",)),
        made(tmp_path, tmp_path / "tags", "tags"),  # its name tells
    ):
        assert spec.training_data.series.values == ("temperature", "vibration")
    assert made(tmp_path, tmp_path / "apart", "apart").training_data.series.timestamp == "year"


def test_a_list_of_failures_elsewhere_is_copied(tmp_path: Path) -> None:
    data = write_machine(tmp_path / "machine")
    (data / "failures.txt").rename(tmp_path / "when.txt")
    text = refused(tmp_path, data)
    assert "--failures FILE" in text
    spec = made(tmp_path, data, failures=str(tmp_path / "when.txt"))
    assert spec.training_data.series.failures == tuple((tmp_path / "when.txt").read_text(encoding="utf-8").split())
    read_stage(spec, tmp_path / "examples")


def test_where_two_readings_fit_it_asks_for_a_setting_that_helps(tmp_path: Path) -> None:
    """Sizes from before a turn by EXIF: which way the boxes count isn't certain."""
    data = tmp_path / "turned"
    data.mkdir()
    exif = Image.Exif()
    exif[0x0112] = 6
    for i in range(40):
        Image.fromarray(np.random.default_rng(i).integers(0, 255, (64, 80, 3), np.uint8)).save(data / f"{i}.jpg", exif=exif)
    document = {
        "images": [{"id": i, "file_name": f"{i}.jpg", "width": 80, "height": 64} for i in range(40)],
        "annotations": [{"id": i, "image_id": i, "category_id": 1, "bbox": [9, 9, 30, 30]} for i in range(40)],
        "categories": [{"id": 1, "name": "hand"}],
    }
    (data / "labels.json").write_text(json.dumps(document), encoding="utf-8")
    said = refused(tmp_path, data)
    sheet = tmp_path / "build" / "mine" / "data.png"
    assert f"look at {sheet}, where both are drawn, and say --set data.sizes=declared or --set data.sizes=picture" in said
    with Image.open(sheet) as drawn:
        assert drawn.height > 400, "a row a reading"
    assert made(tmp_path, data, settings=("data.sizes=picture",)).training_data.sizes == "picture"
    assert "a key of [data]" in refused(tmp_path, data, "other", settings=("train.epochs=3",))
    assert "sizes can't be 'x'" in refused(tmp_path, data, "other", settings=("data.sizes=x",))


def test_what_cannot_be_read_is_said_in_its_own_words(tmp_path: Path) -> None:
    """Annotations in another encoding aren't pictures of nothing, and such a list of failures is none that is missing."""
    dogs = draw(tmp_path / "dogs", "cats", "voc", 8)
    for file in dogs.rglob("*.xml"):
        text = file.read_text(encoding="utf-8").replace("<name>cat<", "<name>Kühlschrank<")
        file.write_bytes(text.encode("mac_roman"))
    assert "appspec.text mac_roman" in refused(tmp_path, dogs)
    machine = write_machine(tmp_path / "machine")
    failures = machine / "failures.txt"
    failures.write_bytes(failures.read_text(encoding="utf-8").replace("\n", " Lüfter\n").encode("cp850"))
    assert "appspec.text cp850" in refused(tmp_path, machine)


def test_a_flag_with_blanks_stands_in_quotes(tmp_path: Path) -> None:
    document = {
        "images": [{"id": i, "file_name": f"{i}.jpg", "width": 80, "height": 64} for i in range(40)],
        "annotations": [
            {"id": i, "image_id": i, "category_id": 1, "bbox": [10, 8, 30, 20], "keypoints": [12, 15, 2, 14, 32, 2]}
            for i in range(40)
        ],
        "categories": [{"id": 1, "name": "hand", "keypoints": ["tip", "wrist"]}],
    }
    data = tmp_path / "hands"
    data.mkdir()
    for i in range(40):
        Image.fromarray(np.random.default_rng(i).integers(0, 255, (64, 80, 3), np.uint8)).save(data / f"{i}.jpg")
    (data / "labels.json").write_text(json.dumps(document), encoding="utf-8")
    assert '--set "data.axes=x first" or --set "data.axes=y first"' in refused(tmp_path, data)
    assert made(tmp_path, data, settings=("data.axes=y first",)).training_data.axes == "y first"


class Terminal:
    """Standard input and output of somebody who types."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answers: Sequence[str]) -> None:
        self.asked: list[str] = []
        left = iter(answers)

        def answer(prompt: str) -> str:
            self.asked.append(prompt)
            return next(left)

        monkeypatch.setattr("builtins.input", answer)
        for stream in (sys.stdin, sys.stdout):
            monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)


def test_on_a_terminal_it_asks_what_it_cannot_see(
    drawn: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal(monkeypatch, ["nonsense", "BOX+landmarks"])
    new_app("mine", str(drawn["coco"]), Wishes(), Screen(), tmp_path)
    assert terminal.asked == ["  [heatmap] "] * 2
    assert [model.task for model in load_app(tmp_path / "apps", "mine").model] == ["box", "landmarks"]
    terminal = Terminal(monkeypatch, [""])
    new_app("other", str(drawn["coco"]), Wishes(), Screen(), tmp_path)
    assert [model.task for model in load_app(tmp_path / "apps", "other").model] == ["heatmap"]
    terminal = Terminal(monkeypatch, ["kaputt", "wartung"])
    new_app("words", str(states(tmp_path / "states")), Wishes(), Screen(), tmp_path)
    assert terminal.asked == ["  [AUSFALL] "] * 2
    assert load_app(tmp_path / "apps", "words").training_data.series.abnormal == ("Wartung",)
    terminal = Terminal(monkeypatch, [])
    new_app("sure", str(drawn["coco"]), Wishes(take_proposals=True), Screen(), tmp_path)
    assert not terminal.asked
