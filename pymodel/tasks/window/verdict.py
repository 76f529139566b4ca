"""What to think of a window model, said before its figures: whether something simpler does better, and how sure that is."""

from __future__ import annotations

from appspec.intervals import Interval
from appspec.words import counted

BETTER = 0.005
"""By how much the PR-AUC of a baseline must exceed the network's."""

FEW = 5
"""Failures below which a split says little."""


def verdict_words(split: str, network: Interval, regression: float, last_sample: float, failures: int) -> list[str]:
    """The lines; none where there is nothing to say.

    Args:
        split: that is judged by.
        network: its PR-AUC.
        regression, last_sample: PR-AUC of logistic regression on features of the windows, and on their last sample alone.
        failures: in that split.
    """
    lines = []
    best = max(regression, last_sample)
    if best > network.value + BETTER:
        what = "of the last sample alone" if last_sample >= regression else "of simple features of the window"
        lines.append(
            f"Logistic regression {what} does better than the network on the {split} split: PR-AUC {best:.2f} against "
            f"{network.value:.2f}. {_advice(last_sample >= regression)}"
        )
    if failures < FEW:
        lines.append(
            f"The {split} split holds only {counted(failures, 'failure')}: PR-AUC lies anywhere from {network.low:.2f} to {network.high:.2f} "
            "(95 %); record more failures before you trust a figure"
        )
    return lines


def _advice(of_last_sample: bool) -> str:
    shorter = "a shorter window, " if of_last_sample else ""
    return (
        f"Try {shorter}a smaller backbone.width, fewer channels (values: those that mean something, below), more epochs; record "
        "more failures; until then the simple rule is the better detector"
    )
