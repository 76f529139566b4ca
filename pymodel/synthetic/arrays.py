"""The arrays that drawing code works with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""(H, W, 3) RGB."""

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

Field = npt.NDArray[np.float32]
"""(H, W)."""

Color = npt.NDArray[np.float32]
"""(3,) RGB, 0–255."""
