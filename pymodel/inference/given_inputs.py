"""Inputs that a user gives for any model: a folder of pictures or arrays, or a file of arrays, as the model's inputs take them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.errors import KitError
from pymodel.data.images import SUFFIXES, UnreadableImageError, read_image

Array = npt.NDArray[np.generic]

NAMED = "numpy.savez(FILE, {})"


@dataclass(frozen=True)
class Wanted:
    """An input that values are wanted for.

    Attributes:
        shape: with its batch dimension where it has one; no side is open.
        dtype: numpy's name.
        names: others that it goes by in a file of arrays.
        mean, std: a picture's value v (0–255) becomes (v - mean) / std where the input takes real numbers; one a channel, or one.
        scale, zero: real numbers become round(value / scale) + zero; 0: the input takes them as they are.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    names: tuple[str, ...] = ()
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (255.0,)
    scale: float = 0.0
    zero: int = 0


@dataclass(frozen=True)
class Given:
    """What was found.

    Attributes:
        samples: for each the inputs, in the order of those wanted, of their shapes and types.
        said: what they are, in words.
    """

    samples: tuple[tuple[Array, ...], ...]
    said: str


def read_given(source: Path, wanted: Sequence[Wanted], most: int) -> Given:
    """Inputs of a folder, an `.npz` or an `.npy`.

    Args:
        most: so many samples at most.

    Raises:
        KitError: it can't be read, or does not fit the model.
    """
    what = f"Can't use {source}"
    if source.is_dir():
        return _from_folder(what, source, wanted, most)
    if not source.exists():
        raise KitError(what, "there is no such file", "give a folder of pictures, or an .npz with an array for each input")
    return _from_arrays(what, source, wanted, most)


def picture_layout(shape: Sequence[int]) -> str:
    """`NHWC` or `NCHW` of a picture's shape; empty: it is none."""
    if len(shape) != 4 or shape[0] != 1:
        return ""
    if shape[3] in (1, 3, 4):
        return "NHWC"
    return "NCHW" if shape[1] in (1, 3, 4) else ""


def _from_folder(what: str, folder: Path, wanted: Sequence[Wanted], most: int) -> Given:
    hint = f"give an .npz with an array for each input: {NAMED.format('NAME=array, …')}"
    if len(wanted) != 1:
        raise KitError(what, f"a folder fits a model with one input; this one has {_listed(wanted)}", hint)
    (one,) = wanted
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES or file.suffix == ".npy")
    samples: list[tuple[Array, ...]] = []
    unread, is_picture = 0, bool(picture_layout(one.shape))
    for file in files:
        if len(samples) + unread >= most:
            break
        if file.suffix == ".npy":
            samples.append((_samples(f"Can't use {file}", _load(f"Can't use {file}", file)[""], one)[0],))
            continue
        if not is_picture:
            raise KitError(what, f"pictures fit no model whose input is {_listed(wanted)}", hint)
        try:
            samples.append((_picture(file, one),))
        except UnreadableImageError:
            unread += 1
    if not samples:
        raise KitError(what, "there is no picture in it that can be read", "give a folder of JPEG, PNG or .npy files")
    more = f" ({unread} more can't be read)" if unread else ""
    as_bytes = one.dtype == "uint8" or not (one.scale or one.dtype.startswith("float"))
    scaled = "" if as_bytes or not is_picture else f", as (v - {_numbers(one.mean)}) / {_numbers(one.std)}"
    return Given(tuple(samples), f"{len(samples)} of {len(files)} files of {folder}{more}{scaled}")


def _numbers(values: Sequence[float]) -> str:
    return f"{values[0]:g}" if len(set(values)) == 1 else f"[{', '.join(f'{value:g}' for value in values)}]"


