"""What everything right of the `.tflite` knows about a model: read from the file itself, never from app.toml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TaskKind = Literal["box", "landmarks", "heatmap", "classify", "window"]
Decode = Literal["points", "regress", "peak", "probabilities", "abnormal"]
Region = Literal["frame", "box", "window"]
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
            "peak": output (1, G, G, K) heatmap logits per point, soft-argmax of the 3 × 3 cells around the highest one;
            "regress": output (1, K, 2) point coordinates x, y in [0, 1] of the input square;
            "probabilities": output (1, C) softmax of the classes;
            "abnormal": output (1, 1) p(Abnormal), p(Normal) = 1 - p.
        labels: names of the K points or of the C classes. A box model has K = 2: "top_left", "bottom_right"; a window
            model has two classes: "Normal", "Abnormal".
        mean, std: per channel; input = (value - mean) / std. Pictures: RGB, value 0–255. Windows: mean is the smallest
            and mean + std the largest value of the training split, so inputs are in [0, 1] there.
        region: the square of the picture that the input shows. "frame": the smallest centred square that holds
            the whole picture (letterbox); "box": the square around the centre of the previous model's box,
            its side = max(width, height) * (1 + 2 * margin). Outside the picture the input is (mean) = 0.0.
            "window": no picture; the last W samples, (1, W, C), oldest first.
        margin: see region; 0.0 for "frame".
        box_margin: an answer's own box is the bounding rectangle of its points, wider by this share of its width and height
            on each side, clipped to the picture.
        look_again: where region is "box" and the IoU of that box with the answer's own is below this, the model looks once
            more, at its own box; 0.0: never.
        closer_margin: where region is "frame", the model looks once more, in the square around its box with this margin (see
            region), if it found something and that square is smaller than the one that it looked at; 0.0: never.
        vote_scale: where region is "box", the model also looks at the squares around the same centre with this times the side and
            with the side divided by it, and the points are where the looks agree (pymodel.inference.vote); 0.0: never.
        search_below: where region is "box" and the geometric mean of the points' confidence is below this (or a model before it
            found nothing), the chain looks in each tile of the picture too, and the surest answer counts; not where the first
            model's box is too large to be whole in one for certain (pymodel.preprocess.geometry.fits_a_tile). 0.0: never.
        search_side: side of a tile / the picture's longer side, see pymodel.preprocess.geometry.tile_regions.
        quantization: which variant this file is.
        metric: what was measured on the test split: "iou", "nme", "pck", "accuracy" or "pr_auc".
        metric_float: that metric of the float32 variant.
        metric_value: that metric of this file.
        channels: names of the C values of each sample of a window; empty for pictures.
        interval_s: seconds from one sample of a window to the next; 0.0 for pictures.
        threshold: at and above it an answer counts: geometric mean of the points' confidence, probability of the
            likeliest class, p(Abnormal); 0.0: always.
        hold: windows in a row at or above the threshold that make an alarm; 1 for pictures.
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
    labels: tuple[str, ...]
    input: TensorContract
    output: TensorContract
    mean: tuple[float, ...]
    std: tuple[float, ...]
    region: Region
    margin: float
    box_margin: float
    look_again: float
    closer_margin: float
    vote_scale: float
    search_below: float
    search_side: float
    quantization: Quantization
    metric: str
    metric_float: float
    metric_value: float
    channels: tuple[str, ...] = ()
    interval_s: float = 0.0
    threshold: float = 0.0
    hold: int = 1
