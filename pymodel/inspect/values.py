"""Raw values of tensors as numbers, and how far two answers are apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appspec.tflite_file import Tensor

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
        share: of the other's range, or of its largest value where all are alike; infinite where one is no number, or the counts
            differ.
    """

    largest: float
    share: float


def difference(answer: Values, reference: Values) -> Difference:
    """How far an answer is from the reference, as the CPU's."""
    if answer.shape != reference.shape or not np.array_equal(np.isfinite(answer), np.isfinite(reference)):
        return Difference(float("inf"), float("inf"))
    finite = np.isfinite(reference)
    answer, reference = answer[finite], reference[finite]
    largest = float(np.abs(answer - reference).max()) if reference.size else 0.0
    span = (float(np.ptp(reference)) or float(np.abs(reference).max()) or 1.0) if reference.size else 1.0
    return Difference(largest, largest / span)
