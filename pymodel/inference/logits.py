"""Logits → probabilities."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def sigmoid(logits: Floats) -> Floats:
    """σ(x) = 1 / (1 + exp(-x)); as a tanh it overflows for no x."""
    return np.asarray(0.5 * np.tanh(0.5 * logits) + 0.5, np.float32)


def softmax(logits: Floats) -> Floats:
    """Of (C,)."""
    power = np.exp(logits - logits.max())
    return np.asarray(power / power.sum(), np.float32)
