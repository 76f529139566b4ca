"""A frozen function → TFLite: float32, float16, dynamic range and full int8."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.contract import Quantization
from pymodel.convert.frozen import Frozen
from pymodel.quiet import output_to

VARIANTS: tuple[Quantization, ...] = ("float32", "float16", "dynamic", "int8")


class Converter:
    """A frozen function, to be converted several times.

    Args:
        representative: an array (N, …) for each input of the function, in its order, without the batch dimension of 1;
            calibrate int8.
        log: gets what the converter prints.
    """

    def __init__(self, frozen: Frozen, representative: Sequence[npt.NDArray[np.generic]], log: Path) -> None:
        self._frozen, self._representative, self._log = frozen, representative, log

    def convert(self, variant: Quantization) -> bytes:
        """The content of the `.tflite` file with this quantization."""
        import tensorflow as tf

        with output_to(self._log):
            converter = tf.lite.TFLiteConverter.from_concrete_functions([self._frozen.function])
            if variant != "float32":
                converter.optimizations = [tf.lite.Optimize.DEFAULT]
            if variant == "dynamic":
                # Scales per channel of dense layers need FULLY_CONNECTED 12, which TensorFlow Lite 2.16 does not know.
                converter._experimental_disable_per_channel_quantization_for_dense_layers = True
            if variant == "float16":
                converter.target_spec.supported_types = [tf.float16]
            if variant == "int8":
                converter.representative_dataset = self._examples
                converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
                converter.inference_input_type = tf.int8
                converter.inference_output_type = tf.int8
            with warnings.catch_warnings():
                # Calibration gives the statistics that it asks for.
                warnings.filterwarnings("ignore", message="Statistics for quantized inputs were expected")
                content: bytes = converter.convert()
        return content

    def _examples(self) -> Iterator[list[npt.NDArray[np.generic]]]:
        """The representative inputs one by one, as the converter's calibration takes them."""
        for values in zip(*self._representative, strict=True):
            yield [value[None] for value in values]
