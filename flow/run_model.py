"""`invoke model.check --run`: a model on GPU delegates of this machine, against the CPU of the same library."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import isclose
from pathlib import Path

from appspec.errors import KitError
from appspec.phone_runtime import RefusedByPhoneError
from appspec.tflite_file import Tensor, TfliteFile
from deploy.phone_library.compiler import find_compiler
from deploy.phone_library.jobs import Job, Processor, Ran
from deploy.phone_library.jvm import (
    INSTALL_COMPILER,
    INSTALL_GPU,
    INSTALL_OPENCL,
    by_opencl,
    jvm_library,
    missing_gpu_parts,
    missing_opencl_parts,
)
from deploy.phone_library.litert_gpu import INSTALL_VULKAN, litert_name, missing_vulkan_parts, run_litert
from deploy.phone_library.run_models import run_models
from flow.screen import Screen
from pymodel.evaluate.elsewhere import Compute
from pymodel.inspect.cut import cut_after
from pymodel.inspect.first_difference import FirstDifference, comparable_nodes, first_difference
from pymodel.inspect.inputs import Samples, read_samples
from pymodel.inspect.values import NUMBERS, Difference, difference, real_values, worst

SAMPLES = 4
TOLERANCE = 0.01
"""Of an output's range: what 16 bits cost stays below it, and a wrong kernel does not."""

Run = Callable[[Sequence[Job]], list[Ran]]


@dataclass(frozen=True)
class Runner:
    """One GPU delegate and its CPU."""

    name: str
    processor: Processor
    run: Run


@dataclass(frozen=True)
class Tried:
    """How a model did on one GPU delegate.

    Attributes:
        runner: what ran it.
        precision: bits that it computes with.
        taken, nodes, partitions: 0 where the delegate doesn't say.
        differences: of each output from the CPU, the largest of all samples.
        error: why there is no answer; empty where there is one.
        first: the first operation that differs, where one output does beyond the tolerance.
        found_on: the runner on which it was found, where this one differs as much; empty for itself.
    """

    runner: str
    precision: int
    taken: int
    nodes: int
    partitions: int
    refusals: tuple[str, ...]
    differences: dict[str, Difference]
    error: str
    first: FirstDifference | None = None
    found_on: str = ""


def runners() -> tuple[list[Runner], list[str]]:
    """What this machine can run GPU delegates with; and what is missing with its remedy, in words.

    Raises:
        KitError: a download fails.
    """
    found: list[Runner] = []
    missing = []
    lacks = missing_gpu_parts()
    if lacks:
        remedy = INSTALL_GPU if find_compiler("x86_64") else INSTALL_COMPILER
        missing.append(f"the phone's own GPU delegate can't be run here: this machine lacks {lacks}; {remedy}")
    else:
        phone = jvm_library("tensorflow-lite")
        by_shaders = f"{phone.name} by OpenGL ES"
        found += [Runner(by_shaders, "gpu", partial(run_models, phone)), Runner(by_shaders, "gpu_16", partial(run_models, phone))]
        lacks = missing_opencl_parts()
        if lacks:
            missing.append(f"nor by OpenCL, which phones prefer: this machine lacks {lacks}; {INSTALL_OPENCL}")
        else:
            opencl = by_opencl(phone)
            found.append(Runner(opencl.name, "gpu", partial(run_models, opencl)))  # PoCL has no 16 bits
    lacks = missing_vulkan_parts()
    if lacks:
        missing.append(f"LiteRT's newest GPU delegate can't be run here: this machine lacks {lacks}; {INSTALL_VULKAN}")
    else:
        found.append(Runner(litert_name(), "gpu", run_litert))
    return found, missing


def try_model(
    model: TfliteFile, path: Path, inputs: Path | None, tolerance: float, screen: Screen
) -> tuple[Samples, list[Tried], list[str]]:
    """Runs a model everywhere that this machine can.

    Raises:
        KitError: nothing here can, the inputs do not fit, or a tool does not start.
    """
    samples = read_samples(model, inputs, SAMPLES)
    found, missing = runners()
    if not found:
        raise KitError("no GPU delegate can be run here", missing[0], "install what is named, see `invoke doctor`")
    tried: list[Tried] = []
    with tempfile.TemporaryDirectory() as name:
        for runner in found:
            screen.status(f"{runner.name}, {_bits(runner)} bits")
            tried.append(_try(model, path, samples, runner, tolerance, Path(name), tried))
    return samples, tried, missing


def gpu_places(model: TfliteFile, path: Path, tried: Sequence[Tried]) -> dict[str, Compute]:
    """What computes a model on the GPU delegates that answered, by name and precision."""
    answered = {(one.runner, one.precision) for one in tried if not one.error}
    found, _ = runners()
    return {
        f"{runner.name}, {_bits(runner)} bits": partial(_compute, model, path, runner)
        for runner in found
        if (runner.name, _bits(runner)) in answered
    }


