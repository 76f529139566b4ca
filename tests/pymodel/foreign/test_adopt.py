"""A ready model is opened with care, and becomes a described copy with the same numbers; what can't is told in one error."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from appspec.contract import Classes
from appspec.errors import KitError
from appspec.read_contract import read_contract
from appspec.stages import hash_file
from appspec.tflite_file import read_tflite
from pymodel.foreign.rewrite import rewritten
from pymodel.inference.host_run import Tensor, run_on_host
from pymodel.inference.interpreter import HostModel
from pymodel.packing import DATA_ALIGNMENT
from tests.pymodel.foreign.models import SIDE, adopted, anchored, constant_outputs, teachable_machine
from tests.tflite_models import OPS, Built, built_model, conv_chain

PICTURE = np.random.default_rng(2).random((1, SIDE, SIDE, 3)).astype(np.float32)


def answers(model: bytes, folder: Path) -> Sequence[Tensor]:
    return run_on_host("m", model, [[PICTURE]], folder / "log").answers[0]


def test_the_copy_says_what_the_original_says_and_names_it(tmp_path: Path) -> None:
    made = adopted(anchored(scores_first=True), tmp_path)
    (tmp_path / "made.tflite").write_bytes(made.content)
    before = answers(anchored(scores_first=True), tmp_path)
    after = answers(made.content, tmp_path)
    assert np.array_equal(before[1], after[0])
    assert np.array_equal(before[0], after[1])
    from appspec.kit_facts import FACTS_FILE, read_facts

    facts = read_facts(read_tflite(tmp_path / "made.tflite").files[FACTS_FILE])
    assert facts.origin == hash_file(tmp_path / "given.tflite")


def test_an_adopted_file_is_adopted_as_it_is(tmp_path: Path) -> None:
    made = adopted(constant_outputs({"x": np.array([[0.1, 0.9]])}), tmp_path, labels=("a", "b"))
    from tests.pymodel.foreign.models import PIXELS

    nothing = dict.fromkeys(PIXELS)
    again = adopted(made.content, tmp_path, name="again.tflite", **nothing)
    assert again.content == made.content
    with pytest.raises(KitError, match="mean was given"):
        adopted(made.content, tmp_path, name="again.tflite")


def test_weights_lie_where_kernels_look_for_them(tmp_path: Path) -> None:
    file = tmp_path / "r.tflite"
    file.write_bytes(rewritten(conv_chain(5), {}))
    assert [start % DATA_ALIGNMENT for start, size in read_tflite(file).buffers if size] == [0] * 10


def two_inputs() -> bytes:
    """The picture plus what the second input says."""
    shape = (1, SIDE, SIDE, 3)
    tensors = [(shape, "FLOAT32", None), ((1, 1, 1, 3), "FLOAT32", None), (shape, "FLOAT32", None)]
    names = ["picture", "shift", "sum"]
    return built_model(Built([(OPS.ADD, 1, [0, 1], [2], schema.AddOptionsT())], tensors, [0, 1], [2], names=names))


def test_other_inputs_become_constants(tmp_path: Path) -> None:
    with pytest.raises(KitError) as asked:
        adopted(two_inputs(), tmp_path, task="raw")
    assert "--constant shift=VALUE" in asked.value.fix
    made = adopted(two_inputs(), tmp_path, task="raw", constants={"shift": (1.0, 2.0, 3.0)})
    file = tmp_path / "made.tflite"
    file.write_bytes(made.content)
    assert len(read_contract(file).inputs) == 1
    (found,) = answers(made.content, tmp_path)
    assert np.allclose(found, PICTURE + [1, 2, 3])
    with pytest.raises(KitError, match="2 values were given, it has 3"):
        adopted(two_inputs(), tmp_path, task="raw", constants={"shift": (1.0, 2.0)})
    with pytest.raises(KitError, match="no input 'shif' beside the picture"):
        adopted(two_inputs(), tmp_path, task="raw", constants={"shif": (1.0,)})


@pytest.mark.parametrize("batch", [-1, 4])
def test_a_batch_becomes_one(batch: int, tmp_path: Path) -> None:
    shape = (batch, SIDE, SIDE, 3)
    tensors = [(shape, "FLOAT32", None), ((1, 1, 1, 3), "FLOAT32", np.ones((1, 1, 1, 3), np.float32)), (shape, "FLOAT32", None)]
    content = built_model(Built([(OPS.ADD, 1, [0, 1], [2], schema.AddOptionsT())], tensors))
    made = adopted(content, tmp_path, task="raw")
    (tmp_path / "made.tflite").write_bytes(made.content)
    contract = read_contract(tmp_path / "made.tflite")
    assert (contract.input.shape, contract.input.dynamic_axes) == ((1, SIDE, SIDE, 3), ())
    (found,) = answers(made.content, tmp_path)
    assert np.array_equal(found, PICTURE + 1)


def test_sizes_that_are_always_the_same_are_not_computed(tmp_path: Path) -> None:
    shape = (-1, SIDE, SIDE, 3)
    tensors = [(shape, "FLOAT32", None), ((4,), "INT32", None), (shape, "FLOAT32", None)]
    whole_numbers = schema.ShapeOptionsT()
    whole_numbers.outType = schema.TensorType.INT32
    operations = [(OPS.SHAPE, 1, [0], [1], whole_numbers), (OPS.RESHAPE, 1, [0, 1], [2], schema.ReshapeOptionsT())]
    made = adopted(built_model(Built(operations, tensors)), tmp_path, task="raw")
    file = tmp_path / "made.tflite"
    file.write_bytes(made.content)
    assert [node.op for node in read_tflite(file).main.nodes] == ["RESHAPE"]
    assert [code.name for code in read_tflite(file).codes] == ["RESHAPE"]
    assert np.array_equal(answers(made.content, tmp_path)[0], PICTURE)


def test_what_no_output_follows_from_is_left_out(tmp_path: Path) -> None:
    content = constant_outputs({"x": np.array([[0.1, 0.9]]), "y": np.ones((1, 5000))})
    made = adopted(content, tmp_path, task="classify", outputs=("x",), labels=("a", "b"))
    (tmp_path / "made.tflite").write_bytes(made.content)
    file = read_tflite(tmp_path / "made.tflite")
    used = {index for node in file.main.nodes for index in node.inputs} | set(file.main.outputs)
    assert all(used & set(node.outputs) for node in file.main.nodes)
    assert len(made.content) < len(content) - 15_000
    assert np.allclose(answers(made.content, tmp_path)[0], [[0.1, 0.9]])


def test_answers_that_are_no_numbers_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="computes no numbers"):
        adopted(constant_outputs({"x": np.array([[np.nan, 0.9]])}), tmp_path, labels=("a", "b"))


def test_pixel_bytes_need_no_normalization(tmp_path: Path) -> None:
    shape = (1, SIDE, SIDE, 3)
    tensors = [(shape, "UINT8", None), (shape, "UINT8", None)]
    scales = {0: (1 / 128, 128), 1: (1 / 128, 128)}
    options = schema.Pool2DOptionsT()
    options.strideW = options.strideH = options.filterWidth = options.filterHeight = 1
    content = built_model(Built([(OPS.MAX_POOL_2D, 1, [0], [1], options)], tensors, scales=scales))
    made = adopted(content, tmp_path, mean=None, std=None, task="mask")
    (tmp_path / "made.tflite").write_bytes(made.content)
    contract = read_contract(tmp_path / "made.tflite")
    assert (made.task, made.quantization) == ("mask", "int8")
    assert contract.normalization == ((128.0,) * 3, (128.0,) * 3)
    pixels = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    with HostModel(tmp_path / "made.tflite") as host:
        (found,) = host.infer(pixels)
    assert np.array_equal(np.round(found[0] * 128 + 128).astype(np.uint8), pixels)


def test_bytes_without_a_scale_are_pixels_and_nothing_else(tmp_path: Path) -> None:
    """MoveNet's form: a cast follows. A normalization would leave values of -1 to 1 of a picture, in whole numbers."""
    shape = (1, SIDE, SIDE, 3)
    options = schema.CastOptionsT()
    options.inDataType, options.outDataType = schema.TensorType.UINT8, schema.TensorType.FLOAT32
    content = built_model(Built([(OPS.CAST, 1, [0], [1], options)], [(shape, "UINT8", None), (shape, "FLOAT32", None)]))
    made = adopted(content, tmp_path, mean=None, std=None, task="raw")
    (tmp_path / "made.tflite").write_bytes(made.content)
    pixels = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    with HostModel(tmp_path / "made.tflite") as host:
        (found,) = host.infer(pixels)
    assert np.array_equal(found[0], pixels)
    with pytest.raises(KitError, match="takes pixel bytes as they are"):
        adopted(content, tmp_path, mean=(127.5,) * 3, std=(127.5,) * 3, task="raw")


