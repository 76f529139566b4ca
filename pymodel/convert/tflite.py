"""A frozen function → TFLite: float32, float16, dynamic range, and the integer modes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from appspec.contract import Quantization
from pymodel.convert.frozen import Frozen
from pymodel.quiet import output_to

MODES: tuple[Quantization, ...] = ("float32", "float16", "dynamic", "int8", "int8_float_io", "int16x8")
"""What the converter makes without being told of single layers."""

CALIBRATED: tuple[Quantization, ...] = ("int8", "int8_float_io", "int16x8")
"""Modes whose scales follow from representative inputs."""


class Converter:
    """A frozen function, to be converted several times.

    Args:
        representative: for each input of the function, in its order, an array of N times its shape; calibrate the integer modes.
        log: gets what the converter prints.
    """

    def __init__(self, frozen: Frozen, representative: Sequence[npt.NDArray[np.generic]], log: Path) -> None:
        self._frozen, self._representative, self._log = frozen, representative, log

    def convert(self, variant: Quantization) -> bytes:
        """The content of the `.tflite` file with this quantization, one of MODES."""
        return self.logged(lambda: self.configured(variant).convert())

    def logged(self, make: Callable[[], bytes]) -> bytes:
        """What `make` gives, its words in the log."""
        with output_to(self._log), warnings.catch_warnings():
            # Calibration gives the statistics that it asks for.
            warnings.filterwarnings("ignore", message="Statistics for quantized inputs were expected")
            # The debugger's, which has no other interpreter to take.
            warnings.filterwarnings("ignore", message=r"\s*Warning: tf.lite.Interpreter is deprecated")
            return make()

    def configured(self, variant: Quantization) -> Any:
        """TensorFlow's converter, set up for this quantization."""
        import tensorflow as tf

        converter = tf.lite.TFLiteConverter.from_concrete_functions([self._frozen.function])
        # It would freeze the frozen function anew for each variant: four fifths of a conversion's time.
        converter._freeze_concrete_function = lambda: self._graph
        if variant != "float32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if variant == "dynamic":
            # Scales per channel of dense layers need FULLY_CONNECTED 12, which TensorFlow Lite 2.16 does not know.
            converter._experimental_disable_per_channel_quantization_for_dense_layers = True
        if variant == "float16":
            converter.target_spec.supported_types = [tf.float16]
        if variant in CALIBRATED:
            converter.representative_dataset = self.examples
            sets = tf.lite.OpsSet
            wide = sets.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
            converter.target_spec.supported_ops = [wide if variant == "int16x8" else sets.TFLITE_BUILTINS_INT8]
        if variant == "int8":
            converter.inference_input_type = tf.int8
            converter.inference_output_type = tf.int8
        return converter

    @cached_property
    def _graph(self) -> tuple[Any, list[Any], list[Any], Any]:
        """What TensorFlow's converter gets by freezing: graph, input and output tensors, the frozen function."""
        function = self._frozen.function
        return function.graph.as_graph_def(), list(function.inputs), list(function.outputs), function

    def examples(self) -> Iterator[list[npt.NDArray[np.generic]]]:
        """The representative inputs one by one, as the converter's calibration takes them."""
        for values in zip(*self._representative, strict=True):
            yield list(values)
