"""Several runs of one job are as many jobs: answers come back run by run, each input's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from deploy.phone_library.jobs import Job, Ran
from deploy.phone_library.jvm import jvm_library
from deploy.phone_library.litert_gpu import missing_vulkan_parts, run_litert
from deploy.phone_library.run_models import run_models
from tests.deploy.phone_library.required import gpu_here, needs
from tests.tflite_models import OPS, Built, built_model

SHAPE, COUNT = (1, 4, 4, 3), 3


def subtraction() -> bytes:
    """The first input without the second, and twice the first."""
    tensors = [(SHAPE, "FLOAT32", None), (SHAPE, "FLOAT32", None), (SHAPE, "FLOAT32", None), (SHAPE, "FLOAT32", None)]
    operations = [(OPS.SUB, 1, [0, 1], [2], None), (OPS.ADD, 1, [0, 0], [3], None)]
    return built_model(Built(operations, tensors, [0, 1], [2, 3]))


def on_jvm(jobs: Sequence[Job]) -> list[Ran]:
    return run_models(jvm_library("tensorflow-lite"), jobs)


@pytest.mark.parametrize(
    "run", [pytest.param(on_jvm, marks=gpu_here), pytest.param(run_litert, marks=needs(missing_vulkan_parts()))]
)
@pytest.mark.parametrize("processor", ["cpu", "gpu"])
def test_runs_of_one_job(tmp_path: Path, run: Callable[[Sequence[Job]], list[Ran]], processor: str) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(subtraction())
    first, second = np.random.default_rng(4).normal(size=(2, COUNT, *SHAPE)).astype(np.float32)
    inputs, outputs = (("tensor_0",), ("tensor_1",)), (("tensor_2",), ("tensor_3",))
    (ran,) = run([Job(path, processor, (first.tobytes(), second.tobytes()), inputs, outputs, COUNT)])  # type: ignore[arg-type]
    assert ran.error == ""
    found = [np.frombuffer(output, np.float32).reshape(COUNT, *SHAPE) for output in ran.outputs]
    assert np.allclose(found[0], first - second, atol=1e-5)
    assert np.allclose(found[1], 2 * first, atol=1e-5)
