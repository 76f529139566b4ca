"""A saved Core ML package computed on any machine: its MIL program is read back from disk and walked op by op with TensorFlow.

It proves graph, layout and weights of what was written, not Apple's arithmetic; weights in half precision are computed with in
single precision. Operators: Core ML Tools' reference of MIL ops (`iOS15`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from pymodel.convert.loaded import Values

Tensor: TypeAlias = Any
"""Of TensorFlow or numpy; pictures are channels first, as everywhere in MIL."""


class MilProgram:
    """The program of a package on disk.

    Args:
        package: a `.mlpackage` of type mlprogram.
    """

    def __init__(self, package: Path) -> None:
        import coremltools as ct
        from coremltools.converters.mil.frontend.milproto.load import load

        model = ct.models.MLModel(str(package), skip_model_load=True)
        spec = model.get_spec()
        program = load(spec, specification_version=spec.specificationVersion, file_weights_dir=model.weights_dir)
        self._function = program.functions["main"]

    @property
    def missing(self) -> list[str]:
        """Operators of it that can't be computed here."""
        return sorted({op.op_type for op in self._function.operations} - set(operators()) - {"const"})

    def run(self, values: Values) -> Values:
        """The outputs by the package's names.

        Raises:
            NotImplementedError: an operator is used in a way that isn't in the table.
        """
        import tensorflow as tf

        known: dict[str, Tensor] = {name: tf.constant(value) for name, value in values.items()}
        table = operators()
        for op in self._function.operations:
            if op.op_type == "const":
                known[op.outputs[0].name] = _single(op.outputs[0].val)
                continue
            given = {key: _value(known, var) for key, var in op.inputs.items() if var is not None}
            try:
                answer = table[op.op_type](**given)
            except TypeError as error:  # an argument that isn't in the table
                raise NotImplementedError(f"{op.op_type} with {', '.join(given)}") from error
            answers = answer if len(op.outputs) > 1 else [answer]
            known.update({var.name: one for var, one in zip(op.outputs, answers, strict=True)})
        return {var.name: np.asarray(known[var.name]) for var in self._function.outputs}


def _value(known: Mapping[str, Tensor], var: Any) -> Tensor:
    if isinstance(var, (list, tuple)):
        return [_value(known, one) for one in var]
    return known[var.name] if var.name in known else _single(var.val)


def _single(value: Any) -> Any:
    return value.astype("float32") if isinstance(value, np.ndarray) and value.dtype == np.float16 else value


def operators() -> dict[str, Callable[..., Tensor]]:
    """MIL's operators in TensorFlow's words; arguments by MIL's names."""
    import tensorflow as tf

    return {
        **_elementwise(tf),
        **_shaping(tf),
        "conv": _conv,
        "conv_transpose": _conv_transpose,
        "max_pool": lambda x, **given: _pool(tf.nn.max_pool2d, x, **given),
        "avg_pool": _avg_pool,
        "batch_norm": _batch_norm,
        "linear": lambda x, weight, bias=0.0: tf.linalg.matmul(x, weight, transpose_b=True) + bias,
        "matmul": lambda x, y, transpose_x=False, transpose_y=False: tf.linalg.matmul(
            x, y, transpose_a=bool(transpose_x), transpose_b=bool(transpose_y)
        ),
        "resize_bilinear": _resize_bilinear,
        "upsample_bilinear": _upsample_bilinear,
        "upsample_nearest_neighbor": _upsample_nearest,
        "softmax": lambda x, axis: tf.nn.softmax(x, int(axis)),
        **{f"reduce_{name}": _reduce(getattr(tf, f"reduce_{name}")) for name in ("mean", "sum", "max", "min", "prod")},
        "reduce_argmax": lambda x, axis, keep_dims=False, **_: _kept(tf.argmax(x, int(axis), tf.int32), int(axis), keep_dims),
    }


