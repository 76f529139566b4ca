"""Everything that a training needs, whatever its task kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pymodel.train.loop import Example, TrainConfig
from pymodel.train.objective import Objective

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class TrainingPlan:
    """One training, ready to run.

    Attributes:
        network: the model to train.
        count: training examples.
        example: (epoch, i, input side) → training example i, augmented for that epoch; the same for the same seed.
        validation: input side → all validation examples, stacked.
        judged_by: the split that these come from.
        summary: one line for the user.
        facts: of the data and the model, for the page.
        export: gives the trained network as the phone runs it.
        finish: writes what else the kind makes of the trained network into the stage's folder; gives lines for the user, what matters most first.
    """

    network: keras.Model
    objective: Objective
    config: TrainConfig
    count: int
    example: Callable[[int, int, int], Example]
    validation: Callable[[int], Example]
    judged_by: str
    summary: str
    facts: Mapping[str, object]
    export: Callable[[], keras.Model]
    finish: Callable[[Path], Sequence[str]]
