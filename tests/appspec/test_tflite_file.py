"""Our own reader against the schema's generated code, and against files that are none."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from appspec.errors import KitError
from appspec.flatbuffer import MOST_STEPS
from appspec.operators import read_operators
from appspec.read_contract import read_contract
from appspec.tflite_archive import MOST_BYTES, MOST_FILES, associated_files
from appspec.tflite_file import read_tflite
from appspec.tflite_options import ELEMENT_TYPES, read_options
from tests.tflite_models import Built, built_model, conv_chain

MODELS = sorted((Path(__file__).parent / "models").glob("*.tflite"))


def schema_operators(data: bytes) -> dict[tuple[str, int], int]:
    """By the `tflite` package, which another project generates from the schema."""
    import tflite

    names = {code: name for name, code in vars(tflite.BuiltinOperator).items() if name.isupper()}
    model = tflite.Model.GetRootAsModel(data, 0)
    found: dict[tuple[str, int], int] = {}
    for s in range(model.SubgraphsLength()):
        graph = model.Subgraphs(s)
        for i in range(graph.OperatorsLength()):
            code = model.OperatorCodes(graph.Operators(i).OpcodeIndex())
            key = names[max(code.DeprecatedBuiltinCode(), code.BuiltinCode())], code.Version()
            found[key] = found.get(key, 0) + 1
    return found


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_operator_versions_are_those_of_the_tflite_package(path: Path) -> None:
    found = {(one.name, one.version): one.count for one in read_operators(path) if one.count}
    assert found == schema_operators(path.read_bytes())


def test_operator_versions_of_every_builtin_are_those_of_the_tflite_package(tmp_path: Path) -> None:
    import tflite

    names = {name: code for name, code in vars(tflite.BuiltinOperator).items() if name.isupper() and name != "CUSTOM"}
    for name, code in names.items():
        if name != "PLACEHOLDER_FOR_GREATER_OP_CODES":
            model = tmp_path / f"{name}.tflite"
            model.write_bytes(built_model(Built([(code, 1 + code % 9, [0], [1], None)], [((1, 2), "FLOAT32", None)] * 2)))
            (found,) = read_operators(model)
            assert {(found.name, found.version): found.count} == schema_operators(model.read_bytes())


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_tensors_and_nodes_are_those_of_the_generated_code(path: Path) -> None:
    data = path.read_bytes()
    ours, theirs = read_tflite(path), schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0))
    (graph,) = theirs.subgraphs
    for tensor, other in zip(ours.main.tensors, graph.tensors, strict=True):
        assert tensor.name == other.name.decode()
        assert tensor.shape == tuple(other.shape)
        assert ours.constant(tensor) == bytes(_array(theirs.buffers[other.buffer].data))
        scales = tuple(_array(other.quantization.scale)) if other.quantization else ()
        assert (tensor.quantization.scales if tensor.quantization else ()) == scales
    for node, other in zip(ours.main.nodes, graph.operators, strict=True):
        assert (node.inputs, node.outputs) == (tuple(other.inputs), tuple(other.outputs))
        options = {_snake(name): value for name, value in vars(other.builtinOptions).items()}
        assert node.options["stride_w"] == options["stride_w"]
        assert node.options["dilation_h"] == options["dilation_h_factor"]
    assert (ours.main.inputs, ours.main.outputs) == (tuple(graph.inputs), tuple(graph.outputs))


def test_every_option_is_where_the_schema_has_it() -> None:
    """Each field of each kind of options, written by the generated code with a value of its own, is read back."""
    checked = 0
    for kind, code in vars(schema.BuiltinOptions).items():
        options = getattr(schema, f"{kind}T", None)
        if options is None or not isinstance(code, int):
            continue
        written = options()
        values: dict[str, Any] = {}
        for i, (name, default) in enumerate(vars(written).items()):
            value = _other(name, default, i)
            if value is not None:
                setattr(written, name, value)
                values[_snake(name)] = value
        read = _read_options(code, written)
        for name, value in read.items():
            assert _plain(value) == values[_THEIRS.get(name, name)], f"{kind}.{name}"
            checked += 1
    assert checked > 90


def _read_options(code: int, options: Any) -> dict[str, Any]:
    from appspec.flatbuffer import Buffer

    builder = flatbuffers.Builder(256)
    builder.Finish(options.Pack(builder))
    return read_options(code, Buffer(bytes(builder.Output())).root())


def _other(name: str, default: Any, i: int) -> Any:
    if isinstance(default, bool):
        return not default
    if isinstance(default, float):
        return 0.5 + i
    if isinstance(default, int):
        return 1
    if default is None and name in ("newShape", "squeezeDims"):
        return [3, 1, i]
    return None


def _plain(value: Any) -> Any:
    """Named values are the schema's number 1 here."""
    if isinstance(value, str):
        return {"VALID": 1, "RELU": 1, "SYMMETRIC": 1, "SHUFFLED4x16INT8": 1, "BASIC": 1, "float16": 1}[value]
    return list(value) if isinstance(value, tuple) else value


