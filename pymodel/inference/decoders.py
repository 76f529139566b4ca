"""Output tensors → answers: the twin of the app's decoders (PointsDecoder.kt, DetectDecoder.kt, MaskDecoder.kt …)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from appspec.contract import Anchors, Classes, Coordinates, Detections, Mask, ModelContract, Peak, Points
from pymodel.inference.heatmaps import decode_peak, decode_points
from pymodel.inference.logits import sigmoid, softmax
from pymodel.inference.objects import NO_OBJECTS, Objects, decode_anchors, decode_detections

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.uint8]

NO_POINTS = np.zeros((0, 2), np.float32)
NO_VALUES = np.zeros(0, np.float32)
NO_MASK = np.zeros((0, 0), np.uint8)


@dataclass(frozen=True)
class Decoded:
    """What a model's outputs say, in [0, 1] of its input; empty is what they don't say.

    Attributes:
        points: (K, 2) float32 x, y.
        confidence: (K,) float32 in [0, 1] of the points; (1,) of the likeliest class, of the surest object (0.0 without any) or the
            share that a mask covers.
        probabilities: (C,) of classes.
        objects: the surest first.
        mask: (H, W) uint8: the class of each cell; 0: none.
    """

    points: Floats = field(default_factory=NO_POINTS.copy)
    confidence: Floats = field(default_factory=NO_VALUES.copy)
    probabilities: Floats = field(default_factory=NO_VALUES.copy)
    objects: Objects = NO_OBJECTS
    mask: Labels = field(default_factory=NO_MASK.copy)


def decode(contract: ModelContract, outputs: Sequence[Floats]) -> Decoded:
    """Outputs, dequantized, in their full shapes, as the contract's decoder reads them; what only a task kind can read is empty.

    Raises:
        KitError: the contract doesn't say how they are read.
    """
    decoder = contract.reading
    size = (contract.input.shape[2], contract.input.shape[1]) if len(contract.input.shape) == 4 else (1, 1)
    match decoder:
        case Points():
            return Decoded(*decode_points(outputs[0][0]))
        case Peak():
            return Decoded(*decode_peak(outputs[0][0]))
        case Coordinates():
            return Decoded(*_coordinates(decoder, outputs, size))
        case Classes():
            probabilities = softmax(outputs[0].ravel()) if decoder.logits else outputs[0].ravel()
            return Decoded(confidence=probabilities.max(keepdims=True), probabilities=probabilities)
        case Detections():
            return _of_objects(decode_detections(decoder, outputs))
        case Anchors():
            return _of_objects(decode_anchors(decoder, outputs, size))
        case Mask():
            mask = _classes(decoder, outputs[0][0])
            return Decoded(confidence=np.array([(mask > 0).mean()], np.float32), mask=mask)
    return Decoded()


def _coordinates(decoder: Coordinates, outputs: Sequence[Floats], size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Points (K, 2) and their confidence (K,)."""
    points = outputs[0].reshape(-1, decoder.numbers)[:, :2]
    if decoder.unit == "pixel":
        points = points / np.array(size, np.float32)
    presence = np.ones(1, np.float32) if decoder.presence == "none" else outputs[1].ravel()[:1]
    if decoder.presence == "logit":
        presence = sigmoid(presence)
    return np.asarray(points, np.float32), np.repeat(presence, len(points))


def _of_objects(objects: Objects) -> Decoded:
    return Decoded(confidence=objects.scores[:1] if len(objects.scores) else np.zeros(1, np.float32), objects=objects)


def _classes(decoder: Mask, cells: Floats) -> Labels:
    """(H, W, C) → (H, W); the first of equal ones counts."""
    if cells.shape[-1] > 1:
        return np.asarray(cells.argmax(-1), np.uint8)
    belongs = sigmoid(cells[..., 0]) if decoder.logits else cells[..., 0]
    return np.asarray(belongs >= np.float32(decoder.cell_threshold), np.uint8)