def _compute(model: TfliteFile, path: Path, runner: Runner, inputs: Sequence[bytes]) -> list[tuple[bytes, ...]]:
    job = replace(_job(model, path, runner.processor, (b"".join(inputs),)), runs=len(inputs))
    (ran,) = runner.run([job])
    if ran.error:
        raise RefusedByPhoneError(ran.error)
    sizes = [len(output) // len(inputs) for output in ran.outputs]
    return [
        tuple(output[i * size : (i + 1) * size] for output, size in zip(ran.outputs, sizes, strict=True))
        for i in range(len(inputs))
    ]


def _try(
    model: TfliteFile, path: Path, samples: Samples, runner: Runner, tolerance: float, folder: Path, before: Sequence[Tried]
) -> Tried:
    outputs = [model.main.tensors[i] for i in model.main.outputs]
    cpu = runner.run([_job(model, path, "cpu", values) for values in samples.values])
    gpu = runner.run([_job(model, path, runner.processor, values) for values in samples.values])
    failed = next((f"on the CPU: {one.error}" for one in cpu if one.error), "") or next(
        (one.error for one in gpu if one.error), ""
    )
    nodes = len(model.main.nodes)
    whole = gpu[0].taken < 0
    taken = (nodes, nodes, 1) if whole else (gpu[0].taken, gpu[0].nodes or nodes, gpu[0].partitions)
    if failed:
        return Tried(runner.name, _bits(runner), *taken, gpu[0].refusals, {}, failed)
    by_sample = [_differences(one, other, outputs) for one, other in zip(gpu, cpu, strict=True)]
    farthest = max(range(len(by_sample)), key=lambda k: largest_share(by_sample[k]))
    differences = {name: worst([one[name] for one in by_sample]) for name in by_sample[0]}
    first = None
    alike = next(
        (one for one in before if one.first and one.precision == _bits(runner) and _alike(one.differences, differences)), None
    )
    if alike is not None:
        return Tried(runner.name, _bits(runner), *taken, gpu[0].refusals, differences, "", alike.first, alike.runner)
    if largest_share(differences) > tolerance and taken[0]:
        first = _search(model, samples.values[farthest], runner, tolerance, folder)
    return Tried(runner.name, _bits(runner), *taken, gpu[0].refusals, differences, "", first)


def _search(
    model: TfliteFile, values: tuple[bytes, ...], runner: Runner, tolerance: float, folder: Path
) -> FirstDifference | None:
    nodes = comparable_nodes(model, frozenset(node.index for node in model.main.nodes))

    def measure(cuts: Sequence[int]) -> list[float | None]:
        found: dict[int, float | None] = dict.fromkeys(cuts)
        paths = {cut: path for cut in cuts if (path := _cut_file(model, cut, folder))}
        pairs = [(_job(model, path, "cpu", values), _job(model, path, runner.processor, values)) for path in paths.values()]
        done = runner.run([job for pair in pairs for job in pair])
        for cut, cpu, gpu in zip(paths, done[::2], done[1::2], strict=True):
            if not (cpu.error or gpu.error) and cpu.outputs:
                tensors = [model.main.tensors[i] for i in model.main.nodes[cut].outputs if i >= 0]
                found[cut] = largest_share(_differences(gpu, cpu, tensors))
        return list(found.values())

    return first_difference(model, nodes, tolerance, measure)


def _cut_file(model: TfliteFile, cut: int, folder: Path) -> Path | None:
    """The model up to a node; None where it can't be cut there."""
    path = folder / f"cut-{cut}.tflite"
    if not path.exists():
        try:
            path.write_bytes(cut_after(model, cut))
        except KitError:
            return None
    return path


def _job(model: TfliteFile, path: Path, processor: Processor, values: tuple[bytes, ...]) -> Job:
    return Job(path, processor, values, _names(model, model.main.inputs), _names(model, model.main.outputs))


def _names(model: TfliteFile, indices: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    signed: dict[int, str] = {}
    for signature in model.signatures[:1]:
        signed = {index: name for names in (signature.inputs, signature.outputs) for name, index in names.items()}
    return tuple((model.main.tensors[i].name, *((signed[i],) if i in signed else ())) for i in indices)


def _differences(gpu: Ran, cpu: Ran, tensors: Sequence[Tensor]) -> dict[str, Difference]:
    """By output; only those of numbers."""
    return {
        tensor.name: difference(real_values(one, tensor), real_values(other, tensor))
        for tensor, one, other in zip(tensors, gpu.outputs, cpu.outputs, strict=False)
        if tensor.dtype in NUMBERS
    }


def _alike(one: dict[str, Difference], other: dict[str, Difference]) -> bool:
    """As far from the CPU to a tenth."""
    return one.keys() == other.keys() and all(isclose(one[name].share, other[name].share, rel_tol=0.1) for name in one)


def largest_share(differences: dict[str, Difference]) -> float:
    """The largest of all outputs."""
    return max((one.share for one in differences.values()), default=0.0)


def _bits(runner: Runner) -> int:
    return 16 if runner.processor == "gpu_16" else 32
