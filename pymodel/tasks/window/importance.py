"""Permutation importance (Breiman, Random Forests, 2001): what a channel is worth to a trained model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pymodel.data.series.windows import Places, WindowSet
from pymodel.data.splits import SplitName
from pymodel.tasks.window.metrics import pr_auc
from pymodel.tasks.window.track import Predict

REPEATS = 3
LARGEST = 4000
"""Windows that are looked at, evenly taken."""

NOTHING, NOTHING_SHARE = 0.01, 0.05
"""Change of PR-AUC up to which a channel is said to mean nothing, and as a share of that of the channel that means most."""


@dataclass(frozen=True)
class Importance:
    """One channel.

    Attributes:
        change: of PR-AUC when the windows get this channel of other windows; below 0 where the model needs it.
        means_nothing: whether the model does about as well without it.
    """

    channel: str
    change: float
    means_nothing: bool


def permutation_importance(windows: WindowSet, split: SplitName, predict: Predict, seed: int) -> list[Importance]:
    """Of each channel, in their order.

    Args:
        split: one with abnormal and normal windows.
    """
    places = windows.places(split)
    step = max(1, len(places) // LARGEST)
    places = Places(places.machines[::step], places.ends[::step])
    raw, truth = windows.values(places), windows.truth(places)
    whole, rng = pr_auc(predict(raw), truth), np.random.default_rng(seed)
    changes = []
    for i in range(len(windows.channels)):
        values = []
        for _ in range(REPEATS):
            shuffled = raw.copy()
            shuffled[:, :, i] = raw[rng.permutation(len(raw)), :, i]
            values.append(pr_auc(predict(shuffled), truth))
        changes.append(float(np.mean(values)) - whole)
    bound = max(NOTHING, NOTHING_SHARE * -min(changes))
    return [
        Importance(channel, round(change, 4), change > -bound) for channel, change in zip(windows.channels, changes, strict=True)
    ]


def words(found: Sequence[Importance]) -> list[str]:
    """One line a channel; where none means anything, the model learnt nothing and no channel is to blame."""
    useful = [one.channel for one in found if not one.means_nothing]
    lines = []
    for one in found:
        line = f"{one.channel}: shuffling it changes PR-AUC by {one.change:+.3f}"
        if one.means_nothing and useful:
            kept = ", ".join(f'"{name}"' for name in useful)
            line += f": it means nothing; leave it out with values = [{kept}]"
        lines.append(line)
    return lines
