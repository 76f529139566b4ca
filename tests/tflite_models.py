"""Small `.tflite` files written op by op with the schema's generated code: each has one property that a test asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

OPS = schema.BuiltinOperator
Operation = tuple[int | str, int, list[int], list[int], Any]
"""Builtin code or custom name, version, inputs, outputs, options (a generated …OptionsT) or None."""
TensorSpec = tuple[tuple[int, ...], str, "np.ndarray[Any, Any] | None"]
"""Shape (-1: free), schema's type, values of a constant."""


@dataclass
class Built:
    """What a model is made of.

    Attributes:
        inputs, outputs: indices of tensors; the first and the last without.
        scales: of quantized tensors, by index: (scale, zero point).
    """

    operations: Sequence[Operation]
    tensors: Sequence[TensorSpec]
    inputs: Sequence[int] = ()
    outputs: Sequence[int] = ()
    scales: dict[int, tuple[float, int]] = field(default_factory=dict)
    names: Sequence[str] = ()


def built_model(built: Built) -> bytes:
    """The file."""
    model = schema.ModelT()
    model.version, model.description = 3, "made by a test"
    model.buffers = [schema.BufferT()]
    codes: dict[tuple[int | str, int], int] = {}
    graph = schema.SubGraphT()
    graph.tensors = [_tensor(i, built, model.buffers) for i in range(len(built.tensors))]
    graph.inputs = list(built.inputs or [0])
    graph.outputs = list(built.outputs or [len(built.tensors) - 1])
    graph.operators = []
    for op, version, inputs, outputs, options in built.operations:
        one = schema.OperatorT()
        one.opcodeIndex = codes.setdefault((op, version), len(codes))
        one.inputs, one.outputs = inputs, outputs
        if options is not None:
            one.builtinOptions = options
            one.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__.removesuffix("T"))
        graph.operators.append(one)
    model.subgraphs = [graph]
    model.operatorCodes = [_code(op, version) for op, version in codes]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _tensor(index: int, built: Built, buffers: list[Any]) -> Any:
    shape, kind, values = built.tensors[index]
    tensor = schema.TensorT()
    tensor.name = built.names[index] if built.names else f"tensor_{index}"
    tensor.shape = [abs(size) for size in shape]
    if any(size < 0 for size in shape):
        tensor.shapeSignature = list(shape)
    tensor.type = getattr(schema.TensorType, kind)
    tensor.hasRank = True
    tensor.buffer = 0
    if values is not None:
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(values.tobytes(), np.uint8)
        tensor.buffer = len(buffers)
        buffers.append(buffer)
    if index in built.scales:
        quantization = schema.QuantizationParametersT()
        quantization.scale, quantization.zeroPoint = [built.scales[index][0]], [built.scales[index][1]]
        tensor.quantization = quantization
    return tensor


def _code(op: int | str, version: int) -> Any:
    code = schema.OperatorCodeT()
    code.version = version
    if isinstance(op, str):
        code.customCode, code.builtinCode, code.deprecatedBuiltinCode = op, OPS.CUSTOM, OPS.CUSTOM
    else:
        code.builtinCode, code.deprecatedBuiltinCode = op, min(op, 127)
    return code


def conv_options(stride: int = 1, activation: int = 1) -> Any:
    """SAME padding."""
    options = schema.Conv2DOptionsT()
    options.strideW = options.strideH = stride
    options.dilationWFactor = options.dilationHFactor = 1
    options.fusedActivationFunction = activation
    return options


def conv_chain(count: int, side: int = 8, channels: int = 3, seed: int = 1) -> bytes:
    """Convolutions of 3×3 in a row, weights seeded."""
    rng = np.random.default_rng(seed)
    shape = (1, side, side, channels)
    tensors: list[TensorSpec] = [(shape, "FLOAT32", None)]
    operations: list[Operation] = []
    last = 0
    for _ in range(count):
        weights = rng.normal(0, 0.3, (channels, 3, 3, channels)).astype(np.float32)
        tensors += [
            (weights.shape, "FLOAT32", weights),
            ((channels,), "FLOAT32", np.zeros(channels, np.float32)),
            (shape, "FLOAT32", None),
        ]
        place = len(tensors)
        operations.append((OPS.CONV_2D, 1, [last, place - 3, place - 2], [place - 1], conv_options()))
        last = place - 1
    return built_model(Built(operations, tensors))