_THEIRS = {
    "activation": "fused_activation_function",
    "filter_w": "filter_width",
    "filter_h": "filter_height",
    **{f"dilation_{axis}": f"dilation_{axis}_factor" for axis in "dwh"},
}
"""What the schema calls fields that we call otherwise."""


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _array(values: Any) -> Any:
    return np.array([], np.uint8) if values is None or isinstance(values, int) else values


def test_element_types_are_the_schemas() -> None:
    names = {code: name.lower() for name, code in vars(schema.TensorType).items() if name.isupper()}
    assert [name for name, _ in ELEMENT_TYPES] == [names[code] for code in sorted(names)]


def zipped(name: str) -> bytes:
    """A zip with one empty file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, b"")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "says", "fix"),
    [
        (b"", "it is empty", "download"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF" + b"x" * 99, "a JPEG picture", ".tflite"),
        (b"PK\x03\x04" + b"x" * 99, "a zip archive that is damaged", "copy or save it again"),
        (zipped("model/readme.txt"), "a zip archive with model/readme.txt in it", "unpack it"),
        (b"\x1c\0\0\0TFL2" + b"x" * 99, "marked TFL2", "convert"),
        (b"version https://git-lfs.github.com/spec/v1", "Git LFS", "git lfs pull"),
        (b"<!doctype html><html>", "a web page", "download"),
        (b"\x89HDF\r\n\x1a\n", "HDF5", "convert"),
        (b"a text", "does not start with TFL3", ".tflite"),
        (b"\x1c\0\0\0TFL3", "can't be read", "again"),
        (b"\xff\xff\xff\xffTFL3" + b"\0" * 99, "can't be read", "again"),
    ],
)
def test_what_is_no_model_is_told_apart(tmp_path: Path, content: bytes, says: str, fix: str) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(content)
    for read in (read_tflite, read_contract, read_operators):
        with pytest.raises(KitError) as caught:
            read(path)
        assert says in caught.value.why
        assert fix in caught.value.fix


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="it is a folder"):
        read_tflite(tmp_path)
    (tmp_path / "saved_model.pb").touch()
    with pytest.raises(KitError, match="SavedModel") as caught:
        read_tflite(tmp_path)
    assert "invoke convert" in caught.value.fix


def test_a_model_cut_anywhere_is_damaged_or_whole(tmp_path: Path) -> None:
    """Nothing but a KitError, wherever it ends; what still reads says of its nodes what the whole file says."""
    whole = MODELS[0].read_bytes()
    nodes = read_tflite(MODELS[0]).main.nodes
    path = tmp_path / "cut.tflite"
    flatbuffer = len(whole) - zip_bytes(whole)
    for end in range(0, len(whole), 7):
        path.write_bytes(whole[:end])
        try:
            read = read_tflite(path)
        except KitError:
            continue
        assert read.main.nodes == nodes
        assert end > 0.9 * flatbuffer


def zip_bytes(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return len(data) - min(entry.header_offset for entry in archive.infolist())


def test_what_is_shared_over_and_over_is_refused(tmp_path: Path) -> None:
    """One table of a thousand strings that a thousand places name: a small file that would be read a million times."""
    builder = flatbuffers.Builder(1024)
    name = builder.CreateString("n" * 4096)
    schema.TensorStart(builder)
    schema.TensorAddName(builder, name)
    tensor = schema.TensorEnd(builder)
    tensors = _vector_of(builder, schema.SubGraphStartTensorsVector, [tensor] * 5000)
    schema.SubGraphStart(builder)
    schema.SubGraphAddTensors(builder, tensors)
    graph = schema.SubGraphEnd(builder)
    graphs = _vector_of(builder, schema.ModelStartSubgraphsVector, [graph] * 5000)
    schema.BufferStart(builder)
    buffers = _vector_of(builder, schema.ModelStartBuffersVector, [schema.BufferEnd(builder)])
    schema.ModelStart(builder)
    schema.ModelAddSubgraphs(builder, graphs)
    schema.ModelAddBuffers(builder, buffers)
    builder.Finish(schema.ModelEnd(builder), b"TFL3")
    path = tmp_path / "shared.tflite"
    path.write_bytes(bytes(builder.Output()))
    with pytest.raises(KitError, match=f"over and over, more than {MOST_STEPS} times"):
        read_tflite(path)


def _vector_of(builder: Any, start: Any, offsets: list[int]) -> int:
    start(builder, len(offsets))
    for offset in offsets:
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


@pytest.mark.parametrize("field", ["tensor", "code", "buffer", "input"])
def test_a_number_of_something_that_is_not_there_is_named(tmp_path: Path, field: str) -> None:
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(conv_chain(1), 0))
    (graph,) = model.subgraphs
    if field == "tensor":
        graph.operators[0].outputs = [99]
    elif field == "code":
        graph.operators[0].opcodeIndex = 99
    elif field == "buffer":
        graph.tensors[0].buffer = 99
    else:
        graph.inputs = [-1]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    path = tmp_path / "m.tflite"
    path.write_bytes(bytes(builder.Output()))
    with pytest.raises(KitError, match="damaged") as caught:
        read_tflite(path)
    assert "has number" in caught.value.why


def packed(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO(b"model bytes")
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def test_packed_files_are_read() -> None:
    files = {"labels.txt": b"cat\ndog", "sub/한글.txt": b""}
    assert associated_files("m", packed(files)) == files
    assert associated_files("m", b"no archive" * 99) == {}


@pytest.mark.parametrize("name", ["../up.txt", "/root.txt", "a/../../b", "..\\up.txt", "C:\\x"])
def test_packed_names_that_leave_their_folder_are_refused(name: str) -> None:
    with pytest.raises(KitError, match="leaves its folder"):
        associated_files("m", packed({name: b"x"}))


def test_archives_that_are_bombs_are_refused() -> None:
    with pytest.raises(KitError, match=f"unpack to more than {MOST_BYTES // 2**20} MB"):
        associated_files("m", packed({"bomb": b"\0" * (MOST_BYTES + 1)}))
    with pytest.raises(KitError, match=f"they are 10000, more than {MOST_FILES}"):
        associated_files("m", packed({str(i): b"" for i in range(10_000)}))
    lying = bytearray(packed({str(i): b"" for i in range(10_000)}))
    place = lying.rfind(b"PK\x05\x06")
    lying[place + 8 : place + 12] = struct.pack("<HH", 3, 3)
    with pytest.raises(KitError, match="packed into m are refused"):
        associated_files("m", bytes(lying))


def test_metadata_that_names_a_file_that_is_not_packed_is_one_clear_error(tmp_path: Path) -> None:
    whole = MODELS[0].read_bytes()
    path = tmp_path / "m.tflite"
    path.write_bytes(whole[: len(whole) - zip_bytes(whole)])
    with pytest.raises(KitError, match="not packed into it"):
        read_contract(path)
