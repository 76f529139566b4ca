"""A task kind as the pipeline sees it."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from appspec.errors import KitError
from appspec.intervals import Scores
from appspec.model_spec import Model
from appspec.progress import Reporter
from appspec.spec import AppSpec
from pymodel.data.document import InspectionDocument
from pymodel.data.splits import SplitName
from pymodel.evaluate.predict import Prediction
from pymodel.foreign.evidence import ForeignModel
from pymodel.foreign.reading import Reading
from pymodel.inference.interpreter import DescribedModel
from pymodel.quantize.variants import ConversionPlan
from pymodel.train.plan import TrainingPlan

BRING_YOUR_OWN = "docs/bring-your-own.md"
"""The page about ready models."""


class Task(ABC):
    """One kind, whether the kit trains its models or takes ready ones alone.

    Attributes:
        version: to be raised when the kind's network, objective, outputs or scores change: models are then made again.
        screen: the source of its models' input.
        gives_box, follows_box: whether the next model may use its box, and whether it may use the box of the one before it.
        animates: whether an animation can follow what it finds.
        tracks: whether its points can be followed from picture to picture, and some of them shown.
        ready_outputs: of a ready model that it takes, in words; empty where it takes none but the kit's own.
    """

    version: int = 1
    screen: Literal["camera", "sensor"] = "camera"
    gives_box: bool = False
    follows_box: bool = False
    animates: bool = False
    tracks: bool = False
    ready_outputs: str = ""

    def check(self, spec: AppSpec, model: Model) -> None:
        """Refuses settings of a model that make no sense for this kind.

        Raises:
            KitError: names the key, what was found and what is allowed.
        """
        if model.file is None:
            raise KitError(
                f"app.toml: model {model.name}: task",
                f"the kit trains no model that does {model.task!r}",
                f'give a ready one: file = "MODEL.tflite" ({BRING_YOUR_OWN}), or use another task',
            )

    @abstractmethod
    def predict(self, models: Sequence[Path], tasks: Sequence[Task], image: Path, picture: Path) -> Prediction:
        """A whole app on one picture, drawn.

        Args:
            tasks: of the models.

        Raises:
            KitError: the image can't be read, or the kind looks at none.
        """

    def recognize(self, found: ForeignModel) -> Reading | None:
        """How a file that says nothing of its own task is read, where it is certain that this kind is what it does."""
        return None

    def interpret(self, found: ForeignModel) -> Reading:
        """How the outputs of a file are read that does what this kind does, by its user's word.

        Raises:
            KitError: its outputs are none of this kind, or something must be asked for.
        """
        raise KitError(
            f"{found.name} can't be used for the task {found.wishes.task!r}",
            "only a file that the kit has made says what that needs",
            f"let the kit train one, or use another task ({BRING_YOUR_OWN})",
        )


class TrainedTask(Task):
    """A kind whose models the kit trains. That of an app's first model reads the data, that of its last one judges the app.

    Attributes:
        formats: data formats that it can be trained on.
        backbone: name of its networks' backbone.
        metric, lower_is_better: what `measure_model` gives.
        meanings: of the metrics of its evaluations, in words.
    """

    metric: str
    lower_is_better: bool = False
    formats: tuple[str, ...] = ()
    backbone: str = "mobilenet_v2"
    meanings: Mapping[str, str] = MappingProxyType({})

    def check(self, spec: AppSpec, model: Model) -> None:
        if "name" in model.backbone.model_fields_set and model.backbone.name != self.backbone:
            raise KitError(
                f"app.toml: model {model.name}: backbone.name",
                f"task {model.task!r} needs {self.backbone!r}, found {model.backbone.name!r}",
                "leave the key out, or change it",
            )

    @property
    @abstractmethod
    def read_version(self) -> int:
        """Raised when `read` gives something else for the same data and settings."""

    @abstractmethod
    def read(self, folder: Path, spec: AppSpec, target: Path, reporter: Reporter) -> None:
        """Data folder → store of examples in the folder `target`.

        Raises:
            KitError: no data, too much of it unreadable, or a split without any.
        """

    @abstractmethod
    def inspect(self, folder: Path, spec: AppSpec, picture: Path, pictures: int) -> InspectionDocument:
        """A report on a data folder; draws it into a PNG.

        Raises:
            KitError: as `read`.
        """

    @abstractmethod
    def plan_training(self, spec: AppSpec, model: Model, weights: str | Path, examples: Path) -> TrainingPlan:
        """The training of a model; called when TensorFlow is there.

        Args:
            weights: what it starts from: "none", "imagenet" or a Keras file.
            examples: folder of a finished store.

        Raises:
            KitError: the weights can't be had, or the data lacks what the kind learns.
        """

    @abstractmethod
    def plan_conversion(self, spec: AppSpec, model: Model, trained: Path, examples: Path) -> ConversionPlan:
        """How a trained model is converted, measured and described.

        Args:
            trained: folder of the finished training.
            examples: folder of a finished store.
        """

    @abstractmethod
    def measure_model(self, model: DescribedModel, examples: Path, split: SplitName, most: int | None = None) -> Scores:
        """A model alone on a split, or on a sample of so many examples at most.

        Args:
            examples: folder of a finished store.

        Raises:
            KitError: the store holds something else than the model looks at.
        """

    @abstractmethod
    def evaluate(self, spec: AppSpec, models: Sequence[Path], examples: Path, target: Path) -> None:
        """A whole app on the test split: writes evaluation.json, and what the app itself needs of it."""

    @abstractmethod
    def evaluate_folder(self, spec: AppSpec, models: Sequence[Path], folder: Path, target: Path) -> None:
        """A whole app on a folder in its format: writes evaluation.json, worst.png and evaluate.html.

        Raises:
            KitError: the folder can't be read, or lacks what the app's models find.
        """

    @abstractmethod
    def draw_evaluation(self, spec: AppSpec, models: Sequence[Path], examples: Path, evaluation: Path, target: Path) -> None:
        """Writes worst.png and evaluate.html of a finished evaluation.

        Args:
            evaluation: folder of evaluation.json.
        """


def find_task(kind: str) -> Task:
    """The task of a kind, by the name of its folder; appspec.kinds says which there are."""
    task: Task = importlib.import_module(f"pymodel.tasks.{kind}.task").TASK
    return task


def find_trained_task(kind: str) -> TrainedTask:
    """The same of a kind that the kit trains; check_supported has seen that it is one."""
    task = find_task(kind)
    assert isinstance(task, TrainedTask)
    return task


def app_tasks(spec: AppSpec) -> list[Task]:
    """The task of each model of an app, in order."""
    return [find_task(model.task) for model in spec.model]
