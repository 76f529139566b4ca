"""Which layers full integer quantization hurts, and models that leave those in floats: selective quantization."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pymodel.convert.tflite import Converter

Floats = npt.NDArray[np.float32]

INPUTS_JUDGED_ON = 20
FLOAT_SHARES = (0.05, 0.15, 0.35)
"""Of the layers that int8 computes, those that stay in floats: the next share is tried where one is not enough."""


@dataclass(frozen=True)
class Layer:
    """A tensor that int8 computes.

    Attributes:
        tensor: its name in the graph, by which TensorFlow is told to leave it in floats.
        op: the operator that gives it.
        rmse_in_steps: root mean square error / scale, as TensorFlow tells it: 0.29 where values are rounded (1 / √12), more where
            they are clipped.
        lost: share of a channel's variation that is lost, on average over the channels. Few large values that make all steps large
            hurt the others by this, which the error in steps does not show: it is small where all values are rounded to 0.
        taken_by: tensors of the layers that take its values: these stay unrounded only where those layers are in floats too.
    """

    tensor: str
    op: str
    rmse_in_steps: float
    lost: float
    taken_by: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """For people: the layer's own name, which stands between the model's and the operation's."""
        parts = self.tensor.split(";")[0].split("/")
        return f"{'/'.join(parts[1:-1]).removesuffix('/batchnorm') or parts[-1]} ({self.lost:.1%})"


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
    takers = _takers(converter.convert("int8"))
    layers = [_layer(row, takers) for row in csv.DictReader(io.StringIO(text.getvalue()))]
    return tuple(sorted(layers, key=lambda one: -one.lost))


def convert_mixed(converter: Converter, float_layers: Sequence[Layer]) -> bytes:
    """The content of an int8 `.tflite` in which these layers compute in floats."""

    def make() -> bytes:
        content: bytes = _debugger(converter, [one.tensor for one in float_layers]).get_nondebug_quantized_model()
        return content

    return converter.logged(make)


def left_in_floats(layers: Sequence[Layer]) -> tuple[tuple[Layer, ...], ...]:
    """Which layers to leave in floats, one try after the other: the worst FLOAT_SHARES, with those that take their values.

    Args:
        layers: all of them, the worst first.
    """
    tries = []
    for count in dict.fromkeys(max(1, round(len(layers) * share)) for share in FLOAT_SHARES):
        denied = {tensor for one in layers[:count] for tensor in (one.tensor, *one.taken_by)}
        chosen = tuple(one for one in layers if one.tensor in denied)
        if len(chosen) < len(layers):
            tries.append(chosen)
    return tuple(tries)


def _debugger(converter: Converter, denied: Sequence[str]) -> Any:
    import tensorflow as tf

    def inputs() -> Any:
        return (one for _, one in zip(range(INPUTS_JUDGED_ON), converter.examples(), strict=False))

    options = tf.lite.experimental.QuantizationDebugOptions(
        denylisted_nodes=list(denied) or None, layer_direct_compare_metrics={"lost": _lost}
    )
    return tf.lite.experimental.QuantizationDebugger(
        converter=converter.configured("int8"), debug_dataset=inputs, debug_options=options
    )


def _lost(exact: Floats, stored: npt.NDArray[np.int8], scale: float, zero_point: int) -> float:
    """See Layer; 0.0 where no channel varies.

    Args:
        exact: (…, C) what the layer gives in floats.
    """
    width = exact.shape[-1] if exact.ndim > 1 else 1
    values = exact.reshape(-1, width).astype(np.float64)
    found = (stored.reshape(-1, width).astype(np.float64) - zero_point) * scale
    error, spread = np.sqrt(((found - values) ** 2).mean(0)), values.std(0)
    varying = spread > 1e-6 * max(float(np.abs(values).max()), 1e-12)
    return float(np.minimum(error[varying] / spread[varying], 1.0).mean()) if varying.any() else 0.0


def _takers(int8: bytes) -> dict[str, tuple[str, ...]]:
    """By a layer's tensor, the tensors of those that take its values, in an int8 file."""
    from ai_edge_litert import schema_py_generated as schema

    graph = schema.ModelT.InitFromPackedBuf(int8, 0).subgraphs[0]
    names = [tensor.name.decode() for tensor in graph.tensors]
    found: dict[str, tuple[str, ...]] = {}
    for node in graph.operators:
        for index in node.inputs:
            found[names[index]] = (*found.get(names[index], ()), *(names[k] for k in node.outputs))
    return found


def _layer(row: dict[str, str], takers: Mapping[str, tuple[str, ...]]) -> Layer:
    scale = float(row["scale"])
    steps = math.sqrt(float(row["mean_squared_error"])) / scale if scale else math.nan
    name = row["tensor_name"]
    return Layer(name, row["op_name"], steps, float(row["lost"] or 0.0), takers.get(name, ()))