@pytest.mark.parametrize(("scale", "zero"), [(0.0187, 114), (3.5, 200), (1 / 64, 128)])
def test_bytes_that_no_usual_normalization_gives_are_asked_about(scale: float, zero: int, tmp_path: Path) -> None:
    tensors = [((1, SIDE, SIDE, 3), "UINT8", None)] * 2
    content = built_model(Built([(OPS.RELU, 1, [0], [1], None)], tensors, scales={0: (scale, zero), 1: (scale, zero)}))
    with pytest.raises(KitError, match="that of no usual one") as asked:
        adopted(content, tmp_path, mean=None, std=None, task="raw")
    assert f"as it is quantized: --mean {zero} --std" in asked.value.fix


def test_a_float_model_without_metadata_is_asked_for_its_normalization(tmp_path: Path) -> None:
    with pytest.raises(KitError) as asked:
        adopted(constant_outputs({"x": np.array([[0.1, 0.9]])}), tmp_path, mean=None, std=None)
    assert all(pair in asked.value.fix for pair in ("--mean 127.5 --std 127.5", "--mean 0 --std 255", "--mean 0 --std 1"))


def test_teachable_machine(tmp_path: Path) -> None:
    made = adopted(teachable_machine(), tmp_path, name="converted_tflite.zip", mean=None, std=None)
    (tmp_path / "made.tflite").write_bytes(made.content)
    contract = read_contract(tmp_path / "made.tflite")
    assert contract.labels == ("Cat", "Dog", "Nobody")
    assert contract.normalization == ((127.5,) * 3, (127.5,) * 3)
    assert isinstance(contract.decoder, Classes)
    assert any("'0 Cat' is 'Cat'" in note for note in made.notes)
    with pytest.raises(KitError, match=r"they are 2 .* the model has 3 classes"):
        adopted(teachable_machine("0 Cat\n1 Dog\n"), tmp_path, name="converted_tflite.zip", mean=None, std=None)


