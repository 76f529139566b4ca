"""The models on this machine: the same files, regions and decoding as on the phone, without TensorFlow."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from appspec.contract import ModelContract
from appspec.read_contract import read_contract
from pymodel.data.images import RgbImage
from pymodel.evaluate.metrics import iou
from pymodel.inference.decoders import decode_peak, decode_points
from pymodel.inference.vote import vote
from pymodel.preprocess.geometry import (
    box_around,
    box_region,
    crop_region,
    fits_a_tile,
    frame_region,
    scaled_region,
    tile_regions,
)
from pymodel.preprocess.normalize import fill_color, normalize
from pymodel.quiet import output_to, quiet_environment

Floats = npt.NDArray[np.float32]
Region = tuple[float, float, float]
"""x0, y0, side of a square in pixels of the picture."""


@dataclass(frozen=True)
class Answer:
    """What one model said.

    Attributes:
        points: (K, 2) float32 in pixels of the picture.
        confidence: (K,) float32 in [0, 1].
        box: (4,) x0, y0, x1, y1 around the points, as the contract says.
        region: where it looked.
        duration_ms: crop, inference and decoding, of all looks.
        looks: how often models looked: twice for a box that was off or small, three times where looks vote; the last answer's has all that a search took.
        probabilities: (C,) of the classes; empty where the model locates points.
    """

    contract: ModelContract
    points: Floats
    confidence: Floats
    box: Floats
    region: Region
    duration_ms: float
    looks: int = 1
    probabilities: Floats = field(default_factory=lambda: np.zeros(0, np.float32))


class HostModel:
    """One `.tflite`, ready to run on `threads` CPU threads.

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
        self._output = self.interpreter.get_output_details()[0]["index"]

    def __enter__(self) -> HostModel:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Frees the interpreter."""
        del self.interpreter

    @property
    def size(self) -> int:
        """Side of the input square, pixels."""
        return self.contract.input.shape[1]

    def crop(self, image: RgbImage, region: Region) -> npt.NDArray[np.uint8]:
        """(S, S, 3) uint8: what the model sees of a picture."""
        return crop_region(image, region, self.size, fill_color(self.contract.mean))

    def infer(self, crop: npt.NDArray[np.uint8] | Floats) -> Floats:
        """The raw output, dequantized, without its batch dimension, of a square (S, S, 3) or the raw values (W, C) of a window."""
        tensor, contract = normalize(crop, self.contract.mean, self.contract.std), self.contract
        if contract.input.dtype != "float32":
            limits = np.iinfo(contract.input.dtype)
            stored = np.round(tensor / contract.input.scale) + contract.input.zero_point
            tensor = np.clip(stored, limits.min, limits.max).astype(contract.input.dtype)
        self.interpreter.set_tensor(self._input, tensor[None])
        self.interpreter.invoke()
        output = self.interpreter.get_tensor(self._output)[0]
        if contract.output.dtype != "float32":
            output = (output.astype(np.float32) - contract.output.zero_point) * np.float32(contract.output.scale)
        return np.asarray(output, np.float32)

    def locate(self, crop: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
        """Points (K, 2) in [0, 1] of the input square and their confidence (K,)."""
        output = self.infer(crop)
        if self.contract.decode in ("points", "peak"):
            return (decode_points if self.contract.decode == "points" else decode_peak)(output)
        return output, np.ones(len(output), np.float32)

    def answer(self, image: RgbImage, region: Region) -> Answer:
        """What the model says of one square of a picture."""
        start = time.perf_counter()
        if self.contract.decode == "probabilities":
            return self._classified(image, region, start)
        points, confidence = self.locate(self.crop(image, region))
        placed = points * np.float32(region[2]) + np.asarray(region[:2], np.float32)
        box = box_around(placed, self.contract.box_margin, image.shape[1], image.shape[0])
        return Answer(self.contract, placed, confidence, box, region, (time.perf_counter() - start) * 1e3)

    def _classified(self, image: RgbImage, region: Region, start: float) -> Answer:
        probabilities = self.infer(self.crop(image, region))
        whole = np.array([0, 0, image.shape[1], image.shape[0]], np.float32)
        none, likeliest = np.zeros((0, 2), np.float32), probabilities.max(keepdims=True)
        duration = (time.perf_counter() - start) * 1e3
        return Answer(self.contract, none, likeliest, whole, region, duration, probabilities=probabilities)


class Chain:
    """The models of an app in order: the box of one is the region of the next; the last one's box is the app's."""

    def __init__(self, paths: Sequence[Path], threads: int = 1) -> None:
        self.models = tuple(HostModel(path, threads) for path in paths)

    def __enter__(self) -> Chain:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for model in self.models:
            model.close()

    def answers(self, image: RgbImage) -> list[Answer]:
        """One answer a model, for a picture of any size: where the last one isn't sure, the surest of all tiles counts."""
        height, width = image.shape[:2]
        whole, last = self._answers_in(image, frame_region(width, height)), self.models[-1].contract
        if len(self.models) == 1 or sureness(whole) >= last.search_below:
            return whole
        if _found(whole[0]) and not fits_a_tile(whole[0].box, width, height, last.search_side):
            return whole
        tiles = [self._answers_in(image, tile) for tile in tile_regions(width, height, last.search_side)]
        best = max([whole, *tiles], key=sureness)
        spent = [answer for answers in (whole, *tiles) if answers is not best for answer in answers]
        duration = best[-1].duration_ms + sum(answer.duration_ms for answer in spent)
        looks = best[-1].looks + sum(answer.looks for answer in spent)
        return [*best[:-1], replace(best[-1], duration_ms=duration, looks=looks)]

    def _answers_in(self, image: RgbImage, region: Region) -> list[Answer]:
        found: list[Answer] = []
        for model in self.models:
            if model.contract.region == "box" and found:
                found.append(_look_in_box(model, image, found[-1].box))
            else:
                found.append(look_closer(model, image, region))
        return found


