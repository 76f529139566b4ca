"""What a file is, is told by its content, and each wrong one gets its remedy."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appspec.errors import KitError
from pymodel.convert.graph_def import read_graph
from pymodel.convert.onnx_file import read_onnx
from pymodel.convert.recognize import recognize
from pymodel.convert.request import parse_shapes
from pymodel.convert.wire import WireError, fields


def words(path: Path, frozen_graph: bool = False) -> str:
    with pytest.raises(KitError) as caught:
        recognize(path, frozen_graph)
    return f"{caught.value.why} → {caught.value.fix}"


def test_content_counts_not_the_name(models: Path, tmp_path: Path) -> None:
    for name, kind in (("net.keras", "keras"), ("net.h5", "keras"), ("net.pb", "frozen_graph"), ("free.tflite", "tflite")):
        shutil.copy(models / name, tmp_path / "model.bin")
        assert recognize(tmp_path / "model.bin") == kind
    assert recognize(models / "net_saved") == "saved_model"


def test_a_saved_models_file_and_a_frozen_graph_are_told_apart(models: Path) -> None:
    assert f"--model {models / 'net_saved'}" in words(models / "net_saved" / "saved_model.pb")
    assert f"--model {models / 'net_saved'}" in words(models / "net_saved", frozen_graph=True)
    assert "it is a Keras model, no frozen graph" in words(models / "net.keras", frozen_graph=True)
    assert recognize(models / "net.pb", frozen_graph=True) == "frozen_graph"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff\xe0" + bytes(60), "JPEG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "PNG"),
        (b'node {\n  name: "x"\n}\n', "graph as text"),
        (b"hello, this is no model at all", "it is text"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"\x80\x02}q\x00." + bytes(20), "torch.onnx.export"),
        (b"PK\x03\x04" + bytes(20), "zip archive that is damaged"),
        (b"\x1f\x8b\x08" + bytes(60), "packed by gzip"),
        (bytes(257) + b"ustar" + bytes(60), "unpack it"),
        (b"  \n<!DOCTYPE html>\n<title>404</title>", "not the page about it"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "what a server says"),
        (b'{"error": "Not found"}', "what a server says"),
        (b'{"format": "layers-model", "modelTopology": {}}', "tensorflowjs_converter"),
        (b'{"class_name": "Functional", "config": {}}', "without weights"),
        (b"\x40\x00\x00\x00\x00\x00\x00\x00" + b'{"w": {"dtype": "F32"}}' + bytes(60), "safetensors"),
        (b"GGUF\x03" + bytes(60), "GGUF"),
        (b"\x18\x00\x00\x00ORTM" + bytes(60), "the .onnx file that it was made from"),
        (b"\x1c\x00\x00\x00TFL2" + bytes(60), "marked TFL2"),
        (b"ML\xefR\x0dMLIR19\x00" + bytes(60), "MLIR bytecode"),
        (b"module attributes {tf.versions = {}} {\n}\n", "MLIR as text"),
        (b"const unsigned char model[] = { 0x1c, 0x00 };", "C code"),
        (b"HAAAAFRGTDMUACAA", "base64 -d"),
        (b"7767517\n75 83\n", "ncnn"),
        (b"\x08\x07\x12\x02\x0a\x00\xa2\x1f\x02\x0a\x00", "Core ML"),
        (b"\x0a\x04\x0a\x02ab", "no model that the kit knows"),
        (b"\xee\x13\x77" * 50, "no model that the kit knows"),
        (b"\x0a\xff\xff\x03cut", "no model"),
    ],
)
def test_what_is_no_model_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(content)
    assert said in words(path)


def test_archives_that_are_no_keras_model(tmp_path: Path) -> None:
    for inside, said in (
        ("archive/data.pkl", "torch.onnx.export"),
        ("model_unquant.tflite", "unpack it"),
        ("AndroidManifest.xml", "an Android app"),
        ("model.json", "TensorFlow.js"),
        ("a.npy", "numbers alone"),
    ):
        with zipfile.ZipFile(tmp_path / "model.zip", "w") as archive:
            archive.writestr(inside, b"x")
        assert said in words(tmp_path / "model.zip")


def test_a_frozen_graph_in_a_saved_models_place_is_told(models: Path, tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes((models / "net.pb").read_bytes())
    with pytest.raises(KitError, match="is a frozen graph, no SavedModel") as caught:
        recognize(tmp_path / "saved")
    assert recognize(Path(caught.value.fix.removeprefix("--frozen-pb ")), True) == "frozen_graph"


def test_a_folder_of_tensorflow_js_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text('{"format": "layers-model", "modelTopology": {}}', encoding="utf-8")
    (tmp_path / "group1-shard1of1.bin").write_bytes(bytes(16))
    with pytest.raises(KitError, match=r"holds TensorFlow.js' model.json") as caught:
        recognize(tmp_path)
    assert caught.value.fix.startswith("tensorflowjs_converter")


def test_cut_files_and_folders(models: Path, tmp_path: Path) -> None:
    for name in ("net.keras", "net.pb"):
        content = (models / name).read_bytes()
        (tmp_path / name).write_bytes(content[: len(content) // 2])
        assert "damaged" in words(tmp_path / name)
    assert "it holds net.keras, net.pb" in words(tmp_path)
    assert "is not there" in words(tmp_path / "absent.pb")
    assert "graph as text" in words(models / "net_text.pb")


def test_where_the_saved_model_lies_is_found(models: Path, tmp_path: Path) -> None:
    shutil.copytree(models / "net_saved", tmp_path / "hub" / "1")
    assert words(tmp_path / "hub").endswith(f"--model {tmp_path / 'hub' / '1'}")
    shutil.rmtree(tmp_path / "hub" / "1" / "variables")
    assert "its folder variables/, with the weights, is missing" in words(tmp_path / "hub" / "1")
    (tmp_path / "model.pdmodel").write_bytes(bytes(9))
    assert "PaddlePaddle" in words(tmp_path / "model.pdmodel"), "by its name where its bytes tell nothing"


def test_the_graph_is_read_as_tensorflow_reads_it(models: Path) -> None:
    import tensorflow as tf

    for name in ("net.pb", "loop.pb", "hourglass.pb", "unfrozen.pb"):
        content = (models / name).read_bytes()
        theirs = tf.compat.v1.GraphDef.FromString(content)
        ours = read_graph(memoryview(content))
        assert ours.names == {node.name for node in theirs.node}
        assert [one.name for one in ours.inputs] == [node.name for node in theirs.node if node.op == "Placeholder"]
        assert bool(ours.variables) == (name == "unfrozen.pb")
    assert read_graph(memoryview((models / "hourglass.pb").read_bytes())).inputs[0].shape == (-1, -1, -1, 3)


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_readers(content: bytes) -> None:
    for read in (lambda: list(fields(memoryview(content))), lambda: read_graph(memoryview(content))):
        try:
            read()
        except WireError:
            continue


def test_no_mutation_of_a_graph_crashes_its_reader(models: Path) -> None:
    import random

    content, rng = (models / "hourglass.pb").read_bytes(), random.Random(5)
    for _ in range(2000):
        changed = bytearray(content)
        for _ in range(rng.randint(1, 4)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        try:
            read_graph(memoryview(bytes(changed[: rng.randint(1, len(changed))])))
        except WireError:
            continue


def test_onnx_reader_refuses_what_is_none(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"\x08\x0a\x3a\xff\x01")
    with pytest.raises(WireError):
        read_onnx(tmp_path / "m.onnx")


def test_shapes_of_the_command_line() -> None:
    assert parse_shapes(["image:0=1,8,8,3", "b=1x4"]) == {"image:0": (1, 8, 8, 3), "b": (1, 4)}
    for wrong in ("1,2,3", "image=", "image=1,-1", "image=0,3", "image=a,b"):
        with pytest.raises(KitError, match="NAME=SIDE"):
            parse_shapes([wrong])
