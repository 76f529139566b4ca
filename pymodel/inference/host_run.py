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

from appspec.compiled_model import CompiledOnCpu
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
    compiled = CompiledOnCpu(model, threads)
    for _ in range(WARMUP_RUNS):
        compiled.run_s()
    times: list[float] = []
    end = time.perf_counter() + LEAST_S
    while len(times) < LEAST_RUNS or time.perf_counter() < end:
        times.append(compiled.run_s())
    return statistics.median(times) * 1e3
