"""What an operation must be like for a place to take it: one function a rule, named in the tables (`*_operations.json`).

Each returns why it is not met, in words; an empty text where it is. Sources: see the tables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appspec.tflite_file import Node, Tensor, TfliteFile

Rule = Callable[["Use"], str]


@dataclass(frozen=True)
class Use:
    """One node among its tensors.

    Attributes:
        inputs: None for one that is left out.
        constants: indices of tensors whose values are in the file, those among them that a DEQUANTIZE widens.
        takers: nodes that take what it gives.
    """

    model: TfliteFile
    node: Node
    inputs: tuple[Tensor | None, ...]
    outputs: tuple[Tensor, ...]
    constants: frozenset[int]
    takers: tuple[Node, ...] = ()

    @property
    def runtime(self) -> list[Tensor]:
        """Inputs that are computed."""
        return [tensor for tensor in self.inputs if tensor is not None and tensor.index not in self.constants]

    def given(self, i: int) -> Tensor | None:
        """An input, None where there is none."""
        return self.inputs[i] if i < len(self.inputs) else None

    def constant(self, i: int) -> bool:
        """Whether an input's values are in the file."""
        tensor = self.given(i)
        return tensor is not None and tensor.index in self.constants

    def rank(self, i: int = 0) -> int:
        """Sizes of an input."""
        tensor = self.given(i)
        return len(tensor.shape) if tensor else 0

    def option(self, name: str) -> int:
        """A whole number that the node is told; 0 without."""
        value = self.node.options.get(name, 0)
        return int(value) if isinstance(value, int | float) else 0


def one_input(use: Use) -> str:
    return "" if len(use.runtime) == 1 else f"it takes {len(use.runtime)} computed inputs, where one is allowed"


def two_inputs(use: Use) -> str:
    if len(use.inputs) != 2:
        return f"it has {len(use.inputs)} inputs, where two are allowed"
    return "" if use.runtime else "both inputs are constants"


def conv_inputs(use: Use) -> str:
    if len(use.runtime) > 2:
        return f"{len(use.runtime)} of its inputs are computed, where at most two may be"
    for name in ("stride_h", "stride_w"):
        if name in use.node.options and use.option(name) <= 0:
            return f"its {name} is {use.option(name)}"
    return ""


def depthwise(use: Use) -> str:
    if use.rank() != 4 or use.rank(1) != 4:
        return "its input or its weights have other than four sizes"
    first, multiplier = use.given(0), use.option("depth_multiplier")
    if first is not None and multiplier not in (0, 1) and first.shape[3] != 1:
        return f"depth multiplier {multiplier} on {first.shape[3]} channels; it must be 1, or the input have one channel"
    return ""


def dense(use: Use) -> str:
    if use.node.options.get("weights_format", "DEFAULT") != "DEFAULT":
        return "its weights are shuffled"
    if use.constant(0):
        return "its input is a constant"
    if use.option("keep_num_dims") and use.outputs and use.rank() != len(use.outputs[0].shape):
        return "keep_num_dims with another number of sizes at its output"
    return ""


def _shapes(use: Use) -> tuple[tuple[int, ...], tuple[int, ...]]:
    first, second = use.given(0), use.given(1)
    return (first.shape if first else ()), (second.shape if second else ())


def broadcast(use: Use) -> str:
    longer, shorter = sorted(_shapes(use), key=len, reverse=True)
    if len(shorter) <= 1 or len(longer) == len(shorter):
        return ""
    if len(longer) == 4 and len(shorter) == 3 and longer[0] == 1:
        return ""
    if len(longer) == 4 and len(shorter) == 2 and (shorter == (1, 1) or (longer[0], longer[3]) == shorter):
        return ""
    return f"it stretches {_shape(shorter)} over {_shape(longer)}"


def mul_dims(use: Use) -> str:
    first, second = _shapes(use)
    if len(first) != len(second):
        return broadcast(use)
    smaller = any(a < b for a, b in zip(first, second, strict=True))
    larger = any(a > b for a, b in zip(first, second, strict=True))
    return f"it multiplies {_shape(first)} by {_shape(second)}, each stretched over the other" if smaller and larger else ""


def softmax_beta(use: Use) -> str:
    beta = use.node.options.get("beta", 1.0)
    return "" if beta == 1.0 else f"its beta is {beta}, where 1 is allowed"


def strided_slice(use: Use) -> str:
    for mask, words in (
        ("ellipsis_mask", "an ellipsis"),
        ("new_axis_mask", "a new axis"),
        ("shrink_axis_mask", "a size that is taken away"),
    ):
        if use.option(mask):
            return f"it slices with {words} ({mask})"
    return slice_rank(use)


def slice_rank(use: Use) -> str:
    return "" if use.rank() in (3, 4) else f"its input has {use.rank()} sizes, where three or four are allowed"


def padding(use: Use) -> str:
    tensor = use.given(1)
    shape = tensor.shape if tensor else ()
    if shape in ((3, 2), (4, 2)):
        return one_input(use)
    return f"its paddings have the shape {_shape(shape)}, where 3×2 or 4×2 is allowed"


def mirror(use: Use) -> str:
    return "" if use.node.options.get("mode", "REFLECT") == "REFLECT" else "it mirrors with the edge itself (SYMMETRIC)"


