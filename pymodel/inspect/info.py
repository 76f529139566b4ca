"""What a `.tflite` is: inputs, outputs, operations, parameters, multiply-adds, size by layer, what it says of itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from appspec.tflite_file import Graph, Node, Tensor, TfliteFile
from appspec.tflite_metadata import ModelMetadata, read_metadata
from pymodel.inspect.multiply_adds import multiply_adds
from pymodel.inspect.ports import Port, ports


@dataclass(frozen=True)
class OperationCount:
    """Nodes of one operation and version."""

    op: str
    version: int
    count: int
    multiply_adds: int | None


@dataclass(frozen=True)
class Layer:
    """One node with what it weighs.

    Attributes:
        multiply_adds: None where shapes don't say.
        bytes: of the weights that it is the first to use.
    """

    node: Node
    name: str
    shape: tuple[int, ...]
    multiply_adds: int | None
    bytes: int


@dataclass(frozen=True)
class ModelInfo:
    """All of a file.

    Attributes:
        parameters: weights that are numbers to compute with; a shared one counts once.
        multiply_adds: of the first graph; a lower bound where `uncounted` has operations.
        uncounted: operations whose multiply-adds are not known.
        dynamic: names of tensors with a free size, of the inputs first.
        layers: nodes of the first graph.
        weight_types: bytes of weights by element type.
        graph_bytes: what is neither weights nor packed files.
    """

    name: str
    sha256: str
    size_bytes: int
    description: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    signatures: tuple[str, ...]
    operations: tuple[OperationCount, ...]
    graphs: int
    nodes: int
    parameters: int
    multiply_adds: int
    uncounted: tuple[str, ...]
    dynamic: tuple[str, ...]
    layers: tuple[Layer, ...]
    weight_types: dict[str, int]
    graph_bytes: int
    files: dict[str, int]
    metadata: ModelMetadata | None


def model_info(model: TfliteFile) -> ModelInfo:
    """Everything that the file says.

    Raises:
        KitError: its metadata or its packed files are damaged.
    """
    graph, metadata, files = model.main, read_metadata(model), model.files
    layers = _layers(graph)
    counted = [(layer.node, layer.multiply_adds) for layer in layers]
    counted += [(node, multiply_adds(other, node)) for other in model.graphs[1:] for node in other.nodes]
    weights = _weights(model)
    packed = sum(map(len, files.values()))
    weight_types = Counter[str]()
    for tensor in weights:
        weight_types[tensor.dtype] += tensor.size_bytes
    return ModelInfo(
        name=model.name,
        sha256=model.sha256,
        size_bytes=len(model.data),
        description=model.description,
        inputs=ports(model, graph.inputs, metadata.inputs if metadata else (), files),
        outputs=ports(model, graph.outputs, metadata.outputs if metadata else (), files),
        signatures=tuple(one.key for one in model.signatures),
        operations=_operations(counted),
        graphs=len(model.graphs),
        nodes=len(counted),
        parameters=sum(tensor.elements for tensor in weights if _is_number(tensor)),
        multiply_adds=sum(layer.multiply_adds or 0 for layer in layers),
        uncounted=tuple(sorted({node.op for node, count in counted if count is None})),
        dynamic=_dynamic(graph),
        layers=layers,
        weight_types=dict(weight_types),
        graph_bytes=max(0, len(model.data) - sum(weight_types.values()) - packed),
        files={name: len(data) for name, data in files.items()},
        metadata=metadata,
    )


def folded(graph: Graph) -> frozenset[int]:
    """Nodes that only widen float16 weights to float32: they run once, when the model is loaded."""
    return frozenset(
        node.index
        for node in graph.nodes
        if node.op == "DEQUANTIZE" and node.inputs and node.inputs[0] >= 0 and graph.tensors[node.inputs[0]].constant
    )


def _layers(graph: Graph) -> tuple[Layer, ...]:
    """Weights that a DEQUANTIZE widens belong to the node that takes them."""
    stands_for = {graph.nodes[i].outputs[0]: graph.nodes[i].inputs[0] for i in folded(graph) if graph.nodes[i].outputs}
    seen: set[int] = set()
    layers = []
    for node in graph.nodes:
        size = 0
        if not (node.outputs and node.outputs[0] in stands_for):
            for index in node.inputs:
                tensor = graph.tensors[stands_for.get(index, index)] if index >= 0 else None
                if tensor is not None and tensor.constant and tensor.buffer not in seen:
                    seen.add(tensor.buffer)
                    size += tensor.size_bytes
        output = graph.tensors[node.outputs[0]] if node.outputs and node.outputs[0] >= 0 else None
        layers.append(
            Layer(
                node=node,
                name=layer_name(output.name if output else ""),
                shape=output.shape if output else (),
                multiply_adds=multiply_adds(graph, node),
                bytes=size,
            )
        )
    return tuple(layers)


_GENERIC = [
    "convolution",
    "depthwise",
    "biasadd",
    "relu",
    "relu6",
    "conv2d",
    "matmul",
    "reshape",
    "batchnorm",
    "mul_1",
    "sub",
    "add",
]
"""Last parts of names that say what, not which."""

_WHOLE = re.compile(r"(model|functional|sequential)(_\d+)*")
"""Names that Keras gives whole networks."""


def layer_name(tensor: str) -> str:
    """The layer that a person would know, from a converter's name of a tensor: `model/block_1/convolution;…` is block_1."""
    parts = [part for part in tensor.split(";")[0].split(":")[0].split("/") if part.strip()]
    named = [part for part in parts if part.lower() not in _GENERIC and not _WHOLE.fullmatch(part)]
    return (named or parts or [""])[-1][:60]


def _weights(model: TfliteFile) -> list[Tensor]:
    found: dict[int, Tensor] = {}
    for graph in model.graphs:
        for tensor in graph.tensors:
            if tensor.constant:
                found.setdefault(tensor.buffer, tensor)
    return list(found.values())


def _is_number(tensor: Tensor) -> bool:
    """Not a shape, an axis or a text."""
    return tensor.quantization is not None or "float" in tensor.dtype or tensor.dtype in ("int8", "int4", "int2", "uint8")


def _operations(counted: Iterable[tuple[Node, int | None]]) -> tuple[OperationCount, ...]:
    found: dict[tuple[str, int], list[int | None]] = {}
    for node, count in counted:
        found.setdefault((node.op, node.version), []).append(count)
    return tuple(
        OperationCount(op, version, len(counts), None if None in counts else sum(count or 0 for count in counts))
        for (op, version), counts in sorted(found.items())
    )


def _dynamic(graph: Graph) -> tuple[str, ...]:
    ports = [graph.tensors[i] for i in (*graph.inputs, *graph.outputs)]
    found = [tensor.name for tensor in ports if tensor.dynamic]
    return tuple(dict.fromkeys(found + [tensor.name for tensor in graph.tensors if tensor.dynamic and not tensor.constant]))
