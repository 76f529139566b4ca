"""What source and result are compared on, and what calibrates: pictures of a folder, arrays of an .npz, or seeded noise."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from appspec.errors import KitError
from pymodel.convert.loaded import Array, Input, Values
from pymodel.convert.request import Request
from pymodel.data.images import SUFFIXES, UnreadableImageError, read_image

COUNT = 8
"""Inputs that source and result are compared on."""

CALIBRATION_COUNT = 100
"""At most; inputs that calibrate integer quantization."""

SEED = 7
MOST_VALUES = 2**25
"""Of all inputs together: an eighth of a gigabyte in float32."""


def make_examples(request: Request, inputs: Sequence[Input]) -> tuple[list[Values], str]:
    """Inputs, and what they are in words.

    Raises:
        KitError: --inputs can't be used for this model.
    """
    total = sum(int(np.prod(one.shape, dtype=np.float64)) for one in inputs)
    if total > MOST_VALUES:
        raise KitError(
            request.what, f"its inputs have {total} values", "fix them to smaller sizes (--input-shape), or save it so"
        )
    if request.inputs is None:
        count = max(1, min(COUNT, MOST_VALUES // 4 // max(1, total)))
        low, high = (0 - request.mean) / request.std, (255 - request.mean) / request.std
        rng = np.random.default_rng(SEED)
        examples: list[Values] = [{one.name: _noise(rng, one, low, high) for one in inputs} for _ in range(count)]
        return examples, f"{count} inputs of seeded noise in {low:g} to {high:g}: no real inputs were given (--inputs)"
    if request.inputs.is_dir():
        return _pictures(request, request.inputs, inputs)
    return _arrays(request, request.inputs, inputs)


def _noise(rng: np.random.Generator, one: Input, low: float, high: float) -> Array:
    if one.dtype.startswith("float"):
        return rng.uniform(low, high, one.shape).astype(one.dtype)
    if one.dtype == "uint8":
        return rng.integers(0, 256, one.shape).astype(np.uint8)
    if one.dtype == "int8":
        return rng.integers(-128, 128, one.shape).astype(np.int8)
    return rng.integers(0, 2, one.shape).astype(one.dtype)  # a larger number may be no index of anything


def _pictures(request: Request, folder: Path, inputs: Sequence[Input]) -> tuple[list[Values], str]:
    """Each picture squeezed to the input's size; channels first where the shape says so."""
    what, hint = f"Can't use {folder}", "give an .npz with an array for each input: numpy.savez(FILE, NAME=array, …)"
    if len(inputs) != 1 or not (layout := picture_layout(inputs[0].shape)):
        raise KitError(what, f"pictures fit a model with one picture as input; this one has {_listed(inputs)}", hint)
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES)[:CALIBRATION_COUNT]
    examples: list[Values] = []
    for file in files:
        try:
            examples.append({inputs[0].name: _picture(file, inputs[0], layout, request)})
        except UnreadableImageError:
            continue
    if not examples:
        raise KitError(what, "there is no picture in it that can be read", "give a folder of JPEG or PNG files")
    unread = f" ({len(files) - len(examples)} more can't be read)" if len(files) > len(examples) else ""
    return examples, f"{len(examples)} pictures of {folder}{unread}, as (v - {request.mean:g}) / {request.std:g}"


def picture_layout(shape: Sequence[int]) -> str:
    """`NHWC` or `NCHW` of a picture's shape; empty: it is none."""
    if len(shape) != 4:
        return ""
    if shape[3] in (1, 3, 4):
        return "NHWC"
    return "NCHW" if shape[1] in (1, 3, 4) else ""


def _picture(file: Path, one: Input, layout: str, request: Request) -> Array:
    import cv2

    height, width, channels = (one.shape[i] for i in ((1, 2, 3) if layout == "NHWC" else (2, 3, 1)))
    values = cv2.resize(read_image(file), (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    if channels == 1:
        values = values.mean(2, keepdims=True)
    elif channels == 4:
        values = np.concatenate([values, np.full((height, width, 1), 255, np.float32)], 2)
    if one.dtype.startswith("float"):
        values = (values - request.mean) / request.std
    elif one.dtype == "int8":
        values = values - 128
    array = values.astype(one.dtype)[None]
    return array if layout == "NHWC" else array.transpose(0, 3, 1, 2)


def _arrays(request: Request, file: Path, inputs: Sequence[Input]) -> tuple[list[Values], str]:
    """Arrays (N, …) by the names of the inputs; an .npy, which has no names, for the only input."""
    what = f"Can't use {file}"
    try:
        loaded = np.load(file, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            arrays = {inputs[0].name if len(inputs) == 1 else "": loaded}
        else:
            with loaded:
                arrays = {name: loaded[name] for name in loaded.files}
    except (OSError, ValueError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise KitError(what, f"it is no .npz of arrays ({type(error).__name__})", "write it with numpy.savez") from None
    for one in inputs:
        if one.name not in arrays:
            names = ", ".join(f"{one.name}=…" for one in inputs)
            why = f"it has no array {one.name}: its arrays are {', '.join(filter(None, arrays)) or 'without names'}"
            raise KitError(
                what, f"{why}, the inputs {_listed(inputs)}", f"name the arrays as the inputs: numpy.savez(FILE, {names})"
            )
        if arrays[one.name].shape[1:] != one.shape[1:]:
            why = f"{one.name} is {list(arrays[one.name].shape)}, the model takes {list(one.shape)}"
            raise KitError(what, why, "its first side counts the inputs, the others are the model's")
    counts = {one.name: len(arrays[one.name]) for one in inputs}
    if len(set(counts.values())) > 1:
        why = "its arrays count different inputs: " + ", ".join(f"{name} {count}" for name, count in counts.items())
        raise KitError(what, why, "give each as many rows; row i of all of them is one input of the model")
    count = min(*counts.values(), CALIBRATION_COUNT)
    if count < 1:
        raise KitError(what, "its arrays are empty", "give at least one input")
    examples: list[Values] = [{one.name: arrays[one.name][i : i + 1].astype(one.dtype) for one in inputs} for i in range(count)]
    return examples, f"{count} inputs of {file}"


def _listed(inputs: Sequence[Input]) -> str:
    return ", ".join(f"{one.name} {list(one.shape)}" for one in inputs)
