"""Changes to a `.tflite`'s graph that leave its numbers alone: inputs become constants, the batch becomes 1, outputs are chosen.

By the object API of TFLite's schema; only on files that appspec.tflite_file has read.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from appspec.errors import KitError
from appspec.tflite_metadata import ENTRY
from pymodel.packing import pack

Tensor = npt.NDArray[np.generic]

DAMAGED = (struct.error, ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)
"""What the schema's generated code raises on bytes that are no model; it checks nothing itself."""


def rewritten(
    content: bytes,
    constants: Mapping[int, Tensor],
    outputs: Sequence[int] | None = None,
    batch: int | None = None,
    graph: int = 0,
) -> bytes:
    """The same model with one graph to call, without metadata and signatures' other graphs.

    Args:
        constants: what inputs of the graph always have, by tensor; they are inputs no longer.
        outputs: the tensors that it gives, in this order; None: as it is.
        batch: the first size of every tensor that is no constant and has it becomes 1; None: all stay.
        graph: the one to call.

    Raises:
        KitError: parts of it that appspec.tflite_file does not look at are damaged.
    """
    try:
        return _rewritten(content, constants, outputs, batch, graph)
    except DAMAGED as error:
        raise damaged(error) from error


def _rewritten(
    content: bytes, constants: Mapping[int, Tensor], outputs: Sequence[int] | None, batch: int | None, graph: int
) -> bytes:
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(content, 0)
    if graph:
        model.subgraphs = [model.subgraphs[graph]]
    main = model.subgraphs[0]
    for index, values in constants.items():
        main.tensors[index].buffer = new_buffer(schema, model, values)
        main.tensors[index].shape = np.array(values.shape, np.int32)
    main.inputs = np.array([index for index in main.inputs if int(index) not in constants], np.int32)
    if outputs is not None:
        main.outputs = np.array(outputs, np.int32)
        _drop_unused(schema, model, main)
    for tensor in main.tensors:
        tensor.name = _name(tensor.name).encode()  # what describes the file takes text alone
        _fix_batch(tensor, batch, has_values=_has_values(model, tensor))
    _keep_signature(model, main, graph)
    model.metadata = [one for one in model.metadata or [] if _name(one.name) != ENTRY]
    return pack(model)


def folded(content: bytes, values: Mapping[int, Tensor]) -> bytes:
    """The same model with tensors of its first graph that are always the same as constants, without the nodes that compute them.

    Raises:
        KitError: as rewritten.
    """
    from ai_edge_litert import schema_py_generated as schema

    try:
        model = schema.ModelT.InitFromPackedBuf(content, 0)
        main = model.subgraphs[0]
        for index, value in values.items():
            main.tensors[index].buffer = new_buffer(schema, model, value)
            main.tensors[index].shape, main.tensors[index].shapeSignature = np.array(value.shape, np.int32), None
        main.operators = [node for node in main.operators if not {int(index) for index in node.outputs} <= set(values)]
        _drop_codes(model, main)
        return pack(model)
    except DAMAGED as error:
        raise damaged(error) from error


def damaged(error: Exception) -> KitError:
    """Of one of DAMAGED."""
    return KitError("The model is damaged", f"its graph can't be read: {error or type(error).__name__}", "make or fetch it again")


def new_buffer(schema: Any, model: Any, values: Tensor) -> int:
    """The number of a buffer with these values, which is put into the model."""
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)
    model.buffers.append(buffer)
    return len(model.buffers) - 1


def _drop_unused(schema: Any, model: Any, main: Any) -> None:
    """Nodes that no output follows from: they would be computed for nothing, and XNNPACK 2.20 aborts at one on ARM64."""
    stateful = {schema.BuiltinOperator.CALL_ONCE, schema.BuiltinOperator.VAR_HANDLE, schema.BuiltinOperator.ASSIGN_VARIABLE}
    if any(code.builtinCode in stateful for code in model.operatorCodes):
        return
    needed, kept = {int(index) for index in main.outputs}, []
    for node in reversed(main.operators):
        if needed & {int(index) for index in node.outputs}:
            kept.append(node)
            needed |= {int(index) for index in node.inputs}
    main.operators = kept[::-1]
    _drop_codes(model, main)
    needed |= {int(index) for index in main.inputs} | {int(index) for node in kept for index in node.outputs}
    for index, tensor in enumerate(main.tensors):
        if index not in needed:
            tensor.buffer = 0
    held = {tensor.buffer for graph in model.subgraphs for tensor in graph.tensors} | {one.buffer for one in model.metadata or []}
    for index, buffer in enumerate(model.buffers):
        if index not in held:
            buffer.data = None


def _drop_codes(model: Any, main: Any) -> None:
    """Operators that no node asks for: a runtime that lacks one refuses the whole file."""
    if len(model.subgraphs) > 1:
        return
    used = sorted({node.opcodeIndex for node in main.operators})
    model.operatorCodes = [model.operatorCodes[code] for code in used]
    for node in main.operators:
        node.opcodeIndex = used.index(node.opcodeIndex)


def _fix_batch(tensor: Any, batch: int | None, has_values: bool) -> None:
    """A batch that the file leaves open has 1 in `shape` already."""
    free = [] if tensor.shapeSignature is None else [int(size) for size in tensor.shapeSignature]
    if free and free[0] == -1:
        tensor.shapeSignature = None if -1 not in free[1:] else np.array([1, *free[1:]], np.int32)
    if batch is not None and not has_values and tensor.shape is not None and len(tensor.shape) and int(tensor.shape[0]) == batch:
        tensor.shape = np.array([1, *tensor.shape[1:]], np.int32)


def _has_values(model: Any, tensor: Any) -> bool:
    data = model.buffers[tensor.buffer].data
    return data is not None and len(data) > 0


def _keep_signature(model: Any, main: Any, graph: int) -> None:
    """Of the graph's signature, what the graph still has; none where an output has no name in it."""
    kept = [one for one in model.signatureDefs or [] if one.subgraphIndex == graph][:1]
    inputs, outputs = {int(i) for i in main.inputs}, {int(i) for i in main.outputs}
    for one in kept:
        one.subgraphIndex = 0
        one.inputs = [entry for entry in one.inputs if entry.tensorIndex in inputs]
        one.outputs = [entry for entry in one.outputs if entry.tensorIndex in outputs]
    whole = kept and {entry.tensorIndex for entry in kept[0].outputs} == outputs
    model.signatureDefs = kept if whole else []


def _name(text: bytes | str | None) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text or ""
