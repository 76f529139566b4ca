"""Which input of a ready model takes the picture, what the others always have, and how the picture's values become its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appspec.errors import KitError
from appspec.tflite_file import Graph, Signature, Tensor, TfliteFile
from appspec.tflite_metadata import ModelMetadata
from pymodel.foreign.wishes import NORMALIZATION_FIX, USUAL_NORMALIZATIONS, AskedError, Values, Wishes
from pymodel.inspect.inputs import MOST_VALUES

Array = npt.NDArray[np.generic]

PICTURE_AXES, COLORS = 4, 3
FILLED = ("float32", "uint8", "int8")
SMALLEST_SIDE, LARGEST_SIDE = 8, 2048
NEARLY = 0.05
"""Share of a normalization's range by which a quantization's own may differ from it."""

CONVERT = "convert it from its source with one input [1, height, width, 3] of a fixed size (invoke convert)"


@dataclass(frozen=True)
class Inputs:
    """Of one graph.

    Attributes:
        graph: its index in the file.
        picture: the tensor that takes the picture.
        constants: the values of the others, as the tensors hold them.
        batch: how many pictures it takes at a time; 1 where that is open.
    """

    graph: int
    picture: Tensor
    constants: Mapping[int, Array]
    batch: int


def find_inputs(name: str, file: TfliteFile, wishes: Wishes) -> Inputs:
    """The inputs of the graph that the user means.

    Raises:
        KitError: no input takes a picture, or several do; another one's values are not given; the size is open.
    """
    number, signature = _graph(name, file, wishes)
    graph = file.graphs[number]
    names = {index: alias for alias, index in (signature.inputs if signature else {}).items()}
    picture = _picture(name, graph, wishes, names)
    others = [graph.tensors[index] for index in graph.inputs if index != picture.index]
    _check_constants(name, others, wishes, names)
    constants = {other.index: _constant(name, other, wishes, names) for other in others}
    return Inputs(number, picture, constants, picture.shape[0])


def normalization(
    name: str, picture: Tensor, position: int, metadata: ModelMetadata | None, wishes: Wishes, usual: tuple[float, float] | None
) -> tuple[Values, Values, str]:
    """Mean and std of the picture's values 0–255, and where they are from.

    Args:
        position: of the picture among the file's inputs.
        usual: mean and std (both) of the tool that made it.

    Raises:
        KitError: neither the user nor the file says.
    """
    if picture.dtype == "uint8" and not picture.quantization:
        return _pixel_bytes(name, wishes)
    if wishes.mean is not None and wishes.std is not None:
        return wishes.mean, wishes.std, ""
    described = metadata.inputs[position] if metadata and position < len(metadata.inputs) else None
    if described and described.mean and described.std and all(described.std):
        mean, std = (values * COLORS if len(values) == 1 else values for values in (described.mean, described.std))
        if len(mean) == len(std) == COLORS:
            return mean, std, f"normalization from its metadata: mean {mean[0]:g}, std {std[0]:g}"
    quantization = picture.quantization
    if picture.dtype in ("uint8", "int8") and quantization:
        zero = quantization.zero_points[0] + (128 if picture.dtype == "int8" else 0)
        same, step = float(zero), 1 / quantization.scales[0]
        if not _is_usual(same, step):
            raise AskedError(
                "mean",
                f"How is the input of {name} normalized?",
                f"its quantization (pixel bytes as they are: mean {same:.4g}, std {step:.4g}) is that of no usual one",
                f"{NORMALIZATION_FIX}; or as it is quantized: --mean {min(255.0, max(0.0, same)):.4g} --std {min(255.0, step):.4g}",
            )
        return (same,) * COLORS, (step,) * COLORS, f"normalization: pixel bytes as they are (mean {same:g}, std {step:.4g})"
    if usual is not None:
        return (usual[0],) * COLORS, (usual[1],) * COLORS, f"normalization: {USUAL_NORMALIZATIONS[usual[0], usual[1]]}"
    raise AskedError(
        "mean", f"How is the input of {name} normalized?", "neither its metadata nor its type says", NORMALIZATION_FIX
    )


def _pixel_bytes(name: str, wishes: Wishes) -> tuple[Values, Values, str]:
    """Of an input of bytes that stand for themselves: any other normalization would leave next to nothing of a picture."""
    same = ((0.0,) * COLORS, (1.0,) * COLORS)
    if wishes.mean is not None and (wishes.mean, wishes.std) != same:
        raise KitError(
            f"{name} takes pixel bytes as they are",
            f"its input is uint8 without a scale, and mean {wishes.mean[0]:g} was given: what is left would be no picture",
            "leave --mean and --std out, or give --mean 0 --std 1: what else it needs is computed within it",
        )
    return *same, "normalization: pixel bytes as they are (mean 0, std 1)"


def _is_usual(mean: float, std: float) -> bool:
    """Whether this makes of bytes nearly what a usual normalization does: calibration sees no picture with every byte."""
    ends = [((0 - m) / s, (255 - m) / s) for m, s in USUAL_NORMALIZATIONS]
    low, high = (0 - mean) / std, (255 - mean) / std
    return any(max(abs(low - first), abs(high - last)) <= NEARLY * (last - first) for first, last in ends)


def _graph(name: str, file: TfliteFile, wishes: Wishes) -> tuple[int, Signature | None]:
    signatures = {one.key: one for one in file.signatures}
    if wishes.signature is not None and wishes.signature not in signatures:
        known = ", ".join(signatures) or "none"
        raise KitError(f"{name} has no signature {wishes.signature!r}", f"it has: {known}", "give --signature one of these")
    if wishes.signature is None and len({one.graph for one in file.signatures}) > 1:
        keys = ", ".join(signatures)
        raise AskedError(
            "signature", f"Which signature of {name} is meant?", f"it has several: {keys}", "name one: --signature KEY"
        )
    signature = signatures[wishes.signature] if wishes.signature else next(iter(file.signatures), None)
    number = signature.graph if signature else 0
    calls = {node.op for graph in file.graphs for node in graph.nodes} & {"IF", "WHILE", "CALL", "CALL_ONCE", "STABLEHLO_WHILE"}
    if number and calls:
        raise KitError(
            f"{name} can't be used with that signature",
            f"its graph calls others ({', '.join(sorted(calls))})",
            "convert that signature alone from its source (invoke convert --signature)",
        )
    return number, signature


def _picture(name: str, graph: Graph, wishes: Wishes, names: Mapping[int, str]) -> Tensor:
    inputs = [graph.tensors[index] for index in graph.inputs]
    can_not = f"{name} takes no picture"
    found = ", ".join(f"{one.name} {_shape(one)} {one.dtype}" for one in inputs) or "none"
    free = [one for one in inputs if not set(_names(one, names)) & set(wishes.constants)]
    pictures = [one for one in free if len(one.shape) == PICTURE_AXES and COLORS in (one.shape[3], one.shape[1])]
    pictures = [one for one in pictures if min(_sides(one)) >= SMALLEST_SIDE or one.dynamic] or pictures
    if not pictures:
        raise KitError(can_not, f"no input is [1, height, width, {COLORS}]; its inputs: {found}", _without_picture(inputs))
    if len(pictures) > 1:
        raise AskedError(
            "constant",
            f"Which input of {name} takes the picture?",
            f"several can: {found}",
            "give the others' values: --constant NAME=VALUE (in app.toml: constants = { NAME = [..] })",
        )
    picture = pictures[0]
    if picture.shape[3] != COLORS:
        raise KitError(can_not, f"its channels come first: {found}", CONVERT)
    if min(_sides(picture)) < 1:
        sizes = ",".join(str(side) if side > 0 else "224" if i else "1" for i, side in enumerate(_shape(picture)))
        command = f"invoke convert --model {name} --input-shape {names.get(picture.index, picture.name)}={sizes}"
        raise KitError(
            f"{name} leaves its input's size open",
            f"{picture.name} is {_shape(picture)}",
            f"choose one, and take the file that comes out: {command}",
        )
    if max(_sides(picture)) > LARGEST_SIDE or min(_sides(picture)) < SMALLEST_SIDE:
        raise KitError(
            can_not, f"its input is {_shape(picture)}; sides of {SMALLEST_SIDE} to {LARGEST_SIDE} pixels can be used", CONVERT
        )
    if np.prod([max(1, size) for size in picture.shape], dtype=np.float64) > MOST_VALUES:
        raise KitError(f"{name} takes too much at once", f"{picture.shape[0]} pictures: its input is {_shape(picture)}", CONVERT)
    if picture.dtype not in FILLED:
        fix = "convert it from its source with a float32 input, and a cast behind it where the model needs one (invoke convert)"
        raise KitError(can_not, f"its input is {picture.dtype}; the app fills {', '.join(FILLED)}", fix)
    return picture


def _without_picture(inputs: list[Tensor]) -> str:
    """What can be done with a model that takes something else."""
    shapes = [one.shape for one in inputs]
    if any(len(shape) == PICTURE_AXES and shape[3] in (1, 4) for shape in shapes):
        how = " (as tf.image.rgb_to_grayscale)" if any(shape[3:] == (1,) for shape in shapes) else ""
        return f"put a layer before it that makes its channels of three colours{how}, and convert that"
    if any(len(shape) == PICTURE_AXES - 1 and shape[2] == COLORS for shape in shapes):
        return CONVERT
    return "apps around ready models look at a camera's pictures; a model of sound, text or numbers can be converted and inspected here"


def _sides(tensor: Tensor) -> tuple[int, ...]:
    """Height and width; -1 where they are open."""
    return tensor.signature[1:3] or tensor.shape[1:3]


def _check_constants(name: str, others: list[Tensor], wishes: Wishes, names: Mapping[int, str]) -> None:
    known = [alias for other in others for alias in _names(other, names)]
    wrong = [given for given in wishes.constants if given not in known]
    if wrong:
        raise KitError(
            f"{name} has no input {wrong[0]!r} beside the picture",
            f"it has: {', '.join(known) or 'none'}",
            "change that --constant, or leave it out",
        )


def _constant(name: str, tensor: Tensor, wishes: Wishes, names: Mapping[int, str]) -> Array:
    values = next((wishes.constants[alias] for alias in _names(tensor, names) if alias in wishes.constants), None)
    shape = tuple(max(1, size) for size in tensor.shape)
    count = int(np.prod(shape)) if shape else 1
    shown = f"{names.get(tensor.index, tensor.name)} {_shape(tensor)} {tensor.dtype}"
    if values is None:
        raise AskedError(
            "constant",
            f"{name} has an input beside the picture",
            f"{shown} has to be given a value",
            f"--constant {names.get(tensor.index, tensor.name)}=VALUE, or as many values as it has, with commas between "
            "(in app.toml: constants = { NAME = [..] })",
        )
    if len(values) not in (1, count):
        raise KitError(f"{name}: constant for {shown}", f"{len(values)} values were given, it has {count}", "give one, or all")
    real = np.resize(np.asarray(values, np.float64), count).reshape(shape)
    try:
        dtype = np.dtype(tensor.dtype)
    except TypeError as error:
        raise KitError(f"{name}: constant for {shown}", "values of that type can't be given", CONVERT) from error
    if tensor.quantization:
        real = np.round(real / tensor.quantization.scales[0]) + tensor.quantization.zero_points[0]
    if np.issubdtype(dtype, np.integer):
        limits = np.iinfo(dtype)
        if (real != np.round(real)).any() or real.min() < limits.min or real.max() > limits.max:
            raise KitError(f"{name}: constant for {shown}", f"{values} are no values of {tensor.dtype}", "change them")
    return real.astype(dtype)


def _names(tensor: Tensor, names: Mapping[int, str]) -> list[str]:
    return [name for name in (names.get(tensor.index), tensor.name) if name]


def _shape(tensor: Tensor) -> list[int]:
    return list(tensor.signature or tensor.shape)