def _elementwise(tf: Any) -> dict[str, Callable[..., Tensor]]:
    single = ("relu", "relu6", "sigmoid", "tanh", "softplus", "softsign")
    table: dict[str, Callable[..., Tensor]] = {name: _of_x(getattr(tf.nn, name)) for name in single}
    math = {name: name for name in ("abs", "exp", "sqrt", "square", "sin", "cos", "floor", "ceil", "round", "sign", "erf")}
    table |= {name: _of_x(getattr(tf.math, ours)) for name, ours in math.items()}
    pairs = ("maximum", "minimum", "pow", "equal", "not_equal", "greater", "greater_equal", "less", "less_equal")
    table |= {name: _of_xy(getattr(tf.math, name)) for name in pairs}
    return table | {
        "identity": lambda x: x,
        "elu": lambda x, alpha=1.0: tf.where(x > 0, x, float(alpha) * (tf.exp(tf.minimum(x, 0.0)) - 1.0)),
        "silu": lambda x: x * tf.nn.sigmoid(x),
        "gelu": lambda x, mode="EXACT": tf.nn.gelu(x, approximate=str(mode) != "EXACT"),
        "leaky_relu": lambda x, alpha: tf.nn.leaky_relu(x, float(alpha)),
        "prelu": lambda x, alpha: tf.where(x > 0, x, x * np.reshape(alpha, (1, -1, *([1] * (len(x.shape) - 2))))),
        "sigmoid_hard": lambda x, alpha=0.2, beta=0.5: tf.clip_by_value(x * alpha + beta, 0.0, 1.0),
        "clip": lambda x, alpha, beta: tf.clip_by_value(x, alpha, beta),
        "rsqrt": lambda x, epsilon=0.0: tf.math.rsqrt(x + epsilon),
        "inverse": lambda x, epsilon=0.0: 1.0 / (x + epsilon),
        "log": lambda x, epsilon=0.0: tf.math.log(x + epsilon),
        "add": lambda x, y: x + y,
        "sub": lambda x, y: x - y,
        "mul": lambda x, y: x * y,
        "real_div": lambda x, y: x / y,
        "floor_div": lambda x, y: x // y,
        "select": lambda cond, a, b: tf.where(cond, a, b),
        "cast": lambda x, dtype: _cast(tf, x, str(dtype)),
    }


def _shaping(tf: Any) -> dict[str, Callable[..., Tensor]]:
    return {
        "transpose": lambda x, perm: tf.transpose(x, _ints(perm)),
        "reshape": lambda x, shape: tf.reshape(x, _ints(shape)),
        "expand_dims": lambda x, axes: _expand(tf, x, _ints(axes)),
        "squeeze": lambda x, axes=None: tf.squeeze(x, None if axes is None else _ints(axes)),
        "concat": lambda values, axis, interleave=False: tf.concat(values, int(axis)),
        "stack": lambda values, axis: tf.stack(values, int(axis)),
        "split": lambda x, axis, num_splits=None, split_sizes=None: tf.split(
            x, int(num_splits) if split_sizes is None else _ints(split_sizes), int(axis)
        ),
        "pad": _pad,
        "tile": lambda x, reps: tf.tile(x, _ints(reps)),
        "gather": lambda x, indices, axis=0, **_: tf.gather(x, indices, axis=int(axis)),
        "slice_by_size": lambda x, begin, size: tf.slice(x, _ints(begin), _ints(size)),
        "slice_by_index": _slice_by_index,
    }


