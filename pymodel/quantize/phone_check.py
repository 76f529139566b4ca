"""Whether a variant answers on the phones' own libraries as it does here.

A table of operators says what a phone refuses. It can't say what a phone computes: ARM64 kernels have answered wrongly where
every x86 build was right, without an error. So the libraries themselves run the file, on real inputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.contract import Classes, ModelContract, Quantization, Window
from appspec.operators import runtime_refusals
from appspec.phone_runtime import PhoneRuntime, RefusedByPhoneError
from appspec.read_contract import read_contract
from appspec.runtimes import Runtime
from pymodel.inference.interpreter import HostModel, dequantize, quantize

INPUTS = "inputs.npy"
"""(N, …) float32 normalized inputs of the training split, beside the variants."""

INPUT_COUNT = 8

TOLERANCE = 0.05
"""Share of the output's range: up to this it is rounding, beyond it the answer is wrong; as the app judges delegates."""

REFUSED = "is refused by"
"""How an objection begins where a phone's library does not run the file at all."""

_SMALLEST_SHARE = 0.1
_SMALLEST_RANGE = 1e-6


@dataclass(frozen=True)
class PhoneChecks:
    """What checks a variant before it may ship.

    Attributes:
        runtimes: those that an APK of the app may carry; each must know the variant's operators.
        phones: libraries of them that run on this machine; empty where it can run none.
    """

    runtimes: tuple[Runtime, ...] = ()
    phones: tuple[PhoneRuntime, ...] = ()

    def objection(self, path: Path, quantization: Quantization, inputs: Path) -> str:
        """Why a variant must not ship, in words; empty where nothing speaks against it.

        Args:
            inputs: a file of INPUTS.
        """
        refusals = runtime_refusals(path, self.runtimes)
        if refusals:
            return f"needs {'; '.join(refusals)}"
        if quantization == "dynamic" and not self.phones:
            return "was not run on a phone's ARM64 library, as this kind must be (invoke doctor says what that needs)"
        for phone in self.phones:
            try:
                difference = phone_difference(path, np.load(inputs), phone)
            except RefusedByPhoneError as refusal:
                return f"{REFUSED} {phone.name}: {refusal}"
            if not difference <= TOLERANCE:
                return f"answers otherwise on {phone.name}: {difference:.0%} of its range apart"
        return ""

    def instructions(self, path: Path, inputs: Path) -> int | None:
        """ARM64 instructions of one inference by the first library that runs here; None where none can be counted.

        Args:
            inputs: a file of INPUTS.
        """
        if not self.phones:
            return None
        contract = read_contract(path)
        try:
            return self.phones[0].instructions(path, quantize(np.load(inputs)[:1], contract.input).tobytes())
        except RefusedByPhoneError:  # the objection says so
            return None

    @property
    def words(self) -> str:
        """What the variant that ships has passed."""
        if not self.phones:
            return "not run on a phone's library (invoke doctor says what that needs)"
        return f"answers as here on {' and '.join(phone.name for phone in self.phones)}"


def sample_inputs(representative: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """INPUT_COUNT of many inputs, evenly spread."""
    count = min(INPUT_COUNT, len(representative))
    chosen: npt.NDArray[np.float32] = representative[np.linspace(0, len(representative) - 1, count).round().astype(int)]
    return chosen


def phone_difference(path: Path, inputs: npt.NDArray[np.float32], phone: PhoneRuntime) -> float:
    """The largest difference between a phone's answers and this machine's, as a share of each output's range.

    Args:
        inputs: (N, …) normalized.

    Returns:
        NaN where a value is not a number; the range is 1 for probabilities.

    Raises:
        RefusedByPhoneError: the phone's library does not run the model.
    """
    with HostModel(path) as host:
        contract = host.contract
        stored = quantize(inputs, contract.input)
        here = [host.run(tensor) for tensor in stored]
    there = phone.run(path, stored.tobytes(), len(stored))
    sizes = [output.nbytes for output in here[0]]
    found: list[float] = []
    start = 0
    for i, (tensor, size) in enumerate(zip(contract.outputs, sizes, strict=True)):
        exact = dequantize(np.stack([outputs[i] for outputs in here]), tensor)
        parts = [there[run * sum(sizes) + start :][:size] for run in range(len(stored))]
        answers = np.frombuffer(b"".join(parts), tensor.dtype).reshape(exact.shape)
        found.append(float(np.abs(dequantize(answers, tensor) - exact).max() / _range(exact, contract)))
        start += size
    return float(np.max(found))


def _range(exact: npt.NDArray[np.float32], contract: ModelContract) -> float:
    if isinstance(contract.decoder, Classes | Window):
        return 1.0
    return max(float(np.ptp(exact)), _SMALLEST_SHARE * float(np.abs(exact).max()), _SMALLEST_RANGE)
