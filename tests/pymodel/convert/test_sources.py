"""Every kind of source becomes the same `.tflite`, and what isn't certain or can't be is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from pymodel.convert.convert import convert, convert_to_tflite
from pymodel.convert.recognize import recognize
from pymodel.convert.request import Request
from tests.pymodel.convert.kit import answers, convert_here, refused
from tests.pymodel.convert.networks import FORMS, SIZE

WISHES: dict[str, dict[str, object]] = {
    "net.pb": {"output_names": ("Identity", "Identity_1")},
    "net_saved": {"signature": "both"},
}


def test_all_forms_of_one_network_agree(models: Path) -> None:
    image = np.random.default_rng(1).random((1, SIZE, SIZE, 3), np.float32)
    found = {}
    for form in FORMS:
        made = convert_here(models / form, **WISHES.get(form, {}))
        assert made.path.name == f"{Path(form).stem}.tflite"
        found[form] = answers(made.path, image)
    heat, scores = found["net.keras"][1], found["net.keras"][0]
    assert heat.std() > 0.1
    assert scores.std() > 0.01
    for form, (other_scores, other_heat) in found.items():
        assert np.abs(other_heat - heat).max() < 1e-4, form
        assert np.abs(other_scores - scores).max() < 1e-4, form


def test_the_files_signature_keeps_the_sources_names(models: Path) -> None:
    made = convert_here(models / "net.keras")
    signature = Interpreter(str(made.path)).get_signature_list()["serving_default"]
    assert signature == {"inputs": ["image"], "outputs": ["heat", "scores"]}
    made = convert_here(models / "odd", signature="two_inputs")
    signature = Interpreter(str(made.path)).get_signature_list()["serving_default"]
    assert signature == {"inputs": ["a", "b"], "outputs": ["difference", "product"]}
    runner = Interpreter(str(made.path)).get_signature_runner()
    a, b = np.float32([[1, 2, 3, 4]]), np.float32([[2, 2, 2, 0]])
    answer = runner(a=a, b=b)
    assert answer["difference"].tolist() == [[-1, 0, 1, 4]]
    assert answer["product"].tolist() == [[2, 4, 6, 0]]


@pytest.mark.parametrize(("wishes", "words"), [({}, "several signatures: both, again"), ({"signature": "x"}, "no signature x")])
def test_a_signature_is_asked_for_where_there_are_several(models: Path, wishes: dict[str, str], words: str) -> None:
    error = refused(models / "net_saved", **wishes)
    assert words in error.why
    assert "--signature both" in error.fix


def test_a_frozen_graphs_nodes_are_found_or_offered(models: Path) -> None:
    shapes = {"image": (1, 8, 6, 3)}
    made = convert_here(models / "hourglass.pb", shapes=shapes)
    assert made.outputs == {"hourglass_out_3": [1, 8, 6, 4]}
    error = refused(models / "net.pb")
    assert "Identity; Identity_1" in error.why
    assert "--output-node-name" in error.fix
    error = refused(models / "hourglass.pb", output_names=("hourglass_out_2",), shapes=shapes)
    assert "no node hourglass_out_2" in error.why
    assert "hourglass_out_3" in error.fix


def test_a_placeholder_that_is_left_out_is_named_with_the_whole_flag(tmp_path: Path) -> None:
    v1 = tf.compat.v1
    with tf.Graph().as_default() as graph:
        image, other = v1.placeholder(tf.float32, [1, 8], name="image"), v1.placeholder(tf.float32, [1, 8], name="other")
        training = v1.placeholder_with_default(1.0, [], name="training")
        tf.multiply(image + other, training, name="both")
        tf.nn.relu(image, name="alone")
    path = tmp_path / "m.pb"
    path.write_bytes(graph.as_graph_def().SerializeToString())
    error = refused(path, input_names=("image:0",), output_names=("both",))
    assert "both also takes the placeholder other [1, 8]" in error.why
    assert error.fix == "--input-node-name image:0,other"
    assert convert_here(path, input_names=("image",), output_names=("alone",)).outputs == {"alone": [1, 8]}


def test_results_beside_the_first_are_told(tmp_path: Path) -> None:
    """`top` means `top:0` to TensorFlow: the places beside the values would be lost without a word."""
    with tf.Graph().as_default() as graph:
        tf.math.top_k(tf.compat.v1.placeholder(tf.float32, [1, 8], name="x"), 2, name="top")
    path = tmp_path / "m.pb"
    path.write_bytes(graph.as_graph_def().SerializeToString())
    made = convert_here(path)
    assert made.outputs == {"top": [1, 2]}
    assert any("top (TopKV2) has 2 results" in note for note in made.report["notes"])
    every = convert_here(path, output_names=("top:0", "top:1"))
    assert every.outputs == {"top": [1, 2], "top:1": [1, 2]}
    assert not any("results" in note for note in every.report["notes"])


def test_a_sounds_length_is_no_batch_size(models: Path) -> None:
    error = refused(models / "odd", signature="sound")
    assert "input wave takes any number of values" in error.why
    assert "--input-shape wave=16000" in error.fix
    assert convert_here(models / "odd", signature="sound", shapes={"wave": (64,)}).outputs == {"spectrum": [7, 9]}


def test_both_parts_of_complex_numbers_are_compared(models: Path) -> None:
    made = convert_here(models / "odd", signature="complex_out")
    x = np.random.default_rng(0).random((1, 16), np.float32)
    assert np.allclose(answers(made.path, x)[0], np.fft.rfft(x), atol=1e-5)
    assert made.report["outputs"][0]["range"] > 1


def test_weights_beyond_float16_are_named(tmp_path: Path) -> None:
    inputs = keras.Input((4,), name="x")
    dense = keras.layers.Dense(2, name="large")
    model = keras.Model(inputs, dense(inputs))
    dense.set_weights([np.full((4, 2), 1e5, np.float32), np.zeros(2, np.float32)])
    model.save(tmp_path / "m.keras")
    error = refused(tmp_path / "m.keras", quantize="float16")
    assert "float16 overflowed: it holds at most 65504" in error.why
    assert "large" in error.why
    assert error.fix.endswith("try --quantize none")


def test_a_ready_file_that_is_cut_is_told_where(models: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.tflite"
    path.write_bytes((models / "free.tflite").read_bytes()[:700])
    assert "it ends before" in refused(path).why


def test_loops_and_branches_of_tf1_stay(models: Path) -> None:
    made = convert_here(models / "loop.pb")
    inputs = [np.zeros((1, 4), np.float32), np.full((1, 4), 3, np.float32)]
    for x in inputs:
        y = x
        for _ in range(5):
            y = y * 1.5 + 1
        y = y * 2 if y.sum() > 60 else y - 1
        assert np.allclose(answers(made.path, x)[0], y, atol=1e-4)


def test_channels_first_stay_where_the_source_has_them(models: Path) -> None:
    made = convert_here(models / "channels_first.pb")
    assert made.report["inputs"][0]["shape"] == [1, 3, 8, 8]
    assert made.outputs == {"y": [1, 4, 8, 8]}


@pytest.mark.parametrize("name", ["free.keras", "free.tflite", "hourglass.pb"])
def test_a_size_that_is_open_is_asked_for(models: Path, name: str) -> None:
    tensor = "image" if name == "hourglass.pb" else "picture"
    error = refused(models / name)
    assert f"input {tensor} takes [1, ?, ?, 3]" in error.why
    assert f"--input-shape {tensor}=1,224,224,3" in error.fix
    assert "not [1, 9, 9, 4]" in refused(models / name, shapes={tensor: (1, 9, 9, 4)}).why
    assert "has no input x" in refused(models / name, shapes={"x": (1, 9, 9, 3)}).why


def test_an_open_ready_file_gets_the_size_given(models: Path) -> None:
    made = convert_here(models / "free.tflite", shapes={"picture": (1, 12, 10, 3)})
    interpreter = Interpreter(str(made.path))
    details = interpreter.get_input_details()[0]
    assert details["shape"].tolist() == details["shape_signature"].tolist() == [1, 12, 10, 3]
    picture = np.random.default_rng(0).random((1, 12, 10, 3), np.float32)
    source = Interpreter(str(models / "free.tflite"))
    source.resize_tensor_input(source.get_input_details()[0]["index"], [1, 12, 10, 3])
    source.allocate_tensors()
    source.set_tensor(source.get_input_details()[0]["index"], picture)
    source.invoke()
    assert np.array_equal(answers(made.path, picture)[0], source.get_tensor(source.get_output_details()[0]["index"]))


def test_a_ready_file_is_copied_byte_for_byte(models: Path) -> None:
    source = convert_here(models / "net.keras").path
    assert convert_here(source).path.read_bytes() == source.read_bytes()
    assert "can't be quantized further" in refused(source, quantize="float16").why
    assert "can't be made into Core ML" in refused(source, to="coreml").why


def test_recurrent_layers_and_bytes_convert(models: Path) -> None:
    assert convert_here(models / "lstm.keras").report["inputs"][0]["shape"] == [1, 6, 4]
    made = convert_here(models / "odd", signature="bytes_in")
    x = np.full((1, 8, 8, 3), 51, np.uint8)
    assert np.allclose(answers(made.path, x)[0], 0.2)


@pytest.mark.parametrize(
    ("signature", "why"),
    [
        ("svd", "no operator for Svd"),
        ("double", "Mul computes in float64"),
        ("text", "input x is of type string"),
        ("text_out", "output label holds no numbers"),
    ],
)
def test_what_tflite_lacks_is_named(models: Path, signature: str, why: str) -> None:
    error = refused(models / "odd", signature=signature)
    assert why in error.why
    if signature == "svd":
        assert "(at " in error.why
        assert "Svd)" in error.why


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("code.keras", "it has a Lambda layer (lambda): code of a foreign file"),
        ("alone.weights.h5", "weights alone"),
        ("unsigned", "has no signature"),
        ("unfrozen.pb", "isn't frozen: variable dense/kernel"),
        ("code_2.h5", "it has a Lambda layer (twice): code of a foreign file"),
        ("own.keras", "classes that are not Keras' own: Doubled"),
        ("stateful.keras", "is stateful: it keeps numbers from one call to the next"),
        ("later.keras", "it was saved by Keras 3.999.0"),
        ("quantized.keras", "Keras itself has quantized it (int8)"),
        ("random.pb", "answers the same input otherwise each time (output y)"),
    ],
)
def test_sources_without_what_it_takes(models: Path, name: str, why: str) -> None:
    assert why in refused(models / name).why


def test_keras_2_files_are_loaded_by_keras_2(models: Path) -> None:
    image = np.random.default_rng(2).random((1, 8, 8, 3), np.float32)
    found = [answers(convert_here(models / name).path, image)[0] for name in ("keras_2.h5", "keras_2.keras", "keras_2_saved")]
    assert np.ptp(found[0]) > 0.01
    assert max(float(np.abs(one - found[0]).max()) for one in found) < 1e-6
    assert convert_here(models / "keras_2.h5").outputs == {"scores": [1, 2]}


def test_dictionaries_keep_their_makers_names(models: Path) -> None:
    made = convert_here(models / "named.keras")
    assert made.outputs == {"wide": [1, 2], "left": [1, 1]}
    assert {one["name"]: one["shape"] for one in made.report["inputs"]} == {"zoom": [1, 3], "angle": [1, 2]}


def test_half_precision_of_a_training_is_left_out(models: Path) -> None:
    made = convert_here(models / "half.keras")
    assert made.report["notes"] == ["it was trained in float16; here it is computed in float32"]
    assert made.outputs == {"last": [1, 2]}
    assert {one["dtype"].__name__ for one in Interpreter(str(made.path)).get_tensor_details()} == {"float32"}


def test_what_switches_training_on_is_off(models: Path) -> None:
    made = convert_here(models / "switches.pb")
    assert [one["name"] for one in made.report["inputs"]] == ["input"]
    x = np.array([[1.0, -2.0, 3.0, 4.0]], np.float32)
    assert np.allclose(answers(made.path, x)[0], 3 * x)
    assert {"keep_prob is 1.0", "phase_train is False", "Print (tf.Print)"} <= {
        note.partition(" there")[0].partition(" is left")[0] for note in made.report["notes"]
    }


def test_where_a_graph_can_begin_is_said(models: Path) -> None:
    error = refused(models / "jpeg.pb")
    assert "is of type string" in error.why
    assert error.fix.endswith("--input-node-name ExpandDims --input-shape ExpandDims=1,224,224,3")
    made = convert_here(models / "jpeg.pb", input_names=("Cast",), shapes={"Cast": (6, 5, 3)})
    assert made.outputs == {"final_result": [1, 6, 5, 2]}


def test_a_graph_that_cannot_run_names_the_node(tmp_path: Path) -> None:
    import tensorflow as tf

    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [1, 4], name="x")
        entries = tf.lookup.KeyValueTensorInitializer(tf.constant([0, 1], tf.int64), tf.constant([10.0, 20.0]))
        tf.identity(tf.lookup.StaticHashTable(entries, -1.0).lookup(tf.argmax(x, 1)), name="y")
    tf.io.write_graph(graph.as_graph_def(), str(tmp_path), "table.pb", as_text=False)
    error = refused(tmp_path / "table.pb")  # what fills the table is no output: y is found
    assert "the source itself can't be run: Table not initialized. (node hash_table_Lookup/LookupTableFindV2)" in error.why
    made = convert_here(tmp_path / "table.pb", output_names=("ArgMax",))
    assert made.outputs == {"ArgMax": [1]}


def test_a_saved_model_of_tf1(models: Path) -> None:
    made = convert_here(models / "tf1_saved")
    assert [one["name"] for one in made.report["inputs"]] == ["features"]
    assert np.allclose(answers(made.path, np.array([[1, 10, 100]], np.float32))[0], [[420, 531]])


def test_what_counts_its_calls_is_refused(models: Path) -> None:
    assert "writes into a variable" in refused(models / "odd", signature="counts").why


def test_a_signature_of_numbers_is_offered_for_one_of_text(models: Path) -> None:
    assert "another signature may: --signature" in refused(models / "odd", signature="text").fix


def test_integers_need_real_inputs_and_are_calibrated_on_them(models: Path, pictures: Path) -> None:
    assert "--inputs FOLDER" in refused(models / "net.keras", quantize="int8").fix
    made = convert_here(models / "net.keras", quantize="int8", inputs=pictures)
    assert made.path.name == "net_int8.tflite"
    assert made.report["compared_on"].startswith("10 of 10 files of ")
    details = Interpreter(str(made.path)).get_input_details()[0]
    assert details["dtype"] == np.int8
    assert 0.5 / 255 < details["quantization"][0] < 1.01 / 255  # pictures of 0 to 1, not all of them that bright


def test_each_of_several_inputs_is_calibrated_on_its_own_values(models: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "inputs.npz", a=rng.uniform(-10, 10, (50, 4)).astype(np.float32), b=rng.random((50, 4), np.float32))
    made = convert_here(models / "odd", signature="two_inputs", quantize="int8", inputs=tmp_path / "inputs.npz")
    details = Interpreter(str(made.path)).get_signature_runner().get_input_details()
    assert details["a"]["quantization"][0] == pytest.approx(20 / 255, rel=0.05)
    assert details["b"]["quantization"][0] == pytest.approx(1 / 255, rel=0.05)


def test_a_fixed_batch_and_a_number_alone_calibrate_too(tmp_path: Path) -> None:
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec([4, 6], name="rows"), tf.TensorSpec([], name="by")])
    def forward(rows: Any, by: Any) -> dict[str, Any]:
        return {"scaled": rows * by}

    tf.saved_model.save(tf.Module(), str(tmp_path / "scale"), signatures={"serving_default": forward})
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "x.npz", rows=rng.uniform(-2, 2, (30, 4, 6)).astype(np.float32), by=rng.uniform(0, 5, 30))
    made = convert_here(tmp_path / "scale", quantize="int8", inputs=tmp_path / "x.npz")
    details = Interpreter(str(made.path)).get_signature_runner().get_input_details()
    assert {name: one["shape"].tolist() for name, one in details.items()} == {"rows": [4, 6], "by": []}
    assert details["rows"]["quantization"][0] == pytest.approx(4 / 255, rel=0.05)
    assert details["by"]["quantization"][0] == pytest.approx(5 / 255, rel=0.1)


@pytest.mark.parametrize("kind", ["float64", "float16"])
def test_what_computes_in_another_type_is_told_so(kind: str, tmp_path: Path) -> None:
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec([1, 4], kind, name="x")])
    def forward(x: Any) -> dict[str, Any]:
        return {"y": tf.nn.softplus(x) * x}

    tf.saved_model.save(tf.Module(), str(tmp_path / "other"), signatures={"serving_default": forward})
    error = refused(tmp_path / "other")
    assert f"computes in {kind} (at " in error.why
    assert error.fix == f"save the model with float32 in place of {kind}"


def test_inputs_that_do_not_fit_are_said(models: Path, pictures: Path, tmp_path: Path) -> None:
    odd = {"signature": "two_inputs"}
    assert "this one has a [1, 4], b [1, 4]" in refused(models / "odd", inputs=pictures, **odd).why
    np.savez(tmp_path / "inputs.npz", a=np.ones((3, 4), np.float32))
    assert "has no array b" in refused(models / "odd", inputs=tmp_path / "inputs.npz", **odd).why
    np.savez(tmp_path / "inputs.npz", a=np.ones((3, 4), np.float32), b=np.ones((3, 5), np.float32))
    assert "b is [3, 5], the model takes [1, 4]" in refused(models / "odd", inputs=tmp_path / "inputs.npz", **odd).why
    np.savez(tmp_path / "inputs.npz", a=np.ones((3, 4), np.float32), b=np.ones((2, 4), np.float32))
    assert "different inputs: a 3, b 2" in refused(models / "odd", inputs=tmp_path / "inputs.npz", **odd).why
    np.savez(tmp_path / "inputs.npz", A=np.ones((3, 4), np.float32), b=np.ones((3, 4), np.float32))
    error = refused(models / "odd", inputs=tmp_path / "inputs.npz", **odd)
    assert "no array a: its arrays are A, b, the inputs a [1" in error.why
    assert "numpy.savez(FILE, a=…, b=…)" in error.fix
    (tmp_path / "inputs.npz").write_bytes(b"no archive")
    assert "no .npz of arrays" in refused(models / "odd", inputs=tmp_path / "inputs.npz", **odd).why
    (tmp_path / "empty").mkdir()
    assert "no picture" in refused(models / "net.keras", inputs=tmp_path / "empty").why


def test_the_result_lies_in_the_folder_asked_for_and_nowhere_else(models: Path, tmp_path: Path) -> None:
    source = tmp_path / "in" / "hourglass.pb"
    source.parent.mkdir()
    source.write_bytes((models / "hourglass.pb").read_bytes())
    steps: list[str] = []
    request = Request(source, recognize(source, True), shapes={"image": (1, 8, 8, 3)})
    made = convert(request, tmp_path / "out", tmp_path / "log", steps.append)
    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert files == ["in", "in/hourglass.pb", "log", "out", "out/hourglass.tflite", "out/hourglass.tflite.json"]
    report = json.loads(made.report_file.read_text(encoding="utf-8"))
    assert report == made.report
    assert report["outputs"][0]["largest"] <= 1e-6
    assert "seeded noise" in report["compared_on"]
    assert steps
    convert_to_tflite(request, tmp_path / "apart" / "other.tflite", tmp_path / "log")
    assert [path.name for path in (tmp_path / "apart").iterdir()] == ["other.tflite"]
    assert (tmp_path / "apart" / "other.tflite").read_bytes() == made.model.read_bytes()