def _of_x(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda x: function(x)


def _of_xy(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda x, y: function(x, y)


def _ints(values: Any) -> list[int]:
    return [int(value) for value in np.ravel(np.asarray(values))]


def _cast(tf: Any, x: Tensor, dtype: str) -> Tensor:
    """Half precision is not imitated."""
    return tf.cast(x, {"fp16": "float32", "fp32": "float32", "int32": "int32", "bool": "bool"}.get(dtype, dtype))


def _expand(tf: Any, x: Tensor, axes: Sequence[int]) -> Tensor:
    rank = len(x.shape) + len(axes)
    for axis in sorted(axis % rank for axis in axes):
        x = tf.expand_dims(x, axis)
    return x


def _kept(x: Tensor, axis: int, keep: Any) -> Tensor:
    import tensorflow as tf

    return tf.expand_dims(x, axis) if keep else x


def _reduce(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda x, axes=None, keep_dims=False: function(x, None if axes is None else _ints(axes), bool(keep_dims))


def _last(x: Tensor) -> Tensor:
    import tensorflow as tf

    return tf.transpose(x, [0, 2, 3, 1])


def _first(x: Tensor) -> Tensor:
    import tensorflow as tf

    return tf.transpose(x, [0, 3, 1, 2])


def _padding(x: Tensor, pad_type: Any, pad: Any, fill: float = 0.0) -> tuple[Tensor, str]:
    """Channels last; custom padding is laid around the picture."""
    import tensorflow as tf

    named = {"same": "SAME", "valid": "VALID"}.get(str(pad_type))
    if named:
        return x, named
    if str(pad_type) != "custom":
        raise NotImplementedError(f"pad_type {pad_type}")
    top, bottom, left, right = _ints(pad)
    return tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]], constant_values=fill), "VALID"


def _conv(
    x: Tensor, weight: Any, bias: Any = None, strides: Any = (1, 1), pad_type: Any = "valid", pad: Any = None,
    dilations: Any = (1, 1), groups: Any = 1,
) -> Tensor:  # fmt: skip
    """`weight`: (out, in / groups, height, width)."""
    import tensorflow as tf

    if len(x.shape) != 4:
        raise NotImplementedError(f"conv of rank {len(x.shape)}")
    image, padding = _padding(_last(x), pad_type, pad)
    step, spread, count = _ints(strides), _ints(dilations), int(groups)
    out, per_group = weight.shape[:2]
    if per_group == 1 and out == count > 1:
        y = tf.nn.depthwise_conv2d(image, np.transpose(weight, (2, 3, 0, 1)), [1, *step, 1], padding, dilations=spread)
    else:
        kernels = np.split(np.asarray(weight), count)
        parts = tf.split(image, count, 3)
        convolved = [
            tf.nn.conv2d(part, kernel.transpose(2, 3, 1, 0), step, padding, dilations=spread)
            for part, kernel in zip(parts, kernels, strict=True)
        ]
        y = tf.concat(convolved, 3)
    return _first(y if bias is None else y + bias)


def _conv_transpose(
    x: Tensor, weight: Any, bias: Any = None, strides: Any = (1, 1), pad_type: Any = "valid", pad: Any = None,
    dilations: Any = (1, 1), groups: Any = 1, output_shape: Any = None,
) -> Tensor:  # fmt: skip
    """`weight`: (in, out, height, width)."""
    import tensorflow as tf

    if int(groups) != 1 or (str(pad_type) == "custom" and any(_ints(pad))):
        raise NotImplementedError("conv_transpose with groups or custom padding")
    step, size = _ints(strides), x.shape[2:]
    padding = "SAME" if str(pad_type) == "same" else "VALID"
    if output_shape is not None:
        sides = _ints(output_shape)[2:]
    else:
        extra = (0, 0) if padding == "SAME" else [max(0, k - s) for k, s in zip(weight.shape[2:], step, strict=True)]
        sides = [n * s + e for n, s, e in zip(size, step, extra, strict=True)]
    shape = [int(x.shape[0]), *sides, weight.shape[1]]
    y = tf.nn.conv2d_transpose(_last(x), np.transpose(weight, (2, 3, 1, 0)), shape, step, padding, dilations=_ints(dilations))
    return _first(y if bias is None else y + bias)


def _pool(
    function: Callable[..., Tensor], x: Tensor, kernel_sizes: Any, strides: Any = (1, 1), pad_type: Any = "valid",
    pad: Any = None, ceil_mode: Any = False,
) -> Tensor:  # fmt: skip
    if ceil_mode:
        raise NotImplementedError("pooling with ceil_mode")
    image, padding = _padding(_last(x), pad_type, pad, -np.inf)
    return _first(function(image, _ints(kernel_sizes), _ints(strides), padding))


