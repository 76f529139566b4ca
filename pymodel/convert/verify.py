"""Source and result on the same inputs: the largest and the mean difference of each output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from appspec.contract import Quantization
from appspec.errors import KitError
from pymodel.convert.loaded import Array, Values, reals
from pymodel.convert.request import Request
from pymodel.inference.span import span, value_range

LARGEST: dict[Quantization, float] = {"float32": 1e-4, "float16": 1e-2}
"""Largest difference / range of the output that is allowed."""

Held = Literal["largest", "mean"]

MOVED = 1e-3
"""Share of an output's largest size by which one of its numbers must differ from input to input for the proof to say something."""

MEAN = 0.05
"""Mean difference / range that is allowed where weights or values are integers: their largest difference is rounding noise."""


@dataclass(frozen=True)
class Difference:
    """Of one output, over all inputs.

    Attributes:
        largest, mean: absolute, in the output's own unit.
        range: of the source's values, largest - smallest.
        span: what the differences are held against: the range, unless it is less than a tenth of the values' largest size.
        no_numbers: in words, where values are NaN, or infinite in one of the two alone: nothing is proved then; else empty.
    """

    output: str
    shape: tuple[int, ...]
    largest: float
    mean: float
    range: float
    span: float
    no_numbers: str = ""

    @property
    def relative(self) -> float:
        """Largest difference / span."""
        return self.largest / self.span if self.span else self.largest

    @property
    def relative_mean(self) -> float:
        """Mean difference / span."""
        return self.mean / self.span if self.span else self.mean


def compare(expected: Sequence[Values], answers: Sequence[Values]) -> list[Difference]:
    """One row an output; NaN, and infinities in one of the two alone, are an infinite difference."""
    return [_compare(name, [e[name] for e in expected], [a[name] for a in answers]) for name in expected[0]]


def _compare(name: str, expected: Sequence[Array], answers: Sequence[Array]) -> Difference:
    shape = tuple(int(side) for side in expected[0].shape)
    source = np.concatenate([reals(one) for one in expected])
    result = np.concatenate([reals(one) for one in answers])
    if source.shape != result.shape:
        return Difference(name, shape, float("inf"), float("inf"), 1.0, 1.0)
    with np.errstate(invalid="ignore"):
        apart = np.where(source == result, 0.0, np.abs(source - result))
    apart = np.where(np.isnan(apart), np.inf, apart)
    finite = source[np.isfinite(source)]
    mean = float(apart.mean()) if len(apart) else 0.0
    no_numbers = _no_numbers(expected, answers)
    return Difference(name, shape, float(apart.max(initial=0.0)), mean, value_range(finite), span(finite), no_numbers)


def unmoved(expected: Sequence[Values]) -> list[str]:
    """Outputs of real numbers that the source answers nearly alike on every input: that the result does so too proves little."""
    if len(expected) < 2:
        return []
    names = [name for name, value in expected[0].items() if np.asarray(value).dtype.kind == "f"]
    return [name for name in names if _is_unmoved([reals(np.asarray(one[name])) for one in expected])]


def _is_unmoved(answers: Sequence[Array]) -> bool:
    if any(one.shape != answers[0].shape or not np.isfinite(one).all() for one in answers) or not answers[0].size:
        return False
    together = np.stack(answers)
    return bool(np.ptp(together, axis=0).max() < MOVED * np.abs(together).max())


def _no_numbers(expected: Sequence[Array], answers: Sequence[Array]) -> str:
    """Which of the two answers NaN or an infinity, and on how many inputs; empty where they answer numbers."""
    of = f"of {len(expected)} inputs"
    nan = sum(bool(np.isnan(reals(one)).any()) for one in expected)
    if nan:
        return f"answers NaN on {nan} {of} in the source itself"
    found = sum(not np.array_equal(_no_number(one), _no_number(other)) for one, other in zip(expected, answers, strict=True))
    if not found:
        return ""
    kinds = {"NaN" if np.isnan(reals(one)).any() else "infinity" for one in answers if _no_number(one).any()}
    if not kinds:
        return f"answers infinity on {found} {of} in the source, numbers in the result"
    return f"answers {' and '.join(sorted(kinds))} on {found} {of} in the result, not so in the source"


def _no_number(values: Array) -> Array:
    """0 where a value is a number; elsewhere 1 and -1 of the infinities, 2 of NaN."""
    real = reals(values)
    return np.where(np.isnan(real), 2, np.where(np.isinf(real), np.sign(real), 0))


def tolerance(request: Request, quantized: bool = False, half: bool = False) -> tuple[Held, float]:
    """What is held against what: `largest` or `mean` difference / range, and how much is allowed.

    Args:
        quantized: the source's own values are integers with a scale.
        half: the source computes in float16.
    """
    if request.tolerance is not None:
        return "largest", request.tolerance
    if request.to == "coreml":
        return "largest", LARGEST["float16" if half or request.quantize != "float32" else "float32"]
    if request.quantize in LARGEST and not quantized:
        return "largest", LARGEST["float16" if half else request.quantize]
    return "mean", MEAN


MOST_TOLERANCE = 0.05
"""Largest difference / range that an error proposes to allow: beyond it, the result is another model."""


def require_agreement(
    request: Request, differences: Sequence[Difference], kind: Held, allowed: float, overflowed: Sequence[str] = ()
) -> None:
    """The result says what the source says, as far as it could be asked.

    Args:
        kind, allowed: see tolerance.
        overflowed: names of weights that float16 can't hold.

    Raises:
        KitError: an output is no number, or beyond the tolerance; the worst is named.
    """
    if not differences:
        return
    more = f" and {len(overflowed) - 1} more" if len(overflowed) > 1 else ""
    cause = f"; float16 overflowed: it holds at most 65504, and weights {overflowed[0]}{more} go beyond" if overflowed else ""
    for one in differences:
        if one.no_numbers:
            fix = _real_inputs(request) if "source itself" in one.no_numbers else _other_mode(request)
            raise KitError(request.what, f"output {one.output} {one.no_numbers}{cause}", fix)
    worst = max(differences, key=lambda one: one.relative if kind == "largest" else one.relative_mean)
    found = worst.relative if kind == "largest" else worst.relative_mean
    if found <= allowed:
        return
    why = (
        f"output {worst.output} differs from the source's: {kind} difference {found:.2g} of its range {worst.span:.3g} "
        f"({allowed:g} is allowed){cause}"
    )
    wider = found * 1.1
    proposal = f"; --tolerance {wider:.2g} lets it pass" if kind == "largest" and wider <= MOST_TOLERANCE else ""
    raise KitError(request.what, why, _other_mode(request) + proposal)


def _real_inputs(request: Request) -> str:
    given = f"give inputs that it is made for ({request.inputs_flag})"
    return f"{given}; where it answers NaN on those too, its weights are broken: train it again"


def _other_mode(request: Request) -> str:
    """What to try where this quantization is no way."""
    if request.quantize == "float32":
        real = f"compare on inputs that it is made for ({request.inputs_flag}), " if request.inputs is None else ""
        return f"nothing was kept; {real}look at the model's operators"
    finer = ["none"] if request.quantize == "float16" or request.to == "c" else ["float16", "none"]
    return f"nothing was kept; try --quantize {' or '.join(finer)}"
