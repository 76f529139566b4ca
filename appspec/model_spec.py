"""`[[model]]` of app.toml: what a model is, and how it is trained or taken over."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from appspec.contract import Square
from appspec.java import JAVA_KEYWORDS
from appspec.kinds import task_kinds
from appspec.section import Section

ALPHAS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
"""Widths of MobileNetV2 that Keras has ImageNet weights for."""


class Input(Section):
    """`[[model]] input`: the picture a model takes. normalized = (value_0_255 - mean) / std."""

    size: tuple[Annotated[int, Field(ge=32, le=1024)], Annotated[int, Field(ge=32, le=1024)]] = (96, 96)
    color: Literal["rgb"] = "rgb"
    mean: Annotated[float, Field(ge=0, le=255, strict=False)] | tuple[float, float, float] = 127.5
    std: Annotated[float, Field(gt=0, le=255, strict=False)] | tuple[float, float, float] = 127.5

    @field_validator("size", "mean", "std", mode="before")
    @classmethod
    def _list_as_tuple(cls, value: object) -> object:
        return tuple(float(v) if isinstance(v, float) else v for v in value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _square(self) -> Input:
        if self.size[0] != self.size[1]:
            raise ValueError(f"size must be square, found {list(self.size)}: the models look at a square region")
        if self.size[0] % 32:
            raise ValueError(f"size must be a multiple of 32, found {self.size[0]}: MobileNetV2 halves it five times")
        return self

    @property
    def mean_rgb(self) -> tuple[float, float, float]:
        """Per channel mean, 0–255."""
        return self.mean if isinstance(self.mean, tuple) else (self.mean,) * 3

    @property
    def std_rgb(self) -> tuple[float, float, float]:
        """Per channel standard deviation, 0–255."""
        return self.std if isinstance(self.std, tuple) else (self.std,) * 3


class Backbone(Section):
    """`[[model]] backbone`."""

    name: Literal["mobilenet_v2", "hourglass", "conv1d"] = "mobilenet_v2"
    alpha: float = 0.35
    """Width of mobilenet_v2."""
    width: Annotated[int, Field(ge=4, le=512)] = 32
    """Channels of hourglass and conv1d."""
    stages: Annotated[int, Field(ge=1, le=8)] = 4
    """Hourglasses in a row, each with an output of its own that is supervised."""
    weights: Annotated[str, Field(min_length=1)] = "none"
    """none, imagenet, the name of a model above this one, or the path of a .keras file."""
    frozen_epochs: Annotated[int, Field(ge=0, le=10_000)] = 0
    """Epochs at the start in which only the head learns, where weights are given."""

    @field_validator("alpha")
    @classmethod
    def _published(cls, alpha: float) -> float:
        if alpha not in ALPHAS:
            raise ValueError(f"must be one of {', '.join(f'{known:g}' for known in ALPHAS)}")
        return alpha


class Train(Section):
    """`[[model]] train`."""

    epochs: Annotated[int, Field(ge=1, le=10_000)] = 30
    batch_size: Annotated[int, Field(ge=1, le=4096)] = 64
    learning_rate: Annotated[float, Field(gt=0, le=1, strict=False)] = 2e-3
    patience: Annotated[int, Field(ge=1, le=10_000)] = 6
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 7


LEARNT_KEYS = ("backbone", "head", "pooling", "train")
"""Keys of a [[model]] that is trained."""


READY_KEYS = (
    *("labels", "score", "overlap", "outputs", "constants", "signature", "margin"),
    *("then", "again", "presence", "show", "order"),
)
"""Keys of a [[model]] that is a file."""


PYPI = "pypi:"
"""How `file` begins where it names a model of a package."""

PointIndex = Annotated[int, Field(ge=0, le=100_000)]


PointIndices = Annotated[tuple[PointIndex, ...], Field(min_length=1)]


class Then(Section):
    """`[[model]] then`: how what a model finds becomes what the next one looks at; see appspec.contract.Square.

    Attributes:
        up: from, to: a point each, or several whose mean is taken.
    """

    up: tuple[PointIndices, PointIndices] | None = None
    shift: Annotated[float, Field(ge=-4, le=4, strict=False)] = 0.0
    scale: Annotated[float, Field(gt=0, le=16, strict=False)] = 1.0

    @field_validator("up", mode="before")
    @classmethod
    def _two_means(cls, up: object) -> object:
        if not isinstance(up, list):
            return up
        if len(up) != 2:
            raise ValueError(f"must be two: from which point, to which; found {len(up)}")
        start, end = (tuple(one) if isinstance(one, list) else (one,) for one in up)
        if start and end and Counter(start) == Counter(end):
            raise ValueError("goes from a point to itself, which is no direction: name two")
        return start, end

    @property
    def square(self) -> Square:
        """As the contract has it."""
        return Square(self.up, (), self.shift, self.scale)


class Again(Then):
    """`[[model]] again`: how the points that a model found become what it looks at in the next picture of a camera.

    Attributes:
        points: those whose bounding rectangle counts; all where it is left out.
    """

    points: Annotated[tuple[PointIndex, ...], Field(min_length=1, strict=False)] | None = None

    @field_validator("points")
    @classmethod
    def _span_a_rectangle(cls, points: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if points is not None and len(set(points)) < 2:
            raise ValueError("one point spans no rectangle: name two or more")
        return points

    @property
    def square(self) -> Square:
        return Square(self.up, self.points or (), self.shift, self.scale)


class Model(Section):
    """`[[model]]`: one model of the chain; the output of one crops the input of the next.

    Attributes:
        task: a kind of task: see pymodel/tasks.
        file: a ready model in place of training; what follows is about such a file alone.
        labels: the names of its classes or points, a text file with one a line, or how many there are.
        score: from which an answer counts, [0, 1]; None: as the kind has it.
        overlap: anchors: see appspec.contract.Anchors.
        outputs: the names of its outputs in the order in which the task takes them, where that isn't certain.
        constants: the values of its inputs beside the picture, by their names: all of them, or one for all.
        signature: the key of the one to use, where it has several.
        margin: where it looks at the box of the model before it: see appspec.contract.CropPolicy.
        then: where the model after it looks, in place of that model's margin.
        again: of the last model: it is followed from picture to picture.
        presence: points: the probability that what they belong to is there, from which they count, [0, 1].
        order: points: which of a point's first two numbers is x; None: x comes first, but in MoveNet's form.
        show: points: the names of those that are the answer, an animation at the first; all where it is left out.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=48)]
    task: str
    input: Input = Input()
    backbone: Backbone = Backbone()
    head: Literal["points", "regress"] = "points"
    pooling: Literal["max", "avg"] = "max"
    train: Train = Train()
    file: Annotated[str, Field(min_length=1)] | None = None
    labels: Annotated[str, Field(min_length=1)] | Annotated[int, Field(ge=1, le=100_000)] | tuple[str, ...] | None = None
    score: Annotated[float, Field(ge=0, le=1, strict=False)] | None = None
    overlap: Annotated[float, Field(gt=0, le=1, strict=False)] | None = None
    outputs: Annotated[tuple[str, ...], Field(strict=False)] = ()
    constants: dict[str, float | Annotated[tuple[float, ...], Field(min_length=1, strict=False)]] = Field(default_factory=dict)
    signature: str | None = None
    margin: Annotated[float, Field(ge=0, le=4, strict=False)] | None = None
    then: Then | None = None
    again: Again | None = None
    presence: Annotated[float, Field(ge=0, le=1, strict=False)] | None = None
    show: Annotated[tuple[str, ...], Field(min_length=1, strict=False)] | None = None
    order: Literal["xy", "yx"] | None = None

    @field_validator("name")
    @classmethod
    def _no_keyword(cls, name: str) -> str:
        if name in JAVA_KEYWORDS:
            raise ValueError(f"{name!r} is a word of the Java language and can't name a model")
        return name

    @field_validator("file")
    @classmethod
    def _package(cls, file: str | None) -> str | None:
        known = file is not None and file.lower().startswith(PYPI)
        return PYPI + file[len(PYPI) :] if known and file else file

    @field_validator("show")
    @classmethod
    def _each_once(cls, show: tuple[str, ...] | None) -> tuple[str, ...] | None:
        twice = next((name for name in show or () if (show or ()).count(name) > 1), None)
        if twice:
            raise ValueError(f"names {twice!r} twice")
        return show

    @field_validator("labels", mode="before")
    @classmethod
    def _names(cls, labels: object) -> object:
        if labels == []:
            raise ValueError("must hold at least one name")
        return tuple(labels) if isinstance(labels, list) else labels

    @field_validator("task")
    @classmethod
    def _known_kind(cls, task: str) -> str:
        kinds = task_kinds()
        if task not in kinds:
            close = difflib.get_close_matches(task, kinds, 1, 0.5)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise ValueError(f"must be one of {', '.join(kinds)}{hint}")
        return task

    @model_validator(mode="after")
    def _learnt_or_ready(self) -> Model:
        given = self.model_fields_set
        wrong = [key for key in (READY_KEYS if self.file is None else LEARNT_KEYS) if key in given]
        if self.file is not None:
            wrong += [f"input.{key}" for key in ("size", "color") if key in self.input.model_fields_set]
        if wrong:
            reason = "is for a model that is a file" if self.file is None else "is the file's own"
            raise ValueError(f"{wrong[0]} {reason}: leave it out")
        if self.presence is not None and self.score is not None:
            raise ValueError("presence and score say the same of points: leave score out")
        return self
