"""What the difference of two answers is a share of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST = 0.1
"""Share of its largest size that an output counts as varying by, at least.

An output that hardly varies, as a probability on inputs that a network was not made for, has a range below the rounding of its own
numbers: one last bit of a float32 would be a large share of it.
"""


def span(values: NDArray[np.float64]) -> float:
    """What differences from finite values of any shape are held against; 0 of none, and of zeros.

    Their range, but no less than LEAST of their largest size; their largest size where they are all the same.
    """
    if not values.size:
        return 0.0
    size = float(np.abs(values).max())
    return max(value_range(values), LEAST * size) if value_range(values) else size


def value_range(values: NDArray[np.floating[Any]]) -> float:
    """Largest - smallest; 0 of none."""
    return float(np.ptp(values)) if values.size else 0.0
