"""A copy of an ONNX model as onnx2tf takes it rightly, with the same numbers. Works in the converter's own environment."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

PICTURE_SIZES = 4
ELEMENTWISE = ("Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Mod", "Greater", "Less", "Equal", "PRelu")

Array = npt.NDArray[np.generic]


def simplify(source: Path, shapes: Sequence[str], copy: str) -> list[str]:
    """The command of onnxsim that computes what follows from sizes: PyTorch computes shapes within the graph, and onnx2tf takes a
    picture whose size it does not know for one with channels last.

    Args:
        shapes: NAME:SIZE,SIZE… of the inputs.
    """
    return [sys.executable, "-m", "onnxsim", str(source.resolve()), copy, "--overwrite-input-shape", *shapes]


def write_prepared(model: Path, copy: Path) -> None:
    """The model in one file, for onnx2tf, which writes into the file that it is given."""
    import onnx

    if not model.is_file():
        raise FileNotFoundError(model)
    graph = onnx.load(str(model))
    merge_sums(graph)
    give_all_sizes(graph)
    onnx.save(graph, str(copy))


def merge_sums(model: Any) -> None:
    """x ± a ± b as x + c, with a, b and c constants: onnx2tf does so too, and adds b twice where it has other sizes than a."""
    from onnx import numpy_helper

    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    uses = Counter(name for node in model.graph.node for name in node.input)
    uses.update(output.name for output in model.graph.output)
    summands: dict[str, tuple[Any, str, Array]] = {}
    for node in list(model.graph.node):
        parts = _sum(node, constants)
        if parts is None:
            continue
        of, added = parts
        before = summands.get(of)
        if before is not None and uses[of] == 1 and before[2].dtype == added.dtype:
            first, of, other = before
            added = np.add(other, added)
            total = numpy_helper.from_array(added, f"{node.name or node.output[0]}_sum")
            model.graph.initializer.append(total)
            constants[total.name] = total
            node.op_type = "Add"
            node.input[:] = [of, total.name]
            model.graph.node.remove(first)
        summands[node.output[0]] = (node, of, added)


def _sum(node: Any, constants: dict[str, Any]) -> tuple[str, Array] | None:
    """Of x + a, a + x or x - a: the name of x, and a or -a."""
    from onnx import numpy_helper

    if node.op_type not in ("Add", "Sub") or len(node.input) != 2:
        return None
    left, right = node.input
    if right in constants and left not in constants:
        value = numpy_helper.to_array(constants[right])
        return left, value if node.op_type == "Add" else np.negative(value)
    if left in constants and right not in constants and node.op_type == "Add":
        return right, numpy_helper.to_array(constants[left])
    return None


def give_all_sizes(model: Any) -> None:
    """Constants with as many sizes as what they are combined with: onnx2tf turns a picture's four sizes, and not the three of a
    constant that ONNX stretches to them, as the grid of YOLO's heads.
    """
    import onnx

    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    inferred = onnx.shape_inference.infer_shapes(model).graph
    sizes = {
        info.name: len(info.type.tensor_type.shape.dim)
        for info in (*inferred.value_info, *inferred.input, *inferred.output)
        if info.type.tensor_type.HasField("shape")
    }
    for node in model.graph.node:
        if node.op_type not in ELEMENTWISE or len(node.input) != 2:
            continue
        most = max(sizes.get(name, 0) for name in node.input)
        for place, name in enumerate(node.input):
            tensor = constants.get(name)
            if tensor is None or most < PICTURE_SIZES or not 1 < len(tensor.dims) < most:
                continue
            wide = onnx.TensorProto()
            wide.CopyFrom(tensor)
            wide.name = f"{name}_in_{most}_sizes"
            wide.dims[:] = [1] * (most - len(tensor.dims)) + list(tensor.dims)
            if wide.name not in constants:
                constants[wide.name] = wide
                model.graph.initializer.append(wide)
            node.input[place] = wide.name
