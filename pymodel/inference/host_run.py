"""Any `.tflite` on this machine's LiteRT, in a child process that a bad file may take down: its answers, and how long one takes."""

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
import numpy.typing as npt

from appspec.compiled_model import CompiledOnCpu
from appspec.errors import KitError
from pymodel.inference.refused import litert_refusals
from pymodel.isolated import run_isolated
from pymodel.quiet import output_to, quiet_environment

Tensor = npt.NDArray[np.generic]

WARMUP_RUNS = 10
LEAST_RUNS, LEAST_S = 30, 1.0
"""Each thread count is measured for so many runs and so long, whichever ends later."""

LONGEST_S = 60.0
LONGEST_MEASURED_S = 300.0


@dataclass(frozen=True)
class HostRun:
    """What LiteRT did here.

    Attributes:
        answers: for each sample the outputs, in the order of the graph; or the other tensors that were asked for.
        median_ms: of one inference, by the number of threads; those that this machine has no processors for are left out.
    """

    answers: tuple[tuple[Tensor, ...], ...]
    median_ms: Mapping[int, float]


def run_on_host(
    name: str,
    model: bytes,
    samples: Sequence[Sequence[Tensor]],
    log: Path,
    threads: Sequence[int] = (),
    tensors: Sequence[int] | None = None,
    longest_s: float | None = None,
) -> HostRun:
    """Runs a model's first graph.

    Args:
        name: of the file, for messages.
        samples: for each the inputs, in the order of the graph, of their types; a shape that the graph leaves open is taken.
        log: takes what the runtime says.
        threads: that one inference is measured on; more than this machine has processors would wait for each other.
        tensors: those that are wanted in place of the outputs.

    Raises:
        KitError: LiteRT refuses the model, crashes, takes too long or too much memory.
    """
    possible = [count for count in threads if count <= (os.cpu_count() or 1)]
    what = f"{name} can't be run on this machine"
    with tempfile.TemporaryDirectory(prefix="apkiln-") as folder:
        file, given, got = (Path(folder, part) for part in ("model.tflite", "in.npz", "out.npz"))
        file.write_bytes(model)
        _save(given, samples)
        job = {
            "what": what,
            "model": str(file),
            "inputs": str(given),
            "outputs": str(got),
            "samples": len(samples),
            "tensors": None if tensors is None else list(tensors),
            "threads": possible,
        }
        limit = longest_s or (LONGEST_MEASURED_S if possible else LONGEST_S)
        found = run_isolated(f"{__name__}:work", job, log, what, timeout_s=limit)
        return HostRun(_load(got, len(samples)), {int(count): ms for count, ms in found["median_ms"].items()})


def work(job: dict[str, Any]) -> dict[str, Any]:
    """The child's side: reads the inputs' file, writes that of the outputs."""
    quiet_environment()
    model = Path(job["model"])
    with litert_refusals(job["what"]):
        answers = _answers(model, job["what"], _load(Path(job["inputs"]), job["samples"]), job["tensors"])
        _save(Path(job["outputs"]), answers)
        return {"median_ms": {str(threads): _median_ms(model, threads) for threads in job["threads"]}}


def _answers(model: Path, what: str, samples: Sequence[Sequence[Tensor]], tensors: Sequence[int] | None) -> list[list[Tensor]]:
    from ai_edge_litert.interpreter import Interpreter

    with output_to(Path(os.devnull)):  # it announces its delegate
        interpreter = Interpreter(model_path=str(model), num_threads=1, experimental_preserve_all_tensors=tensors is not None)
        details = interpreter.get_input_details()
    answers: list[list[Tensor]] = []
    for values in samples:
        for one, value in zip(details, values, strict=True):
            if tuple(interpreter.get_tensor_details()[one["index"]]["shape"]) != value.shape:
                interpreter.resize_tensor_input(one["index"], value.shape, strict=False)
        with output_to(Path(os.devnull)):
            interpreter.allocate_tensors()
        for one, value in zip(details, values, strict=True):
            interpreter.set_tensor(one["index"], value)
        interpreter.invoke()
        wanted = [one["index"] for one in interpreter.get_output_details()] if tensors is None else tensors
        answers.append([interpreter.get_tensor(index) for index in wanted])
        if any(value.dtype.hasobject for value in answers[-1]):
            raise KitError(what, "it answers with texts, which are no numbers to compare", "take another of its outputs")
    return answers


def _save(file: Path, samples: Sequence[Sequence[Tensor]]) -> None:
    """Arrays "SAMPLE-PLACE" of a file."""
    np.savez(file, **{f"{i}-{k}": value for i, values in enumerate(samples) for k, value in enumerate(values)})


def _load(file: Path, samples: int) -> tuple[tuple[Tensor, ...], ...]:
    with np.load(file, allow_pickle=False) as arrays:
        found: list[list[Tensor]] = [[] for _ in range(samples)]
        for name in arrays.files:
            found[int(name.partition("-")[0])].append(arrays[name])
    return tuple(map(tuple, found))


def _median_ms(model: Path, threads: int) -> float:
    compiled = CompiledOnCpu(model, threads)
    for _ in range(WARMUP_RUNS):
        compiled.run_s()
    times: list[float] = []
    end = time.perf_counter() + LEAST_S
    while len(times) < LEAST_RUNS or time.perf_counter() < end:
        times.append(compiled.run_s())
    return statistics.median(times) * 1e3
