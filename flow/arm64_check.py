"""What phones' own ARM64 libraries make of any `.tflite`: difference to this machine, crashes, instructions of one inference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, get_args

import numpy as np

from appspec.errors import KitError
from appspec.phone_runtime import RefusedByPhoneError
from appspec.runtimes import Runtime
from appspec.stages import ROOT
from appspec.tflite_file import TfliteFile, read_tflite, type_bits
from deploy.phone_library.library import INSTALL, Core, PhoneLibrary, missing_parts, phone_libraries
from flow.screen import Screen
from pymodel.evaluate.elsewhere import Compute
from pymodel.inference.host_run import HostRun, run_on_host
from pymodel.inspect.inputs import as_arrays
from pymodel.inspect.leftovers import without_leftovers
from pymodel.inspect.values import NO_NUMBERS, NUMBERS, Difference, difference, real_values, worst

CORES: tuple[Core, ...] = get_args(Core)
THREADS = (1, 2)
LOG = ROOT / "build" / "logs" / "arm64.log"


@dataclass(frozen=True)
class Arm64Run:
    """One phone's library.

    Attributes:
        library: name and version.
        error: why it gives no answer, in its own words, or how it crashed; empty where it answers.
        differences: by output, the largest of all samples to LiteRT on this machine.
        instructions: of one inference by core, see PhoneRuntime; empty where nothing can be counted here.
    """

    library: str
    error: str
    differences: Mapping[str, Difference]
    instructions: Mapping[Core, int]

    @property
    def share(self) -> float:
        """The largest difference of all outputs, as a share of its range."""
        return max((one.share for one in self.differences.values()), default=0.0)

    @property
    def no_numbers(self) -> bool:
        """An output is NaN there and here."""
        return any(one.no_numbers for one in self.differences.values())


@dataclass(frozen=True)
class Arm64Check:
    """A model on the libraries that this machine can run.

    Attributes:
        host_ms: of one inference on this machine by threads; no phone's time.
    """

    host_ms: Mapping[int, float]
    runs: tuple[Arm64Run, ...]


def arm64_check(
    path: Path, samples: Sequence[Sequence[bytes]], runtimes: Sequence[Runtime] = ("tensorflow-lite", "javacpp")
) -> Arm64Check:
    """Runs a model here and on phones' libraries, each in a child process.

    Args:
        path: any `.tflite`.
        samples: for each the raw values of every input, in the order of the graph; the first one is what is counted.

    Raises:
        KitError: this machine can't run ARM64, or its own LiteRT can't run the model.
    """
    missing = missing_parts()
    if missing:
        raise KitError("Phones' ARM64 libraries can't be run here", f"this machine lacks {missing}", INSTALL)
    model = read_tflite(path)
    host = run_on_host(path.name, path.read_bytes(), [as_arrays(model, values) for values in samples], LOG, THREADS)
    return Arm64Check(host.median_ms, tuple(_run(model, path, samples, host, phone) for phone in phone_libraries(runtimes)))


def count_instructions(path: Path, values: Sequence[bytes]) -> dict[Core, int]:
    """Instructions of one inference by the phone's TensorFlow Lite, by core; empty where nothing can be counted here.

    Args:
        values: raw values of every input, in the order of the graph.

    Raises:
        RefusedByPhoneError: the library does not run the model.
    """
    return _counts(path, values, phone_libraries(("tensorflow-lite",))[0]) if not missing_parts() else {}


def arm64_places(model: TfliteFile, path: Path, check: Arm64Check) -> dict[str, Compute]:
    """What computes a model on the libraries that answered, by name."""
    answered = {run.library for run in check.runs if not run.error}
    found = phone_libraries(get_args(Runtime))
    return {phone.name: partial(_compute, model, path, phone) for phone in found if phone.name in answered}


def _compute(model: TfliteFile, path: Path, phone: PhoneLibrary, inputs: Sequence[bytes]) -> list[tuple[bytes, ...]]:
    raw = phone.run(path, b"".join(inputs), len(inputs))
    outputs = [model.main.tensors[i] for i in model.main.outputs]
    sizes = [tensor.elements * type_bits(tensor.dtype) // 8 for tensor in outputs]
    starts = [0, *accumulate(sizes)]
    answers = [raw[i * starts[-1] : (i + 1) * starts[-1]] for i in range(len(inputs))]
    return [tuple(one[start : start + size] for start, size in zip(starts, sizes, strict=False)) for one in answers]


def _run(model: TfliteFile, path: Path, samples: Sequence[Sequence[bytes]], host: HostRun, phone: PhoneLibrary) -> Arm64Run:
    try:
        answers = phone.run(path, b"".join(value for values in samples for value in values), len(samples))
        counts = _counts(path, samples[0], phone)
    except RefusedByPhoneError as refusal:
        return Arm64Run(phone.name, str(refusal), {}, {})
    if len(answers) != sum(value.nbytes for values in host.answers for value in values):
        return Arm64Run(phone.name, "its outputs have other sizes than on this machine", {}, {})
    return Arm64Run(phone.name, "", _differences(model, answers, host), counts)


def _counts(path: Path, values: Sequence[bytes], phone: PhoneLibrary) -> dict[Core, int]:
    found = {core: replace(phone, core=core).instructions(path, b"".join(values)) for core in CORES}
    return {core: count for core, count in found.items() if count is not None}


def _differences(model: TfliteFile, answers: bytes, host: HostRun) -> dict[str, Difference]:
    outputs = [model.main.tensors[i] for i in model.main.outputs]
    found: dict[str, Difference] = {}
    place = 0
    for values in host.answers:
        given = []
        for expected in values:
            raw = answers[place : place + expected.nbytes]
            given.append(np.frombuffer(raw, expected.dtype).reshape(expected.shape))
            place += expected.nbytes
        pair = zip(without_leftovers(model.main, given), without_leftovers(model.main, values), strict=True)
        for tensor, (theirs, ours) in zip(outputs, pair, strict=True):
            if tensor.dtype in NUMBERS:
                apart = difference(real_values(theirs.tobytes(), tensor), real_values(ours.tobytes(), tensor))
                found[tensor.name] = worst([apart, found.get(tensor.name, apart)])
    return found


ARM64_COLUMNS = ("library", "answers", "output", "largest", "largest / range", "a76", "a53")


def arm64_rows(check: Arm64Check, tolerance: float) -> list[dict[str, object]]:
    """One row an output and library; instructions in million.

    Args:
        tolerance: largest difference / range that counts as the same answer.
    """
    rows: list[dict[str, object]] = []
    for run in check.runs:
        counts = {core.removeprefix("cortex-"): million(run.instructions.get(core)) for core in CORES}
        if run.error:
            rows.append({"library": run.library, "answers": f"no: {run.error}"})
        for name, one in run.differences.items():
            says = "OTHERWISE" if one.share > tolerance else NO_NUMBERS if one.no_numbers else "as here"
            row = {
                "library": run.library,
                "answers": says,
                "output": name,
                "largest": f"{one.largest:.2g}" + ", NaN on both" * one.no_numbers,
            }
            rows.append({**row, "largest / range": f"{one.share:.1e}", **counts})
    return rows


def million(count: int | None) -> str:
    """Instructions, for people."""
    return "not counted" if count is None else f"{count / 1e6:.3g} M"


def arm64_document(check: Arm64Check) -> dict[str, Any]:
    """All of it, for JSON."""
    return {**asdict(check), "host_ms": {str(threads): ms for threads, ms in check.host_ms.items()}}


def show_arm64(check: Arm64Check, tolerance: float, said: str, screen: Screen) -> None:
    """As a table.

    Args:
        said: what the inputs are, in words.
    """
    times = ", ".join(f"{ms:.3g} ms on {threads} thread{'s' * (threads > 1)}" for threads, ms in check.host_ms.items())
    note = (
        f"inputs: {said}. a76, a53: instructions of one inference on a Cortex-A76, which has dot products, and an A53, which has "
        f"none: a count, no time. This machine takes {times}, which is no phone's time either."
    )
    screen.table("On phones' ARM64 libraries, under QEMU", ARM64_COLUMNS, arm64_rows(check, tolerance), note)