def packed(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, one in files.items():
            archive.writestr(name, one)
    return content.getvalue()


SCORES = constant_outputs({"scores": np.array([[0.1, 0.7, 0.2]])})


@pytest.mark.parametrize(
    ("files", "labels", "normalization"),
    [
        ({"model.tflite": SCORES}, ("class 0", "class 1", "class 2"), None),
        ({"best.tflite": SCORES, "classes.txt": b"a\nb\nc\n", "notes.txt": b"x"}, ("a", "b", "c"), None),
        (
            {"out/model_unquant.tflite": SCORES, "out/labels.txt": b"0 a\n1 b\n2 c\n", "__MACOSX/out/._labels.txt": b"\0\5"},
            ("a", "b", "c"),
            127.5,
        ),
    ],
)
def test_an_archive_with_one_model(
    files: dict[str, bytes], labels: tuple[str, ...], normalization: float | None, tmp_path: Path
) -> None:
    said = {"mean": None, "std": None} if normalization else {"task": "classify"}
    made = adopted(packed(files), tmp_path, name="packed.zip", **said)
    (tmp_path / "made.tflite").write_bytes(made.content)
    contract = read_contract(tmp_path / "made.tflite")
    assert contract.labels == labels
    assert contract.normalization[0][0] == (normalization or 0.0)


def test_teachable_machines_keras_model_is_converted(tmp_path: Path) -> None:
    import tf_keras

    model = tf_keras.Sequential([tf_keras.layers.DepthwiseConv2D(3, input_shape=(SIDE, SIDE, 3)), tf_keras.layers.Flatten()])
    model.add(tf_keras.layers.Dense(3, "softmax"))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="You are saving your model as an HDF5 file")
        model.save(tmp_path / "keras_model.h5")
    files = {"keras_model.h5": (tmp_path / "keras_model.h5").read_bytes(), "labels.txt": b"0 a\n1 b\n2 c\n"}
    made = adopted(packed(files), tmp_path, name="converted_keras.zip", mean=None, std=None)
    assert (made.task, made.quantization) == ("classify", "float16")
    assert any("Teachable Machine: keras_model.h5 and 3 labels" in note for note in made.notes)


