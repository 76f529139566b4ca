"""`invoke quantize` and `model.check --arm64` from the command line's side: tables, JSON, pictures, errors."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appspec.errors import KitError
from flow.arm64_check import arm64_check, arm64_rows
from flow.convert import Wishes
from flow.quantize import quantize
from flow.screen import Screen
from tests.deploy.phone_library import dense_models
from tests.deploy.phone_library.required import on_arm64


def wishes(model: Path, out: Path, representative: Path | None) -> Wishes:
    inputs = str(representative) if representative else None
    return Wishes(str(model), None, "", "", "", (), "tflite", None, "none", inputs, "0", "1", None, str(out))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "dense.keras"
    dense_models.dense_network().save(path)
    np.save(path.with_name("inputs.npy"), dense_models.inputs(24))
    return path


def run(source: Path, out: Path, representative: Path | None, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    quantize("", None, "float16,int8", wishes(source, out, representative), Screen(as_json=True))
    (document,) = json.loads(capsys.readouterr().out)
    return {row["quantization"]: row for row in document["modes"]} | {"document": document}


def test_any_source_is_quantized_and_held_against_itself(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run(source, tmp_path, source.with_name("inputs.npy"), capsys)
    assert found["float32"]["largest"] < 1e-5 < found["int8"]["largest"] < 0.1
    assert found["int8"]["size_bytes"] < 0.5 * found["float32"]["size_bytes"]
    assert found["float32"]["host_ms"]["1"] > 0
    assert (tmp_path / "quantize.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((tmp_path / "quantize.json").read_text())["modes"] == found["document"]["modes"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["float16", "float32", "int8", "quantize.json", "quantize.png"]
    assert Path(found["int8"]["path"]).is_file()


def test_integers_without_real_inputs_are_not_made_and_say_so(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run(source, tmp_path, None, capsys)
    assert "--representative" in found["int8"]["error"]
    assert found["float16"]["error"] == ""
    assert not (tmp_path / "int8").exists()


def test_a_ready_file_cannot_be_quantized(tmp_path: Path) -> None:
    ready = dense_models.write(tmp_path, dynamic=False)
    with pytest.raises(KitError, match="Can't quantize"):
        quantize("", None, "", wishes(ready, tmp_path / "out", None), Screen())


@on_arm64
def test_phones_answer_as_this_machine_and_a_refusal_is_told(tmp_path: Path) -> None:
    samples = [(one.tobytes(),) for one in dense_models.inputs(3)]
    checked = arm64_check(dense_models.write(tmp_path, dynamic=False), samples)
    assert [run.error for run in checked.runs] == ["", ""]
    assert all(run.share < 1e-5 for run in checked.runs)
    assert checked.runs[0].instructions["cortex-a76"] > 1000
    assert {row["answers"] for row in arm64_rows(checked, 0.01)} == {"as here"}
    refused = arm64_check(dense_models.write(tmp_path, dynamic=True), samples, ("tensorflow-lite",))
    assert "version '12'" in refused.runs[0].error
    (row,) = arm64_rows(refused, 0.01)
    assert str(row["answers"]).startswith("no: ")


@on_arm64
def test_what_only_arm64_gets_wrong_is_told(tmp_path: Path) -> None:
    wrong = dense_models.relabelled(dense_models.write(tmp_path, dynamic=True))
    samples = [(one.tobytes(),) for one in dense_models.inputs(3)]
    checked = arm64_check(wrong, samples, ("tensorflow-lite",))
    assert checked.runs[0].share > 1.0
    assert {row["answers"] for row in arm64_rows(checked, 0.05)} == {"OTHERWISE"}


def test_a_frozen_graphs_nodes_are_named_here_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import tensorflow as tf

    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [1, 4], name="x")
        tf.math.scalar_mul(2.0, x, name="twice")
        tf.math.scalar_mul(3.0, x, name="thrice")
    tf.io.write_graph(graph.as_graph_def(), str(tmp_path), "two.pb", as_text=False)
    asked = wishes(tmp_path / "two.pb", tmp_path / "out", None)
    with pytest.raises(KitError, match="isn't certain which node is the output"):
        quantize("", None, "float16", asked, Screen(as_json=True))
    quantize("", None, "float16", replace(asked, output_node_name="thrice", inputs_flag="--representative"), Screen(as_json=True))
    (document,) = json.loads(capsys.readouterr().out)
    assert document["compared_on"].endswith("no real inputs were given (--representative)")
    with pytest.raises(KitError) as caught:
        quantize("", None, "float16", replace(asked, inputs="/nowhere", inputs_flag="--representative"), Screen())
    assert caught.value.fix.startswith("--representative is")


def test_what_tells_of_a_source_is_refused_for_an_app(tmp_path: Path) -> None:
    given = {"input_shape": ("x=1,4",), "signature": "s", "input_node_name": "x", "output_node_name": "y"}
    for name, value in given.items():
        asked = replace(wishes(tmp_path, tmp_path / "out", None), model=None, **{name: value})
        with pytest.raises(KitError, match=f"--{name.replace('_', '-')} can't be used here"):
            quantize("machine_anomaly", None, "", asked, Screen())
