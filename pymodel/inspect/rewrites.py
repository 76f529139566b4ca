"""How to write an operation otherwise, so that a place takes it: known ways, in one line each."""

from __future__ import annotations

from appspec.tflite_file import Node

DECODER = "end the graph before it and compute it in the app's decoder"
FIXED = "fix every size before converting (a batch of 1): it then folds away, with SHAPE, PACK and STRIDED_SLICE around it"

_BY_OP = {
    "ARG_MAX": DECODER,
    "ARG_MIN": DECODER,
    "TOPK_V2": DECODER,
    "NON_MAX_SUPPRESSION_V4": DECODER,
    "NON_MAX_SUPPRESSION_V5": DECODER,
    "WHERE": DECODER,
    "UNIQUE": DECODER,
    "SQUEEZE": "use a reshape to fixed sizes (tf.reshape gives RESHAPE)",
    "EXPAND_DIMS": "use a reshape to fixed sizes (tf.reshape gives RESHAPE)",
    "BROADCAST_TO": "leave it out: ADD and MUL stretch the smaller tensor themselves",
    "BROADCAST_ARGS": FIXED,
    "SHAPE": FIXED,
    "RANK": FIXED,
    "RANGE": FIXED,
    "FILL": FIXED,
    "PACK": FIXED,
    "REVERSE_V2": "flip the picture before the model, or the weights of the next convolution",
    "GATHER_ND": "use slices and a concatenation",
    "GATHER": "use slices and a concatenation",
    "SCATTER_ND": DECODER,
    "SPACE_TO_BATCH_ND": "give the convolution dilation_rate: current converters then write no SPACE_TO_BATCH_ND around it",
    "BATCH_TO_SPACE_ND": "give the convolution dilation_rate: current converters then write no BATCH_TO_SPACE_ND around it",
    "L2_NORMALIZATION": "write x · rsqrt(sum(x²)): MUL, SUM, RSQRT",
    "L2_POOL_2D": "write sqrt(average pooling of x²)",
    "LOCAL_RESPONSE_NORMALIZATION": "use batch normalization, which folds into the convolutions, and train again",
    "LOG_SOFTMAX": "write log(softmax(x)), or end the graph at the logits",
    "ROUND": "write floor(x + 0.5)",
    "CEIL": "write −floor(−x)",
    "SPLIT": "use a slice for each part",
    "SPLIT_V": "use a slice for each part",
    "UNPACK": "use a slice for each part",
    "SELECT_V2": "mask by arithmetic: m · a + (1 − m) · b",
    "SELECT": "mask by arithmetic: m · a + (1 − m) · b",
    "UNIDIRECTIONAL_SEQUENCE_LSTM": "convolutions over time (a 1-D CNN) instead, or the CPU for this model",
    "BIDIRECTIONAL_SEQUENCE_LSTM": "convolutions over time (a 1-D CNN) instead, or the CPU for this model",
    "WHILE": "unroll the loop, or use convolutions over time",
    "IF": "make it two models, and choose in the app",
    "CALL_ONCE": "freeze the variables before converting",
    "VAR_HANDLE": "give the state in and out as tensors",
    "READ_VARIABLE": "give the state in and out as tensors",
    "ASSIGN_VARIABLE": "give the state in and out as tensors",
    "TFLite_Detection_PostProcess": DECODER,
    **dict.fromkeys(
        ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL", "LOGICAL_AND", "LOGICAL_OR", "LOGICAL_NOT"),
        "compare in the app's decoder, or by arithmetic (relu, minimum, maximum)",
    ),
}


CHIPS = {
    "edgetpu-custom-op": "Google's Edge TPU (Coral)",
    "ethos-u": "Arm's Ethos-U",
    "NpuOp": "Arm's Ethos-U",
    "vela": "Arm's Ethos-U",
}
"""Custom operations that hold a network compiled for one chip, and that chip."""

UNCOMPILED = "take the .tflite that it was compiled from: its compiler's input, without the chip's name in its own"

SIZED_BY_VALUES = ("WHERE", "UNIQUE", "NON_MAX_SUPPRESSION_V4")
"""Operations whose result has as many values as the values ask for."""


def rewrite(node: Node, why: str, place: str) -> str:
    """A known way out; empty where there is none.

    Args:
        why: the refusal.
        place: `cpu`, `gpu`, `nnapi` or `micro`.
    """
    if node.op in CHIPS:
        return UNCOMPILED
    if node.flex:
        return (
            f"write {node.op.removeprefix('Flex')} with TFLite's own operations, or end the graph before it; else link "
            "tensorflow-lite-select-tf-ops into the app (some 20 MB an ABI, CPU alone)"
        )
    if (place == "micro" and "DEQUANTIZE" in (node.op, "")) or "dynamic range" in why:
        return "convert to full int8: invoke quantize"
    if node.op == "FULLY_CONNECTED" and "version" in why:
        return (
            "convert to int8 or float16, or to dynamic range with weights of dense layers quantized per tensor "
            "(converter._experimental_disable_per_channel_quantization_for_dense_layers)"
        )
    if "sizes, where at most four" in why:
        return "merge sizes by a reshape before it, so that no tensor has more than four: the batch of 1 can go"
    if "version" in why and "does not know" not in why:
        return "convert it again with an older or plainer quantization (float16, int8): the version follows from it"
    if "shrink_axis_mask" in why:
        return "slice without taking the size away (x[:, 0:1], not x[:, 0]), then reshape"
    if "only while it runs" in why and node.op not in SIZED_BY_VALUES:
        return FIXED
    if "is computed, where a constant" in why or "computed axes" in why:
        return FIXED
    if "float32 and int8" in why or "int16" in why:
        return "convert to float16 or int8"
    if node.custom:
        return "write it with TFLite's own operations, or end the graph before it and compute it in the app"
    return _BY_OP.get(node.op, "")