@pytest.mark.parametrize(
    ("name", "files", "says"),
    [
        ("two.zip", {"a.tflite": SCORES, "b.tflite": SCORES}, "holds several models: a.tflite, b.tflite"),
        ("none.zip", {"readme.md": b"x"}, "holds no model"),
        ("converted_edgetpu.zip", {"model_edgetpu.tflite": SCORES, "labels.txt": b"a\nb\nc"}, "Google's Edge TPU"),
        ("tm-my-image-model.zip", {"model.json": b"{}", "weights.bin": b"x", "metadata.json": b"{}"}, "TensorFlow.js"),
        ("face.task", {"a.tflite": SCORES, "b.tflite": SCORES}, "a task bundle of MediaPipe with a.tflite, b.tflite"),
        ("leaves.zip", {"m/../../saved_model.pb": b"x"}, "would lie outside the folder"),
    ],
)
def test_archives_that_are_refused(name: str, files: dict[str, bytes], says: str, tmp_path: Path) -> None:
    with pytest.raises(KitError) as told:
        adopted(packed(files), tmp_path, name=name, task="classify")
    assert says in f"{told.value.what}: {told.value.why}"
    assert told.value.fix


def compiled() -> bytes:
    return built_model(Built([("edgetpu-custom-op", 1, [0], [1], None)], [((1, 32, 32, 3), "FLOAT32", None)] * 2))


def rank_five() -> bytes:
    shape = (1, 2, 8, 8, 3)
    return built_model(Built([(OPS.RELU, 1, [0], [1], None)], [(shape, "FLOAT32", None), (shape, "FLOAT32", None)]))


def channels_first() -> bytes:
    shape = (1, 3, 32, 32)
    return built_model(Built([(OPS.RELU, 1, [0], [1], None)], [(shape, "FLOAT32", None), (shape, "FLOAT32", None)]))


def open_size() -> bytes:
    shape = (1, -1, -1, 3)
    return built_model(Built([(OPS.RELU, 1, [0], [1], None)], [(shape, "FLOAT32", None), (shape, "FLOAT32", None)]))


def custom() -> bytes:
    shape = (1, 32, 32, 3)
    return built_model(Built([("TheirOwnOp", 1, [0], [1], None)], [(shape, "FLOAT32", None), (shape, "FLOAT32", None)]))


def with_archive(entries: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return constant_outputs({"x": np.array([[0.1, 0.9]])}) + packed.getvalue()


GOOD = constant_outputs({"x": np.array([[0.1, 0.9]])})

BAD = {
    "nothing": (b"", "empty"),
    "a JPEG": (b"\xff\xd8\xff\xe0" + bytes(200), "JPEG"),
    "text": (b"hello, this is no model", "TFL3"),
    "other magic": (GOOD[:4] + b"TFL9" + GOOD[8:], "TFL9"),
    "cut": (GOOD[: len(GOOD) // 2], "damaged or cut"),
    "rank 5": (rank_five(), "no input is [1, height, width, 3]"),
    "channels first": (channels_first(), "channels come first"),
    "an open size": (open_size(), "leaves its input's size open"),
    "a custom operator": (custom(), "TheirOwnOp"),
    "compiled for another chip": (compiled(), "Google's Edge TPU"),
    "many files": (with_archive({f"f{i}.txt": b"x" for i in range(10_000)}), "more than 256"),
    "a name that leaves": (with_archive({"../labels.txt": b"a\nb"}), "leaves its folder"),
    "a bomb": (with_archive({"labels.txt": bytes(64 << 20)}), "unpack to more than"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_usable_model_is_told_in_one_error(case: str, tmp_path: Path) -> None:
    content, says = BAD[case]
    with pytest.raises(KitError) as told:
        adopted(content, tmp_path, labels=("a", "b"))
    assert says in f"{told.value.what} {told.value.why}"
    assert told.value.fix


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    from pymodel.foreign.sources import Means, open_source
    from pymodel.foreign.wishes import Wishes

    (tmp_path / "model").mkdir()
    with pytest.raises(KitError, match=r"saved_model.pb"), open_source(tmp_path / "model", Wishes(), Means(tmp_path / "log")):
        pass
