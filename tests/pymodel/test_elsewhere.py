"""A model's metric by answers that something else computes: asked in batches, again where a model looks again, and then the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from appspec.intervals import Scores
from pymodel.evaluate.elsewhere import Compute, measure_elsewhere
from pymodel.inference.interpreter import DescribedModel, HostModel
from tests.pymodel.foreign.models import SIDE, adopted
from tests.tflite_models import OPS, Built, built_model

PICTURES = [np.full((SIDE, SIDE, 3), level, np.uint8) for level in (20, 40, 200)]


def doubling() -> bytes:
    """Twice the picture."""
    shape = (1, SIDE, SIDE, 3)
    tensors = [(shape, "FLOAT32", None), ((1,), "FLOAT32", np.full(1, 2, np.float32)), (shape, "FLOAT32", None)]
    return built_model(Built([(OPS.MUL, 1, [0, 1], [2], None)], tensors))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "doubling.tflite"
    path.write_bytes(adopted(doubling(), tmp_path, task="raw").content)
    return path


def measure(model: DescribedModel) -> Scores:
    """The mean of a first look and of a second one at what the first one found."""
    found = []
    for picture in PICTURES:
        first = float(model.infer(picture)[0].mean())
        found.append(float(model.infer(np.full_like(picture, round(first * 100)))[0].mean()))
    return Scores(len(found), lambda drawn: float(np.mean([found[i] for i in drawn])))


def computing(path: Path, asked: list[int], factor: float = 1.0) -> Compute:
    def compute(inputs: Sequence[bytes]) -> list[tuple[bytes, ...]]:
        asked.append(len(inputs))
        with HostModel(path) as host:
            shape = host.contract.input.shape[1:]
            stored = [host.run(np.frombuffer(one, np.float32).reshape(shape)) for one in inputs]
        return [tuple((output * np.float32(factor)).tobytes() for output in outputs) for outputs in stored]

    return compute


def test_the_same_answers_give_the_same_metric_at_once(model: Path) -> None:
    asked: list[int] = []
    with HostModel(model) as host:
        here = measure(host).value
    assert here == pytest.approx(np.mean([2 * round(200 * level / 255) / 255 for level in (20, 40, 200)]))
    assert measure_elsewhere(model, measure, computing(model, asked)).value == here
    assert asked == [6]


def test_other_answers_are_looked_at_where_they_lead(model: Path) -> None:
    asked: list[int] = []
    found = measure_elsewhere(model, measure, computing(model, asked, 0.5)).value
    assert asked == [6, 2]  # one of the places that they lead to was looked at before
    assert found == pytest.approx(np.mean([round(100 * level / 255) / 255 for level in (20, 40, 200)]))


def test_answers_of_another_size_are_an_error(model: Path) -> None:
    with pytest.raises(ValueError, match="reshape"):
        measure_elsewhere(model, measure, lambda inputs: [(b"1234",)] * len(inputs))
    with pytest.raises(ValueError, match="zip"):
        measure_elsewhere(model, measure, lambda inputs: [()] * len(inputs))
