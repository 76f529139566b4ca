"""Whether two pictures of a screen look the same to people."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

BLUR_PX = 1.2
SEEN = 4.0
"""ΔE*ab (CIE 1976) of blurred pixels from which a difference is seen: 2.3 is just noticeable (Sharma 2003)."""

MOST = 0.0004
"""Share of a screen's pixels that may be seen to differ: a letter's edge drawn by another version of the graphics library."""


def seen_difference(stored: Path, drawn: Path) -> float:
    """The share of pixels at which the pictures are seen to differ; 1 where their sizes differ.

    Both are blurred (Gaussian), so that an edge that lies a fraction of a pixel elsewhere counts as little as people see it.
    """
    first, second = _lab(stored), _lab(drawn)
    if first.shape != second.shape:
        return 1.0
    return float((np.linalg.norm(first - second, axis=-1) > SEEN).mean())


def _lab(path: Path) -> npt.NDArray[np.float32]:
    """(H, W, 3) CIE L*a*b*, blurred."""
    pixels = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    return np.asarray(cv2.GaussianBlur(lab, (0, 0), BLUR_PX), np.float32)
