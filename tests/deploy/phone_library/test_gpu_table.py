"""What our table says of the GPU delegate, asked of the delegate itself: that of the phone's own 2.16.1, in a JVM here."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from appspec.operators import operator_table
from appspec.tflite_file import TfliteFile, read_tflite
from deploy.phone_library.jobs import Job, Processor, Ran
from deploy.phone_library.jvm import by_opencl, jvm_library
from deploy.phone_library.run_models import run_models
from pymodel.inspect.places import verdicts
from pymodel.inspect.values import difference, real_values
from tests.deploy.phone_library.required import gpu_here, opencl_here
from tests.one_operation import cases, one_operation
from tests.property_models import MODELS

pytestmark = gpu_here

TABLE = json.loads((Path(__file__).parents[3] / "pymodel/inspect/gpu_operations.json").read_text(encoding="utf-8"))["operations"]
ASKED_OTHERWISE = ("EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL", "NOT_EQUAL")
"""Taken where a CAST follows alone: see the model `comparison`."""

CRASHES = {("DEQUANTIZE", 4), ("QUANTIZE", 3)}
"""The delegate does not take them, and the CPU's kernel then ends the process."""

WRONG_BY_OPENGL = ("batch_of_two",)


def _inputs(model: TfliteFile) -> tuple[bytes, ...]:
    rng = np.random.default_rng(1)
    found = []
    for i in model.main.inputs:
        tensor = model.main.tensors[i]
        if tensor.dtype == "float32":
            values = rng.uniform(0.1, 0.9, tensor.shape).astype(np.float32)
        elif tensor.shape == (2,):
            values = np.array([1, 256], np.int32)
        else:
            values = np.ones(tensor.shape, tensor.dtype)
        found.append(values.tobytes())
    return tuple(found)


def test_every_operation_and_version_is_taken_as_the_table_says(tmp_path: Path) -> None:
    known = operator_table("tensorflow-lite").highest
    asked = [
        (name, version)
        for name in cases()
        for version in range(1, known.get(name, 0) + 1)
        if name not in ASKED_OTHERWISE and (name, version) not in CRASHES
    ]
    jobs = []
    for name, version in asked:
        path = tmp_path / f"{name}-{version}.tflite"
        path.write_bytes(one_operation(name, version))
        jobs.append(Job(path, "gpu", _inputs(read_tflite(path))))
    ran = run_models(jvm_library("tensorflow-lite"), jobs)
    wrong, shaders = [], set()
    for (name, version), one in zip(asked, ran, strict=True):
        row = TABLE.get(name, {"highest": 0})
        by_opencl_alone = name in ("SPLIT", "SPLIT_V")  # the delegate leaves these to the CPU where it draws with OpenGL ES
        if (one.taken == 1) != (version <= row["highest"] and not by_opencl_alone):
            wrong.append((name, version, one.taken))
        if one.taken and one.error:
            shaders.add(name)
    assert wrong == []
    assert len(asked) > 200
    assert shaders == {name for name, row in TABLE.items() if row.get("opengl") is False and name in cases()} - {
        "SPLIT",
        "SPLIT_V",
        *ASKED_OTHERWISE,
    }


def _held(tmp_path: Path, processors: tuple[Processor, ...], opencl: bool) -> dict[str, tuple[TfliteFile, list[Ran]]]:
    models = {}
    jobs = []
    for name, make in MODELS.items():
        path = tmp_path / f"{name}.tflite"
        path.write_bytes(make())
        models[name] = read_tflite(path)
        jobs += [Job(path, processor, _inputs(models[name])) for processor in processors]
    library = jvm_library("tensorflow-lite")
    ran = run_models(by_opencl(library) if opencl else library, jobs)
    count = len(processors)
    return {name: (model, ran[i * count : (i + 1) * count]) for i, (name, model) in enumerate(models.items())}


@pytest.mark.parametrize("opencl", [False, pytest.param(True, marks=opencl_here)], ids=["opengl", "opencl"])
def test_our_verdict_is_the_delegates_own(tmp_path: Path, opencl: bool) -> None:
    """Models with one property each: nodes, partitions, and where it is taken the answer too."""
    wrong = []
    for name, (model, (cpu, gpu)) in _held(tmp_path, ("cpu", "gpu"), opencl).items():
        verdict = next(one for one in verdicts(model) if one.place == "gpu")
        ours, its = (verdict.taken, verdict.nodes, verdict.partitions), (gpu.taken, gpu.nodes, gpu.partitions)
        shaderless = "No shader implementation" in gpu.error
        if (ours != its) if its[1] else ours[0]:
            wrong.append((name, ours, its))
        if verdict.taken and not shaderless:
            assert gpu.error == "", name
            (output,) = (model.main.tensors[i] for i in model.main.outputs)
            far = difference(*(real_values(one.outputs[0], output) for one in (gpu, cpu))).share
            assert (far > 0.1) == (name in WRONG_BY_OPENGL and not opencl), (name, far)
        if verdict.runs == "not at all" and not its[1] and gpu.error:
            assert any(words in gpu.error for words in ("Cannot create interpreter", "Error applying delegate")), name
    assert wrong == []
