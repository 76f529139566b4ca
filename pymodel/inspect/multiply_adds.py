"""How many multiply-adds each operation of a graph costs, from shapes alone."""

from __future__ import annotations

from math import prod

from appspec.tflite_file import Graph, Node, Tensor

_RECURRENT = ("LSTM", "RNN", "SVDF", "UNIDIRECTIONAL_SEQUENCE_LSTM", "UNIDIRECTIONAL_SEQUENCE_RNN")
_LARGEST = 2**62
"""Shapes of a damaged file multiply to anything."""


def multiply_adds(graph: Graph, node: Node) -> int | None:
    """Of one inference, with 1 for every size that is free; 0 for what only moves, adds or compares values.

    Returns:
        None for an operation that multiplies matrices and whose shapes don't say how large, and for custom ones.
    """
    if node.custom:
        return None
    try:
        count = _count(node.op, node, graph)
    except IndexError:
        return None
    return None if count is None else min(count, _LARGEST)


def _count(op: str, node: Node, graph: Graph) -> int | None:
    """Raises IndexError where tensors or sizes are missing."""

    def given(i: int) -> Tensor:
        index = node.inputs[i]
        if index < 0:
            raise IndexError
        return graph.tensors[index]

    def output() -> Tensor:
        return graph.tensors[node.outputs[0]]

    match op:
        case "CONV_2D":  # weights: out, height, width, in (of one group)
            return output().elements * _size(given(1).shape[1:4], 3)
        case "DEPTHWISE_CONV_2D":  # weights: 1, height, width, out
            return output().elements * _size(given(1).shape[1:3], 2)
        case "TRANSPOSE_CONV":  # inputs: size of the output, weights as CONV_2D's, the picture
            weights = given(1).shape
            return given(2).elements * _size(weights[:3], 3)
        case "CONV_3D":  # weights: depth, height, width, in, out
            return output().elements * _size(given(1).shape[:4], 4)
        case "FULLY_CONNECTED":  # weights: out, in
            return output().elements * _size(given(1).shape[1:2], 1)
        case "BATCH_MATMUL":
            inner = given(0).shape[-2 if node.options.get("adj_x") else -1]
            return output().elements * max(inner, 0)
        case _ if op in _RECURRENT:
            weights_2d = [tensor for tensor in map(given, _present(node)[1:]) if tensor.constant and len(tensor.shape) == 2]
            steps = _steps(node, given(0)) if "SEQUENCE" in op else 1
            return steps * sum(tensor.elements for tensor in weights_2d)
    return 0


def _present(node: Node) -> list[int]:
    return [i for i, index in enumerate(node.inputs) if index >= 0]


def _steps(node: Node, sequence: Tensor) -> int:
    """Batch × time of a recurrent operation's input (batch, time, features), or (time, batch, features)."""
    return max(_size(sequence.shape[:2], 2), 1)


def _size(sizes: tuple[int, ...], count: int) -> int:
    if len(sizes) < count:
        raise IndexError
    return prod(max(size, 0) for size in sizes)
