"""A callable of named tensors → a frozen function with fixed shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from appspec.errors import KitError
from pymodel.convert.frozen import Frozen, freeze
from pymodel.convert.loaded import Input, Loaded, Values
from pymodel.convert.request import Request

if TYPE_CHECKING:
    import tensorflow as tf

Call = Callable[[Mapping[str, "tf.Tensor"]], Mapping[str, "tf.Tensor"]]


def trace(what: str, call: Call, inputs: Sequence[Input], outputs: Sequence[str], notes: tuple[str, ...] = ()) -> Loaded:
    """The call, traced and frozen for these shapes; its own answer comes from the call as it is.

    Args:
        what: of an error.
        call: takes all inputs by name, gives at least `outputs`.

    Raises:
        KitError: it writes into its variables.
    """
    import tensorflow as tf

    def forward(*tensors: tf.Tensor) -> list[tf.Tensor]:
        answer = call({one.name: tensor for one, tensor in zip(inputs, tensors, strict=True)})
        return [answer[name] for name in outputs]

    def run(values: Values) -> Values:
        answer = call({name: tf.constant(value) for name, value in values.items()})
        return {name: answer[name].numpy() for name in outputs}

    specs = [tf.TensorSpec(one.shape, one.dtype, name=one.name) for one in inputs]
    concrete = tf.function(forward).get_concrete_function(*specs)
    try:
        function = freeze(concrete)
    except ValueError as error:
        graph = concrete.graph.as_graph_def()
        nodes = [*graph.node, *(node for body in graph.library.function for node in body.node_def)]
        writers = sorted({node.name for node in nodes if node.op.startswith("Assign")})
        if not writers:
            raise
        why = f"it keeps numbers from one call to the next: {writers[0]} writes into a variable"
        raise KitError(what, why, "save it without that: recurrent layers with stateful=False, no counters") from error
    names = tuple(one.name for one in inputs)
    return Loaded(Frozen(function, names, tuple(outputs)), tuple(inputs), tuple(outputs), run, notes=notes)


def require_numbers(request: Request, name: str, dtype: str, fix: str = "") -> None:
    """Texts and structures can't be taken.

    Args:
        fix: what to do, where that is known.

    Raises:
        KitError: an input holds something else than numbers.
    """
    if dtype not in NUMBERS:
        why = f"input {name} is of type {dtype}, which runs on no phone through TFLite"
        raise KitError(request.what, why, fix or "save the model without that step: it should take numbers")


NUMBERS = ("float32", "float16", "float64", "uint8", "int8", "int16", "int32", "int64", "bool")
