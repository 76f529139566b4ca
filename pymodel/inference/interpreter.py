"""One model on this machine: the same file, regions and decoding as on the phone, without TensorFlow."""

from __future__ import annotations

import math
import os
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from appspec.contract import Anchors, Detections, ModelContract, TensorContract
from appspec.read_contract import read_contract
from pymodel.data.images import RgbImage
from pymodel.inference.decoders import NO_MASK, NO_VALUES, Decoded, Labels, decode
from pymodel.inference.masks import class_shares, within_picture
from pymodel.inference.objects import NO_OBJECTS, Objects
from pymodel.preprocess.geometry import Region, Size, box_around, crop_region
from pymodel.preprocess.normalize import fill_color, normalize
from pymodel.preprocess.squares import UPRIGHT, place, place_boxes, turned_size
from pymodel.quiet import output_to, quiet_environment

Floats = npt.NDArray[np.float32]
Tensor = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Answer:
    """What one model says of one region of a picture; coordinates are pixels of the picture.

    Attributes:
        outputs: all of them, dequantized, in their full shapes.
        points: (K, 2) float32; K = 0 where the model locates nothing.
        confidence: see Decoded; of a mask, the share of the picture that it covers.
        box: (4,) x0, y0, x1, y1: around the points, as the contract says; of the surest object; else the whole picture.
        probabilities: (C,) of the classes; empty where the model tells none.
        region: where it looked.
        duration_ms: crop, inference and decoding, of all looks.
        looks: how often models looked; the last answer's has all that a search took.
        objects: the surest first; their boxes end at the picture's edges.
        mask: (H, W) uint8: the class of each cell of the region, 0 beyond the picture; empty where the model gives none.
        shares: (C,) of the picture's cells that are of each class of the mask; empty without one.
        turn: see pymodel.preprocess.squares.
        whole_box: (4,) of the surest object, as far as it reaches beyond the picture too; empty without objects.
    """

    contract: ModelContract
    outputs: tuple[Floats, ...]
    points: Floats
    confidence: Floats
    box: Floats
    probabilities: Floats
    region: Region
    duration_ms: float
    looks: int = 1
    objects: Objects = NO_OBJECTS
    mask: Labels = field(default_factory=NO_MASK.copy)
    shares: Floats = field(default_factory=NO_VALUES.copy)
    turn: int = UPRIGHT
    whole_box: Floats = field(default_factory=NO_VALUES.copy)

    @property
    def mean_confidence(self) -> float:
        """Geometric mean; 1.0 where the model has no confidence."""
        return float(math.prod(self.confidence.tolist()) ** (1 / max(1, len(self.confidence))))

    @property
    def found(self) -> bool:
        """Whether the answer counts."""
        is_empty = isinstance(self.contract.decoder, Detections | Anchors) and not len(self.objects)
        return not is_empty and self.mean_confidence >= self.contract.threshold


class DescribedModel(ABC):
    """A described model with one input, whatever computes it."""

    contract: ModelContract

    @abstractmethod
    def run(self, tensor: Tensor) -> tuple[Tensor, ...]:
        """The outputs in their full shapes for an input without its batch dimension, all as the file holds them."""

    @property
    def size(self) -> Size:
        """Width and height of the input, pixels."""
        return input_size(self.contract)

    def crop(self, image: RgbImage, region: Region, turn: int = UPRIGHT) -> RgbImage:
        """(H, W, 3) uint8: what the model sees of a picture."""
        crop = crop_region(image, region, turned_size(self.size, turn), fill_color(self.contract.normalization[0]))
        return np.rot90(crop, turn) if turn else crop

    def infer(self, values: RgbImage | Floats) -> tuple[Floats, ...]:
        """The outputs, dequantized, in their full shapes.

        Args:
            values: a picture (H, W, 3) uint8, or the raw values (W, C) of a window.
        """
        contract = self.contract
        outputs = self.run(quantize(normalize(values, *contract.normalization), contract.input))
        return tuple(dequantize(stored, tensor) for stored, tensor in zip(outputs, contract.outputs, strict=True))

    def decoded(self, crop: RgbImage) -> Decoded:
        """What the model says of a picture (H, W, 3), in coordinates of that."""
        return decode(self.contract, self.infer(crop))

    def answer(self, image: RgbImage, region: Region, turn: int = UPRIGHT) -> Answer:
        """What the model says of one region of a picture.

        Args:
            turn: see pymodel.preprocess.squares.
        """
        start = time.perf_counter()
        height, width = image.shape[:2]
        outputs = self.infer(self.crop(image, region, turn))
        answer = placed(self.contract, outputs, region, width, height, turn)
        return replace(answer, duration_ms=(time.perf_counter() - start) * 1e3)


