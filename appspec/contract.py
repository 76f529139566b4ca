"""What everything right of the `.tflite` knows about a model: read from the file itself, never from app.toml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TaskKind = Literal["box", "landmarks", "heatmap", "classify", "window"]
Decode = Literal["points", "regress"]
DType = Literal["float32", "int8", "uint8"]
Quantization = Literal["float32", "float16", "dynamic", "int8"]


@dataclass(frozen=True)
class TensorContract:
    """One input or output tensor.

    Attributes:
        name: tensor name from the metadata.
        shape: full shape with the batch dimension, e.g. (1, 96, 96, 3).
        dtype: element type in the buffer.
        scale: real = scale * (stored - zero_point); 0.0 where dtype is float32.
        zero_point: see scale; 0 where dtype is float32.
    """

    name: str
    shape: tuple[int, ...]
    dtype: DType
    scale: float = 0.0
    zero_point: int = 0


@dataclass(frozen=True)
class ModelContract:
    """A model as the phone and the host must use it.

    Attributes:
        name: the model's name in app.toml, a valid identifier in snake case; also the asset's stem.
        file: asset file name, `NAME.tflite`.
        sha256: of the whole file, hex.
        size_bytes: of the whole file.
        task: what the model answers.
        decode: "points": output (1, G, G, K) heatmap logits per point, soft-argmax by the decoder;
            "regress": output (1, K, 2) point coordinates x, y in [0, 1] of the input square.
        points: names of the K points. A box model has K = 2: "top_left", "bottom_right".
        mean, std: per channel RGB; input = (value_0_255 - mean) / std.
        region: the square of the picture that the input shows. "frame": the smallest centred square that holds
            the whole picture (letterbox); "box": the square around the centre of the previous model's box,
            its side = max(width, height) * (1 + 2 * margin). Outside the picture the input is (mean) = 0.0.
        margin: see region; 0.0 for "frame".
        box_margin: an answer's own box is the bounding rectangle of its points, wider by this share of its width and height
            on each side, clipped to the picture.
        look_again: where region is "box" and the IoU of that box with the answer's own is below this, the model looks once
            more, at its own box; 0.0: never.
        quantization: which variant this file is.
        metric: what was measured on the test split: "iou" or "nme".
        metric_float: that metric of the float32 variant.
        metric_value: that metric of this file.
    """

    name: str
    file: str
    sha256: str
    size_bytes: int
    description: str
    author: str
    version: str
    task: TaskKind
    decode: Decode
    points: tuple[str, ...]
    input: TensorContract
    output: TensorContract
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    region: Literal["frame", "box"]
    margin: float
    box_margin: float
    look_again: float
    quantization: Quantization
    metric: str
    metric_float: float
    metric_value: float
