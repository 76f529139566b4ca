"""Several looks at the same thing, each with its own points: where they agree is where the thing is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

REACH = 0.05
"""Looks agree on a point, to exp(-1), where they put it this far apart, as a share of the square's side."""


def vote(points: Floats, confidence: Floats, side: float) -> tuple[Floats, Floats]:
    """Each point where most confidence is, and the share of all looks' confidence that is there.

    A look supports another one's point with its confidence * exp(-(distance / (REACH * side))²). The point with the most
    support counts, moved to the mean of all looks, weighted by that support.

    Args:
        points: (L, K, 2) of L looks, pixels.
        confidence: (L, K) in [0, 1].
        side: of the square that was looked at, pixels.

    Returns:
        (K, 2) points and their (K,) confidence.
    """
    gap = np.linalg.norm(points[:, None] - points[None], axis=-1) / (REACH * side)
    near = np.exp(-np.square(gap))
    best = (near * confidence[None]).sum(1).argmax(0)
    near = np.take_along_axis(near, best[None, None], 0)[0]
    weight = near * confidence
    total = np.maximum(weight.sum(0), 1e-9)
    settled = (points * weight[..., None]).sum(0) / total[:, None]
    return np.asarray(settled, np.float32), np.asarray(weight.sum(0) / len(points), np.float32)
