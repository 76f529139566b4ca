"""Random numbers in a source: those that reach no output are one number in what is converted, those that do are refused.

A dropout or a noise that is switched off often leaves its generator in the graph: floor(1 + uniform), noise · 0. Whether it is
off is asked of the graph itself: its generators give their least number, then their greatest, and the answers must not change.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from appspec.errors import KitError
from pymodel.convert.loaded import Loaded, Values, reals
from pymodel.convert.request import Request

SAME, ROUNDING = 1e-5, 1e-6
"""Difference / range, and difference / largest value, up to which answers are the same: sums of another order round otherwise."""

LEAST, GREATEST = 0, 1
_FARTHEST = 5.0
"""Standard deviations: a normal number that is farther off comes once in two million."""

_FILLED = ("RandomUniform", "RandomStandardNormal", "TruncatedNormal", "RandomUniformInt")
"""Generators whose first input is the shape of what they give."""

RANDOM = "save it as it is used, not trained: dropout off, no noise (keep_prob 1; training=False; PyTorch: model.eval())"


def require_same_again(request: Request, first: Values, again: Values, generators: Sequence[str] = ()) -> None:
    """A source that answers the same input twice answers the same, but for rounding.

    Args:
        generators: nodes that may be why it does not.

    Raises:
        KitError: it doesn't.
    """
    for name, values in first.items():
        if not _same(reals(values), reals(again[name])):
            by = f" ({', '.join(generators[:3])})" if generators else ""
            why = f"the source itself answers the same input otherwise each time (output {name}): it has random numbers in it{by}"
            raise KitError(request.what, why, RANDOM)


def _same(first: npt.NDArray[np.float64], again: npt.NDArray[np.float64]) -> bool:
    """But for rounding; what is no number in the first place is told elsewhere."""
    numbers = first[np.isfinite(first)]
    if first.shape != again.shape:
        return False
    if not len(numbers):
        return True
    allowed = SAME * np.ptp(numbers) + ROUNDING * np.abs(numbers).max()
    unlike = ~(np.isnan(first) | (first == again) | (np.abs(first - again) <= allowed))
    return not unlike.any()


def without_random_numbers(request: Request, loaded: Loaded, examples: Sequence[Values]) -> Loaded:
    """The source with its generators held, for a converter; it still answers by the source as it is.

    Args:
        examples: inputs that its answers are compared on.

    Raises:
        KitError: random numbers reach an output.
    """
    if loaded.frozen is None:
        return loaded
    definition = loaded.frozen.function.graph.as_graph_def()
    generators = [node.name for node in _nodes(definition) if node.op in (*_FILLED, "RandomShuffle")]
    if not generators:
        return loaded
    held = [_held(loaded, definition, end) for end in (LEAST, GREATEST)]
    for values in examples:
        answer = loaded.run(values)
        for function in held:
            require_same_again(request, answer, _run(loaded, function, values), generators)
    return replace(loaded, frozen=replace(loaded.frozen, function=held[LEAST]))


def _nodes(definition: Any) -> Iterator[Any]:
    """Of the graph and of its functions."""
    yield from definition.node
    for body in definition.library.function:
        yield from body.node_def


def _held(loaded: Loaded, definition: Any, end: int) -> Any:
    """The function with all its generators at one end of what they give."""
    import tensorflow as tf

    assert loaded.frozen is not None
    changed = tf.compat.v1.GraphDef()
    changed.CopyFrom(definition)
    _rename_bodies(changed)
    for nodes, in_body in ((changed.node, False), *((body.node_def, True) for body in changed.library.function)):
        for node in list(nodes):
            _hold(nodes, node, end, ":output:0" if in_body else "")
    original = loaded.frozen.function
    inputs, outputs = [tensor.name for tensor in original.inputs], [tensor.name for tensor in original.outputs]
    whole = tf.compat.v1.wrap_function(lambda: tf.compat.v1.import_graph_def(changed, name=""), [])
    return whole.prune(inputs, outputs)


def _hold(nodes: Any, node: Any, end: int, output: str) -> None:
    """Turns a generator into a filled tensor, or its input as it is.

    Args:
        nodes: get the number that fills it, as a constant.
        output: what follows on a node's name in a reference to its result.
    """
    import tensorflow as tf

    if node.op == "RandomShuffle":
        kind = node.attr["T"].type
        node.op = "Identity"
        node.attr.clear()
        node.attr["T"].type = kind
        return
    if node.op not in _FILLED:
        return
    given = [name for name in node.input if not name.startswith("^")]
    if node.op == "RandomUniformInt":  # its inputs say what it gives: from `minval` up to, not including, `maxval`
        kind, number = node.attr["Tout"].type, given[1]
    else:
        kind, number = node.attr["dtype"].type, f"{node.name}/held"
        constant = nodes.add(name=number, op="Const")
        constant.attr["dtype"].type = kind
        constant.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(_number(node.op, tf.dtypes.as_dtype(kind), end), kind, []))
        number += output
    index = node.attr["T"].type
    node.op = "Fill"
    node.input[:] = [given[0], number]
    node.attr.clear()
    node.attr["T"].type, node.attr["index_type"].type = kind, index


def _number(operator: str, dtype: Any, end: int) -> float:
    """Uniform numbers lie in [0, 1); 0 itself, whose logarithm is none, is left out."""
    if operator == "RandomUniform":
        step = float(np.finfo(dtype.as_numpy_dtype).eps)
        return step / 2 if end == LEAST else 1 - step
    return 0.0 if end == LEAST else _FARTHEST if operator == "RandomStandardNormal" else 1.9


_times = itertools.count()


def _rename_bodies(definition: Any) -> None:
    """A changed body needs a name of its own in this process."""
    suffix = f"_held_{next(_times)}"
    names = {body.signature.name for body in definition.library.function}
    for body in definition.library.function:
        body.signature.name += suffix
    for node in _nodes(definition):
        for value in node.attr.values():
            for function in (value.func, *value.list.func):
                if function.name in names:
                    function.name += suffix


def _run(loaded: Loaded, function: Any, values: Values) -> Values:
    import tensorflow as tf

    answer = function(*(tf.constant(values[one.name]) for one in loaded.inputs))
    return {name: tensor.numpy() for name, tensor in zip(loaded.outputs, answer, strict=True)}
