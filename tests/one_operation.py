"""A model of one operation each, valid for the GPU delegate: what its table says is asked of the delegate itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tests.tflite_models import OPS, Built, TensorSpec, built_model, conv_options

PICTURE = (1, 4, 4, 8)
_Case = tuple[list[TensorSpec], list[TensorSpec], Any]
"""Inputs (constants with their values), outputs, options."""


def one_operation(name: str, version: int = 1) -> bytes:
    """The model of an operation in `cases`."""
    inputs, outputs, options = cases()[name]()
    tensors = [*inputs, *outputs]
    places = list(range(len(tensors)))
    scales = {i: (0.05, 0) for i, (_, kind, _) in enumerate(tensors) if kind == "INT8"}
    taken, given = places[: len(inputs)], places[len(inputs) :]
    operation = (getattr(OPS, name), version, taken, given, options)
    runtime = [i for i in taken if tensors[i][2] is None]
    return built_model(Built([operation], tensors, runtime, given, scales))


def cases() -> dict[str, Callable[[], _Case]]:
    """By the schema's name of the operation."""
    return dict(_cases())


def _options(name: str, **values: Any) -> Any:
    options = getattr(schema, f"{name}OptionsT")()
    for key, value in values.items():
        assert hasattr(options, key), (name, key)
        setattr(options, key, value)
    return options


def _floats(*shape: int) -> TensorSpec:
    return shape, "FLOAT32", None


def _weights(*shape: int) -> TensorSpec:
    return shape, "FLOAT32", np.random.default_rng(3).uniform(0.1, 0.5, shape).astype(np.float32)


def _ints(*values: Any) -> TensorSpec:
    array = np.array(values, np.int32)
    return array.shape, "INT32", array


def _int(value: int) -> TensorSpec:
    return (), "INT32", np.array(value, np.int32)


_ONE = [
    "ABS",
    "COS",
    "ELU",
    "EXP",
    "FLOOR",
    "GELU",
    "HARD_SWISH",
    "LOG",
    "LOGISTIC",
    "NEG",
    "RELU",
    "RELU6",
    "RELU_N1_TO_1",
    "RSQRT",
    "SIGN",
    "SIN",
    "SQRT",
    "SQUARE",
    "TANH",
    "CEIL",
    "ROUND",
]
_TWO = ["DIV", "FLOOR_DIV", "FLOOR_MOD", "MAXIMUM", "MINIMUM", "POW", "SQUARED_DIFFERENCE", "SUB", "ADD", "MUL"]
_COMPARE = ["EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL", "NOT_EQUAL"]
_NAMED = {"ADD": "Add", "SUB": "Sub", "MUL": "Mul", "DIV": "Div", "GELU": "Gelu"}


