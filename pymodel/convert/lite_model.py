"""Any `.tflite` on LiteRT: inputs and outputs by name, real values in and out, whatever the file holds them as."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from appspec.contract import TensorContract
from pymodel.convert.loaded import Values
from pymodel.inference.interpreter import dequantize, quantize
from pymodel.quiet import output_to, quiet_environment


class LiteModel:
    """A model; `allocate` makes it ready to run.

    Args:
        content: of the file.
    """

    def __init__(self, content: bytes) -> None:
        quiet_environment()
        from ai_edge_litert.interpreter import Interpreter

        with output_to(Path(os.devnull)):  # it announces its delegate
            self.interpreter = Interpreter(model_content=content, num_threads=1)
            self._input_names, self._output_names = _signature_names(self.interpreter)

    def allocate(self, shapes: Mapping[str, tuple[int, ...]] | None = None) -> None:
        """Plans the memory.

        Args:
            shapes: of inputs, by name, in place of the file's own.
        """
        with output_to(Path(os.devnull)):
            for details in self.inputs():
                shape = (shapes or {}).get(details["name"])
                if shape is not None and tuple(details["shape"]) != shape:
                    self.interpreter.resize_tensor_input(details["index"], list(shape))
            self.interpreter.allocate_tensors()

    def inputs(self) -> list[dict[str, Any]]:
        """LiteRT's details of each input, with the signature's name where there is one."""
        return _named(self.interpreter.get_input_details(), self._input_names)

    def outputs(self) -> list[dict[str, Any]]:
        """As inputs, of the outputs."""
        return _named(self.interpreter.get_output_details(), self._output_names)

    def run(self, values: Values) -> Values:
        """The outputs by name, dequantized."""
        for details in self.inputs():
            value = values[details["name"]]
            tensor = _contract(details)
            stored = quantize(value.astype(np.float32), tensor) if tensor.scale else value.astype(details["dtype"])
            self.interpreter.set_tensor(details["index"], stored)
        self.interpreter.invoke()
        answer = {}
        for details in self.outputs():
            stored, tensor = self.interpreter.get_tensor(details["index"]), _contract(details)
            answer[details["name"]] = dequantize(stored, tensor) if tensor.scale else stored
        return answer


def _named(tensors: list[dict[str, Any]], names: Mapping[int, Sequence[str]]) -> list[dict[str, Any]]:
    """With the signature's names; one tensor may have several, where it is several outputs."""
    left = {index: list(several) for index, several in names.items()}
    return [{**details, "name": left[i].pop(0) if left.get(i := details["index"]) else details["name"]} for details in tensors]


def _signature_names(interpreter: Any) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Index of a tensor → its names in the only signature, of inputs and of outputs: a tensor may be both."""
    signatures = interpreter.get_signature_list()
    if len(signatures) != 1:
        return {}, {}
    runner = interpreter.get_signature_runner(next(iter(signatures)))
    return _by_index(runner.get_input_details()), _by_index(runner.get_output_details())


def _by_index(tensors: Mapping[str, Mapping[str, Any]]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    for name, details in tensors.items():
        names.setdefault(details["index"], []).append(name)
    return names


def _contract(details: Mapping[str, Any]) -> TensorContract:
    scale, zero_point = details["quantization"]
    shape = tuple(int(side) for side in details["shape"])
    return TensorContract(details["name"], shape, np.dtype(details["dtype"]).name, float(scale), int(zero_point))  # type: ignore[arg-type]
