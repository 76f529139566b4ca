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
        ranges = " and ".join(dict.fromkeys(_range(one, low, high) for one in inputs))
        said = f"{count} inputs of seeded noise in {ranges}: no real inputs were given ({request.inputs_flag})"
        return examples, said
    mean, std = (request.mean,), (request.std,)
    wanted = [Wanted(one.name, one.shape, one.dtype, mean=mean, std=std) for one in inputs]
    given = read_given(request.inputs, wanted, CALIBRATION_COUNT)
    return [{one.name: value for one, value in zip(inputs, sample, strict=True)} for sample in given.samples], given.said


WHOLE = {"uint8": (0, 255), "int8": (-128, 127)}
"""Least and largest of a noise in whole numbers; of other types 0 and 1, as a larger number may be no index of anything."""


def _noise(rng: np.random.Generator, one: Input, low: float, high: float) -> Array:
    if one.dtype.startswith("float"):
        return rng.uniform(low, high, one.shape).astype(one.dtype)
    least, largest = WHOLE.get(one.dtype, (0, 1))
    return rng.integers(least, largest + 1, one.shape).astype(one.dtype)


def _range(one: Input, low: float, high: float) -> str:
    least, largest = (low, high) if one.dtype.startswith("float") else WHOLE.get(one.dtype, (0, 1))
    return f"{least:g} to {largest:g}"
