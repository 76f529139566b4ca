"""A model of the kit's own training, as a frozen function."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pymodel.convert.frozen import Frozen, freeze
from pymodel.quiet import output_to, quiet_environment

if TYPE_CHECKING:
    import tensorflow as tf


def freeze_keras(keras_file: Path, log: Path, input_name: str = "image") -> Frozen:
    """A trained model with one input and one output, traced and frozen.

    The batch size is fixed to 1: a dynamic one makes the graph compute shapes, which GPU delegates refuse.

    Args:
        log: gets what TensorFlow prints.
        input_name: of the input tensor.
    """
    quiet_environment()
    with output_to(log):
        import keras
        import tensorflow as tf

        model = keras.saving.load_model(keras_file, compile=False)

        def forward(x: tf.Tensor) -> tf.Tensor:
            return model(x, training=False)

        spec = tf.TensorSpec([1, *model.input_shape[1:]], tf.float32, name=input_name)
        return Frozen(freeze(tf.function(forward).get_concrete_function(spec)))
