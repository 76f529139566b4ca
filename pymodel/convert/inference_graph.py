"""A TF1 graph as it stands for training, made one for inference: its switches are set, and what only tells of a run is left out."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

_SWITCHES: tuple[tuple[str, bool | float], ...] = (
    (r"(is_?|phase_?)?train(ing)?(_?(phase|mode|flag))?|learning_phase|phase", False),
    (r"(dropout_?)?keep(_?(prob|probability|rate))?\w*", 1.0),
    (r"drop(out)?(_?(rate|prob|probability))?", 0.0),
)
"""Names that placeholders have which switch training on, and what they are otherwise: facenet's phase_train, keep_prob …"""

PASSED_ON = {"Print": "tf.Print", "PlaceholderWithDefault": "", "CheckNumerics": ""}
"""Operators that give their first input, with what the user hears of it."""


def switch_value(name: str) -> bool | float | None:
    """What a placeholder of that name is where nothing is trained; None: it is no such switch."""
    last = re.sub(r"(keras_)|(_\d+)$", "", name.rpartition("/")[2].lower())
    return next((value for pattern, value in _SWITCHES if re.fullmatch(pattern, last)), None)


def for_inference(definition: Any, inputs: Collection[str]) -> list[str]:
    """Changes a GraphDef; a line for each thing that the user should know.

    Args:
        inputs: nodes that stay as they are.
    """
    notes = []
    for node in definition.node:
        if node.name in inputs:
            continue
        if _is_switch(node):
            notes.append(_switched(node))
        elif node.op in PASSED_ON:
            if PASSED_ON[node.op]:
                notes.append(f"{node.name} ({PASSED_ON[node.op]}) is left out")
            _pass_on(node)
    return notes


def _is_switch(node: Any) -> bool:
    """A placeholder of one value that switches training on; a default may do so too."""
    import tensorflow as tf

    value = switch_value(node.name)
    if value is None or node.op not in ("Placeholder", "PlaceholderWithDefault"):
        return False
    shape = node.attr["shape"].shape
    if "shape" in node.attr and not shape.unknown_rank and shape.dim:
        return False
    dtype = tf.dtypes.as_dtype(node.attr["dtype"].type)
    if node.op == "PlaceholderWithDefault":  # a number with a default may have such a name and another meaning
        return bool(dtype.is_bool if isinstance(value, bool) else dtype.is_floating)
    return bool(dtype.is_bool or dtype.is_floating)


def _switched(node: Any) -> str:
    """Turns a switch into a constant; what the user hears."""
    import tensorflow as tf

    dtype = tf.dtypes.as_dtype(node.attr["dtype"].type)
    value = switch_value(node.name)
    value = bool(value) if dtype.is_bool else float(value or 0.0)
    constant = tf.compat.v1.NodeDef(name=node.name, op="Const")
    constant.attr["dtype"].type = dtype.as_datatype_enum
    constant.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value, dtype, []))
    node.CopyFrom(constant)
    return f"{node.name} is {value} there, as where nothing is trained"


def _pass_on(node: Any) -> None:
    """Turns a node into the identity of its first input; what it waits for stays."""
    kind = node.attr["T"].type or node.attr["dtype"].type
    waits = [name for name in node.input if name.startswith("^")]
    first = next(name for name in node.input if not name.startswith("^"))
    del node.input[:]
    node.input.extend([first, *waits])
    node.op = "Identity"
    node.attr.clear()
    node.attr["T"].type = kind
