"""What a node of a `.tflite` is told beside its tensors: strides, padding, activation, axis …

Fields and their numbers as in TFLite's schema.fbs; options without a field that matters to a reader are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from appspec.flatbuffer import Table

Option = int | float | bool | str | tuple[int, ...]
"""One value; names in place of the schema's numbers where it has them."""

ELEMENT_TYPES: Final = (
    ("float32", 32),
    ("float16", 16),
    ("int32", 32),
    ("uint8", 8),
    ("int64", 64),
    ("string", 0),
    ("bool", 8),
    ("int16", 16),
    ("complex64", 64),
    ("int8", 8),
    ("float64", 64),
    ("complex128", 128),
    ("uint64", 64),
    ("resource", 0),
    ("variant", 0),
    ("uint32", 32),
    ("uint16", 16),
    ("int4", 4),
    ("bfloat16", 16),
    ("int2", 2),
    ("uint4", 4),
    ("float8_e4m3fn", 8),
    ("float8_e5m2", 8),
)
"""Names and bits of the schema's TensorType, in its order; 0 bits: not of one size."""


def element_type(code: int) -> str:
    """The name of a TensorType, in numpy's words."""
    return ELEMENT_TYPES[code][0] if 0 <= code < len(ELEMENT_TYPES) else f"type {code}"


def read_options(kind: int, table: Table | None) -> dict[str, Option]:
    """The options of a node by the schema's names; empty where it has none that matter.

    Args:
        kind: the union's number.
    """
    if table is None:
        return {}
    return {name: _read(table, number, form) for name, (number, form) in _FIELDS.get(kind, {}).items()}


_NAMES: Final = {
    "padding": ("SAME", "VALID"),
    "activation": ("NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"),
    "mirror": ("REFLECT", "SYMMETRIC"),
    "weights": ("DEFAULT", "SHUFFLED4x16INT8"),
    "kernel": ("FULL", "BASIC"),
}


def _read(table: Table, number: int, form: str) -> Option:
    match form:
        case "int" | "one":
            return table.integer(number, "i", 1 if form == "one" else 0)
        case "bool" | "true":
            return bool(table.integer(number, "B", form == "true"))
        case "real":
            return table.real(number)
        case "ints":
            return table.vector(number, "i")
        case "type":
            return element_type(table.integer(number, "B"))
    names, code = _NAMES[form], table.integer(number, "b")
    return names[code] if 0 <= code < len(names) else str(code)


_Fields = Mapping[str, tuple[int, str]]
_FUSED: _Fields = {"activation": (0, "activation")}
_CONV: _Fields = {
    "padding": (0, "padding"),
    "stride_w": (1, "int"),
    "stride_h": (2, "int"),
    "activation": (3, "activation"),
    "dilation_w": (4, "one"),
    "dilation_h": (5, "one"),
}
_LSTM: _Fields = {"activation": (0, "activation"), "cell_clip": (1, "real"), "proj_clip": (2, "real")}

_FIELDS: Final[dict[int, _Fields]] = {
    1: _CONV,
    2: {
        "padding": (0, "padding"),
        "stride_w": (1, "int"),
        "stride_h": (2, "int"),
        "depth_multiplier": (3, "int"),
        "activation": (4, "activation"),
        "dilation_w": (5, "one"),
        "dilation_h": (6, "one"),
    },
    5: {
        "padding": (0, "padding"),
        "stride_w": (1, "int"),
        "stride_h": (2, "int"),
        "filter_w": (3, "int"),
        "filter_h": (4, "int"),
        "activation": (5, "activation"),
    },
    6: {"rank": (0, "int"), "activation": (1, "activation"), "asymmetric_quantize_inputs": (2, "bool")},
    7: {**_FUSED, "asymmetric_quantize_inputs": (1, "bool")},
    8: {
        **_FUSED,
        "weights_format": (1, "weights"),
        "keep_num_dims": (2, "bool"),
        "asymmetric_quantize_inputs": (3, "bool"),
    },
    9: {"beta": (0, "real")},
    10: {"axis": (0, "int"), "activation": (1, "activation")},
    11: {**_FUSED, "pot_scale_int16": (1, "true")},
    12: _FUSED,
    13: {"radius": (0, "int"), "bias": (1, "real"), "alpha": (2, "real"), "beta": (3, "real")},
    14: {**_LSTM, "kernel_type": (3, "kernel"), "asymmetric_quantize_inputs": (4, "bool")},
    15: {"align_corners": (2, "bool"), "half_pixel_centers": (3, "bool")},
    17: {"new_shape": (0, "ints")},
    19: {"block_size": (0, "int")},
    21: _FUSED,
    23: {"axis": (0, "int"), "batch_dims": (1, "int")},
    27: {"keep_dims": (0, "bool")},
    28: {**_FUSED, "pot_scale_int16": (1, "true")},
    29: _FUSED,
    30: {"squeeze_dims": (0, "ints")},
    31: {"time_major": (0, "bool"), "activation": (1, "activation"), "asymmetric_quantize_inputs": (2, "bool")},
    32: {
        "begin_mask": (0, "int"),
        "end_mask": (1, "int"),
        "ellipsis_mask": (2, "int"),
        "new_axis_mask": (3, "int"),
        "shrink_axis_mask": (4, "int"),
        "offset": (5, "bool"),
    },
    35: {"num_splits": (0, "int")},
    37: {"in_data_type": (0, "type"), "out_data_type": (1, "type")},
    40: {"output_type": (0, "type")},
    49: {"padding": (0, "padding"), "stride_w": (1, "int"), "stride_h": (2, "int"), "activation": (3, "activation")},
    55: {"out_type": (0, "type")},
    57: {"output_type": (0, "type")},
    58: {"min": (0, "real"), "max": (1, "real"), "num_bits": (2, "int"), "narrow_range": (3, "bool")},
    59: {"values_count": (0, "int"), "axis": (1, "int")},
    61: {"axis": (0, "int")},
    64: {"num": (0, "int"), "axis": (1, "int")},
    71: {**_LSTM, "time_major": (3, "bool"), "asymmetric_quantize_inputs": (4, "bool")},
    74: {"align_corners": (0, "bool"), "half_pixel_centers": (1, "bool")},
    75: {"alpha": (0, "real")},
    77: {"mode": (0, "mirror")},
    79: {"num_splits": (0, "int")},
    87: {"seq_dim": (0, "int"), "batch_dim": (1, "int")},
    92: {"then_subgraph_index": (0, "int"), "else_subgraph_index": (1, "int")},
    93: {"cond_subgraph_index": (0, "int"), "body_subgraph_index": (1, "int")},
    94: {"block_size": (0, "int")},
    101: {"adj_x": (0, "bool"), "adj_y": (1, "bool"), "asymmetric_quantize_inputs": (2, "bool")},
    102: {"exclusive": (0, "bool"), "reverse": (1, "bool")},
    103: {"init_subgraph_index": (0, "int")},
    106: {
        "padding": (0, "padding"),
        "stride_d": (1, "int"),
        "stride_w": (2, "int"),
        "stride_h": (3, "int"),
        "activation": (4, "activation"),
        "dilation_d": (5, "one"),
        "dilation_w": (6, "one"),
        "dilation_h": (7, "one"),
    },
    116: {"approximate": (0, "bool")},
}
