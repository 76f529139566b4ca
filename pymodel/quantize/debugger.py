"""Which layers full integer quantization hurts, and models that leave those in floats: selective quantization."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pymodel.convert.tflite import Converter

INPUTS_JUDGED_ON = 20
FLOAT_SHARES = (0.05, 0.15, 0.35)
"""Of the layers that int8 computes, those that stay in floats: the next share is tried where one is not enough."""


@dataclass(frozen=True)
class Layer:
    """A tensor that int8 computes.

    Attributes:
        tensor: its name in the graph, by which TensorFlow is told to leave it in floats.
        op: the operator that gives it.
        error: root mean square error / scale: 0.29 where nothing but rounding is lost (1 / √12), more where values are clipped or
            lie close together.
    """

    tensor: str
    op: str
    error: float

    @property
    def words(self) -> str:
        """For people: the layer's own name, which stands between the model's and the operation's."""
        parts = self.tensor.split(";")[0].split("/")
        return f"{'/'.join(parts[1:-1]).removesuffix('/batchnorm') or parts[-1]} ({self.op})"


def worst_layers(converter: Converter) -> tuple[Layer, ...]:
    """All layers that int8 computes, those that it hurts most first.

    TensorFlow's QuantizationDebugger computes each quantized layer beside its float original, on representative inputs.
    """
    debugger: list[Any] = []

    def run() -> bytes:
        debugger.append(_debugger(converter, ()))
        debugger[0].run()
        return b""

    converter.logged(run)
    text = io.StringIO()
    debugger[0].layer_statistics_dump(text)
    layers = [_layer(row) for row in csv.DictReader(io.StringIO(text.getvalue()))]
    return tuple(sorted((one for one in layers if math.isfinite(one.error)), key=lambda one: -one.error))


def convert_mixed(converter: Converter, float_layers: Sequence[Layer]) -> bytes:
    """The content of an int8 `.tflite` in which these layers compute in floats."""

    def make() -> bytes:
        content: bytes = _debugger(converter, [one.tensor for one in float_layers]).get_nondebug_quantized_model()
        return content

    return converter.logged(make)


def float_counts(layers: int) -> tuple[int, ...]:
    """How many layers to leave in floats, one try after the other."""
    return tuple(dict.fromkeys(max(1, round(layers * share)) for share in FLOAT_SHARES if layers))


def _debugger(converter: Converter, denied: Sequence[str]) -> Any:
    import tensorflow as tf

    def inputs() -> Any:
        return (one for _, one in zip(range(INPUTS_JUDGED_ON), converter.examples(), strict=False))

    options = tf.lite.experimental.QuantizationDebugOptions(denylisted_nodes=list(denied) or None)
    return tf.lite.experimental.QuantizationDebugger(
        converter=converter.configured("int8"), debug_dataset=inputs, debug_options=options
    )


def _layer(row: dict[str, str]) -> Layer:
    scale = float(row["scale"])
    error = math.sqrt(float(row["mean_squared_error"])) / scale if scale else math.nan
    return Layer(row["tensor_name"], row["op_name"], error)