class HostModel(DescribedModel):
    """One `.tflite`, ready to run on `threads` CPU threads of this machine.

    Args:
        path: a described model.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        quiet_environment()
        from ai_edge_litert.interpreter import Interpreter

        self.contract = read_contract(path)
        with output_to(Path(os.devnull)):  # it announces its delegate
            self.interpreter = Interpreter(model_path=str(path), num_threads=threads)
            self.interpreter.allocate_tensors()
        self._input = self.interpreter.get_input_details()[0]["index"]
        self._outputs = [details["index"] for details in self.interpreter.get_output_details()]

    def __enter__(self) -> HostModel:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Frees the interpreter."""
        del self.interpreter

    def run(self, tensor: Tensor) -> tuple[Tensor, ...]:
        self.interpreter.set_tensor(self._input, tensor[None])
        self.interpreter.invoke()
        return tuple(self.interpreter.get_tensor(index) for index in self._outputs)


def input_size(contract: ModelContract) -> Size:
    """Width and height of a model's input, pixels."""
    _, height, width, _ = contract.input.shape
    return width, height


def placed(
    contract: ModelContract, outputs: tuple[Floats, ...], region: Region, width: int, height: int, turn: int = UPRIGHT
) -> Answer:
    """Outputs decoded, from a region's coordinates to those of the picture."""
    decoded = decode(contract, outputs)
    points = place(decoded.points, region, turn)
    objects, confidence, shares, whole_box = decoded.objects, decoded.confidence, NO_VALUES, NO_VALUES
    box, edges = np.array([0, 0, width, height], np.float32), np.array([width, height] * 2, np.float32)
    if len(points):
        box = box_around(points, contract.box_margin, width, height)
    if len(objects):
        boxes = place_boxes(objects.boxes, region, turn)
        objects = replace(objects, boxes=np.clip(boxes, 0, edges), points=place(objects.points, region, turn))
        box, whole_box = objects.boxes[0], boxes[0]
    mask = np.rot90(decoded.mask, -turn)
    if mask.size:
        inside = within_picture(mask.shape, region, width, height)
        shares = class_shares(mask[inside], max(2, contract.output.shape[-1]))
        mask, confidence = np.where(inside, mask, np.uint8(0)), 1 - shares[:1]
    found = confidence, box, decoded.probabilities
    return Answer(contract, outputs, points, *found, region, 0.0, 1, objects, mask, shares, turn, whole_box)


def quantize(values: Floats, tensor: TensorContract) -> Tensor:
    """Values as a tensor holds them: integers are rounded and clipped."""
    if tensor.scale:
        values = values / tensor.scale
    if not tensor.dtype.startswith("float"):
        limits = np.iinfo(tensor.dtype)
        values = np.clip(np.round(values) + tensor.zero_point, limits.min, limits.max)
    stored: Tensor = values.astype(tensor.dtype)
    return stored


def dequantize(stored: Tensor, tensor: TensorContract) -> Floats:
    """The values that a tensor stands for, float32."""
    values = stored.astype(np.float32)
    return (values - tensor.zero_point) * np.float32(tensor.scale) if tensor.scale else values


def inference_ms(host: HostModel, values: RgbImage | Floats, runs: int = 50) -> float:
    """Median time of one inference on one thread of this machine, in milliseconds; see HostModel.infer for `values`."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        host.infer(values)
        times.append(time.perf_counter() - start)
    return float(np.median(times[3:]) * 1e3)
