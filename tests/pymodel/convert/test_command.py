"""`invoke convert` as people type it, the study's own flags among them."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from pathlib import Path

import pytest

from appspec.errors import KitError
from flow.convert import Wishes, app_inputs, conversion_request
from pymodel.convert.convert import convert
from pymodel.convert.recognize import recognize
from pymodel.convert.request import Request
from tests.kit import Kit, copy_kit
from tests.test_command_line import is_one_clear_error


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    return copy_kit(tmp_path_factory.mktemp("convert") / "kit")


def test_the_studys_own_command(kit: Kit, models: Path, tmp_path: Path) -> None:
    words = ["--frozen-pb", str(models / "hourglass.pb"), "--input-node-name", "image", "--output-node-name", "hourglass_out_3"]
    words += ["--output-path", str(tmp_path), "--type", "tflite", "--input-shape", "image=1,8,8,3"]
    end = kit.run("convert", *words)
    assert end.code == 0, end
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hourglass.tflite", "hourglass.tflite.json"]
    assert "hourglass_out_3" in end.out
    assert "seeded noise" in end.out
    assert "TensorFlow" not in end.err
    as_json = kit.run("convert", *words, "--json")
    document = json.loads(as_json.out)
    assert document["result"] == str(tmp_path / "hourglass.tflite")
    assert document["outputs"][0]["output"] == "hourglass_out_3"
    assert document["outputs"][0]["relative"] < 1e-4


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "no model is given"),
        (("--model", "{models}/net.keras", "--frozen-pb", "{models}/net.pb"), "both"),
        (("--model", "{models}/net.keras", "--to", "onnx"), "no target"),
        (("--model", "{models}/net.keras", "--quantize", "auto"), "no quantization"),
        (("--model", "{models}/net.keras", "--std", "0"), "can't be used"),
        (("--model", "{models}/net.keras", "--mean", "abc"), "no number"),
        (("--model", "{models}/net.keras", "--to", "c", "--type", "tflite"), "contradict each other"),
        (("--model", "{models}/net.keras", "--output-path", "{models}/net.keras"), "it is a file"),
        (("--model", "{models}/net.keras", "--inputs", "/nowhere"), "there is no /nowhere"),
        (("--model", "{models}/net.keras", "--input-shape", "image"), "NAME=SIDE"),
        (("--model", "{models}/net.keras", "--tolerance", "much"), "no number"),
        (("--model", "{models}"), "no saved_model.pb"),
    ],
)
def test_mistakes_are_one_clear_error(kit: Kit, models: Path, words: tuple[str, ...], why: str) -> None:
    end = kit.run("convert", *(word.format(models=models) for word in words))
    assert is_one_clear_error(end), end
    assert why in end.err


def test_a_result_beyond_the_tolerance_fails_and_nothing_is_kept(kit: Kit, models: Path, tmp_path: Path) -> None:
    words = ["--model", str(models / "net.keras"), "--quantize", "float16", "--tolerance", "1e-9", "--output-path", str(tmp_path)]
    end = kit.run("convert", *words)
    assert is_one_clear_error(end), end
    assert "output heat differs" in end.err or "output scores differs" in end.err
    assert list(tmp_path.iterdir()) == []


def test_the_source_is_never_overwritten(models: Path, tmp_path: Path) -> None:
    source = tmp_path / "m.tflite"
    source.write_bytes((models / "free.tflite").read_bytes())
    before = source.read_bytes()
    request = Request(source, "tflite", shapes={"picture": (1, 8, 8, 3)})
    with pytest.raises(KitError, match="in place of the source"):
        convert(request, tmp_path, tmp_path / "log")
    assert source.read_bytes() == before


def test_a_result_replaces_only_one_of_the_same_source(models: Path, tmp_path: Path) -> None:
    folders = tmp_path / "one", tmp_path / "two"
    for folder in folders:
        folder.mkdir()
        (folder / "m.tflite").write_bytes((models / "free.tflite").read_bytes())
    one, two = (Request(folder / "m.tflite", "tflite", shapes={"picture": (1, 8, 8, 3)}) for folder in folders)
    out, log = tmp_path / "out", tmp_path / "log"
    assert not convert(one, out, log).replaced
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert convert(one, out, log).replaced
    with pytest.raises(KitError, match="no report beside it says that it was made of"):
        convert(two, out, log)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    (out / "m.tflite.json").unlink()
    with pytest.raises(KitError, match="no report beside it"):
        convert(one, out, log)


def test_a_model_of_the_kits_own_is_compared_on_its_apps_data(tmp_path: Path) -> None:
    folder = tmp_path / "build" / "app" / "models" / "cat_box"
    for name in ("train/model.keras", "convert/inputs.npy"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).touch()
    assert app_inputs(folder / "train" / "model.keras") == folder / "convert" / "inputs.npy"
    assert app_inputs(tmp_path / "model.keras") is None


def test_names_are_separated_by_commas(models: Path) -> None:
    wishes = Wishes(
        None,
        str(models / "net.pb"),
        "image:0",
        "Identity, Identity_1",
        "",
        (),
        "tflite",
        None,
        "none",
        None,
        "0",
        "1",
        None,
        None,
    )
    request = conversion_request(wishes)
    assert request.input_names == ("image:0",)
    assert request.output_names == ("Identity", "Identity_1")
    assert request.quantize == "float32"


def test_mutated_files_end_in_a_result_or_one_error(models: Path, tmp_path: Path) -> None:
    content, rng = (models / "free.tflite").read_bytes(), random.Random(3)
    for i in range(12):
        changed = bytearray(content)
        for _ in range(rng.randint(1, 6)):
            changed[rng.randrange(8, len(changed))] = rng.randrange(256)
        path = tmp_path / f"{i}.tflite"
        path.write_bytes(bytes(changed))
        with suppress(KitError):
            convert(Request(path, recognize(path), shapes={"picture": (1, 8, 8, 3)}), tmp_path / "out", tmp_path / "log")