def sureness(answers: Sequence[Answer]) -> float:
    """Geometric mean of the last model's confidence; 0 where a model found nothing."""
    return _mean_confidence(answers[-1]) if all(_found(answer) for answer in answers) else 0.0


def look_closer(model: HostModel, image: RgbImage, region: Region) -> Answer:
    """What a model says of one square of a picture, or of what it found there; see ModelContract.closer_margin."""
    answer, margin = model.answer(image, region), model.contract.closer_margin
    closer = box_region(answer.box, margin)
    if margin == 0 or not _found(answer) or closer[2] >= region[2]:
        return answer
    again = model.answer(image, closer)
    return replace(again if _found(again) else answer, duration_ms=answer.duration_ms + again.duration_ms, looks=2)


def _mean_confidence(answer: Answer) -> float:
    return float(math.prod(answer.confidence.tolist()) ** (1 / max(1, len(answer.confidence))))


def _found(answer: Answer) -> bool:
    return _mean_confidence(answer) >= answer.contract.threshold


def look_in(model: HostModel, image: RgbImage, region: Region) -> Answer:
    """What a model says of the square around a box, or where its looks agree; see ModelContract.vote_scale."""
    scale, start = model.contract.vote_scale, time.perf_counter()
    if scale == 0:
        return model.answer(image, region)
    looks = [model.answer(image, square) for square in (region, scaled_region(region, scale), scaled_region(region, 1 / scale))]
    points, confidence = vote(np.stack([look.points for look in looks]), np.stack([look.confidence for look in looks]), region[2])
    box = box_around(points, model.contract.box_margin, image.shape[1], image.shape[0])
    return Answer(model.contract, points, confidence, box, region, (time.perf_counter() - start) * 1e3, len(looks))


def _look_in_box(model: HostModel, image: RgbImage, box: Floats) -> Answer:
    contract = model.contract
    answer = look_in(model, image, box_region(box, contract.margin))
    if float(iou(box, answer.box)) >= contract.look_again:
        return answer
    again = look_in(model, image, box_region(answer.box, contract.margin))
    return replace(again, duration_ms=again.duration_ms + answer.duration_ms, looks=answer.looks + again.looks)
