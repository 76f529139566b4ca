"""Names for a `.tflite`'s inputs and outputs, as a signature in the file: nobody has to go by their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pymodel.packing import pack

KEY = "serving_default"


def with_signature(content: bytes, inputs: Sequence[str], outputs: Sequence[str]) -> bytes:
    """The file with a signature; names in the order of the graph's own inputs and outputs."""
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(content, 0)
    graph = model.subgraphs[0]
    signature = schema.SignatureDefT()
    signature.signatureKey, signature.subgraphIndex = KEY.encode(), 0
    signature.inputs = [_named(schema, name, index) for name, index in zip(inputs, graph.inputs, strict=True)]
    signature.outputs = [_named(schema, name, index) for name, index in zip(outputs, graph.outputs, strict=True)]
    model.signatureDefs = [signature]
    return pack(model)


def with_shapes(content: bytes, shapes: Sequence[Sequence[int]]) -> bytes:
    """The file with these shapes of all tensors of its first graph, none open.

    Args:
        shapes: as an interpreter has them after its allocation, in the order of the file's tensors.
    """
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(content, 0)
    for tensor, shape in zip(model.subgraphs[0].tensors, shapes, strict=False):  # an interpreter has scratch tensors after them
        tensor.shape, tensor.shapeSignature = list(shape), None
    return pack(model)


def _named(schema: Any, name: str, index: int) -> Any:
    tensor = schema.TensorMapT()
    tensor.name, tensor.tensorIndex = name.encode(), int(index)
    return tensor
