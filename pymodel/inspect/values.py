"""Raw values of tensors as numbers, and how far two answers are apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from appspec.tflite_file import Tensor
from pymodel.inference.span import span

Values = npt.NDArray[np.float64]

NUMBERS = ("float32", "float16", "float64", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool")
"""Element types that can be compared."""


def real_values(raw: bytes, tensor: Tensor) -> Values:
    """As real numbers, quantized ones by their scale; flat.

    Args:
        raw: whole values; what is left over at the end is no value.
    """
    kind = np.dtype(tensor.dtype)
    values = np.frombuffer(raw[: len(raw) // kind.itemsize * kind.itemsize], kind).astype(np.float64)
    quantization = tensor.quantization
    if quantization is None or len(quantization.scales) != 1:
        return values
    return (values - quantization.zero_points[0]) * quantization.scales[0]


@dataclass(frozen=True)
class Difference:
    """How far an answer is from another.

    Attributes:
        largest: of all values.
        share: of the other's span (pymodel.inference.span); infinite where one of two is no number, or the
            counts differ.
        no_numbers: both are NaN somewhere: the share is of the other values, and proves nothing.
    """

    largest: float
    share: float
    no_numbers: bool = False


def difference(answer: Values, reference: Values) -> Difference:
    """How far an answer is from the reference, as the CPU's."""
    finite = np.isfinite(reference)
    if answer.shape != reference.shape or not (
        np.array_equal(finite, np.isfinite(answer)) and np.array_equal(answer[~finite], reference[~finite], equal_nan=True)
    ):
        return Difference(float("inf"), float("inf"))
    no_numbers = bool(np.isnan(reference).any())
    answer, reference = answer[finite], reference[finite]
    largest = float(np.abs(answer - reference).max()) if reference.size else 0.0
    return Difference(largest, largest / (span(reference) or 1.0), no_numbers)


def worst(differences: Sequence[Difference]) -> Difference:
    """Of several samples of one output: the largest share, and whether any of them holds no numbers."""
    largest = max(differences, key=lambda one: one.share)
    return replace(largest, no_numbers=any(one.no_numbers for one in differences))


NO_NUMBERS = "answers are not numbers here too"
"""The verdict where both processors answer NaN: neither agreement nor difference."""
