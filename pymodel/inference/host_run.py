"""Any `.tflite` on this machine's LiteRT, in a child process: its answers, and how long one inference takes."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pymodel.inference.refused import litert_refusals
from pymodel.isolated import run_isolated
from pymodel.quiet import output_to, quiet_environment

WARMUP_RUNS = 10
LEAST_RUNS, LEAST_S = 30, 1.0
"""Each thread count is measured for so many runs and so long, whichever ends later."""

LONGEST_S = 300.0


@dataclass(frozen=True)
class HostRun:
    """What LiteRT did here.

    Attributes:
        outputs: for each sample the raw values of every output, in the order of the graph.
        median_ms: of one inference, by the number of threads; those that this machine has no processors for are left out.
    """

    outputs: tuple[tuple[bytes, ...], ...]
    median_ms: Mapping[int, float]


def run_on_host(model: Path, samples: Sequence[Sequence[bytes]], threads: Sequence[int], log: Path) -> HostRun:
    """Runs a model.

    Args:
        samples: for each the raw values of every input, in the order of the graph.
        threads: that it is measured on; more than this machine has processors would wait for each other.

    Raises:
        KitError: LiteRT refuses the model, crashes, or takes too long.
    """
    with tempfile.TemporaryDirectory(prefix="apkiln-") as name:
        folder = Path(name)
        for i, values in enumerate(samples):
            for k, content in enumerate(values):
                (folder / f"{i}-{k}.in").write_bytes(content)
        possible = [count for count in threads if count <= (os.cpu_count() or 1)]
        what = f"{model.name} can't be run on this machine"
        job = {"what": what, "model": str(model.resolve()), "folder": name, "samples": len(samples), "threads": possible}
        found = run_isolated("pymodel.inference.host_run:work", job, log, what, timeout_s=LONGEST_S)
        outputs = tuple(
            tuple((folder / f"{i}-{k}.out").read_bytes() for k in range(found["outputs"])) for i in range(len(samples))
        )
    return HostRun(outputs, {int(count): ms for count, ms in found["median_ms"].items()})


def work(job: dict[str, Any]) -> dict[str, Any]:
    """The child's side: writes SAMPLE-OUTPUT.out into the folder."""
    quiet_environment()
    model, folder = Path(job["model"]), Path(job["folder"])
    with litert_refusals(job["what"]):
        count = _answer(model, folder, job["samples"])
        return {"outputs": count, "median_ms": {str(threads): _median_ms(model, threads) for threads in job["threads"]}}


def _answer(model: Path, folder: Path, samples: int) -> int:
    """How many outputs there are."""
    from ai_edge_litert.interpreter import Interpreter

    with output_to(Path(os.devnull)):
        interpreter = Interpreter(model_path=str(model), num_threads=1)
        interpreter.allocate_tensors()
    outputs = interpreter.get_output_details()
    for i in range(samples):
        for k, details in enumerate(interpreter.get_input_details()):
            values = np.frombuffer((folder / f"{i}-{k}.in").read_bytes(), details["dtype"])
            interpreter.set_tensor(details["index"], values.reshape(details["shape"]))
        interpreter.invoke()
        for k, details in enumerate(outputs):
            (folder / f"{i}-{k}.out").write_bytes(interpreter.get_tensor(details["index"]).tobytes())
    return len(outputs)


def _median_ms(model: Path, threads: int) -> float:
    """By `CompiledModel`, as litert-benchmark measures: with several threads on a busy machine, `Interpreter` falls to a tenth."""
    from ai_edge_litert.compiled_model import CompiledModel
    from ai_edge_litert.hardware_accelerator import HardwareAccelerator
    from ai_edge_litert.options import CpuOptions, Options

    options = Options(hardware_accelerators=HardwareAccelerator.CPU, cpu_options=CpuOptions(num_threads=threads))
    compiled = CompiledModel.from_file(str(model), options=options)
    inputs, outputs = compiled.create_input_buffers(0), compiled.create_output_buffers(0)
    rng = np.random.default_rng(0)
    details = compiled.get_input_tensor_details(next(iter(compiled.get_signature_list())))
    for buffer, one in zip(inputs, details.values(), strict=True):
        buffer.write(_noise(rng, one))
    for _ in range(WARMUP_RUNS):
        compiled.run_by_index(0, inputs, outputs)
    times: list[float] = []
    end = time.perf_counter() + LEAST_S
    while len(times) < LEAST_RUNS or time.perf_counter() < end:
        start = time.perf_counter()
        compiled.run_by_index(0, inputs, outputs)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


def _noise(rng: np.random.Generator, details: Mapping[str, Any]) -> Any:
    kind = np.dtype(details["dtype"])
    shape = [max(1, side) for side in details["shape"]]
    return rng.random(shape).astype(kind) if kind.kind == "f" else rng.integers(0, 2, shape).astype(kind)