def _cases() -> Iterator[tuple[str, Callable[[], _Case]]]:
    one, half = _floats(*PICTURE), _floats(1, 2, 2, 8)
    for name in _ONE:
        yield name, lambda name=name: ([one], [one], _options(_NAMED[name]) if name in _NAMED else None)
    for name in _TWO:
        yield name, lambda name=name: ([one, one], [one], _options(_NAMED[name]) if name in _NAMED else None)
    for name in _COMPARE:
        yield name, lambda: ([one, one], [(PICTURE, "BOOL", None)], None)
    pool = {"strideW": 2, "strideH": 2, "filterWidth": 2, "filterHeight": 2}
    for name in ("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"):
        yield name, lambda: ([one], [half], _options("Pool2D", **pool))
    reduced = _floats(1, 1, 1, 8)
    for name in ("MEAN", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "SUM"):
        yield name, lambda: ([one, _ints(1, 2)], [reduced], _options("Reducer", keepDims=True))
    padding = _ints([0, 0], [1, 1], [1, 1], [0, 0])
    yield "PAD", lambda: ([one, padding], [_floats(1, 6, 6, 8)], _options("Pad"))
    yield "PADV2", lambda: ([one, padding, ((), "FLOAT32", np.float32(1))], [_floats(1, 6, 6, 8)], _options("PadV2"))
    yield "MIRROR_PAD", lambda: ([one, padding], [_floats(1, 6, 6, 8)], _options("MirrorPad"))
    yield "CONV_2D", lambda: ([one, _weights(4, 3, 3, 8), _weights(4)], [_floats(1, 4, 4, 4)], conv_options())
    yield (
        "DEPTHWISE_CONV_2D",
        lambda: (
            [one, _weights(1, 3, 3, 8), _weights(8)],
            [one],
            _options("DepthwiseConv2D", strideW=1, strideH=1, depthMultiplier=1),
        ),
    )
    yield (
        "TRANSPOSE_CONV",
        lambda: (
            [_ints(1, 8, 8, 4), _weights(4, 3, 3, 8), one],
            [_floats(1, 8, 8, 4)],
            _options("TransposeConv", strideW=2, strideH=2),
        ),
    )
    yield (
        "FULLY_CONNECTED",
        lambda: ([_floats(1, 8), _weights(4, 8), _weights(4)], [_floats(1, 4)], _options("FullyConnected")),
    )
    yield "BATCH_MATMUL", lambda: ([_floats(1, 4, 8), _floats(1, 8, 6)], [_floats(1, 4, 6)], _options("BatchMatMul"))
    yield "CONCATENATION", lambda: ([one, one], [_floats(1, 4, 4, 16)], _options("Concatenation", axis=3))
    yield "RESHAPE", lambda: ([one, _ints(1, 16, 8)], [_floats(1, 16, 8)], _options("Reshape", newShape=[1, 16, 8]))
    yield "SOFTMAX", lambda: ([one], [one], _options("Softmax", beta=1.0))
    yield "LOG_SOFTMAX", lambda: ([one], [one], _options("LogSoftmax"))
    yield "LEAKY_RELU", lambda: ([one], [one], _options("LeakyRelu", alpha=0.1))
    yield "PRELU", lambda: ([one, _weights(1, 1, 8)], [one], None)
    big = _floats(1, 8, 8, 8)
    yield "RESIZE_BILINEAR", lambda: ([one, _ints(8, 8)], [big], _options("ResizeBilinear"))
    yield "RESIZE_NEAREST_NEIGHBOR", lambda: ([one, _ints(8, 8)], [big], _options("ResizeNearestNeighbor"))
    yield "SLICE", lambda: ([one, _ints(0, 0, 0, 0), _ints(1, 2, 2, 8)], [half], _options("Slice"))
    yield (
        "STRIDED_SLICE",
        lambda: ([one, _ints(0, 0, 0, 0), _ints(1, 4, 4, 8), _ints(1, 2, 2, 1)], [half], _options("StridedSlice")),
    )
    yield "SPLIT", lambda: ([_int(3), one], [_floats(1, 4, 4, 4)] * 2, _options("Split", numSplits=2))
    yield (
        "SPLIT_V",
        lambda: ([one, _ints(2, 6), _int(3)], [_floats(1, 4, 4, 2), _floats(1, 4, 4, 6)], _options("SplitV", numSplits=2)),
    )
    yield "TILE", lambda: ([one, _ints(1, 2, 2, 1)], [big], None)
    yield "TRANSPOSE", lambda: ([one, _ints(0, 2, 1, 3)], [one], _options("Transpose"))
    yield "DEPTH_TO_SPACE", lambda: ([one], [_floats(1, 8, 8, 2)], _options("DepthToSpace", blockSize=2))
    yield "SPACE_TO_DEPTH", lambda: ([one], [_floats(1, 2, 2, 32)], _options("SpaceToDepth", blockSize=2))
    yield "CUMSUM", lambda: ([one, _int(3)], [one], _options("Cumsum"))
    yield "GATHER", lambda: ([one, _ints(3, 1)], [_floats(1, 4, 4, 2)], _options("Gather", axis=3))
    yield "PACK", lambda: ([_floats(1, 4, 8), _floats(1, 4, 8)], [_floats(1, 2, 4, 8)], _options("Pack", valuesCount=2, axis=1))
    for name, options in (("SELECT_V2", "SelectV2"), ("SELECT", "Select")):
        yield name, lambda options=options: ([(PICTURE, "BOOL", None), one, one], [one], _options(options))
    yield "ADD_N", lambda: ([one, one], [one], _options("AddN"))
    yield "CAST", lambda: ([one], [(PICTURE, "INT32", None)], _options("Cast", inDataType=0, outDataType=2))
    yield "SQUEEZE", lambda: ([one], [_floats(4, 4, 8)], _options("Squeeze", squeezeDims=[0]))
    yield "EXPAND_DIMS", lambda: ([_floats(4, 4, 8), _int(0)], [one], _options("ExpandDims"))
    yield "ARG_MAX", lambda: ([one, _int(3)], [((1, 4, 4), "INT32", None)], _options("ArgMax", outputType=2))
    yield "TOPK_V2", lambda: ([one, _int(2)], [_floats(1, 4, 4, 2), ((1, 4, 4, 2), "INT32", None)], _options("TopKV2"))
    yield "REVERSE_V2", lambda: ([one, _ints(1)], [one], _options("ReverseV2"))
    yield "BROADCAST_TO", lambda: ([_floats(1, 1, 1, 8), _ints(*PICTURE)], [one], _options("BroadcastTo"))
    yield "L2_NORMALIZATION", lambda: ([one], [one], _options("L2Norm"))
    yield (
        "LOCAL_RESPONSE_NORMALIZATION",
        lambda: ([one], [one], _options("LocalResponseNormalization", radius=2, bias=1.0, alpha=1.0, beta=0.5)),
    )
    yield "UNPACK", lambda: ([_floats(1, 2, 4, 8)], [_floats(1, 4, 8)] * 2, _options("Unpack", num=2, axis=1))
    yield (
        "SPACE_TO_BATCH_ND",
        lambda: ([one, _ints(2, 2), _ints([0, 0], [0, 0])], [_floats(4, 2, 2, 8)], _options("SpaceToBatchND")),
    )
    yield (
        "BATCH_TO_SPACE_ND",
        lambda: ([_floats(4, 2, 2, 8), _ints(2, 2), _ints([0, 0], [0, 0])], [one], _options("BatchToSpaceND")),
    )
    yield "QUANTIZE", lambda: ([one], [(PICTURE, "INT8", None)], _options("Quantize"))
    yield "DEQUANTIZE", lambda: ([(PICTURE, "INT8", None)], [one], _options("Dequantize"))
    on_off = [((), "FLOAT32", np.float32(1)), ((), "FLOAT32", np.float32(0))]
    yield (
        "ONE_HOT",
        lambda: ([((1, 1, 1), "INT32", None), _int(8), *on_off], [_floats(1, 1, 1, 8)], _options("OneHot", axis=-1)),
    )
    yield "ATAN2", lambda: ([one, one], [one], _options("ATan2"))
    yield "GATHER_ND", lambda: ([one, _ints([0, 1])], [_floats(1, 4, 8)], _options("GatherNd"))
