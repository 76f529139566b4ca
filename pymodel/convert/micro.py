"""TensorFlow Lite Micro on this machine: the exact arena that a model needs, and its answers.

This machine is a 64-bit one: the structures at the arena's end are smaller on a 32-bit board, so the figure is an upper bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from appspec.contract import TensorContract
from pymodel.convert.loaded import Values
from pymodel.inference.interpreter import dequantize, quantize
from pymodel.quiet import output_to

LARGEST_ARENA = 1 << 26
"""Bytes; no board of this class has as much."""


class MicroRefusalError(Exception):
    """What TensorFlow Lite Micro says of a model that it can't run."""


class MicroModel:
    """A model in TensorFlow Lite Micro.

    Args:
        content: of the `.tflite`.
        inputs, outputs: names, in the file's order.
        log: gets what the library prints.
    """

    def __init__(self, content: bytes, inputs: Sequence[str], outputs: Sequence[str], log: Path) -> None:
        self._content, self._inputs, self._outputs, self._log = content, inputs, outputs, log
        self.arena = self._smallest_arena()
        self._interpreter = self._open(self.arena)

    def run(self, values: Values) -> Values:
        """The outputs by name, dequantized."""
        with output_to(self._log):
            for i, name in enumerate(self._inputs):
                tensor, dtype = _contract(self._interpreter.get_input_details(i), name)
                stored = quantize(values[name].astype(np.float32), tensor) if tensor.scale else values[name].astype(dtype)
                self._interpreter.set_input(stored.reshape(tensor.shape), i)
            self._interpreter.invoke()
            answer = {}
            for i, name in enumerate(self._outputs):
                stored = self._interpreter.get_output(i)
                tensor, _ = _contract(self._interpreter.get_output_details(i), name)
                answer[name] = dequantize(stored, tensor) if tensor.scale else stored
        return answer

    def _smallest_arena(self) -> int:
        """Bytes, exactly: the library's own printed total is no bound, as planning wants room of its own.

        Raises:
            MicroRefusalError: not even a huge arena helps.
        """
        if self._open(LARGEST_ARENA) is None:
            raise MicroRefusalError(self._cause())
        low, high = 0, LARGEST_ARENA
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._open(middle) is None else (low, middle)
        return high

    def _open(self, arena: int) -> Any:
        from tflite_micro.python.tflite_micro import runtime

        with output_to(self._log):
            try:
                return runtime.Interpreter.from_bytes(self._content, arena_size=arena)
            except RuntimeError:
                return None

    def _cause(self) -> str:
        """The library's own words; Python's exception has none."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        said = [line.strip() for line in lines if line.strip() and not line.startswith(("Traceback", "  "))]
        return "; ".join(list(dict.fromkeys(said))[-3:])[:300] or "it says nothing"


def _contract(details: Mapping[str, Any], name: str) -> tuple[TensorContract, Any]:
    parameters, dtype = details["quantization_parameters"], np.dtype(details["dtype"])
    scales, zero_points = parameters["scales"], parameters["zero_points"]
    scale = float(scales[0]) if len(scales) else 0.0
    shape = tuple(int(side) for side in details["shape"])
    return TensorContract(name, shape, dtype.name, scale, int(zero_points[0]) if len(zero_points) else 0), dtype  # type: ignore[arg-type]
