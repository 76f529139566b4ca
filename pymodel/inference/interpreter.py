"""One model on this machine: the same file, squares and decoding as on the phone, without TensorFlow."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from appspec.contract import ModelContract, TensorContract
from appspec.read_contract import read_contract
from pymodel.data.images import RgbImage
from pymodel.inference.decoders import Decoded, decode
from pymodel.preprocess.geometry import Region, box_around, crop_region
from pymodel.preprocess.normalize import fill_color, normalize
from pymodel.quiet import output_to, quiet_environment

Floats = npt.NDArray[np.float32]
Tensor = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Answer:
    """What one model says of one square of a picture.

    Attributes:
        output: the output that is decoded, dequantized, without its batch dimension.
        points: (K, 2) float32 in pixels of the picture; K = 0 where the model locates nothing.
        confidence: float32 in [0, 1]: (K,) of the points, (1,) of the likeliest class, or empty.
        box: (4,) x0, y0, x1, y1 around the points, as the contract says; the whole picture where there are none.
        probabilities: (C,) of the classes; empty where the model tells none.
        region: where it looked.
        duration_ms: crop, inference and decoding, of all looks.
        looks: how often models looked; the last answer's has all that a search took.
    """

    contract: ModelContract
    output: Floats
    points: Floats
    confidence: Floats
    box: Floats
    probabilities: Floats
    region: Region
    duration_ms: float
    looks: int = 1

    @property
    def mean_confidence(self) -> float:
        """Geometric mean; 1.0 where the model has no confidence."""
        return float(math.prod(self.confidence.tolist()) ** (1 / max(1, len(self.confidence))))

    @property
    def found(self) -> bool:
        """Whether the answer counts."""
        return self.mean_confidence >= self.contract.threshold


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

    def crop(self, image: RgbImage, region: Region) -> RgbImage:
        """(S, S, 3) uint8: what the model sees of a picture."""
        return crop_region(image, region, self.size, fill_color(self.contract.normalization[0]))

    def run(self, tensor: Tensor) -> Tensor:
        """The output that is decoded for an input, both as the file holds them and without their batch dimension."""
        self.interpreter.set_tensor(self._input, tensor[None])
        self.interpreter.invoke()
        output: Tensor = self.interpreter.get_tensor(self._output)[0]
        return output

    def infer(self, values: RgbImage | Floats) -> Floats:
        """The output that is decoded, dequantized, without its batch dimension.

        Args:
            values: a square (S, S, 3) uint8, or the raw values (W, C) of a window.
        """
        contract = self.contract
        output = self.run(quantize(normalize(values, *contract.normalization), contract.input))
        return dequantize(output, contract.output)

    def decoded(self, crop: RgbImage) -> Decoded:
        """What the model says of a square (S, S, 3), in coordinates of that square."""
        return decode(self.contract.reading, self.infer(crop))

    def answer(self, image: RgbImage, region: Region) -> Answer:
        """What the model says of one square of a picture."""
        start = time.perf_counter()
        output = self.infer(self.crop(image, region))
        decoded = decode(self.contract.reading, output)
        points = decoded.points * np.float32(region[2]) + np.asarray(region[:2], np.float32)
        height, width = image.shape[:2]
        box = np.array([0, 0, width, height], np.float32)
        if len(points):
            box = box_around(points, self.contract.box_margin, width, height)
        duration = (time.perf_counter() - start) * 1e3
        return Answer(self.contract, output, points, decoded.confidence, box, decoded.probabilities, region, duration)


def quantize(values: Floats, tensor: TensorContract) -> Tensor:
    """Values as a tensor holds them: rounded and clipped where it has a scale."""
    if tensor.scale:
        limits = np.iinfo(tensor.dtype)
        values = np.clip(np.round(values / tensor.scale) + tensor.zero_point, limits.min, limits.max)
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
