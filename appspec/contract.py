"""What everything right of the `.tflite` knows about a model: read from the file itself, never from app.toml.

A field that is added here is added to ModelContract.kt, to who decides it and to who uses it; the metadata and the generated
Kotlin follow from these types.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from appspec.errors import KitError

ElementType = Literal["float32", "float16", "int8", "uint8", "int16", "int32", "int64", "bool"]
Quantization = Literal["float32", "float16", "dynamic", "int8", "int8_float_io", "int16x8", "mixed"]
"""How a file holds and computes its values: float16: weights alone are 16 bits wide; dynamic: weights alone are integers; int8:
everything is, inputs and outputs too; int8_float_io: all but inputs and outputs; int16x8: weights of 8 bits, values of 16, inputs
and outputs are floats; mixed: as int8, but for the layers that lose most by it, which compute in floats."""

INTEGER: tuple[Quantization, ...] = ("dynamic", "int8", "int8_float_io", "int16x8", "mixed")
"""Those whose layers compute with integers."""

Follows = Literal["frame", "centre", "box"]
CoordinateUnit = Literal["share", "pixel"]
Presence = Literal["none", "logit", "probability"]


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
    """Coordinates of K points, x then y; a second output may tell how surely what they belong to is there.

    Attributes:
        threshold, box_margin: see Points.
        numbers: of each point in the output, whose elements are K × numbers, whatever its shape: x, y, and what is not used.
        unit: the coordinate of the right and of the lower edge: 1.0 where they are shares of the input, its width and height
            in pixels where they are that.
        presence: what the second output's only element is; "none": there is no such output, and their confidence is 1.
        shown: which points are the answer; an animation is at the first. Empty: all are.
    """

    threshold: float = 0.0
    box_margin: float = 0.0
    numbers: int = 2
    unit: CoordinateUnit = "share"
    presence: Presence = "none"
    shown: tuple[int, ...] = ()


@dataclass(frozen=True)
class Classes:
    """Probabilities (1, C) of classes.

    Attributes:
        threshold: probability of the likeliest class from which an answer counts; 0.0: always.
        logits: the output has logits: the probabilities are their softmax.
    """

    threshold: float = 0.0
    logits: bool = False


@dataclass(frozen=True)
class Detections:
    """Objects as TensorFlow's detection post-processing gives them, in four outputs: boxes (1, N, 4), each top, left, bottom,
    right in [0, 1] of the input; classes (1, N), counted from 0; scores (1, N), probabilities; how many rows hold (1,).

    Attributes:
        threshold: score from which a row counts.
    """

    threshold: float = 0.5


@dataclass(frozen=True)
class Grid:
    """Anchors in rows × columns cells, `anchors` in the centre of each; rows of an output go cell by cell, row by row."""

    rows: int
    columns: int
    anchors: int


@dataclass(frozen=True)
class Anchors:
    """Objects measured from anchors, in two outputs: rows (1, A, 4 + 2 K): x and y of the box's centre, width, height, then x, y
    of K points, in pixels of the input, centre and points from the centre of the row's anchor; scores (1, A, C), logits.

    A score is σ(clip(logit, ±100)). Rows with a width or height below 0 are left out. The surest row and all rows of its class
    with a larger IoU than `overlap` become one object, their mean weighted by score; the same again with the other rows
    (MediaPipe: tensors_to_detections_calculator, non_max_suppression_calculator, WEIGHTED).

    Attributes:
        grids: of the anchors, one after the other.
        threshold: score from which a row counts.
        overlap: IoU.
    """

    grids: tuple[Grid, ...]
    threshold: float = 0.5
    overlap: float = 0.3


@dataclass(frozen=True)
class Mask:
    """A map (1, H, W, C) of the input: C = 1, how surely each cell belongs to what is looked for; C > 1, a score a class, of
    which the largest wins, and class 0 is what stays as it is.

    Attributes:
        threshold: share of the picture that must be covered for an answer to count.
        cell_threshold: C = 1: probability from which a cell belongs to it.
        logits: C = 1: the output has logits: a probability is their σ.
    """

    threshold: float = 0.0
    cell_threshold: float = 0.5
    logits: bool = False


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
    """Values as they are, of any number of outputs; the code of the task kind knows what they mean."""


Decoder = Points | Peak | Coordinates | Classes | Detections | Anchors | Mask | Window | Raw


@dataclass(frozen=True)
class Square:
    """The square that a model looks at, made of a box with points: turned by quarters so that `up` is up, moved, widened.

    It is placed for the free angle of `up`, then turned to the nearest quarter. The region is the smallest that holds it, with whole
    numbers (pymodel.preprocess.squares.square_region).

    Attributes:
        up: (from, to), each indices of points, whose mean is taken; a repeated index weighs more. None: it is not turned.
        points: those whose bounding rectangle counts, in axes in which `up` is freely up; empty: the box itself, in the picture's
            axes, as far as it reaches beyond the picture too.
        shift: of the centre, along that free down, as a share of the rectangle's height; negative is up.
        scale: side / longer side of the rectangle.
    """

    up: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    points: tuple[int, ...] = ()
    shift: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True)
class CropPolicy:
    """Which regions of a picture a model looks at, all as wide to high as its input. What lies outside the picture is 0.0 in the
    input.

    Attributes:
        follows: "frame": the smallest centred region that holds the whole picture; "centre": the largest centred one within it;
            "box": the region around the centre of the box of the model before it, the smallest that holds the square with side =
            max(width, height) * (1 + 2 * margin).
        margin: see follows; 0.0 for "frame" and "centre".
        refine_below_iou: "box": where the IoU of that box with the answer's own is below this, the model looks once more, at its
            own box; 0.0: never.
        zoom_margin: "frame": the model looks once more, in the square around its own box with this margin, if it found
            something and that square is smaller; 0.0: never.
        tile_below_confidence: "box": where the geometric mean of the points' confidence is below this, or a model before it
            found nothing, the chain looks in each tile of the picture too, and the most confident answer counts; not where the
            first model's box may be cut by each tile (pymodel.preprocess.geometry.fits_a_tile). 0.0: never.
        tile_side: side of a tile / longer side of the picture (pymodel.preprocess.geometry.tile_regions).
        square: "box": how the box and the points of the model before it make the region, in place of margin; None: they don't.
        again: how the model's own points make its region in the next picture of a camera, in which the models before it don't run
            then (pymodel.inference.tracker.Tracker); None: each picture is looked at anew.
    """

    follows: Follows = "frame"
    margin: float = 0.0
    refine_below_iou: float = 0.0
    zoom_margin: float = 0.0
    tile_below_confidence: float = 0.0
    tile_side: float = 0.0
    square: Square | None = None
    again: Square | None = None


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
    """

    labels: tuple[str, ...] = ()


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
        outputs: in the order in which the decoder takes them.
        task: kind of task, a folder in pymodel/tasks.
        decoder: how the outputs are read; None where its file doesn't say.
        crop: where it looks in a picture; None where it takes no picture, or where its file doesn't say.
        quantization: which variant this file is.
        signature: key of the signature that `argument` of the tensors is from; empty where there is none.
        credit: of a model that others made: its file, where that is from and its licence, as people read it; empty of others.
    """

    name: str
    file: str
    sha256: str
    inputs: tuple[InputContract, ...]
    outputs: tuple[OutputContract, ...]
    task: str | None = None
    decoder: Decoder | None = None
    crop: CropPolicy | None = None
    quantization: Quantization | None = None
    signature: str = ""
    credit: str = ""
    about: About = field(default=About(), metadata={"on_phone": False})

    @property
    def input(self) -> InputContract:
        """The one that the camera or the sensors fill."""
        return self.inputs[0]

    @property
    def output(self) -> OutputContract:
        """The first that is decoded; most decoders take no other."""
        return self.outputs[0]

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of points or classes: of the first output that has any."""
        return next((output.labels for output in self.outputs if output.labels), ())

    @property
    def reading(self) -> Decoder:
        """How the outputs are read.

        Raises:
            KitError: the file doesn't say.
        """
        if self.decoder is None:
            raise missing(self, "how its output is decoded")
        return self.decoder

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