def constant_axes(use: Use) -> str:
    axes = use.given(1)
    if not use.constant(1) or axes is None:
        return "its axes are computed, where a constant is allowed"
    return "" if axes.dtype == "int32" else f"its axes are {axes.dtype}, where int32 is allowed"


def gather(use: Use) -> str:
    values, indices = use.given(0), use.given(1)
    if values is None or indices is None or values.dtype == "int32":
        return "it gathers whole numbers"
    if len(indices.shape) != 1 or indices.dtype != "int32":
        return "its indices are no single row of int32"
    return ""


def no_int16(use: Use) -> str:
    tensor = use.given(0)
    return "it reads int16" if tensor is not None and tensor.dtype == "int16" else ""


def feeds_cast(use: Use) -> str:
    if use.takers and all(node.op == "CAST" for node in use.takers):
        return ""
    return "its truth values are not turned into numbers (CAST) right after it"


def cast(use: Use) -> str:
    before = use.inputs[0].dtype if use.inputs and use.inputs[0] else ""
    after = use.outputs[0].dtype if use.outputs else ""
    reals = {"float16", "float32"}
    allowed = (
        (before == "bool" and after in reals) or (after == "bool" and before in reals) or {before, after} <= {"float32", "int32"}
    )
    if before == "bool" and not use.takers:
        return "it turns truth values into the model's own output"
    return "" if allowed else f"it turns {before} into {after}"


def block(use: Use) -> str:
    return "" if use.option("block_size") > 1 else f"its block size is {use.option('block_size')}"


def lstm(use: Use) -> str:
    if use.node.options.get("kernel_type", "FULL") == "BASIC":
        return "" if use.node.options.get("activation") == "TANH" else "a basic LSTM without TANH"
    return "" if len(use.inputs) in (20, 24) else f"it has {len(use.inputs)} inputs, where 20 or 24 are allowed"


def one_hot(use: Use) -> str:
    indices = use.given(0)
    if indices is None or indices.dtype != "int32":
        return "its indices are not int32"
    return "" if use.constant(2) and use.constant(3) else "its values are computed, where constants are allowed"


def quiet_int32(use: Use) -> str:
    tensor = use.given(0)
    return no_activation(use) if tensor is not None and tensor.dtype == "int32" else ""


def no_activation(use: Use) -> str:
    activation = use.node.options.get("activation", "NONE")
    return "" if activation == "NONE" else f"{activation} is merged into it"


def int32_result(use: Use) -> str:
    return "" if use.outputs and use.outputs[0].dtype == "int32" else "its result is not int32"


def small_quantized_window(use: Use) -> str:
    tensor, size = use.given(0), use.option("filter_w") * use.option("filter_h")
    quantized = tensor is not None and tensor.dtype in ("int8", "uint8")
    return f"its window of {size} values would overflow in 8 bits" if quantized and size > 256 else ""


def has_bias(use: Use) -> str:
    return "" if use.given(2) is not None else "it has no bias"


def rank_4(use: Use) -> str:
    rank = max((len(tensor.shape) for tensor in use.inputs if tensor is not None), default=0)
    return "" if rank <= 4 else f"it has an input of {rank} sizes, where at most four are allowed"


def constant_first(use: Use) -> str:
    return "" if use.constant(0) else "its first input is computed, where a constant is allowed"


def constant_second(use: Use) -> str:
    return "" if len(use.inputs) < 2 or use.constant(1) else "its second input is computed, where a constant is allowed"


def no_crops(use: Use) -> str:
    crops = use.given(2)
    return "" if crops is not None and use.constant(2) and not any(use.model.constant(crops)) else "it crops"


def no_scalar(use: Use) -> str:
    return "" if use.outputs and use.outputs[0].shape else "its result is a single value without a size"


def float_weights(use: Use) -> str:
    tensor = use.given(1)
    return "" if tensor is not None and tensor.dtype == "float32" else "its weights are not float32"


def pack_axis(use: Use) -> str:
    return "it packs along a new last axis" if use.option("axis") in (-1, use.rank()) else ""


def not_hybrid(use: Use) -> str:
    values, weights = use.given(0), use.given(1)
    if values is None or weights is None or values.dtype != "float32":
        return ""
    return f"its weights are {weights.dtype} and its input float32 (dynamic range)" if weights.dtype in ("int8", "int4") else ""


def micro_dequantize(use: Use) -> str:
    tensor = use.given(0)
    taken = tensor is not None and tensor.dtype in ("int8", "int16", "uint8")
    return "" if taken else f"it widens {tensor.dtype if tensor else 'nothing'} weights"


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "one value"


RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        one_input,
        two_inputs,
        conv_inputs,
        depthwise,
        dense,
        broadcast,
        mul_dims,
        softmax_beta,
        strided_slice,
        slice_rank,
        padding,
        mirror,
        constant_axes,
        gather,
        no_int16,
        feeds_cast,
        cast,
        block,
        lstm,
        one_hot,
        quiet_int32,
        no_activation,
        int32_result,
        small_quantized_window,
        has_bias,
        rank_4,
        constant_first,
        constant_second,
        no_crops,
        no_scalar,
        float_weights,
        pack_axis,
        not_hybrid,
        micro_dequantize,
    )
}
"""By name, as the tables name them."""
