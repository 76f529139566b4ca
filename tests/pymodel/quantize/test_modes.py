"""Each mode is what it says; int8's worst layers are found and left in floats; files are packed without waste."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from appspec.contract import INTEGER, Quantization
from appspec.errors import KitError
from appspec.intervals import Scores, paired_loss
from appspec.tflite_file import read_tflite
from flow.quantize import MODES, read_modes
from pymodel.convert.frozen import Frozen
from pymodel.convert.keras import freeze_keras
from pymodel.convert.lite_model import LiteModel
from pymodel.convert.tflite import Converter
from pymodel.packing import repacked
from pymodel.quantize.debugger import Layer, convert_mixed, left_in_floats, worst_layers

SIDE = 16


@pytest.fixture(scope="module")
def inputs() -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(4).uniform(-1, 1, (24, SIDE, SIDE, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four convolutions; values of the third are mostly small, but for one channel of very large ones."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(1)
    model = keras.Sequential([layers.Input((SIDE, SIDE, 3))])
    for name in ("first", "second", "wide", "last"):
        model.add(layers.Conv2D(8, 3, padding="same", activation="relu", name=name))
    for i, bias in ((2, 4000.0), (3, 0.0)):
        kernel, biases = model.layers[i].get_weights()
        biases[0] = bias
        if i == 3:
            kernel[:, :, 0] = 0  # the large values are of no use
        model.layers[i].set_weights([kernel, biases])
    path = tmp_path_factory.mktemp("network") / "network.keras"
    model.save(path)
    return path


@pytest.fixture(scope="module")
def frozen(network: Path) -> Frozen:
    return freeze_keras(network, network.with_name("log"))


@pytest.fixture
def converter(frozen: Frozen, inputs: np.ndarray[Any, np.dtype[np.float32]], tmp_path: Path) -> Converter:
    return Converter(frozen, [inputs[:, None]], tmp_path / "log")


def answers(content: bytes, inputs: np.ndarray[Any, np.dtype[np.float32]]) -> np.ndarray[Any, np.dtype[Any]]:
    model = LiteModel(content)
    model.allocate()
    (name,) = (one["name"] for one in model.inputs())
    return np.stack([next(iter(model.run({name: one[None]}).values())) for one in inputs])


@pytest.mark.parametrize(
    ("kind", "port", "weights"),
    [
        ("float32", "float32", "float32"),
        ("float16", "float32", "float16"),
        ("int8", "int8", "int8"),
        ("int8_float_io", "float32", "int8"),
        ("int16x8", "float32", "int8"),
    ],
)
def test_each_mode_has_its_types(converter: Converter, tmp_path: Path, kind: Quantization, port: str, weights: str) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(converter.convert(kind))
    graph = read_tflite(path).main
    assert {graph.tensors[i].dtype for i in (*graph.inputs, *graph.outputs)} == {port}
    constants = [one for one in graph.tensors if one.constant and len(one.shape) == 4]
    assert {one.dtype for one in constants} == {weights}
    if kind == "int16x8":
        assert "int16" in {graph.tensors[i].dtype for node in graph.nodes for i in node.outputs}


def test_the_layer_that_int8_hurts_is_found_and_left_in_floats(
    converter: Converter, inputs: np.ndarray[Any, np.dtype[np.float32]], tmp_path: Path
) -> None:
    layers = worst_layers(converter)
    assert len(layers) >= 4
    assert "wide" in layers[0].tensor
    assert layers[0].lost > 0.5 > 10 * layers[1].lost
    exact, int8 = answers(converter.convert("float32"), inputs), answers(converter.convert("int8"), inputs)
    mixed_file = convert_mixed(converter, left_in_floats(layers)[0])
    mixed = answers(mixed_file, inputs)
    assert np.abs(mixed - exact).mean() < 0.05 * np.abs(int8 - exact).mean()
    path = tmp_path / "mixed.tflite"
    path.write_bytes(mixed_file)
    graph = read_tflite(path).main
    kinds = {graph.tensors[i].dtype for node in graph.nodes for i in node.outputs if node.op == "CONV_2D"}
    assert kinds == {"int8", "float32"}


def test_at_most_three_sizes_are_tried_and_values_stay_unrounded_up_to_who_takes_them() -> None:
    layers = [Layer(f"{i}", "CONV_2D", 0.3, 1 - i / 100, (f"{i + 1}",)) for i in range(40)]
    assert [len(one) for one in left_in_floats(layers)] == [3, 7, 15]
    assert left_in_floats(layers[:2]) == ()
    assert left_in_floats([]) == ()


def test_packing_keeps_answers_and_aligns_data(converter: Converter, inputs: np.ndarray[Any, np.dtype[np.float32]]) -> None:
    from ai_edge_litert import schema_py_generated as schema

    content = converter.convert("int8")
    packed = repacked(content)
    assert len(packed) < len(content)
    assert repacked(packed) == packed
    np.testing.assert_array_equal(answers(packed, inputs), answers(content, inputs))
    model = schema.Model.GetRootAs(packed, 0)
    for i in range(model.BuffersLength()):
        buffer = model.Buffers(i)
        if buffer.DataLength():
            assert buffer._tab.Vector(buffer._tab.Offset(4)) % 16 == 0


def test_the_interval_of_a_loss_is_of_the_same_examples() -> None:
    """Paired: what both lose together is no loss. The same by hand, with other random numbers."""
    rng = np.random.default_rng(0)
    exact = rng.uniform(0.2, 1.0, 300)
    worse = exact * 0.98 + rng.normal(0, 0.002, 300)

    def scores(values: np.ndarray[Any, np.dtype[np.float64]]) -> Scores:
        return Scores(len(values), lambda drawn: float(values[drawn].mean()))

    same, lost = paired_loss(scores(exact), scores(exact), False), paired_loss(scores(worse), scores(exact), False)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)
    draws = rng.integers(0, 300, (4000, 300))
    by_hand = np.quantile(1 - worse[draws].mean(1) / exact[draws].mean(1), (0.025, 0.975))
    assert lost.value == pytest.approx(0.02, abs=1e-3)
    assert (lost.low, lost.high) == pytest.approx(tuple(by_hand), abs=1e-4)
    lower = paired_loss(scores(exact), scores(worse), True)
    assert lower.value == pytest.approx(exact.mean() / worse.mean() - 1, abs=1e-4)


def test_modes_are_read_or_told() -> None:
    assert read_modes("") == MODES
    assert read_modes("int8, float16,float32") == ("float16", "int8")
    assert set(INTEGER) < set(get_args(Quantization))
    with pytest.raises(KitError, match="--modes"):
        read_modes("int4")
