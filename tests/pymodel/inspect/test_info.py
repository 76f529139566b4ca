"""What `model.info` counts, against numbers from elsewhere."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from appspec.tflite_file import read_tflite
from pages.page import Page, Section
from pymodel.inspect.drawing import graph_svg
from pymodel.inspect.info import layer_name, model_info
from pymodel.inspect.layout import place
from pymodel.inspect.page import model_page, summary
from pymodel.inspect.size_chart import MOST_BARS, chart_rows
from tests.one_operation import cases, one_operation
from tests.property_models import MODELS, Builder
from tests.tflite_models import OPS, Built, TensorSpec, built_model, conv_chain, conv_options

SHIPPED = Path(__file__).parents[2] / "appspec" / "models" / "version_2.tflite"


def test_a_model_of_ours_is_told_whole() -> None:
    info = model_info(read_tflite(SHIPPED))
    assert info.sha256 == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()
    (given,), (answer,) = info.inputs, info.outputs
    assert (given.name, given.shape, given.dtype) == ("image", (1, 32, 32, 3), "int8")
    assert "mean 127.5, std 127.5" in given.meaning
    assert answer.labels == ("top_left", "bottom_right")
    assert [(one.op, one.version, one.count) for one in info.operations] == [("CONV_2D", 3, 2)]
    assert sorted(info.files) == ["apkiln.json", "labels.txt"]


def test_multiply_adds_of_mobilenet_v2_are_the_papers(tmp_path: Path) -> None:
    """300 M for α = 1 at 224×224, Sandler et al. 2018, table 4; 3.47 M parameters."""
    import keras
    import tensorflow as tf

    network = keras.applications.MobileNetV2(weights=None)
    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    path = tmp_path / "mobilenet.tflite"
    path.write_bytes(converter.convert())
    info = model_info(read_tflite(path))
    assert info.multiply_adds == pytest.approx(300e6, rel=0.01)
    assert info.parameters == pytest.approx(3.47e6, rel=0.01)
    assert info.uncounted == ()


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("CONV_2D", 4 * 4 * 4 * 3 * 3 * 8),
        ("DEPTHWISE_CONV_2D", 4 * 4 * 8 * 3 * 3),
        ("TRANSPOSE_CONV", 4 * 4 * 8 * 3 * 3 * 4),
        ("FULLY_CONNECTED", 8 * 4),
        ("BATCH_MATMUL", 4 * 8 * 6),
        ("SOFTMAX", 0),
    ],
)
def test_multiply_adds_of_one_operation(tmp_path: Path, name: str, count: int) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(one_operation(name))
    assert model_info(read_tflite(path)).multiply_adds == count


def test_what_can_not_be_counted_is_told(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(MODELS["custom"]())
    info = model_info(read_tflite(path))
    assert info.uncounted == ("MyOwnOp",)
    assert info.multiply_adds == 2 * 8 * 8 * 4 * 9 * 4


def test_free_sizes_are_told(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(MODELS["free_batch"]())
    info = model_info(read_tflite(path))
    assert info.inputs[0].shape == (-1, 8, 8, 4)
    assert info.dynamic[0] == "tensor_0"


def test_weights_in_float16_weigh_on_the_layer_that_takes_them(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(MODELS["half"]())
    layers = {layer.node.op: layer for layer in model_info(read_tflite(path)).layers}
    assert layers["DEQUANTIZE"].bytes == 0
    assert layers["CONV_2D"].bytes == 4 * 3 * 3 * 4 * 2 + 4 * 4


def test_shared_weights_count_once(tmp_path: Path) -> None:
    graph = Builder()
    more = [graph.constant(np.ones((4, 3, 3, 4))), graph.constant(np.zeros(4))]
    graph.op(OPS.CONV_2D, more, options=conv_options()).op(OPS.CONV_2D, more, options=conv_options())
    path = tmp_path / "m.tflite"
    path.write_bytes(graph.model())
    assert model_info(read_tflite(path)).parameters == 4 * 9 * 4 + 4


def test_layers_are_called_as_people_know_them() -> None:
    long = "functional_1/block_16_project_1/convolution;functional_1/block_16_project_BN_1/batchnorm/mul_1"
    assert layer_name(long) == "block_16_project_1"
    assert layer_name("a") == "a"
    assert layer_name("") == ""


def test_every_node_is_drawn_with_its_tip() -> None:
    model = read_tflite(SHIPPED)
    svg = str(graph_svg(model.main, model_info(model).layers, {1: "a mark <here>"}))
    assert svg.count("<rect") == 2 + 2
    assert "node 1: CONV_2D version 3" in svg
    assert "a mark &lt;here&gt;" in svg
    assert svg.count('class="conv marked"') == 1


def test_names_of_a_stranger_are_escaped(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    name = "</title><script>alert(1)</script>"
    path.write_bytes(built_model(Built([("<b>Own", 1, [0], [1], None)], [((1, 2), "FLOAT32", None)] * 2, names=[name, name])))
    model = read_tflite(path)
    model_page(model, model_info(model)).save(tmp_path / "p.html")
    text = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "<b>Own" not in text


def test_branches_stand_side_by_side_and_edges_never_cross_a_box() -> None:
    """A diamond with a long way and a short one."""
    edges = [(0, 1), (0, 2), (1, 3), (3, 4), (2, 4), (0, 4)]
    placed = place([0, 1, 2, 3, 4], edges, dict.fromkeys(range(5), 100.0), 20.0)
    assert placed.layer == {0: 0, 1: 1, 2: 1, 3: 2, 4: 3}
    assert abs(placed.x[1] - placed.x[2]) >= 120
    for (start, end), route in placed.routes.items():
        assert [layer for layer, _ in route] == list(range(placed.layer[start] + 1, placed.layer[end]))
        for layer, x in route:
            for node, row in placed.layer.items():
                assert row != layer or abs(placed.x[node] - x) >= 50, (start, end, node)


def test_three_hundred_nodes_are_laid_out() -> None:
    edges = [(i, i + 1) for i in range(299)] + [(i, i + 7) for i in range(0, 290, 5)]
    placed = place(list(range(300)), edges, dict.fromkeys(range(300), 100.0), 20.0)
    assert len(placed.x) == 300


def test_many_layers_are_summed_up(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(conv_chain(60))
    layers = model_info(read_tflite(path)).layers
    rows = chart_rows(layers)
    assert len(rows) == MOST_BARS + 1
    assert rows[-1][0] == "20 smaller ones"
    assert sum(size for _, size, _ in rows) == sum(layer.bytes for layer in layers)


def test_a_section_without_a_drawing_has_none(tmp_path: Path) -> None:
    Page("t", sections=[Section("s", ["text"])]).save(tmp_path / "p.html")
    assert '<div class="drawing">' not in (tmp_path / "p.html").read_text(encoding="utf-8")


def test_every_operation_can_be_told_of(tmp_path: Path) -> None:
    for name in cases():
        path = tmp_path / f"{name}.tflite"
        path.write_bytes(one_operation(name))
        model = read_tflite(path)
        info = model_info(model)
        assert f">{name}</text>" in graph_svg(model.main, info.layers).replace("…", "") or len(name) > 24
        assert summary(info)


def test_a_scalar_and_an_empty_tensor_are_told(tmp_path: Path) -> None:
    tensors: list[TensorSpec] = [((), "FLOAT32", None), ((0, 3), "FLOAT32", None)]
    path = tmp_path / "m.tflite"
    path.write_bytes(built_model(Built([(OPS.RESHAPE, 1, [0], [1], None)], tensors)))
    assert model_info(read_tflite(path)).inputs[0].shape == ()
