"""Where two processors part: found by cuts, with LiteRT's interpreter here and with kernels that are wrong on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from appspec.errors import KitError
from appspec.tflite_file import Quantization, Tensor, TfliteFile, read_tflite
from pymodel.inspect.cut import cut_after, needed_nodes
from pymodel.inspect.first_difference import comparable_nodes, first_difference
from pymodel.inspect.inputs import read_samples
from pymodel.inspect.values import difference, real_values, worst
from tests.property_models import MODELS
from tests.tflite_models import conv_chain


def _model(tmp_path: Path, data: bytes) -> TfliteFile:
    path = tmp_path / "m.tflite"
    path.write_bytes(data)
    return read_tflite(path)


@pytest.mark.parametrize("wrong", [0, 1, 7, 18, 36, 37, 59])
def test_the_first_wrong_operation_is_named(tmp_path: Path, wrong: int) -> None:
    model = _model(tmp_path, conv_chain(60))
    asked: list[int] = []

    def measure(cuts: Sequence[int]) -> list[float | None]:
        asked.extend(cuts)
        return [0.5 if cut >= wrong else 0.001 for cut in cuts]

    found = first_difference(model, range(60), 0.01, measure)
    assert found is not None
    assert found.node.index == wrong
    assert (found.difference, found.before) == (0.5, None if wrong == 0 else 0.001)
    assert len(asked) == len(set(asked)) == found.tried <= 18


def test_no_cut_that_differs_is_none(tmp_path: Path) -> None:
    model = _model(tmp_path, conv_chain(3))
    assert first_difference(model, range(3), 0.01, lambda cuts: [None] * len(cuts)) is None
    assert first_difference(model, [], 0.01, lambda cuts: [9.0] * len(cuts)) is None


@pytest.mark.parametrize("name", ["plain", "branch", "half_middle", "comparison"])
def test_a_cut_gives_what_the_whole_computes_there(tmp_path: Path, name: str) -> None:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    data = MODELS[name]()
    model = _model(tmp_path, data)
    values = np.random.default_rng(2).uniform(0, 1, model.main.tensors[model.main.inputs[0]].shape).astype(np.float32)
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    whole = Interpreter(model_content=data, experimental_preserve_all_tensors=True, experimental_op_resolver_type=plain)
    whole.allocate_tensors()
    whole.set_tensor(whole.get_input_details()[0]["index"], values)
    whole.invoke()
    for node in comparable_nodes(model, frozenset(range(len(model.main.nodes)))):
        part = Interpreter(model_content=cut_after(model, node), experimental_op_resolver_type=plain)
        part.allocate_tensors()
        part.set_tensor(part.get_input_details()[0]["index"], values)
        part.invoke()
        got = part.get_tensor(part.get_output_details()[0]["index"])
        np.testing.assert_allclose(got, whole.get_tensor(model.main.nodes[node].outputs[0]), atol=1e-6)


def test_what_a_node_does_not_need_is_left_out(tmp_path: Path) -> None:
    model = _model(tmp_path, MODELS["branch"]())
    assert needed_nodes(model, 1) == {0, 1}
    assert needed_nodes(model, 4) == {0, 2, 3, 4}


def _tensor(dtype: str, quantization: Quantization | None = None) -> Tensor:
    return Tensor(0, "t", (2,), (), dtype, 0, False, 0, quantization)


def test_quantized_values_are_read_as_real_ones() -> None:
    tensor = _tensor("int8", Quantization((0.5,), (-10,), 0))
    assert real_values(np.array([-10, 0, 6], np.int8).tobytes(), tensor).tolist() == [0.0, 5.0, 8.0]


def test_differences_are_shares_of_the_range() -> None:
    reference = np.array([0.0, 10.0])
    assert difference(np.array([0.0, 9.0]), reference).share == pytest.approx(0.1)
    assert difference(np.array([0.0, np.nan]), reference).share == float("inf")
    assert difference(np.array([0.0]), reference).share == float("inf")
    assert difference(np.array([np.inf, 1.0]), np.array([np.inf, 1.0])).share == 0.0
    assert difference(np.array([np.inf, 1.0]), np.array([-np.inf, 1.0])).share == float("inf")
    assert difference(np.array([np.nan, 1.0]), np.array([np.inf, 1.0])).share == float("inf")
    nan = difference(np.array([np.nan, 1.0]), np.array([np.nan, 1.0]))
    assert (nan.share, nan.no_numbers) == (0.0, True)
    assert worst([nan, difference(np.array([0.0, 9.0]), reference)]).no_numbers
    assert difference(np.array([6.0, 6.0]), np.array([4.0, 4.0])).share == pytest.approx(0.5)
    assert difference(np.array([]), np.array([])).share == 0.0


def test_arrays_of_other_names_or_counts_are_said(tmp_path: Path) -> None:
    model = _model(tmp_path, conv_chain(1))
    np.savez(tmp_path / "in.npz", foo=np.zeros((2, 8, 8, 3), np.float32))
    assert read_samples(model, tmp_path / "in.npz", 2).said.endswith("(foo as tensor_0)")
    two = replace(model, graphs=(replace(model.main, inputs=model.main.inputs * 2),))
    np.savez(tmp_path / "in.npz", arr_0=np.zeros((2, 8, 8, 3), np.float32), arr_1=np.zeros((3, 8, 8, 3), np.float32))
    with pytest.raises(KitError, match="different inputs: tensor_0 2, tensor_0 3"):
        read_samples(two, tmp_path / "in.npz", 2)


def test_noise_is_in_the_declared_range_and_the_same_each_time() -> None:
    shipped = read_tflite(Path(__file__).parents[2] / "appspec" / "models" / "version_2.tflite")
    samples = read_samples(shipped, None, 2)
    assert samples == read_samples(shipped, None, 2)
    assert "noise" in samples.said
    assert len(samples.values) == 2
    assert len(samples.values[0][0]) == 32 * 32 * 3


def test_a_size_beyond_reason_is_told_beside_a_side_of_zero(tmp_path: Path) -> None:
    model = _model(tmp_path, conv_chain(1))
    huge = replace(model.main.tensors[0], shape=(0, 2**31 - 1, 2**31 - 1, 2**31 - 1))
    damaged = replace(model, graphs=(replace(model.main, tensors=(huge, *model.main.tensors[1:])),))
    with pytest.raises(KitError, match="can't be run here"):
        read_samples(damaged, None, 1)


def test_arrays_of_a_user_are_taken_by_name_and_quantized(tmp_path: Path) -> None:
    model = _model(tmp_path, MODELS["integer"]())
    np.savez(tmp_path / "in.npz", tensor_0=np.full((3, 8, 8, 4), 0.5, np.float32))
    samples = read_samples(model, tmp_path / "in.npz", 2)
    assert len(samples.values) == 2
    assert set(samples.values[0][0]) == {10}  # 0.5 / 0.05


def test_pictures_of_a_folder_are_stretched_to_the_input(tmp_path: Path) -> None:
    from PIL import Image

    (tmp_path / "pictures").mkdir()
    Image.new("RGB", (20, 10), (255, 0, 127)).save(tmp_path / "pictures" / "a.png")
    model = _model(tmp_path, conv_chain(1))
    (values,) = read_samples(model, tmp_path / "pictures", 4).values
    assert np.frombuffer(values[0], np.float32)[:3].tolist() == pytest.approx([1.0, 0.0, 127 / 255])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nothing.npz", "no .npz of arrays"),
        ("absent", "no such file"),
        ("empty", "no picture"),
        ("wrong.npz", "is [5, 5], the model takes [1, 8, 8, 3]"),
    ],
)
def test_inputs_that_do_not_fit_are_one_clear_error(tmp_path: Path, name: str, says: str) -> None:
    model = _model(tmp_path, conv_chain(1))
    (tmp_path / "nothing.npz").write_bytes(b"no archive")
    (tmp_path / "empty").mkdir()
    np.savez(tmp_path / "wrong.npz", a=np.zeros((5, 5)))
    with pytest.raises(KitError) as caught:
        read_samples(model, tmp_path / name, 4)
    assert says in f"{caught.value.what} {caught.value.why}"
