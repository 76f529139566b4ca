"""Any `.tflite` as plain values: graphs, tensors, nodes, signatures, metadata; without TensorFlow, and without trusting a byte.

Format: TFLite's schema.fbs. Weights are not copied: `TfliteFile.constant` slices them out when they are asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

from appspec.errors import KitError
from appspec.flatbuffer import Buffer, DamagedError, Table
from appspec.model_bytes import read_model_bytes
from appspec.tflite_archive import associated_files
from appspec.tflite_options import ELEMENT_TYPES, Option, element_type, read_options

_BITS = dict(ELEMENT_TYPES)


@dataclass(frozen=True)
class Quantization:
    """How integers stand for real numbers: real = scale × (integer − zero_point).

    Attributes:
        scales, zero_points: one for the tensor, or one a channel.
        axis: of the channels.
    """

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int


@dataclass(frozen=True)
class Tensor:
    """One tensor of a graph.

    Attributes:
        signature: the shape with -1 for sizes that are free; empty where the file doesn't say.
        dtype: in numpy's words; `type N` for one that this kit does not know.
        constant: its values are in the file.
        size_bytes: of those values, 0 without.
        sparse: the values are stored without their zeros.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    signature: tuple[int, ...]
    dtype: str
    buffer: int
    constant: bool
    size_bytes: int
    quantization: Quantization | None = None
    variable: bool = False
    sparse: bool = False

    @property
    def dynamic(self) -> bool:
        """A size of it is free."""
        return any(size < 0 for size in self.signature or self.shape)

    @property
    def elements(self) -> int:
        """How many values its shape has."""
        product = 1
        for size in self.shape:
            product *= max(size, 0)
        return product


@dataclass(frozen=True)
class Node:
    """One operation.

    Attributes:
        op: the schema's name of it, or the custom code.
        inputs, outputs: indices of tensors; -1 for an input that is left out.
    """

    index: int
    op: str
    version: int
    custom: bool
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, Option] = field(default_factory=dict)

    @property
    def flex(self) -> bool:
        """TensorFlow's own kernel must be linked in (SELECT_TF_OPS)."""
        return self.custom and self.op.startswith("Flex")


