"""Diagnosis of a training's curve: underfitting, overfitting, too little data, too high a learning rate.

After Ng, Machine Learning Yearning, 2018: the error on the training examples is the bias, the gap to the validation examples the
variance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pymodel.train.loop import Epoch

GAP = 0.35
"""How far the validation loss may exceed the training loss, as a share of it; augmented training examples are harder."""

RISE = 0.08
"""Rise of the validation loss from its minimum to the end, as a share of the minimum, above which a model overfits."""

STILL_FALLING = 0.04
"""Share of the validation loss that the last epoch still gains if a training is too short."""

JUMP = 0.5
"""Share by which the training loss may rise from one epoch to the next."""

UNDERFIT = 0.85
"""Last training loss / first, above which a model underfits."""

GOOD_METRIC = 0.8
"""Of a metric whose best is 1: a model below it without a gap underfits."""

DIVERGED = "diverged"

FIT_BETTER = "more epochs, a larger model (alpha, width), a higher learning rate; look at data.inspect: are the labels right?"
"""Advice against underfitting."""


@dataclass(frozen=True)
class Finding:
    """One diagnosis.

    Attributes:
        kind: "diverged", "learning rate too high", "underfitting", "overfitting", "too little data", "too short" or "fits well".
        evidence: the numbers behind it.
        advice: what to try, the best first.
    """

    kind: str
    evidence: str
    advice: str


def diagnose(
    curve: Sequence[Epoch], examples: int, planned: int, from_nothing: bool = True, metric_name: str | None = None
) -> list[Finding]:
    """The findings in a curve, the gravest first; at least one.

    Args:
        curve: at least one epoch; only those at the final input size are compared.
        examples: of the training split.
        planned: the most epochs that the training may have.
        from_nothing: whether it started without weights; one that started with some gains little even if all is well.
        metric_name: of a metric whose best is 1; None for a metric of which less is better.
    """
    rows = [row for row in curve if row.size == curve[-1].size]
    train = np.array([row.train_loss for row in rows])
    validation = np.array([row.validation_loss for row in rows])
    if not (np.isfinite(train).all() and np.isfinite(validation).all()):
        return [Finding(DIVERGED, "the loss is no number any more", "divide the learning rate by ten")]
    found = [finding for finding in (_jumps(rows, train), _overfits(rows, train, validation, examples)) if finding]
    if not any(finding.kind == "overfitting" or finding.kind == "too little data" for finding in found):
        underfits = (_underfits(curve, train) if from_nothing else None) or _far_from_best(rows, metric_name)
        found += [finding for finding in (underfits, _too_short(rows, validation, planned)) if finding]
    return found or [
        Finding(
            "fits well",
            f"training loss {train[-1]:.4g}, validation loss {validation[-1]:.4g} at the end, the lowest {validation.min():.4g}: "
            "neither a gap between them nor much left to win",
            "look at the worst cases of evaluate.html: what they have in common is what the data lacks",
        )
    ]


def _jumps(rows: Sequence[Epoch], train: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Finding | None:
    scale = np.abs(train[:-1]) + 1e-12
    jumps = np.flatnonzero((train[1:] - train[:-1]) / scale > JUMP)
    if not len(jumps):
        return None
    k = int(jumps[0])
    return Finding(
        "learning rate too high",
        f"the training loss rose from {train[k]:.4g} to {train[k + 1]:.4g} in epoch {rows[k + 1].epoch}, "
        f"at a learning rate of {rows[k + 1].learning_rate:.2g}",
        "divide train.learning_rate by three; a larger batch_size steadies it too",
    )


def _overfits(
    rows: Sequence[Epoch],
    train: np.ndarray[tuple[int], np.dtype[np.float64]],
    validation: np.ndarray[tuple[int], np.dtype[np.float64]],
    examples: int,
) -> Finding | None:
    best = int(validation.argmin())
    rise = (validation[-1] - validation[best]) / abs(validation[best])
    gap = (validation[-1] - train[-1]) / abs(train[-1])
    if gap < GAP:
        return None
    evidence = f"at the end the validation loss ({validation[-1]:.4g}) lies {gap:.0%} above the training loss ({train[-1]:.4g})"
    if best < len(rows) - 1 and rise > RISE:
        evidence += f", and has risen by {rise:.0%} since epoch {rows[best].epoch}"
        return Finding(
            "overfitting",
            f"{evidence}: the model learns these {examples} examples by heart",
            "more, or more varied, data; a smaller model (alpha, width); fewer epochs",
        )
    return Finding(
        "too little data",
        f"{evidence}, though it still falls: what is learnt of {examples} examples doesn't carry over",
        "more, or more varied, data; or start from trained weights (backbone.weights = a file) and freeze them first",
    )


def _underfits(curve: Sequence[Epoch], train: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Finding | None:
    if len(curve) < 3 or train[-1] < UNDERFIT * curve[0].train_loss:
        return None
    return Finding("underfitting", f"the training loss went from {curve[0].train_loss:.4g} to only {train[-1]:.4g}", FIT_BETTER)


def _far_from_best(rows: Sequence[Epoch], metric_name: str | None) -> Finding | None:
    best = max(row.metric for row in rows)
    if metric_name is None or best >= GOOD_METRIC:
        return None
    evidence = (
        f"{metric_name} is only {best:.2f} on the validation examples, and no gap says that the training examples fare better"
    )
    return Finding("underfitting", evidence, FIT_BETTER)


def _too_short(rows: Sequence[Epoch], validation: np.ndarray[tuple[int], np.dtype[np.float64]], planned: int) -> Finding | None:
    if len(validation) < 2 or rows[-1].epoch < planned:
        return None
    won = (validation[-2] - validation[-1]) / abs(validation[-2])
    if won < STILL_FALLING:
        return None
    return Finding(
        "too short",
        f"the last epoch still took {won:.0%} off the validation loss",
        "more epochs (train.epochs); the learning rate falls more slowly then",
    )
