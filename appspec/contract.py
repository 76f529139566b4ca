"""What everything right of the `.tflite` knows about a model: read from the file itself, never from app.toml.

A field that is added here is added to ModelContract.kt, to who decides it and to who uses it; the metadata and the generated
Kotlin follow from these types.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from appspec.errors import KitError

ElementType = Literal["float32", "float16", "int8", "uint8", "int16", "int32", "int64", "bool"]
Quantization = Literal["float32", "float16", "dynamic", "int8"]
Follows = Literal["frame", "box"]


@dataclass(frozen=True)
class Points:
    """Heatmap logits (1, G, G, K), one map a point: the soft-argmax over all cells.

    Attributes:
        threshold: geometric mean of the points' confidence from which an answer counts; 0.0: always.
        box_margin: the answer's box is the bounding rectangle of its points, wider by this share of its width and height on
            each side, clipped to the picture.
    """

    threshold: float = 0.0
    box_margin: float = 0.0


@dataclass(frozen=True)
class Peak:
    """Heatmap logits (1, G, G, K), one map a point: the soft-argmax over the 3 × 3 cells around the highest one.

    Attributes:
        threshold, box_margin: see Points.
    """

    threshold: float = 0.0
    box_margin: float = 0.0


@dataclass(frozen=True)
class Coordinates:
    """Coordinates (1, K, 2) of points, x then y, in [0, 1] of the input; their confidence is 1.

    Attributes:
        threshold, box_margin: see Points.
    """

    threshold: float = 0.0
    box_margin: float = 0.0


@dataclass(frozen=True)
class Classes:
    """Probabilities (1, C) of classes.

    Attributes:
        threshold: probability of the likeliest class from which an answer counts; 0.0: always.
    """

    threshold: float = 0.0


@dataclass(frozen=True)
class Window:
    """p(Abnormal) (1, 1) of a window of samples; p(Normal) = 1 - p.

    Attributes:
        interval_s: seconds from one sample of the window to the next.
        threshold: p(Abnormal) from which a window counts.
        hold: windows in a row at or above the threshold that make an alarm.
    """

    interval_s: float
    threshold: float = 0.0
    hold: int = 1


@dataclass(frozen=True)
class Raw:
    """Values as they are; the code of the task kind knows what they mean."""


Decoder = Points | Peak | Coordinates | Classes | Window | Raw


@dataclass(frozen=True)
class CropPolicy:
    """Which squares of a picture a model looks at. What lies outside the picture is 0.0 in the input.

    Attributes:
        follows: "frame": the smallest centred square that holds the whole picture; "box": the square around the centre of the
            box of the model before it, its side = max(width, height) * (1 + 2 * margin).
        margin: see follows; 0.0 for "frame".
        refine_below_iou: "box": where the IoU of that box with the answer's own is below this, the model looks once more, at its
            own box; 0.0: never.
        zoom_margin: "frame": the model looks once more, in the square around its own box with this margin, if it found
            something and that square is smaller; 0.0: never.
        tile_below_confidence: "box": where the geometric mean of the points' confidence is below this, or a model before it
            found nothing, the chain looks in each tile of the picture too, and the most confident answer counts; not where the
            first model's box may be cut by each tile (pymodel.preprocess.geometry.fits_a_tile). 0.0: never.
        tile_side: side of a tile / longer side of the picture (pymodel.preprocess.geometry.tile_regions).
    """

    follows: Follows = "frame"
    margin: float = 0.0
    refine_below_iou: float = 0.0
    zoom_margin: float = 0.0
    tile_below_confidence: float = 0.0
    tile_side: float = 0.0


@dataclass(frozen=True)
class TensorContract:
    """One input or output tensor.

    Attributes:
        name: from the metadata; the tensor's own where there is none.
        shape: full shape with the batch dimension, e.g. (1, 96, 96, 3).
        dtype: element type in the buffer.
        scale: real = scale * (stored - zero_point); 0.0 where nothing is quantized.
        zero_point: see scale.
        argument: its name in the model's signature; empty where there is none.
        dynamic_axes: of shape, those that the model leaves open; shape has 1 there.
    """

    name: str
    shape: tuple[int, ...]
    dtype: ElementType
    scale: float = 0.0
    zero_point: int = 0
    argument: str = ""
    dynamic_axes: tuple[int, ...] = ()


@dataclass(frozen=True)
class InputContract(TensorContract):
    """An input tensor.

    Attributes:
        mean, std: per channel, input = (value - mean) / std. Pictures: RGB, value 0–255. Windows: mean is the smallest and
            mean + std the largest value of the training split. None where the metadata doesn't say.
        channels: names of the values of each sample of a window; empty for pictures.
    """

    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    channels: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutputContract(TensorContract):
    """An output tensor.

    Attributes:
        labels: names of its points or classes: of a box "top_left", "bottom_right"; of a window "Normal", "Abnormal".
        decoder: how it is read; None where the metadata doesn't say.
    """

    labels: tuple[str, ...] = ()
    decoder: Decoder | None = None


@dataclass(frozen=True)
class About:
    """What people want to know of a model, and no code.

    Attributes:
        size_bytes: of the whole file.
        metric: what was measured on the test split: "iou", "nme", "pck", "accuracy", "pr_auc" …; empty where nothing was.
        metric_float: that metric of the float32 variant.
        metric_value: that metric of this file.
    """

    description: str = ""
    author: str = ""
    version: str = ""
    license: str = ""
    size_bytes: int = 0
    metric: str = ""
    metric_float: float = 0.0
    metric_value: float = 0.0


@dataclass(frozen=True)
class ModelContract:
    """A model as the phone and the host must use it. What its file doesn't say is None.

    Attributes:
        name: in app.toml, a valid identifier in snake case; also the asset's stem.
        file: asset file name, `NAME.tflite`.
        sha256: of the whole file, hex.
        task: kind of task, a folder in pymodel/tasks.
        crop: where it looks in a picture; None where it takes no picture, or where its file doesn't say.
        quantization: which variant this file is.
        signature: key of the signature that `argument` of the tensors is from; empty where there is none.
    """

    name: str
    file: str
    sha256: str
    inputs: tuple[InputContract, ...]
    outputs: tuple[OutputContract, ...]
    task: str | None = None
    crop: CropPolicy | None = None
    quantization: Quantization | None = None
    signature: str = ""
    about: About = field(default=About(), metadata={"on_phone": False})

    @property
    def input(self) -> InputContract:
        """The one that the camera or the sensors fill."""
        return self.inputs[0]

    @property
    def output(self) -> OutputContract:
        """The one that is decoded."""
        return self.outputs[0]

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the output that is decoded."""
        return self.output.labels

    @property
    def decoder(self) -> Decoder:
        """Of the output that is decoded.

        Raises:
            KitError: the file doesn't say.
        """
        if self.output.decoder is None:
            raise missing(self, "how its output is decoded")
        return self.output.decoder

    @property
    def kind(self) -> str:
        """The task kind.

        Raises:
            KitError: the file doesn't say.
        """
        if self.task is None:
            raise missing(self, "which task it does")
        return self.task

    @property
    def crop_policy(self) -> CropPolicy:
        """Where it looks in a picture.

        Raises:
            KitError: the file doesn't say.
        """
        if self.crop is None:
            raise missing(self, "where in a picture it looks")
        return self.crop

    @property
    def normalization(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and std of the input.

        Raises:
            KitError: the file doesn't say.
        """
        if self.input.mean is None or self.input.std is None:
            raise missing(self, "how its input is normalized")
        return self.input.mean, self.input.std

    @property
    def threshold(self) -> float:
        """From which an answer counts; 0.0 where every one does."""
        return getattr(self.decoder, "threshold", 0.0)

    @property
    def box_margin(self) -> float:
        """See Points; 0.0 where the answer has no points."""
        return getattr(self.decoder, "box_margin", 0.0)


def missing(contract: ModelContract, what: str) -> KitError:
    """What to say where a file lacks something that is needed."""
    return KitError(
        f"{contract.file} can't be used here",
        f"its metadata doesn't say {what}",
        "use a model that APKiln made (invoke train), whose metadata says it",
    )
