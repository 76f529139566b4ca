"""What the kinds of task that look at pictures have in common."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from appspec.contract import Decode
from appspec.errors import KitError
from appspec.spec import AppSpec, Model
from pymodel.data.augmentation import FRAME_JITTER, REGION_JITTER, Jitter
from pymodel.data.examples import Example
from pymodel.data.store import ExampleStore
from pymodel.preprocess.geometry import CLOSER_MARGIN, LOOK_AGAIN, REGION_MARGIN, Region, box_region, frame_region
from pymodel.train.objective import Array, Objective


@dataclass(frozen=True)
class Outputs:
    """What the metadata says of a model's output; see ModelContract. search_below, vote_scale: where it looks at a box."""

    what: str
    decode: Decode
    labels: tuple[str, ...]
    box_margin: float = 0.0
    threshold: float = 0.0
    name: str = "points"
    search_below: float = 0.0
    vote_scale: float = 0.0


class PictureTask(ABC):
    """One task kind: its model, what it learns and how its answer is read.

    Attributes:
        metric: of one model alone on the test split, as the contract names it.
        jitter: how training pictures vary.
        region_jitter: how they do where the model looks at a box.
    """

    metric: Literal["iou", "nme", "pck", "accuracy"]
    jitter: Jitter = FRAME_JITTER
    region_jitter: Jitter = REGION_JITTER

    @abstractmethod
    def network(self, model: Model, store: ExampleStore, weights: str | Path) -> Any:
        """The Keras model to train, for every input size."""

    @abstractmethod
    def exported(self, trained: Any, model: Model, store: ExampleStore) -> Any:
        """The same model for one input size, with the output that the phone decodes."""

    @abstractmethod
    def objective(self, model: Model, store: ExampleStore) -> Objective:
        """What the training minimizes."""

    @abstractmethod
    def target(self, points: Array, box: Array, example: Example) -> Array:
        """What is learnt of an example; points (K, 2) and box (4,) in [0, 1] of the input square."""

    @abstractmethod
    def outputs(self, spec: AppSpec, model: Model, store: ExampleStore) -> Outputs:
        """For the metadata."""

    def calibrate(self, exported: Any, model: Model, store: ExampleStore, validation: Array) -> None:
        """Makes probabilities mean what they say, in place, by the validation split; validation: (N, S, S, 3) normalized.

        Points have none.
        """
        return

    def teaches(self, example: Example) -> bool:
        """Whether an example can be learnt from."""
        return bool(np.isfinite(example.points).any()) if len(example.points) else True


def picture_task(kind: str) -> PictureTask:
    """The task of a kind, found by the name of its folder."""
    task: PictureTask = importlib.import_module(f"pymodel.tasks.{kind}.task").TASK
    return task


def looks_at_box(spec: AppSpec, model: Model) -> bool:
    """Whether a model looks at the box of the one before it, or at the whole picture."""
    return model.task in ("landmarks", "heatmap") and len(spec.model) > 1


def region_of(example: Example, in_box: bool) -> Region:
    """Where a model looks, given the truth."""
    return box_region(example.box, REGION_MARGIN) if in_box else frame_region(example.width, example.height)


def look_again(spec: AppSpec, model: Model, store: ExampleStore) -> float:
    """A box that its points make can be put right by them; one that somebody drew can't, nor by a few joints of a pose."""
    return LOOK_AGAIN if model.task == "landmarks" and looks_at_box(spec, model) and store.box_margin is not None else 0.0


def closer_margin(spec: AppSpec, model: Model, store: ExampleStore) -> float:
    """A box that no later model puts right is put right by its own model, which looks closer."""
    put_right = any(look_again(spec, other, store) for other in spec.model)
    return CLOSER_MARGIN if model.task == "box" and not put_right else 0.0


def needs_points(model: Model, store: ExampleStore) -> int:
    """How many points the data has.

    Raises:
        KitError: none.
    """
    if not store.points:
        raise KitError(
            f"{model.name} can't learn {model.task} from this data",
            "its format has no points",
            "use data with points (cat, coco), or another task",
        )
    return len(store.points)
