"""What source and result are compared on, and what calibrates: pictures of a folder, arrays of an .npz, or seeded noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from appspec.errors import KitError
from pymodel.convert.loaded import Array, Input, Values
from pymodel.convert.request import Request
from pymodel.inference.given_inputs import Wanted, read_given

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
        return (
            examples,
            f"{count} inputs of seeded noise in {low:g} to {high:g}: no real inputs were given ({request.inputs_flag})",
        )
    mean, std = (request.mean,), (request.std,)
    wanted = [Wanted(one.name, one.shape, one.dtype, mean=mean, std=std) for one in inputs]
    given = read_given(request.inputs, wanted, CALIBRATION_COUNT)
    return [{one.name: value for one, value in zip(inputs, sample, strict=True)} for sample in given.samples], given.said


def _noise(rng: np.random.Generator, one: Input, low: float, high: float) -> Array:
    if one.dtype.startswith("float"):
        return rng.uniform(low, high, one.shape).astype(one.dtype)
    if one.dtype == "uint8":
        return rng.integers(0, 256, one.shape).astype(np.uint8)
    if one.dtype == "int8":
        return rng.integers(-128, 128, one.shape).astype(np.int8)
    return rng.integers(0, 2, one.shape).astype(one.dtype)  # a larger number may be no index of anything
