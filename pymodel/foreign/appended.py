"""Operations at the end of a ready model, where its answers are written otherwise than the app's decoders read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pymodel.foreign.rewrite import DAMAGED, Tensor, damaged, new_buffer
from pymodel.packing import pack


def turned_points(content: bytes, numbers: int) -> bytes:
    """The same model, x before y in its first output, in which each point has this many numbers.

    Raises:
        KitError: as pymodel.foreign.rewrite.rewritten.
    """
    from ai_edge_litert import schema_py_generated as schema

    try:
        end = _End(schema, content)
        points = end.main.tensors[end.given]
        last = len(points.shape) - 1
        order = np.arange(int(points.shape[last])).reshape(-1, numbers)
        order[:, :2] = order[:, 1::-1]
        indices = end.constant("x_first", order.ravel().astype(np.int32), schema.TensorType.INT32)
        options = schema.GatherOptionsT()
        options.axis = last
        version = 2 if points.type == schema.TensorType.INT8 else 1
        turned = end.result("points_x_first", points.shape, points.type, points.quantization)
        end.add(
            schema.BuiltinOperator.GATHER, version, [end.given, indices], turned, schema.BuiltinOptions.GatherOptions, options
        )
        return end.packed(turned)
    except DAMAGED as error:
        raise damaged(error) from error


def both_classes(content: bytes, logit: bool) -> bytes:
    """The same model with two numbers, (1, 2), in place of its only one, which tells of the second of two classes.

    Args:
        logit: that number is z: they become 0 and z, whose softmax is 1 - σ(z) and σ(z). Else it is p: 1 - p and p.

    Raises:
        KitError: as pymodel.foreign.rewrite.rewritten.
    """
    from ai_edge_litert import schema_py_generated as schema

    try:
        end = _End(schema, content)
        one, floats = end.given, schema.TensorType.FLOAT32
        if end.main.tensors[one].type != floats:
            real = end.result("one_score", end.main.tensors[one].shape, floats)
            version = 1 if end.main.tensors[one].type == schema.TensorType.UINT8 else 2
            end.add(
                schema.BuiltinOperator.DEQUANTIZE,
                version,
                [one],
                real,
                schema.BuiltinOptions.DequantizeOptions,
                schema.DequantizeOptionsT(),
            )
            one = real
        weights = end.constant("of_both", np.array([[0 if logit else -1], [1]], np.float32), floats)
        bias = end.constant("to_both", np.array([0 if logit else 1, 0], np.float32), floats)
        both = end.result("both_classes", [1, 2], floats)
        dense = schema.FullyConnectedOptionsT()
        end.add(
            schema.BuiltinOperator.FULLY_CONNECTED,
            1,
            [one, weights, bias],
            both,
            schema.BuiltinOptions.FullyConnectedOptions,
            dense,
        )
        return end.packed(both)
    except DAMAGED as error:
        raise damaged(error) from error


class _End:
    """The end of a model's graph, where operations are added behind its first output.

    Attributes:
        given: that output, a tensor's number.
    """

    def __init__(self, schema: Any, content: bytes) -> None:
        self.schema = schema
        self.model = schema.ModelT.InitFromPackedBuf(content, 0)
        self.main = self.model.subgraphs[0]
        self.given = int(self.main.outputs[0])

    def constant(self, name: str, values: Tensor, kind: int) -> int:
        return self._tensor(name, values.shape, kind, new_buffer(self.schema, self.model, values))

    def result(self, name: str, shape: Sequence[int], kind: int, quantization: Any = None) -> int:
        return self._tensor(name, shape, kind, 0, quantization)

    def add(self, operator: int, version: int, inputs: Sequence[int], output: int, kind: int, options: Any) -> None:
        code, node = self.schema.OperatorCodeT(), self.schema.OperatorT()
        code.builtinCode = code.deprecatedBuiltinCode = operator
        code.version = version
        self.model.operatorCodes.append(code)
        node.opcodeIndex, node.builtinOptions, node.builtinOptionsType = len(self.model.operatorCodes) - 1, options, kind
        node.inputs, node.outputs = list(inputs), [output]
        self.main.operators.append(node)

    def packed(self, output: int) -> bytes:
        """The file, with this tensor as its first output; signatures would name the one before."""
        self.main.outputs = np.array([output, *self.main.outputs[1:]], np.int32)
        self.model.signatureDefs = []
        return pack(self.model)

    def _tensor(self, name: str, shape: Sequence[int], kind: int, buffer: int, quantization: Any = None) -> int:
        tensor = self.schema.TensorT()
        tensor.name, tensor.shape, tensor.type = name.encode(), np.array(shape, np.int32), kind
        tensor.quantization, tensor.buffer, tensor.hasRank = quantization, buffer, True
        self.main.tensors.append(tensor)
        return len(self.main.tensors) - 1
