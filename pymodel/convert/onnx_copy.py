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
WINDOWS = ("Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool")
STATES = {"LSTM": 2, "GRU": 1, "RNN": 1}
"""Recurrent operators, and how many states each begins with; these are the inputs from the sixth on."""
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
    write_out(graph)
    merge_sums(graph)
    give_all_sizes(graph)
    onnx.save(graph, str(copy))


def write_out(model: Any) -> None:
    """What ONNX lets a file leave out and onnx2tf asks for: sizes of kernels, states that are 0 at first, pads before the picture."""
    import onnx

    weights = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    sizes = _sizes(onnx.shape_inference.infer_shapes(model).graph)
    for number, node in enumerate(model.graph.node):
        if node.op_type in ("Conv", "ConvTranspose") and "kernel_shape" not in _names(node) and node.input[1] in weights:
            node.attribute.append(onnx.helper.make_attribute("kernel_shape", weights[node.input[1]][2:]))
        if node.op_type in WINDOWS:
            _write_pads(node, sizes.get(node.input[0]))
        if node.op_type in STATES:
            _write_states(model, node, f"state_{number}", sizes.get(node.input[0]), weights.get(node.input[2]))


def _write_pads(node: Any, sizes: Sequence[int] | None) -> None:
    """As numbers where auto_pad says SAME_LOWER: as SAME_UPPER, with the odd row before the picture (ONNX, operator Conv). And where a mean
    counts the pads: TensorFlow's doesn't.
    """
    import onnx

    said = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
    kernel, way = said.get("kernel_shape"), said.get("auto_pad")
    wanted = way == b"SAME_LOWER" or (way == b"SAME_UPPER" and said.get("count_include_pad"))
    if not wanted or not sizes or not kernel or 0 in sizes or node.op_type == "ConvTranspose":
        return
    before, after = [], []
    for place, (size, side) in enumerate(zip(sizes[2:], kernel, strict=True)):
        stride, dilation = (said.get(name, [1] * len(kernel))[place] for name in ("strides", "dilations"))
        total = max(0, (-(-size // stride) - 1) * stride + (side - 1) * dilation + 1 - size)
        before.append(total - total // 2 if way == b"SAME_LOWER" else total // 2)
        after.append(total - before[-1])
    kept = [one for one in node.attribute if one.name not in ("auto_pad", "pads")]
    del node.attribute[:]
    node.attribute.extend([*kept, onnx.helper.make_attribute("pads", [*before, *after])])


def _write_states(model: Any, node: Any, name: str, sizes: Sequence[int] | None, recurrence: Sequence[int] | None) -> None:
    """Zeros in place of the states, (directions, batch, hidden), and of the biases, (directions, 2 × gates × hidden), that are left out.

    Args:
        name: that of the first part of theirs.
        sizes, recurrence: of the values that go in, and of the weights R.
    """
    from onnx import numpy_helper

    batch_place = 0 if any(one.name == "layout" and one.i for one in node.attribute) else 1
    if not sizes or not recurrence or sizes[batch_place] == 0:
        return
    shape = (recurrence[0], sizes[batch_place], recurrence[2])
    if batch_place == 0:
        shape = (shape[1], shape[0], shape[2])
    first, count = 5, STATES[node.op_type]
    node.input.extend([""] * (first + count - len(node.input)))
    for place, zeros in ((3, (recurrence[0], 2 * recurrence[1])), *((place, shape) for place in range(first, first + count))):
        if not node.input[place]:
            node.input[place] = f"{name}_{place}"
            model.graph.initializer.append(numpy_helper.from_array(np.zeros(zeros, np.float32), node.input[place]))


def _names(node: Any) -> list[str]:
    return [one.name for one in node.attribute]


def _sizes(graph: Any) -> dict[str, list[int]]:
    """Of every tensor whose rank is known; 0 where a size is not."""
    return {
        info.name: [dimension.dim_value for dimension in info.type.tensor_type.shape.dim]
        for info in (*graph.value_info, *graph.input, *graph.output)
        if info.type.tensor_type.HasField("shape")
    }


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
    sizes = {name: len(sides) for name, sides in _sizes(onnx.shape_inference.infer_shapes(model).graph).items()}
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
