"""What a model must beat: logistic regression, on simple features of the same windows and on their last sample alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pymodel.data.series.recording import Values
from pymodel.data.series.windows import Places, WindowSet

FEATURES = ("mean", "standard deviation", "smallest", "largest", "last", "rise")
"""Of each channel; the rise is from the first to the last quarter of the window."""

LARGEST = 20_000
"""Windows that it is fitted to, evenly taken: more change nothing but the time."""


@dataclass(frozen=True)
class Baseline:
    """A fitted one, without scikit-learn.

    Attributes:
        weights: one a feature.
        last_only: it looks at the last sample alone.
    """

    weights: tuple[float, ...]
    bias: float
    last_only: bool

    def predict(self, normalized: Values) -> Values:
        """(N,) p(Abnormal) of windows (N, W, C)."""
        logits = features(normalized, self.last_only) @ np.asarray(self.weights) + self.bias
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -60, 60))), np.float32)


def features(normalized: Values, last_only: bool) -> Values:
    """(N, F) of windows (N, W, C)."""
    if last_only:
        return normalized[:, -1]
    quarter = max(1, normalized.shape[1] // 4)
    rise = normalized[:, -quarter:].mean(1) - normalized[:, :quarter].mean(1)
    parts = (normalized.mean(1), normalized.std(1), normalized.min(1), normalized.max(1), normalized[:, -1], rise)
    return np.concatenate(parts, 1)


def fit_baseline(windows: WindowSet, last_only: bool) -> Baseline:
    """Fitted to the training split, classes weighted alike."""
    from sklearn.linear_model import LogisticRegression

    places = windows.places("train", windows.stride)
    step = max(1, -(-len(places) // LARGEST))
    places = Places(places.machines[::step], places.ends[::step])
    found = features(windows.normalized(places), last_only)
    middle, spread = found.mean(0), np.maximum(found.std(0), 1e-6)
    model = LogisticRegression(class_weight="balanced", max_iter=2000)
    model.fit((found - middle) / spread, windows.truth(places) > 0)
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - weights @ middle)
    return Baseline(tuple(float(weight) for weight in weights), bias, last_only)
