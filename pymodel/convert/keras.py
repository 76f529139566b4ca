"""Keras → TFLite: float32, float16, dynamic range and full int8."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from appspec.contract import Quantization
from pymodel.quiet import output_to, quiet_environment

if TYPE_CHECKING:
    import tensorflow as tf

VARIANTS: tuple[Quantization, ...] = ("float32", "float16", "dynamic", "int8")


class Converter:
    """A trained model, traced and frozen once, to be converted several times.

    The batch size is fixed to 1: a dynamic one makes the graph compute shapes, which GPU delegates refuse.

    Args:
        keras_file: the trained model.
        representative: (N, …) float32 normalized inputs from the training split; calibrate int8.
        log: gets what the converter prints.
    """

    def __init__(self, keras_file: Path, representative: npt.NDArray[np.float32], log: Path, input_name: str = "image") -> None:
        quiet_environment()
        self._representative, self._log = representative, log
        with output_to(log):
            import keras
            import tensorflow as tf
            from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

            model = keras.saving.load_model(keras_file, compile=False)

            def forward(x: tf.Tensor) -> tf.Tensor:
                return model(x, training=False)

            spec = tf.TensorSpec([1, *model.input_shape[1:]], tf.float32, name=input_name)
            self._frozen = convert_variables_to_constants_v2(tf.function(forward).get_concrete_function(spec))

    def convert(self, variant: Quantization) -> bytes:
        """The content of the `.tflite` file with this quantization."""
        import tensorflow as tf

        with output_to(self._log):
            converter = tf.lite.TFLiteConverter.from_concrete_functions([self._frozen])
            if variant != "float32":
                converter.optimizations = [tf.lite.Optimize.DEFAULT]
            if variant == "dynamic":
                # Scales per channel of dense layers need FULLY_CONNECTED 12, which TensorFlow Lite 2.16 does not know.
                converter._experimental_disable_per_channel_quantization_for_dense_layers = True
            if variant == "float16":
                converter.target_spec.supported_types = [tf.float16]
            if variant == "int8":
                converter.representative_dataset = lambda: ([image[None]] for image in self._representative)
                converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
                converter.inference_input_type = tf.int8
                converter.inference_output_type = tf.int8
            with warnings.catch_warnings():
                # Calibration gives the statistics that it asks for.
                warnings.filterwarnings("ignore", message="Statistics for quantized inputs were expected")
                content: bytes = converter.convert()
        return content
