"""Keras → TFLite: float32, float16, dynamic range and full int8."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from appspec.contract import Quantization
from pymodel.quiet import output_to, quiet_environment

VARIANTS: tuple[Quantization, ...] = ("float32", "float16", "dynamic", "int8")

REPRESENTATIVE_COUNT = 200


def convert(
    keras_file: Path, variant: Quantization, representative: npt.NDArray[np.float32], log: Path, input_name: str = "image"
) -> bytes:
    """One variant of a trained model.

    The batch size is fixed to 1: with a free one, shapes are computed in the graph and GPU delegates refuse it.

    Args:
        keras_file: the trained model.
        variant: kind of quantization.
        representative: (N, S, S, 3) float32 normalized, from the training split; calibrates int8.
        log: takes the converter's own words.

    Returns:
        The `.tflite` file's content.
    """
    quiet_environment()
    with output_to(log):
        import keras
        import tensorflow as tf

        model = keras.saving.load_model(keras_file, compile=False)
        size = model.input_shape[1:]

        def forward(image: Any) -> Any:
            return model(image, training=False)

        concrete = tf.function(forward).get_concrete_function(tf.TensorSpec([1, *size], tf.float32, name=input_name))
        converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], model)
        if variant != "float32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if variant == "float16":
            converter.target_spec.supported_types = [tf.float16]
        if variant == "int8":
            converter.representative_dataset = lambda: ([image[None]] for image in representative)
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converter.inference_input_type = tf.int8
            converter.inference_output_type = tf.int8
        content: bytes = converter.convert()
        return content