def _avg_pool(x: Tensor, exclude_padding_from_average: Any = False, **given: Any) -> Tensor:
    """TensorFlow leaves padding out of the mean, as it comes from there."""
    import tensorflow as tf

    if str(given.get("pad_type")) == "custom" and any(_ints(given["pad"])):
        raise NotImplementedError("avg_pool with custom padding")
    if str(given.get("pad_type")) == "same" and not exclude_padding_from_average:
        raise NotImplementedError("avg_pool that counts its padding")
    return _pool(tf.nn.avg_pool2d, x, **given)


def _batch_norm(x: Tensor, mean: Any, variance: Any, gamma: Any = 1.0, beta: Any = 0.0, epsilon: Any = 1e-5) -> Tensor:
    shape = (1, -1, *([1] * (len(x.shape) - 2)))
    scale = np.broadcast_to(np.asarray(gamma), np.shape(mean)) / np.sqrt(np.asarray(variance) + epsilon)
    shift = np.broadcast_to(np.asarray(beta), np.shape(mean)) - np.asarray(mean) * scale
    return x * scale.reshape(shape).astype(np.float32) + shift.reshape(shape).astype(np.float32)


def _resize_bilinear(x: Tensor, target_size_height: Any, target_size_width: Any, sampling_mode: Any = "DEFAULT") -> Tensor:
    import tensorflow as tf

    corners = {"DEFAULT": False, "ALIGN_CORNERS": True, "STRICT_ALIGN_CORNERS": True}
    size = [int(target_size_height), int(target_size_width)]
    if str(sampling_mode) == "UNALIGN_CORNERS":
        return _first(tf.image.resize(_last(x), size))
    return _first(tf.compat.v1.image.resize_bilinear(_last(x), size, align_corners=corners[str(sampling_mode)]))


def _upsample_bilinear(
    x: Tensor, scale_factor_height: Any, scale_factor_width: Any, align_corners: Any = True, half_pixel_centers: Any = None
) -> Tensor:
    import tensorflow as tf

    size = [round(int(n) * float(f)) for n, f in zip(x.shape[2:], (scale_factor_height, scale_factor_width), strict=True)]
    half = not align_corners if half_pixel_centers is None else bool(half_pixel_centers)
    if half:
        return _first(tf.image.resize(_last(x), size))
    return _first(tf.compat.v1.image.resize_bilinear(_last(x), size, align_corners=bool(align_corners)))


def _upsample_nearest(x: Tensor, scale_factor_height: Any, scale_factor_width: Any) -> Tensor:
    import tensorflow as tf

    size = [round(int(n) * float(f)) for n, f in zip(x.shape[2:], (scale_factor_height, scale_factor_width), strict=True)]
    return _first(tf.image.resize(_last(x), size, "nearest"))


def _pad(x: Tensor, pad: Any, mode: Any = "constant", constant_val: Any = 0.0) -> Tensor:
    """`pad` names the last axes alone."""
    import tensorflow as tf

    sides = np.reshape(_ints(pad), (-1, 2)).tolist()
    sides = [[0, 0]] * (len(x.shape) - len(sides)) + sides
    named = {"constant": "CONSTANT", "reflect": "REFLECT"}[str(mode)]
    return tf.pad(x, sides, named, constant_values=float(constant_val)) if named == "CONSTANT" else tf.pad(x, sides, named)


def _slice_by_index(
    x: Tensor, begin: Any, end: Any, stride: Any = None, begin_mask: Any = None, end_mask: Any = None, squeeze_mask: Any = None
) -> Tensor:
    rank = len(x.shape)
    steps = [1] * rank if stride is None else _ints(stride)
    masks = [
        [False] * rank if mask is None else [bool(one) for one in np.ravel(mask)] for mask in (begin_mask, end_mask, squeeze_mask)
    ]
    index: list[Any] = []
    for i, (low, high) in enumerate(zip(_ints(begin), _ints(end), strict=True)):
        if masks[2][i]:
            index.append(low)
        else:
            index.append(slice(None if masks[0][i] else low, None if masks[1][i] else high, steps[i]))
    return x[tuple(index)]
