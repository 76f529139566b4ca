"""Models with one property each that decides where they may run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tests.tflite_models import OPS, Built, Operation, TensorSpec, built_model, conv_chain, conv_options

SHAPE = (1, 8, 8, 4)


class Builder:
    """A graph that grows: each method adds an operation to what the last one gave."""

    def __init__(self, shape: tuple[int, ...] = SHAPE, kind: str = "FLOAT32") -> None:
        self.tensors: list[TensorSpec] = [(shape, kind, None)]
        self.operations: list[Operation] = []
        self.last = 0
        self._rng = np.random.default_rng(5)

    def constant(self, values: Any, kind: str = "FLOAT32") -> int:
        array = np.array(values, {"FLOAT32": np.float32, "FLOAT16": np.float16, "INT8": np.int8}.get(kind, np.int32))
        self.tensors.append((array.shape, kind, array))
        return len(self.tensors) - 1

    def op(
        self,
        op: int | str,
        more: list[int] | None = None,
        shape: tuple[int, ...] | None = None,
        options: Any = None,
        version: int = 1,
        kind: str = "FLOAT32",
        source: int | None = None,
    ) -> Builder:
        first = self.last if source is None else source
        self.tensors.append((shape or self.tensors[first][0], kind, None))
        self.operations.append((op, version, [first, *(more or [])], [len(self.tensors) - 1], options))
        self.last = len(self.tensors) - 1
        return self

    def conv(self, version: int = 1, source: int | None = None) -> Builder:
        shape = self.tensors[self.last if source is None else source][0]
        weights = self._rng.normal(0, 0.3, (shape[3], 3, 3, shape[3]))
        more = [self.constant(weights), self.constant(np.zeros(shape[3]))]
        return self.op(OPS.CONV_2D, more, shape, conv_options(), version, source=source)

    def conv_half(self) -> Builder:
        """Weights in float16, widened by DEQUANTIZE."""
        shape = self.tensors[self.last][0]
        before = self.last
        weights = self.constant(self._rng.normal(0, 0.3, (shape[3], 3, 3, shape[3])), "FLOAT16")
        self.op(OPS.DEQUANTIZE, [], self.tensors[weights][0], version=3, source=weights)
        more = [self.last, self.constant(np.zeros(shape[3]))]
        return self.op(OPS.CONV_2D, more, shape, conv_options(), source=before)

    def reshape(self, *shape: int) -> Builder:
        return self.op(OPS.RESHAPE, [self.constant(list(shape), "INT32")], shape, _options("Reshape", newShape=list(shape)))

    def model(self, **more: Any) -> bytes:
        return built_model(Built(self.operations, self.tensors, outputs=[self.last], **more))


def _options(name: str, **values: Any) -> Any:
    options = getattr(schema, f"{name}OptionsT")()
    for key, value in values.items():
        setattr(options, key, value)
    return options


def reversed_middle() -> bytes:
    """Convolutions around an operation that the delegate does not know."""
    graph = Builder().conv().conv()
    return graph.op(OPS.REVERSE_V2, [graph.constant([1], "INT32")]).conv().model()


def half_middle() -> bytes:
    """The same with weights in float16."""
    graph = Builder().conv_half().conv_half()
    return graph.op(OPS.REVERSE_V2, [graph.constant([1], "INT32")]).conv_half().model()


def half() -> bytes:
    """Weights in float16."""
    return Builder().conv_half().conv_half().model()


def branch() -> bytes:
    """Two branches, one with what the delegate does not know, joined at the end."""
    graph = Builder().conv()
    start = graph.last
    graph.op(OPS.REVERSE_V2, [graph.constant([1], "INT32")])
    odd = graph.last
    graph.conv(source=start).conv().conv()
    return graph.op(OPS.ADD, [odd], options=_options("Add")).conv().model()


def two_breaks() -> bytes:
    """Three parts that it could take; it takes the largest."""
    graph = Builder().conv()
    graph.op(OPS.REVERSE_V2, [graph.constant([1], "INT32")]).conv().conv().conv()
    return graph.op(OPS.REVERSE_V2, [graph.constant([2], "INT32")]).conv().conv().model()


def integer() -> bytes:
    """Full int8: a maximum pool and a logistic."""
    graph = Builder(kind="INT8")
    pool = _options("Pool2D", strideW=2, strideH=2, filterWidth=2, filterHeight=2)
    graph.op(OPS.MAX_POOL_2D, [], (1, 4, 4, 4), pool, 2, "INT8").op(OPS.LOGISTIC, version=2, kind="INT8")
    return graph.model(scales={0: (0.05, 0), 1: (0.05, 0), 2: (1 / 256, -128)})


def computed_shape() -> bytes:
    """A free batch, as Keras' Reshape writes it: SHAPE, STRIDED_SLICE, PACK, RESHAPE."""
    graph = Builder((-1, 8, 8, 4)).conv()
    values = graph.last
    graph.op(OPS.SHAPE, [], (4,), _options("Shape", outType=2), kind="INT32")
    one = [graph.constant([0], "INT32"), graph.constant([1], "INT32"), graph.constant([1], "INT32")]
    graph.op(OPS.STRIDED_SLICE, one, (), _options("StridedSlice", shrinkAxisMask=1), kind="INT32")
    graph.op(OPS.PACK, [graph.constant(256, "INT32")], (2,), _options("Pack", valuesCount=2), kind="INT32")
    shape = graph.last
    return graph.op(OPS.RESHAPE, [shape], (1, 256), _options("Reshape"), source=values).model()


