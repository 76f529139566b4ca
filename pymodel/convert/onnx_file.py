"""What an ONNX file holds, read without onnx: inputs, outputs, operators, and where its weights lie.

Numbers of fields: onnx.proto of ONNX 1.19.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from pymodel.convert.wire import fields, messages, signed, text

EXTERNAL = 1  # TensorProto.DataLocation
DTYPES = {1: "float32", 2: "uint8", 3: "int8", 5: "int16", 6: "int32", 7: "int64", 9: "bool", 10: "float16", 11: "float64"}
DEPTH = 16
"""Of graphs within graphs; a deeper one is no honest file."""


@dataclass(frozen=True)
class OnnxTensor:
    """An input or output.

    Attributes:
        shape: -1 where a side is open; None where all is open.
    """

    name: str
    dtype: str
    shape: tuple[int, ...] | None


@dataclass(frozen=True)
class OnnxFile:
    """An ONNX model's face.

    Attributes:
        external: files with weights as the model names them, each with the bytes that it must have at least.
        operators: of the graph itself, not of graphs within.
        training: nodes that were exported as they are while the network is trained.
    """

    inputs: tuple[OnnxTensor, ...]
    outputs: tuple[OnnxTensor, ...]
    external: tuple[tuple[str, int], ...]
    operators: frozenset[str] = frozenset()
    training: tuple[str, ...] = ()

    @property
    def quantized(self) -> bool:
        """Whether it computes with integers, or marks where it would."""
        return bool(self.operators & QUANTIZED)


QUANTIZED = frozenset(
    (
        "QuantizeLinear",
        "DequantizeLinear",
        "DynamicQuantizeLinear",
        "QLinearConv",
        "QLinearMatMul",
        "ConvInteger",
        "MatMulInteger",
    )
)


def read_onnx(path: Path) -> OnnxFile:
    """The file's graph.

    Raises:
        WireError: it is no ONNX file.
    """
    content = memoryview(path.read_bytes())
    external: dict[str, int] = {}
    inputs: tuple[OnnxTensor, ...] = ()
    outputs: tuple[OnnxTensor, ...] = ()
    operators: set[str] = set()
    training: list[str] = []
    for graph in messages(content, 7):
        weights = {_name(tensor, 8) for tensor in messages(graph, 5)}
        inputs = tuple(tensor for tensor in map(_tensor, messages(graph, 11)) if tensor.name not in weights)
        outputs = tuple(map(_tensor, messages(graph, 12)))
        for node in messages(graph, 1):
            operators.add(_name(node, 4))
            if _is_training(node):
                training.append(f"{_name(node, 3) or 'a node'} ({_name(node, 4)})")
        for name, size in _external(graph):
            external[name] = max(size, external.get(name, 0))
    for function in messages(content, 25):
        for name, size in _of_nodes(messages(function, 7)):
            external[name] = max(size, external.get(name, 0))
    return OnnxFile(inputs, outputs, tuple(external.items()), frozenset(operators), tuple(training))


def check_external(path: Path, model: OnnxFile) -> None:
    """Weights beside the file are there, whole, and in its folder.

    Raises:
        KitError: one is not.
    """
    what, folder = f"Can't read {path.name}", path.parent.resolve()
    for name, size in model.external:
        file = (folder / name).resolve()
        if not file.is_relative_to(folder):
            why = f"its weights are said to lie in {name}, outside the model's folder"
            raise KitError(what, why, "save the model with its weights beside it; files elsewhere are never read")
        if not file.is_file():
            raise KitError(what, f"its weights lie in {name}, which is not there", f"put {name} into {folder}")
        if file.stat().st_size < size:
            why = f"its weights need {size} bytes of {name}, which has {file.stat().st_size}"
            raise KitError(what, why, f"copy {name} again: it is cut off")


def _external(graph: memoryview) -> Iterator[tuple[str, int]]:
    """Files of weights, in the graph and in what its nodes hold."""
    for tensor in messages(graph, 5):
        yield from _location(tensor)
    yield from _of_nodes(messages(graph, 1))


def _of_nodes(nodes: Iterable[memoryview], depth: int = 0) -> Iterator[tuple[str, int]]:
    """As _external, of constants (AttributeProto.t = 5, tensors = 10) and of loops' and branches' graphs (g = 6, graphs = 11)."""
    for node in nodes:
        for attribute in messages(node, 5):
            for tensor in (*messages(attribute, 5), *messages(attribute, 10)):
                yield from _location(tensor)
            for inner in (*messages(attribute, 6), *messages(attribute, 11)):
                for tensor in messages(inner, 5):
                    yield from _location(tensor)
                if depth < DEPTH:
                    yield from _of_nodes(messages(inner, 1), depth + 1)


def _location(tensor: memoryview) -> Iterator[tuple[str, int]]:
    entries: dict[str, str] = {}
    external = False
    for number, value in fields(tensor):
        if number == 13 and isinstance(value, memoryview):
            pair = dict(fields(value))
            entries[text(pair.get(1, 0))] = text(pair.get(2, 0))
        external = external or (number == 14 and value == EXTERNAL)
    if external:
        numbers = [int(entries[key]) if entries.get(key, "").isdigit() else 0 for key in ("offset", "length")]
        yield entries.get("location", ""), sum(numbers)


def _is_training(node: memoryview) -> bool:
    """Whether its attribute `training_mode` (name = 1, i = 3) is 1."""
    return any(_name(attribute, 1) == "training_mode" and dict(fields(attribute)).get(3) == 1 for attribute in messages(node, 5))


def _name(message: memoryview, number: int) -> str:
    return next((text(value) for found, value in fields(message) if found == number), "")


def _tensor(value_info: memoryview) -> OnnxTensor:
    """A ValueInfoProto: name = 1, type = 2 → tensor_type = 1 → elem_type = 1, shape = 2 → dim = 1 → dim_value = 1."""
    name = _name(value_info, 1)
    for kind in messages(value_info, 2):
        for tensor in messages(kind, 1):
            element: int | memoryview = 0
            shape: tuple[int, ...] | None = None
            for number, value in fields(tensor):
                if number == 1:
                    element = value
                elif number == 2 and isinstance(value, memoryview):
                    shape = tuple(signed(dict(fields(side)).get(1, (1 << 64) - 1)) for side in messages(value, 1))
            return OnnxTensor(name, DTYPES.get(element, "") if isinstance(element, int) else "", shape)
    return OnnxTensor(name, "", None)
