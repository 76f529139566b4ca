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


_INLINED = "_to_inline"


def without_calls(function: Any) -> Any:
    """A frozen function whose calls of functions to be compiled (Keras' grouped convolutions) are inlined, too."""
    import tensorflow as tf

    graph = function.graph.as_graph_def()
    bodies = {body.signature.name: body for body in graph.library.function}
    calls = [node for node in graph.node if node.op.endswith("PartitionedCall")]
    if not calls:
        return function
    for node in calls:
        node.attr.pop("_XlaMustCompile", None)
        body = bodies[node.attr["f"].func.name]
        body.attr.pop("_XlaMustCompile", None)
        if not body.signature.name.endswith(_INLINED):  # a changed body needs a name of its own in this process
            body.signature.name += _INLINED
        node.attr["f"].func.name = body.signature.name
    inputs, outputs = [tensor.name for tensor in function.inputs], [tensor.name for tensor in function.outputs]
    whole = tf.compat.v1.wrap_function(lambda: tf.compat.v1.import_graph_def(graph, name=""), [])
    return freeze(whole.prune(inputs, outputs))
