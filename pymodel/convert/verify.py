"""Source and result on the same inputs: the largest and the mean difference of each output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from appspec.contract import Quantization
from appspec.errors import KitError
from pymodel.convert.loaded import Array, Values
from pymodel.convert.request import Request

LARGEST: dict[Quantization, float] = {"float32": 1e-4, "float16": 1e-2}
"""Largest difference / range of the output that is allowed."""

Held = Literal["largest", "mean"]

MEAN = 0.05
"""Mean difference / range that is allowed where weights or values are integers: their largest difference is rounding noise."""


@dataclass(frozen=True)
class Difference:
    """Of one output, over all inputs.

    Attributes:
        largest, mean: absolute, in the output's own unit.
        range: of the source's values, largest - smallest; their largest size where they are all the same.
    """

    output: str
    shape: tuple[int, ...]
    largest: float
    mean: float
    range: float

    @property
    def relative(self) -> float:
        """Largest difference / range."""
        return self.largest / self.range if self.range else self.largest

    @property
    def relative_mean(self) -> float:
        """Mean difference / range."""
        return self.mean / self.range if self.range else self.mean


def compare(expected: Sequence[Values], answers: Sequence[Values]) -> list[Difference]:
    """One row an output; values that are no numbers in one of the two alone are an infinite difference."""
    return [_compare(name, [e[name] for e in expected], [a[name] for a in answers]) for name in expected[0]]


def _compare(name: str, expected: Sequence[Array], answers: Sequence[Array]) -> Difference:
    shape = tuple(int(side) for side in expected[0].shape)
    source = np.concatenate([np.ravel(one).astype(np.float64) for one in expected])
    result = np.concatenate([np.ravel(one).astype(np.float64) for one in answers])
    if source.shape != result.shape:
        return Difference(name, shape, float("inf"), float("inf"), 1.0)
    with np.errstate(invalid="ignore"):
        apart = np.where((source == result) | (np.isnan(source) & np.isnan(result)), 0.0, np.abs(source - result))
    apart = np.where(np.isnan(apart), np.inf, apart)
    finite = source[np.isfinite(source)]
    span = float(np.ptp(finite) or np.abs(finite).max()) if len(finite) else 0.0
    return Difference(name, shape, float(apart.max(initial=0.0)), float(apart.mean()) if len(apart) else 0.0, span)


def tolerance(request: Request, quantized: bool = False) -> tuple[Held, float]:
    """What is held against what: `largest` or `mean` difference / range, and how much is allowed.

    Args:
        quantized: the source's own values are integers with a scale.
    """
    if request.tolerance is not None:
        return "largest", request.tolerance
    if request.to == "coreml":
        return "largest", LARGEST["float32" if request.quantize == "float32" else "float16"]
    if request.quantize in LARGEST and not quantized:
        return "largest", LARGEST[request.quantize]
    return "mean", MEAN


def require_agreement(request: Request, differences: Sequence[Difference], kind: Held, allowed: float) -> None:
    """The result says what the source says, as far as it could be asked.

    Args:
        kind, allowed: see tolerance.

    Raises:
        KitError: an output is beyond the tolerance; the worst is named.
    """
    if not differences:
        return
    worst = max(differences, key=lambda one: one.relative if kind == "largest" else one.relative_mean)
    found = worst.relative if kind == "largest" else worst.relative_mean
    if found <= allowed:
        return
    why = (
        f"output {worst.output} differs from the source's: {kind} difference {found:.2g} of its range {worst.range:.3g} "
        f"({allowed:g} is allowed)"
    )
    fix = "nothing was kept; look at the model's operators" if request.quantize == "float32" else "try --quantize float16 or none"
    raise KitError(request.what, why, f"{fix}; --tolerance {found * 1.1:.2g} lets it pass")