@dataclass(frozen=True)
class Graph:
    """A subgraph; its nodes stand in the order that they run in."""

    name: str
    tensors: tuple[Tensor, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Signature:
    """Names for inputs and outputs of a graph, to tensor indices."""

    key: str
    graph: int
    inputs: Mapping[str, int]
    outputs: Mapping[str, int]


@dataclass(frozen=True)
class OperatorCode:
    """An operator that the file lists."""

    name: str
    version: int
    custom: bool


@dataclass(frozen=True)
class TfliteFile:
    """A whole file.

    Attributes:
        name: of the file.
        buffers: (first byte, length) of each.
        metadata: buffers by the name of the entry.
    """

    name: str
    data: bytes = field(repr=False)
    version: int
    description: str
    codes: tuple[OperatorCode, ...]
    graphs: tuple[Graph, ...]
    buffers: tuple[tuple[int, int], ...] = field(repr=False)
    metadata: Mapping[str, int]
    signatures: tuple[Signature, ...]

    @property
    def main(self) -> Graph:
        """The graph that runs; others are called by it."""
        return self.graphs[0]

    @cached_property
    def sha256(self) -> str:
        """Of the file."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Packed files, see `associated_files`."""
        return associated_files(self.name, self.data)

    def constant(self, tensor: Tensor) -> bytes:
        """A tensor's values as they lie in the file."""
        return self.buffer(tensor.buffer)

    def buffer(self, index: int) -> bytes:
        """What a buffer holds."""
        start, count = self.buffers[index]
        return self.data[start : start + count]


def read_tflite(path: Path) -> TfliteFile:
    """Reads any `.tflite`.

    Raises:
        KitError: it can't be read, is no TFLite model (and what it is instead), is cut short or damaged.
    """
    data = read_model_bytes(path)
    return guarded(path.name, lambda: _model(path.name, data))


Result = TypeVar("Result")


def guarded(name: str, read: Callable[[], Result]) -> Result:
    """What a reader gives, its complaints in the user's words.

    Raises:
        KitError: the file is damaged.
    """
    try:
        return read()
    except (DamagedError, MemoryError, OverflowError) as error:
        raise KitError(
            f"{name} is damaged or cut short",
            f"what it says of itself can't be read: {error or 'too large'}",
            "make or fetch it again",
        ) from error


def _model(name: str, data: bytes) -> TfliteFile:
    root = Buffer(data).root()
    buffers = tuple(_buffer(one, len(data)) for one in root.tables(4))
    codes = tuple(map(_code, root.tables(1)))
    graphs = tuple(_graph(one, codes, buffers) for one in root.tables(2))
    if not graphs:
        raise DamagedError("it has no graph")
    metadata = {one.text(0): _within(one.integer(1, "I"), buffers, "metadata") for one in root.tables(6)}
    return TfliteFile(
        name=name,
        data=data,
        version=root.integer(0, "I"),
        description=root.text(3),
        codes=codes,
        graphs=graphs,
        buffers=buffers,
        metadata=metadata,
        signatures=tuple(_signature(one, graphs) for one in root.tables(7)),
    )


def _buffer(table: Table, size: int) -> tuple[int, int]:
    """Values stand in the flatbuffer, or, in files of more than 2 GB, behind it."""
    offset, count = table.integer(1, "Q"), table.integer(2, "Q")
    if offset > 1:
        if offset + count > size:
            raise DamagedError(f"it ends before the {count} bytes of weights at byte {offset}")
        return offset, count
    return table.extent(0, 1)


def _code(table: Table) -> OperatorCode:
    builtin = max(table.integer(0, "b"), table.integer(3, "i"))
    custom = builtin == _CUSTOM
    return OperatorCode(table.text(1) or "CUSTOM" if custom else builtin_name(builtin), table.integer(2, "i", 1), custom)


def _graph(table: Table, codes: Sequence[OperatorCode], buffers: Sequence[tuple[int, int]]) -> Graph:
    tensors = tuple(_tensor(i, one, buffers) for i, one in enumerate(table.tables(0)))
    return Graph(
        name=table.text(4),
        tensors=tensors,
        inputs=_all_within(table.vector(1, "i"), tensors, "an input of the graph"),
        outputs=_all_within(table.vector(2, "i"), tensors, "an output of the graph"),
        nodes=tuple(_node(i, one, codes, tensors) for i, one in enumerate(table.tables(3))),
    )


def _tensor(index: int, table: Table, buffers: Sequence[tuple[int, int]]) -> Tensor:
    buffer = _within(table.integer(2, "I"), buffers, "a tensor's buffer")
    size = buffers[buffer][1]
    return Tensor(
        index=index,
        name=table.text(3),
        shape=table.vector(0, "i"),
        signature=table.vector(7, "i"),
        dtype=element_type(table.integer(1, "B")),
        buffer=buffer,
        constant=size > 0,
        size_bytes=size,
        quantization=_quantization(table.table(4)),
        variable=bool(table.integer(5, "B")),
        sparse=table.table(6) is not None,
    )


def _quantization(table: Table | None) -> Quantization | None:
    scales = table.reals(2) if table else ()
    if table is None or not scales:
        return None
    zeros = table.vector(3, "q")
    return Quantization(scales, zeros or (0,), table.integer(6, "i"))


def _node(index: int, table: Table, codes: Sequence[OperatorCode], tensors: Sequence[Tensor]) -> Node:
    code = codes[_within(table.integer(0, "I"), codes, "an operator")]
    return Node(
        index=index,
        op=code.name,
        version=code.version,
        custom=code.custom,
        inputs=_all_within(table.vector(1, "i"), tensors, f"an input of node {index}", least=-1),
        outputs=_all_within(table.vector(2, "i"), tensors, f"an output of node {index}", least=-1),
        options=read_options(table.integer(3, "B"), table.table(4)),
    )


def _signature(table: Table, graphs: Sequence[Graph]) -> Signature:
    graph = _within(table.integer(4, "I"), graphs, "a signature's graph")
    tensors = graphs[graph].tensors
    names = [
        {one.text(0): _within(one.integer(1, "I"), tensors, "a signature's tensor") for one in table.tables(field)}
        for field in (0, 1)
    ]
    return Signature(table.text(2), graph, *names)


def _all_within(indices: tuple[int, ...], among: Sequence[object], what: str, least: int = 0) -> tuple[int, ...]:
    for index in indices:
        _within(index, among, what, least)
    return indices


def _within(index: int, among: Sequence[object], what: str, least: int = 0) -> int:
    if not least <= index < len(among):
        raise DamagedError(f"{what} has number {index}, of {len(among)}")
    return index


_CUSTOM = 32


def builtin_name(code: int) -> str:
    """The schema's name of a builtin operator."""
    return _builtin_names().get(code, f"builtin {code}")


def type_bits(dtype: str) -> int:
    """Bits of one value; 0 where values are not of one size."""
    return _BITS.get(dtype, 0)


@cache
def _builtin_names() -> dict[int, str]:
    from ai_edge_litert.schema_py_generated import BuiltinOperator

    return {code: name for name, code in vars(BuiltinOperator).items() if name.isupper()}
