"""A `.tflite` on this computer's LiteRT, timed: in a child process alone, for a damaged model takes it down."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np


@dataclass
class CompiledOnCpu:
    """A model on the CPU by `CompiledModel`, as litert-benchmark runs it: `Interpreter` falls to a tenth on a busy machine.

    Attributes:
        init_s: from the file to inputs that can be run.
    """

    path: Path
    threads: int
    init_s: float = field(init=False)

    def __post_init__(self) -> None:
        from ai_edge_litert.compiled_model import CompiledModel
        from ai_edge_litert.hardware_accelerator import HardwareAccelerator
        from ai_edge_litert.options import CpuOptions, Options

        start = time.perf_counter()
        options = Options(hardware_accelerators=HardwareAccelerator.CPU, cpu_options=CpuOptions(num_threads=self.threads))
        self._model = CompiledModel.from_file(str(self.path), options=options)
        self._inputs, self._outputs = self._model.create_input_buffers(0), self._model.create_output_buffers(0)
        self.init_s = time.perf_counter() - start
        rng = np.random.default_rng(0)
        details = self._model.get_input_tensor_details(next(iter(self._model.get_signature_list())))
        for buffer, one in zip(self._inputs, details.values(), strict=True):
            buffer.write(_noise(rng, one))

    def run_s(self) -> float:
        """Seconds of one inference."""
        start = time.perf_counter()
        self._model.run_by_index(0, self._inputs, self._outputs)
        return time.perf_counter() - start


def _noise(rng: np.random.Generator, details: Mapping[str, Any]) -> Any:
    kind = np.dtype(details["dtype"])
    shape = [max(1, side) for side in details["shape"]]
    return rng.random(shape).astype(kind) if kind.kind == "f" else rng.integers(0, 2, shape).astype(kind)
