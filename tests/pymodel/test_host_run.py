"""A model runs on this machine's LiteRT in a child process: answers in their shapes, and one error of all that a bad file does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from appspec.errors import KitError
from pymodel.inference.host_run import run_on_host
from tests.deploy.phone_library import dense_models
from tests.tflite_models import OPS, Built, built_model, conv_chain

OPEN: tuple[int, ...] = (-1, 3)


def doubled_and_squared() -> bytes:
    """tensor_1 = x + x, tensor_2 = tensor_1², of an open number of rows."""
    add, mul = schema.AddOptionsT(), schema.MulOptionsT()
    operations = [(OPS.ADD, 1, [0, 0], [1], add), (OPS.MUL, 1, [1, 1], [2], mul)]
    return built_model(Built(operations, [(OPEN, "FLOAT32", None)] * 3))


def test_every_sample_may_have_a_size_of_its_own(tmp_path: Path) -> None:
    samples = [[np.full((rows, 3), rows, np.float32)] for rows in (1, 4, 2)]
    run = run_on_host("m", doubled_and_squared(), samples, tmp_path / "log")
    assert [answer.shape for (answer,) in run.answers] == [(1, 3), (4, 3), (2, 3)]
    assert [float(answer[0, 0]) for (answer,) in run.answers] == [4, 64, 16]
    assert run.median_ms == {}


def test_other_tensors_than_the_outputs_can_be_asked_for(tmp_path: Path) -> None:
    run = run_on_host("m", doubled_and_squared(), [[np.full((1, 3), 5, np.float32)]], tmp_path / "log", tensors=[1, 2])
    ((doubled, squared),) = run.answers
    assert (doubled.tolist(), squared.tolist()) == ([[10] * 3], [[100] * 3])


def test_this_machines_answers_are_the_interpreters(tmp_path: Path) -> None:
    from ai_edge_litert.interpreter import Interpreter

    path, inputs = dense_models.write(tmp_path, dynamic=False), dense_models.inputs(2)
    host = run_on_host(path.name, path.read_bytes(), [(one[None],) for one in inputs], tmp_path / "log", (1,))
    interpreter = Interpreter(model_path=str(path))
    interpreter.allocate_tensors()
    for one, (answer,) in zip(inputs, host.answers, strict=True):
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], one[None])
        interpreter.invoke()
        expected = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
        np.testing.assert_allclose(answer, expected, atol=1e-6)
    assert host.median_ms[1] > 0


def test_a_file_that_takes_litert_down_is_one_error(tmp_path: Path) -> None:
    path = dense_models.write(tmp_path, dynamic=False)
    with pytest.raises(KitError, match="can't be run on this machine"):
        run_on_host(path.name, path.read_bytes()[:600], [(dense_models.inputs(1),)], tmp_path / "log", (1,))


def test_answers_in_texts_are_one_error(tmp_path: Path) -> None:
    texts = np.frombuffer(np.int32([1, 12, 15]).tobytes() + b"cat", np.uint8)  # how many, where each begins, where the last ends
    tensors = [((1,), "FLOAT32", None), ((1,), "FLOAT32", None), ((1,), "STRING", texts)]
    content = built_model(Built([(OPS.ADD, 1, [0, 0], [1], schema.AddOptionsT())], tensors, outputs=[1, 2]))
    with pytest.raises(KitError, match="answers with texts"):
        run_on_host("m", content, [[np.ones(1, np.float32)]], tmp_path / "log")


def test_a_model_that_never_ends_is_ended(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="took longer than 0 s"):
        run_on_host("slow", conv_chain(2), [[np.ones((1, 8, 8, 3), np.float32)]], tmp_path / "log", longest_s=0.01)