def _picture(file: Path, one: Wanted) -> Array:
    """Squeezed to the input's size; channels first where the shape says so."""
    import cv2

    layout = picture_layout(one.shape)
    height, width, channels = (one.shape[i] for i in ((1, 2, 3) if layout == "NHWC" else (2, 3, 1)))
    values = cv2.resize(read_image(file), (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    if channels == 1:
        values = values.mean(2, keepdims=True)
    elif channels == 4:
        values = np.concatenate([values, np.full((height, width, 1), 255, np.float32)], 2)
    stored: Array = values
    if one.dtype == "uint8":
        stored = values.astype(np.uint8)  # a picture's own bytes, whatever scale they have
    elif one.dtype == "int8" and not one.scale:
        stored = (values - 128).astype(np.int8)
    elif one.scale or one.dtype.startswith("float"):
        stored = (values - np.asarray(one.mean, np.float32)) / np.asarray(one.std, np.float32)
    return _stored((stored if layout == "NHWC" else stored.transpose(2, 0, 1))[None], one)


def _from_arrays(what: str, file: Path, wanted: Sequence[Wanted], most: int) -> Given:
    arrays = _load(what, file)
    columns, otherwise = [], []
    for i, one in enumerate(wanted):
        name = _name_of(what, one, i, wanted, arrays)
        if name != one.name:
            otherwise.append(f"{name or 'the array'} as {one.name}")
        columns.append(_samples(what, arrays[name], one))
    counts = [len(column) for column in columns]
    if len(set(counts)) > 1:
        words = ", ".join(f"{one.name} {count}" for one, count in zip(wanted, counts, strict=True))
        fix = "give each as many rows; row i of all of them is one input of the model"
        raise KitError(what, f"its arrays count different inputs: {words}", fix)
    if not counts or not counts[0]:
        raise KitError(what, "its arrays are empty", "give at least one input")
    samples = tuple(zip(*columns, strict=True))[:most]
    return Given(samples, f"{len(samples)} of {counts[0]} inputs of {file}" + f" ({', '.join(otherwise)})" * bool(otherwise))


def _load(what: str, file: Path) -> dict[str, Array]:
    """Arrays by name; that of an `.npy` has none."""
    try:
        loaded = np.load(file, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            arrays: dict[str, Array] = {"": loaded}
        else:
            with loaded:
                arrays = {name: loaded[name] for name in loaded.files}
    except (OSError, ValueError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise KitError(what, f"it is no .npz of arrays ({type(error).__name__})", "write it with numpy.savez") from None
    for name, array in arrays.items():
        if array.dtype.kind not in "buif":
            raise KitError(what, f"array {name} is of type {array.dtype}, which is no real number", "give arrays of numbers")
    return arrays


def _name_of(what: str, one: Wanted, place: int, wanted: Sequence[Wanted], arrays: Mapping[str, Array]) -> str:
    """The array that is meant for an input: of its name; the only one for the only one; by place where none has a name."""
    found = next((name for name in (one.name, *one.names) if name in arrays), None)
    if found is None and len(arrays) == len(wanted) == 1:
        found = next(iter(arrays))
    if found is None and len(arrays) == len(wanted) and f"arr_{place}" in arrays:
        found = f"arr_{place}"
    if found is None:
        listed = ", ".join(filter(None, arrays)) or "without names"
        why = f"it has no array {one.name}: its arrays are {listed}, the inputs {_listed(wanted)}"
        fix = f"name the arrays as the inputs: {NAMED.format(', '.join(f'{each.name}=…' for each in wanted))}"
        raise KitError(what, why, fix)
    return found


def _samples(what: str, array: Array, one: Wanted) -> list[Array]:
    """Each sample of an array: it is one, or several along a first axis, with their batch dimension of 1 or without."""
    shape = one.shape
    if array.shape == shape or (shape[:1] == (1,) and array.shape == shape[1:] and len(shape) > 1):
        array = array.reshape((1, *shape))
    elif shape[:1] == (1,) and array.shape[1:] == shape[1:] and array.ndim:
        array = array[:, None]
    elif array.shape[1:] != shape or not array.ndim:
        why = f"{one.name} is {list(array.shape)}, the model takes {list(shape)}"
        raise KitError(what, why, "give one input of the model's shape, or several along a first side")
    return [_stored(sample, one) for sample in array]


def _stored(values: Array, one: Wanted) -> Array:
    """As the input holds it: real numbers become integers where it has a scale."""
    if one.scale and values.dtype.kind == "f":
        limits = np.iinfo(one.dtype)
        steps = np.round(values.astype(np.float64) / one.scale) + one.zero
        values = np.clip(steps, limits.min, limits.max)
    return np.asarray(values, np.dtype(one.dtype), order="C")


def _listed(wanted: Sequence[Wanted]) -> str:
    return ", ".join(f"{one.name} {list(one.shape)}" for one in wanted)
