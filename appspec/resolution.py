"""How finely times are told."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

CLOCK_MS, ROUNDED_MS = 1e-3, 1e-2
"""The coarsest steps: of the benchmark tools' clock, and of LiteRT's table, which tells two digits after the point."""


def resolution(times: Sequence[float], rounded: bool = False) -> float:
    """The step between two times that can be told apart, milliseconds: the last digit that any of them has.

    Args:
        rounded: a tool printed few digits. Without, whole milliseconds are taken for chance, not for a coarse clock.
    """
    coarsest = ROUNDED_MS if rounded else CLOCK_MS
    exponents = [Decimal(repr(time)).normalize().as_tuple().exponent for time in times if time > 0]
    finest = min((exponent for exponent in exponents if isinstance(exponent, int)), default=0)
    return min(coarsest, float(Decimal(1).scaleb(finest)))
