"""What every source becomes and every target starts from: one function of tensors, its weights constants in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tensorflow as tf


@dataclass(frozen=True)
class Frozen:
    """A traced model without variables.

    Attributes:
        function: TensorFlow's concrete function.
        inputs: names of its inputs in its own order, for the file's signature; none: the file gets no signature.
        outputs: of its outputs, as inputs.
    """

    function: Any
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


def freeze(concrete: tf.types.experimental.ConcreteFunction) -> Any:
    """The concrete function with its variables turned into constants; loops and branches stay functions, as TFLite has them."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    return convert_variables_to_constants_v2(concrete, lower_control_flow=False)
