"""What a model is tried with: pictures or arrays that a user has, else noise in the range that the file declares."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.errors import KitError
from appspec.tflite_file import Tensor, TfliteFile
from appspec.tflite_metadata import TensorMetadata, read_metadata

SEED = 7
MOST_SAMPLES = 8
MOST_VALUES = 2**26
"""Of all inputs: a quarter of a gigabyte in float32."""

_PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")


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
        source: a folder of pictures or `.npy` files for a model of one input, or an `.npz` with an array for each input, by its
            name or in its order: one sample, or several along a first axis; None: noise.
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
    source = source.expanduser()
    if source.suffix == ".npz":
        return _from_npz(model, tensors, source, count)
    if source.is_dir():
        return _from_folder(model, tensors, source, count)
    why = "it is neither a folder nor an .npz file" if source.exists() else "there is no such file"
    raise KitError(f"--inputs {source} can't be used", why, "give a folder of pictures, or an .npz with an array for each input")


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
    described = read_metadata(model)
    metadata = described.inputs if described and len(described.inputs) == len(tensors) else (None,) * len(tensors)
    ranges = [_range(tensor, said) for tensor, said in zip(tensors, metadata, strict=True)]
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


def _from_npz(model: TfliteFile, tensors: Sequence[Tensor], path: Path, count: int) -> Samples:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise KitError(f"--inputs {path} can't be read", str(error), "write it with numpy.savez") from error
    names = model.signatures[0].inputs if model.signatures else {}
    arguments = {index: name for name, index in names.items()}
    columns, by_order = [], []
    for i, tensor in enumerate(tensors):
        candidates = (arguments.get(tensor.index, ""), tensor.name, tensor.name.split(":")[0], f"arr_{i}")
        name = next((one for one in candidates if one in found), None)
        if name is None and len(found) == len(tensors):
            name = list(found)[i]
            by_order.append(f"{name} as {tensor.name}")
        if name is None:
            wanted = ", ".join(one.name for one in tensors)
            raise KitError(
                f"--inputs {path} does not fit", f"it holds {', '.join(found)}, the model takes {wanted}", "name its arrays so"
            )
        columns.append(_samples_of(found[name], tensor, path))
    several = min(len(column) for column in columns)
    if several < max(len(column) for column in columns):
        counts = ", ".join(f"{tensor.name} {len(column)}" for tensor, column in zip(tensors, columns, strict=True))
        raise KitError(f"--inputs {path} does not fit", f"its arrays count different samples: {counts}", "give each as many")
    values = tuple(tuple(column[k] for column in columns) for k in range(min(several, count)))
    order = f" (arrays in their order: {', '.join(by_order)})" if by_order else ""
    return Samples(f"{len(values)} of {several} samples of {path.name}{order}", values)


def _samples_of(array: npt.NDArray[np.generic], tensor: Tensor, path: Path) -> list[bytes]:
    """Raw values of each sample, as the input takes them; floats are quantized where it takes integers."""
    shape = _shape(tensor)
    if array.shape == shape:
        array = array[None]
    elif array.shape[1:] == shape[1:] and shape[:1] == (1,):
        array = array[:, None]
    elif array.shape[1:] != shape:
        raise KitError(
            f"--inputs {path} does not fit",
            f"an array of the shape {array.shape} for input {tensor.name} of the shape {shape}",
            "give one sample of that shape, or several along a first axis",
        )
    if tensor.quantization is not None and np.issubdtype(array.dtype, np.floating):
        info = np.iinfo(tensor.dtype)
        steps = np.round(np.asarray(array, np.float64) / tensor.quantization.scales[0]) + tensor.quantization.zero_points[0]
        array = np.clip(steps, info.min, info.max)
    return [np.ascontiguousarray(one, np.dtype(tensor.dtype)).tobytes() for one in array[:MOST_SAMPLES]]


def _from_folder(model: TfliteFile, tensors: Sequence[Tensor], folder: Path, count: int) -> Samples:
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in (*_PICTURES, ".npy"))
    wrong = f"--inputs {folder} does not fit"
    if len(tensors) != 1:
        why = f"the model has {len(tensors)} inputs, and a folder gives one"
        raise KitError(wrong, why, "give an .npz with an array for each input")
    if not files:
        raise KitError(wrong, "there is no picture and no .npy file in it", "give a folder with JPEG, PNG or .npy files")
    described = read_metadata(model)
    metadata = described.inputs[0] if described and described.inputs else None
    values = tuple(
        (_picture(path, tensors[0], metadata) if path.suffix.lower() != ".npy" else _array(path, tensors[0]),)
        for path in files[:count]
    )
    return Samples(f"{len(values)} of {len(files)} files in {folder.name}", values)


def _array(path: Path, tensor: Tensor) -> bytes:
    try:
        return _samples_of(np.load(path, allow_pickle=False), tensor, path)[0]
    except (OSError, ValueError, EOFError) as error:
        raise KitError(f"{path} can't be read", str(error), "write it with numpy.save") from error


def _picture(path: Path, tensor: Tensor, metadata: TensorMetadata | None) -> bytes:
    """Stretched to the input's size and normalized as the metadata says, else to 0…1."""
    from PIL import Image, UnidentifiedImageError

    shape = tensor.shape
    if len(shape) != 4 or shape[0] != 1 or shape[3] not in (1, 3):
        why = f"input {tensor.name} has the shape {shape}, no picture's"
        raise KitError(f"{path} does not fit", why, "give an .npz with an array for each input")
    try:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB" if shape[3] == 3 else "L").resize((shape[2], shape[1])), np.float32)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise KitError(f"{path} can't be read", str(error), "give JPEG or PNG files") from error
    if tensor.dtype == "uint8":
        return pixels.astype(np.uint8).tobytes()
    mean, std = (metadata.mean, metadata.std) if metadata and metadata.mean and metadata.std else ((0.0,), (255.0,))
    real = (pixels.reshape(shape) - np.asarray(mean, np.float32)) / np.asarray(std, np.float32)
    return _samples_of(real, tensor, path)[0]