def given_shape() -> bytes:
    """A RESHAPE to a shape that is an input of the model."""
    graph = Builder().conv()
    graph.tensors.append(((2,), "INT32", None))
    shape = len(graph.tensors) - 1
    graph.op(OPS.RESHAPE, [shape], (1, 256), _options("Reshape"))
    return built_model(Built(graph.operations, graph.tensors, [0, shape], [graph.last]))


def free_batch() -> bytes:
    """A free batch, and nothing that asks for it."""
    graph = Builder((-1, 8, 8, 4)).conv().conv()
    graph.tensors = [((-1, *shape[1:]) if values is None else shape, kind, values) for shape, kind, values in graph.tensors]
    return graph.model()


def rank_5() -> bytes:
    """A tensor of five sizes between convolutions."""
    return Builder().conv().reshape(1, 8, 8, 2, 2).op(OPS.RELU).reshape(1, 8, 8, 4).conv().model()


def newer_version() -> bytes:
    """A dense layer of a version that the phone's runtime does not know."""
    graph = Builder((1, 8))
    more = [graph.constant(np.ones((4, 8))), graph.constant(np.zeros(4))]
    return graph.op(OPS.FULLY_CONNECTED, more, (1, 4), _options("FullyConnected"), 12).model()


def newer_for_gpu() -> bytes:
    """A convolution of a version that the phone's CPU knows and its GPU delegate does not."""
    return Builder().conv().conv(7).conv().model()


def custom() -> bytes:
    """A custom operation between convolutions."""
    return Builder().conv().op("MyOwnOp").conv().model()


def select_tf_ops() -> bytes:
    """An operation of TensorFlow's own."""
    return Builder().conv().op("FlexErf").conv().model()


def batch_of_two() -> bytes:
    """Two pictures at once."""
    return Builder((2, 8, 8, 4)).conv().conv().model()


def whole_numbers() -> bytes:
    """ADD of int32."""
    graph = Builder(kind="INT32")
    return graph.op(OPS.ADD, [graph.constant(np.ones(SHAPE), "INT32")], options=_options("Add"), kind="INT32").model()


def outer_product() -> bytes:
    """MUL of two tensors, each stretched over the other."""
    graph = Builder((1, 8, 1, 4))
    return graph.op(OPS.MUL, [graph.constant(np.ones((1, 1, 8, 4)))], SHAPE, _options("Mul")).conv().model()


def shrinking_slice() -> bytes:
    """A slice that takes a size away."""
    graph = Builder().conv()
    one = [graph.constant(v, "INT32") for v in ([0, 0, 0, 0], [1, 1, 8, 4], [1, 1, 1, 1])]
    return graph.op(OPS.STRIDED_SLICE, one, (1, 8, 4), _options("StridedSlice", shrinkAxisMask=2)).model()


def steep_softmax() -> bytes:
    """A softmax of beta 2."""
    return Builder().conv().op(OPS.SOFTMAX, options=_options("Softmax", beta=2.0)).model()


def odd_padding() -> bytes:
    """A padding of a matrix."""
    graph = Builder((8, 4))
    return graph.op(OPS.PAD, [graph.constant([[1, 1], [0, 0]], "INT32")], (10, 4), _options("Pad")).model()


def multiplied_depthwise() -> bytes:
    """A depthwise convolution with depth multiplier 2 on four channels."""
    graph = Builder()
    more = [graph.constant(np.ones((1, 3, 3, 8))), graph.constant(np.zeros(8))]
    options = _options("DepthwiseConv2D", strideW=1, strideH=1, depthMultiplier=2, dilationWFactor=1, dilationHFactor=1)
    return graph.op(OPS.DEPTHWISE_CONV_2D, more, (1, 8, 8, 8), options).model()


def symmetric_mirror() -> bytes:
    """A padding that mirrors the edge itself."""
    graph = Builder().conv()
    pads = graph.constant([[0, 0], [1, 1], [1, 1], [0, 0]], "INT32")
    return graph.op(OPS.MIRROR_PAD, [pads], (1, 10, 10, 4), _options("MirrorPad", mode=1)).model()


def three_dense() -> bytes:
    """A dense layer on a sequence, which keeps its number of sizes."""
    graph = Builder((1, 6, 8))
    more = [graph.constant(np.ones((4, 8))), graph.constant(np.zeros(4))]
    return graph.op(OPS.FULLY_CONNECTED, more, (1, 6, 4), _options("FullyConnected", keepNumDims=True), 5).model()


def comparison() -> bytes:
    """A comparison in the middle, cast back to numbers."""
    graph = Builder().conv()
    graph.op(OPS.GREATER, [graph.constant(0.5)], kind="BOOL")
    return graph.op(OPS.CAST, options=_options("Cast", inDataType=6, outDataType=0)).conv().model()


def small_stretched() -> bytes:
    """ADD of a row per channel."""
    graph = Builder().conv()
    return graph.op(OPS.ADD, [graph.constant(np.ones(4))], options=_options("Add")).conv().model()


def plain() -> bytes:
    """Convolutions alone."""
    return conv_chain(5, 8, 4)


MODELS: dict[str, Callable[[], bytes]] = {
    make.__name__: make
    for make in (
        plain,
        reversed_middle,
        half,
        half_middle,
        branch,
        two_breaks,
        integer,
        computed_shape,
        given_shape,
        free_batch,
        rank_5,
        newer_version,
        newer_for_gpu,
        custom,
        select_tf_ops,
        batch_of_two,
        whole_numbers,
        outer_product,
        shrinking_slice,
        steep_softmax,
        odd_padding,
        multiplied_depthwise,
        symmetric_mirror,
        three_dense,
        comparison,
        small_stretched,
    )
}
"""By name."""
