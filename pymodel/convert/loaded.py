"""A source, loaded: what converters start from, and how to ask it for an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pymodel.convert.frozen import Frozen

Array = npt.NDArray[np.generic]
Values = Mapping[str, Array]
"""Tensors by name, each with its batch dimension of 1."""


@dataclass(frozen=True)
class Input:
    """One input.

    Attributes:
        shape: without open sides.
        dtype: numpy's name.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class Loaded:
    """A source in TensorFlow or LiteRT.

    Attributes:
        frozen: what converters take; None: a `.tflite`.
        quantized: the source's own values are integers with a scale.
        run: the source's own answer, by output names.
        examples, answers: inputs and the source's answers to them where another program gave them; else empty.
        compared_on: what the examples are, in words.
        half: the source computes in float16.
        notes: what the user should know of how it was taken.
    """

    frozen: Frozen | None
    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    run: Callable[[Values], Values]
    examples: Sequence[Values] = ()
    answers: Sequence[Values] = ()
    compared_on: str = ""
    quantized: bool = False
    half: bool = False
    notes: tuple[str, ...] = ()


def reals(values: Array) -> npt.NDArray[np.float64]:
    """Values of any shape as real numbers, flat; of complex ones both parts."""
    flat = np.ravel(values)
    parts = [np.real(flat), np.imag(flat)] if flat.dtype.kind == "c" else [flat]
    return np.concatenate(parts).astype(np.float64)
