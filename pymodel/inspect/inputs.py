"""What a model is tried with: pictures or arrays that a user has, else noise in the range that the file declares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.errors import KitError
from appspec.tflite_file import Tensor, TfliteFile
from appspec.tflite_metadata import TensorMetadata, read_metadata
from pymodel.inference.given_inputs import Wanted, read_given

SEED = 7
MOST_SAMPLES = 8
MOST_VALUES = 2**26
"""Of all inputs: a quarter of a gigabyte in float32."""


@dataclass(frozen=True)
class Samples:
    """Inputs to try a model with.

    Attributes:
        said: what they are, in words.
        values: for each sample the raw values of every input, in the order of the graph.
    """

    said: str
    values: tuple[tuple[bytes, ...], ...]


def read_samples(model: TfliteFile, source: Path | None, count: int) -> Samples:
    """Samples for a model.

    Args:
        source: see pymodel.inference.given_inputs; None: noise.
        count: how many at most.

    Raises:
        KitError: the source can't be read or does not fit, or the model's inputs can't be made.
    """
    tensors = [model.main.tensors[i] for i in model.main.inputs]
    for tensor in tensors:
        _require_plain(model.name, tensor)
    total = sum(math.prod(_shape(tensor)) for tensor in tensors)
    if total > MOST_VALUES:
        raise KitError(f"{model.name} can't be run here", f"its inputs have {total} values", "convert it with smaller inputs")
    count = max(1, min(count, MOST_SAMPLES))
    if source is None:
        return _noise(model, tensors, count)
    given = read_given(source.expanduser(), _wanted(model, tensors), count)
    return Samples(given.said, tuple(tuple(value.tobytes() for value in sample) for sample in given.samples))


def as_arrays(model: TfliteFile, values: Sequence[bytes]) -> list[npt.NDArray[np.generic]]:
    """Raw values of every input, in the order of the graph, as arrays of its types and shapes; open sides are 1."""
    tensors = [model.main.tensors[i] for i in model.main.inputs]
    return [np.frombuffer(raw, tensor.dtype).reshape(_shape(tensor)) for raw, tensor in zip(values, tensors, strict=True)]


def _shape(tensor: Tensor) -> tuple[int, ...]:
    return tuple(max(size, 1) for size in tensor.shape)


def _require_plain(name: str, tensor: Tensor) -> None:
    try:
        np.dtype(tensor.dtype)
    except TypeError:
        why = f"input {tensor.name} is {tensor.dtype}, which has no values to try"
        raise KitError(f"{name} can't be run here", why, "try a model whose inputs are numbers") from None


def _noise(model: TfliteFile, tensors: Sequence[Tensor], count: int) -> Samples:
    rng = np.random.default_rng(SEED)
    ranges = [_range(tensor, said) for tensor, said in zip(tensors, _metadata(model, tensors), strict=True)]
    values = tuple(
        tuple(_draw(rng, tensor, low, high).tobytes() for tensor, (low, high) in zip(tensors, ranges, strict=True))
        for _ in range(count)
    )
    words = ", ".join(f"{low:.4g} to {high:.4g}" for low, high in dict.fromkeys(ranges))
    return Samples(f"noise of seed {SEED}, {words} ({count} samples; give real ones by --inputs)", values)


def _range(tensor: Tensor, metadata: TensorMetadata | None) -> tuple[float, float]:
    """Of real values: those of a picture after its normalization, of the quantization, or 0 to 1."""
    if tensor.dtype in ("int8", "uint8", "int16"):
        info = np.iinfo(tensor.dtype)
        return float(info.min), float(info.max)
    if "int" in tensor.dtype or tensor.dtype == "bool":
        return 0.0, 1.0
    if metadata is not None and metadata.content == "image" and metadata.mean and metadata.std and all(metadata.std):
        return (0.0 - min(metadata.mean)) / min(metadata.std), (255.0 - min(metadata.mean)) / min(metadata.std)
    if metadata is not None and metadata.mean:
        return -1.0, 1.0
    return 0.0, 1.0


def _draw(rng: np.random.Generator, tensor: Tensor, low: float, high: float) -> npt.NDArray[np.generic]:
    shape = _shape(tensor)
    if tensor.dtype == "bool" or "int" in tensor.dtype:
        return rng.integers(int(low), int(high), shape, endpoint=True).astype(tensor.dtype)
    return rng.uniform(low, high, shape).astype(tensor.dtype)


def _wanted(model: TfliteFile, tensors: Sequence[Tensor]) -> list[Wanted]:
    names = model.signatures[0].inputs if model.signatures else {}
    arguments = {index: name for name, index in names.items()}
    return [
        _input(tensor, said, arguments.get(tensor.index, ""))
        for tensor, said in zip(tensors, _metadata(model, tensors), strict=True)
    ]


def _input(tensor: Tensor, metadata: TensorMetadata | None, argument: str) -> Wanted:
    """Normalized as the metadata says, else to 0…1."""
    one = Wanted(tensor.name, _shape(tensor), tensor.dtype, (*filter(None, [argument]), tensor.name.split(":")[0]))
    if metadata and metadata.mean and metadata.std and all(metadata.std):
        channels = {1, tensor.shape[-1] if tensor.shape else 1}
        if {len(metadata.mean), len(metadata.std)} <= channels:
            one = replace(one, mean=tuple(metadata.mean), std=tuple(metadata.std))
    if tensor.quantization is not None and "int" in tensor.dtype:
        one = replace(one, scale=float(tensor.quantization.scales[0]), zero=int(tensor.quantization.zero_points[0]))
    return one


def _metadata(model: TfliteFile, tensors: Sequence[Tensor]) -> Sequence[TensorMetadata | None]:
    described = read_metadata(model)
    return described.inputs if described and len(described.inputs) == len(tensors) else (None,) * len(tensors)
