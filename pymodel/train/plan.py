"""What a training follows from, whatever its kind of task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymodel.train.loop import Example, TrainConfig
from pymodel.train.objective import Objective


@dataclass(frozen=True)
class TrainingPlan:
    """One training, ready to run.

    Attributes:
        network: the Keras model to train.
        count: training examples.
        example: training example i as it is in an epoch, (epoch, i, input side); the same for the same seed.
        validation: all examples that the training is judged by, stacked, at an input side.
        judged_by: the split that these are of.
        summary: what is learnt from what, in one line.
        facts: for the page: of the data and the model.
        export: the trained network as the phone runs it.
        finish: what else follows from the trained network: writes files into the stage's folder, gives lines for the user.
    """

    network: Any
    objective: Objective
    config: TrainConfig
    count: int
    example: Callable[[int, int, int], Example]
    validation: Callable[[int], Example]
    judged_by: str
    summary: str
    facts: Mapping[str, object]
    export: Callable[[], Any]
    finish: Callable[[Path], Sequence[str]]
