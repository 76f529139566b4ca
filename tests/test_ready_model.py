"""`invoke build-apk --model`: a ready model gets an app of its own, and no other app is touched."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tomli

from appspec.errors import KitError
from appspec.load import load_app
from appspec.read_contract import read_contract
from flow.describe import answered, describe
from flow.ready_model import ReadyModel, app_name, make_app, model_as_said, read_wishes, ready_model
from flow.screen import Screen
from tests.kit import copy_kit
from tests.pymodel.foreign.models import constant_outputs, teachable_machine

SCORES = constant_outputs({"x": np.array([[0.1, 0.7, 0.2]])})


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    file = tmp_path / "converted_tflite.zip"
    file.write_bytes(teachable_machine())
    return file


def test_an_archive_becomes_an_app_with_everything_said(archive: Path, tmp_path: Path) -> None:
    assert make_app(ReadyModel(archive, name="Cat or Dog?"), Screen(), tmp_path) == "cat_or_dog"
    spec = load_app(tmp_path / "apps", "cat_or_dog")
    (model,) = spec.model
    assert (spec.app.name, spec.app.id, model.task, model.file) == (
        "Cat or Dog?", "org.example.cat_or_dog", "classify", "model_unquant.tflite",
    )  # fmt: skip
    assert model.input.mean_rgb == model.input.std_rgb == (127.5,) * 3
    folder = tmp_path / "apps" / "cat_or_dog"
    assert (folder / "labels.txt").read_text(encoding="utf-8") == "0 Cat\n1 Dog\n2 Nobody\n"


def test_the_same_command_again_is_the_same_app(archive: Path, tmp_path: Path) -> None:
    ready = ReadyModel(archive)
    name = make_app(ready, Screen(), tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "apps" / name).iterdir()}
    assert make_app(ready, Screen(), tmp_path) == name
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "apps" / name).iterdir()} == before
    make_app(replace(ready, score="0.9"), Screen(), tmp_path)
    assert load_app(tmp_path / "apps", name).model[0].score == 0.9


def test_another_app_is_never_overwritten(archive: Path, tmp_path: Path) -> None:
    name = make_app(ReadyModel(archive), Screen(), tmp_path)
    file = tmp_path / "apps" / name / "app.toml"
    written = file.read_text(encoding="utf-8")
    other = tmp_path / "other.tflite"
    other.write_bytes(SCORES)
    said = {"mean": "0", "std": "255", "name": name, "labels": "3"}
    with pytest.raises(KitError, match="is there already"):
        make_app(model_as_said(str(other), (), **said), Screen(), tmp_path)
    assert file.read_text(encoding="utf-8") == written
    file.write_text(written + "\n# mine\n", encoding="utf-8")
    with pytest.raises(KitError, match="changed by hand"):
        make_app(ReadyModel(archive, score="0.9"), Screen(), tmp_path)
    assert file.read_text(encoding="utf-8").endswith("# mine\n")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("MobileNet V2-1.0.tflite", "mobilenet_v2_1"),
        ("0.tflite", "model_0"),
        ("고양이.tflite", "model_2c4930ad"),
        ("강아지.tflite", "model_94e82412"),
        ("class.tflite", "model_class"),
        ("Face.Detector.tflite", "face"),
        ("a" * 80 + ".tflite", "a" * 48),
    ],
)
def test_a_file_names_its_app(file: str, name: str) -> None:
    assert app_name(ReadyModel(Path(file))) == name


def test_any_name_is_written_as_toml(archive: Path, tmp_path: Path) -> None:
    shown = 'Say "hi" \\ & 고양이'
    name = make_app(ReadyModel(archive, name=shown), Screen(), tmp_path)
    document = tomli.loads((tmp_path / "apps" / name / "app.toml").read_text(encoding="utf-8"))
    assert document["app"]["name"] == shown


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"mean": "127.5"}, "--mean and --std belong together"),
        ({"mean": "1,2", "std": "1,2"}, "one number, or three"),
        ({"mean": "a", "std": "1"}, "no numbers"),
        ({"mean": "0", "std": "0"}, "above 0"),
        ({"score": "2"}, "from 0 to 1"),
        ({"task": "detec"}, "no such task"),
        ({"labels": "absent.txt"}, "--labels absent.txt can't be used"),
        ({"labels": "palm"}, "'palm,'"),
    ],
)
def test_a_flag_with_a_wrong_value_is_one_clear_error(said: dict[str, str], says: str, archive: Path) -> None:
    with pytest.raises(KitError) as told:
        read_wishes(model_as_said(str(archive), (), **said))
    assert says in f"{told.value.what} {told.value.why} {told.value.fix}"


def test_flags_of_a_model_need_one() -> None:
    with pytest.raises(KitError, match="--labels can't be used"):
        ready_model(None, (), labels="x.txt")
    with pytest.raises(KitError, match="--constant can't be used"):
        ready_model(None, ("a=1",))
    assert ready_model(None, (), labels=None) is None


def test_a_model_is_described_beside_itself_and_then_speaks_for_itself(tmp_path: Path) -> None:
    file = tmp_path / "scores.tflite"
    file.write_bytes(SCORES)
    ready = model_as_said(str(file), (), mean="0", std="255", labels="cat,dog,cow")
    describe(ready, None, Screen())
    contract = read_contract(tmp_path / "scores_described.tflite")
    assert (contract.task, contract.labels, contract.input.std) == ("classify", ("cat", "dog", "cow"), (255.0,) * 3)
    assert file.read_bytes() == SCORES
    assert make_app(ReadyModel(tmp_path / "scores_described.tflite"), Screen(), tmp_path) == "scores_described"
    with pytest.raises(KitError, match="never in its place"):
        describe(ready, file, Screen())


def test_described_as_json_lists_are_lists_and_numbers_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "scores.tflite"
    file.write_bytes(SCORES)
    describe(model_as_said(str(file), (), mean="0", std="255", labels="cat,dog,cow"), None, Screen(as_json=True))
    document = json.loads(capsys.readouterr().out)
    assert (document["labels"], document["mean"], document["std"]) == (["cat", "dog", "cow"], [0.0] * 3, [255.0] * 3)
    assert (document["decoder"]["name"], document["decoder"]["threshold"]) == ("classes", 0.5)
    assert document["outputs"][0]["shape"][-1] == 3
    assert document["file"] == str(tmp_path / "scores_described.tflite")


def test_an_answer_takes_the_place_of_a_flag() -> None:
    ready = ReadyModel(Path("a.tflite"))
    assert (answered(ready, "mean", "127.5  64").mean, answered(ready, "mean", "127.5 64").std) == ("127.5", "64")
    assert answered(ready, "task", "raw").task == "raw"
    assert answered(ready, "constant", "a=1").constants == ("a=1",)
    with pytest.raises(KitError, match="nothing was said for labels"):
        answered(ready, "labels", "")


def test_an_archive_goes_all_the_way_to_an_apk_and_its_screens(archive: Path, tmp_path: Path) -> None:
    kit = copy_kit(tmp_path / "kit")
    (kit.folder / "apps").mkdir()
    end = kit.run("build-apk", "--model", str(archive), "--name", "Cat or Dog")
    assert end.code == 0, end
    assert (kit.artifacts("cat_or_dog").apk / "cat_or_dog.apk").is_file()
    assert "not evaluated" in end.out
    assert "Next: invoke deploy --app cat_or_dog" in end.out
    again = kit.run("build-apk", "--model", str(archive), "--name", "Cat or Dog")
    assert again.code == 0, again
    assert "The same app" in again.out
    assert "build apk: nothing changed" in again.out
    end = kit.run("preview", "--app", "cat_or_dog", "--out", str(tmp_path / "preview.png"))
    assert end.code == 0, end
    assert (tmp_path / "preview.png").is_file()
