"""`app.toml` as typed values: the whole vocabulary of the kit, validated once."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from appspec.contract import Quantization, Square
from appspec.durations import Duration, seconds
from appspec.errors import KitError
from appspec.java import JAVA_KEYWORDS
from appspec.kinds import task_kinds

ALPHAS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
"""Widths of MobileNetV2 that Keras has ImageNet weights for."""

Delegate = Literal["cpu", "gpu", "gpu_32", "nnapi"]

PAIR = re.compile(rf"(?:cpu(?:[1-9]|1[0-6])|gpu|gpu_32|nnapi)(?::(?:{'|'.join(get_args(Quantization))}))?")
"""A processor, and the variant whose file it runs, as the app names them (Candidate.kt): cpu4, gpu, gpu:float16, cpu2:int8."""


class Section(BaseModel):
    """A table of app.toml: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


MOST_VERSION_CODE = 2_100_000_000
"""Google Play's (developer.android.com, Version your app); Android itself takes 2,147,483,647."""

LONGEST_ID = 223
"""Characters of an applicationId (AOSP, FrameworkParsingPackageUtils)."""


class App(Section):
    """`[app]`: what the phone shows."""

    name: Annotated[str, Field(min_length=1)]
    id: str
    version: Annotated[str, Field(pattern=r"^\d{1,4}(\.\d{1,3}){0,2}$")] = "1.0.0"
    screen: Literal["camera", "sensor"] = "camera"

    @field_validator("name")
    @classmethod
    def _printable(cls, name: str) -> str:
        if not name.strip() or any(ord(character) < 32 for character in name):
            raise ValueError("must hold something to read, without line breaks or control characters")
        return name

    @field_validator("id")
    @classmethod
    def _java_package(cls, value: str) -> str:
        parts = value.split(".")
        if len(value) > LONGEST_ID:
            raise ValueError(f"has {len(value)} characters; Android takes {LONGEST_ID}")
        if len(parts) < 2:
            raise ValueError("must have two or more parts with dots between, as org.example.cats")
        for part in parts:
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", part):
                raise ValueError(f"part {part!r} must start with a letter and hold only letters, digits and _")
            if part in JAVA_KEYWORDS:
                raise ValueError(f"part {part!r} is a word of the Java language and can't be used")
        return value

    @field_validator("version")
    @classmethod
    def _code(cls, version: str) -> str:
        if _version_code(version) > MOST_VERSION_CODE:
            raise ValueError(
                f"gives the versionCode {_version_code(version):,}; Google Play takes {MOST_VERSION_CODE:,} at most: "
                "the first number can be up to 2099 (a year as 2024.4.1 fits)"
            )
        return version

    @property
    def version_code(self) -> int:
        """Android versionCode: 1.2.3 → 1002003, so that a later version is always a larger number."""
        return _version_code(self.version)


def _version_code(version: str) -> int:
    major, minor, patch = ([int(part) for part in version.split(".")] + [0, 0])[:3]
    return max(1, major * 1_000_000 + minor * 1_000 + patch)


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
    *("then", "again", "presence", "show"),
)
"""Keys of a [[model]] that is a file."""

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
        return tuple(tuple(one) if isinstance(one, list) else (one,) for one in up)

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
    constants: dict[str, float | Annotated[tuple[float, ...], Field(min_length=1, strict=False)]] = {}
    signature: str | None = None
    margin: Annotated[float, Field(ge=0, le=4, strict=False)] | None = None
    then: Then | None = None
    again: Again | None = None
    presence: Annotated[float, Field(ge=0, le=1, strict=False)] | None = None
    show: Annotated[tuple[str, ...], Field(min_length=1, strict=False)] | None = None

    @field_validator("name")
    @classmethod
    def _no_keyword(cls, name: str) -> str:
        if name in JAVA_KEYWORDS:
            raise ValueError(f"{name!r} is a word of the Java language and can't name a model")
        return name

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


class Split(Section):
    """`[data] split`: shares of the examples kept out of training.

    Attributes:
        given: pictures: True: the splits that the data itself gives; False: not those; None: those where there are any.
    """

    given: bool | None = None
    validation: Annotated[float, Field(gt=0, lt=1)] = 0.1
    test: Annotated[float, Field(gt=0, lt=1)] = 0.1

    @model_validator(mode="before")
    @classmethod
    def _said(cls, value: object) -> object:
        return {"given": True} if value == "given" else value

    @model_validator(mode="after")
    def _leaves_training(self) -> Split:
        if self.validation + self.test > 0.8:
            raise ValueError("validation and test together leave less than 0.2 to train on")
        return self


class Series(Section):
    """`[data.series]`: how windows are cut out of time series, and what is called abnormal.

    Attributes:
        timestamp: the column of the stamps: ISO 8601, or a number of seconds (milliseconds where they are that large).
        values: the columns that the model sees; every numeric one where it is left out.
        label: the column that tells of each row whether it is abnormal (0/1, true/false, normal/abnormal), or None.
        failures: times of failures, as the stamps are written, or the name of a text file in the data folder with one a line.
        group: the column that names the machine, where there are several in a file; None: one a file.
        interval: time from one sample to the next; None: the commonest step of the stamps.
        window: samples a window.
        stride: samples from one window to the next, for training and evaluation.
        horizon: how long before a failure a window counts as abnormal.
        margin: how long after a failure windows are left out: the machine is being mended.
        max_gap: a hole up to this long is filled; a window with a longer one is left out. None: three intervals.
        validation_from, test_from: stamps from which on samples are in these splits; None: by the shares of `split`.
        abnormal: the words of the label column that mean abnormal; all its others mean normal.
        decimal: what stands before decimals, where the numbers don't tell.
        dates: the order of day, month and year, where the stamps don't tell.
        begin: the moment of second 0, where stamps count seconds from the start of the recording.
        error_values: what sensors say for "no measurement"; None: the kit looks for them, (): there are none.
    """

    timestamp: Annotated[str, Field(min_length=1)] = "timestamp"
    values: Annotated[tuple[str, ...], Field(min_length=1, strict=False)] | None = None
    label: str | None = None
    failures: Annotated[tuple[str | int | float, ...], Field(strict=False)] | str = ()
    group: str | None = None
    interval: Duration | None = None
    window: Annotated[int, Field(ge=4, le=4096)] = 48
    stride: Annotated[int, Field(ge=1, le=4096)] = 1
    horizon: Duration = "24h"
    margin: Duration = "12h"
    max_gap: Duration | None = None
    validation_from: str | int | float | None = None
    test_from: str | int | float | None = None
    abnormal: Annotated[tuple[str | int | float, ...], Field(strict=False)] = ()
    decimal: Literal[",", "."] | None = None
    dates: Literal["day first", "month first", "year first"] | None = None
    begin: str | None = None
    error_values: Annotated[tuple[float, ...], Field(strict=False)] | None = None

    @property
    def horizon_s(self) -> float:
        """Seconds."""
        return seconds(self.horizon)

    @property
    def margin_s(self) -> float:
        """Seconds."""
        return seconds(self.margin)


LAYOUTS = {
    "cats": ("cat", "coco", "voc"),
    "pointing_hands": ("coco",),
    "pets": ("folder",),
    "machine": ("csv",),
}
"""What our code draws or simulates, and the formats that it can be written in, the natural one first."""


class Data(Section):
    """`[data]`: what the models learn from.

    Attributes:
        format: how the files are laid out; "drawn": our code draws `subject` in the format `layout` first.
        path: the data folder.
        annotations: coco: the annotation file in that folder; the only *.json where it is left out.
        category: coco, voc: the one to learn; may be left out where there is only one.
        points: coco, yolo: names of the keypoints to learn.
        match: voc: what says which picture an annotation means where both do: its <filename>, or its own name.
        sizes: coco, voc: what boxes count in where a picture's size isn't the one that its annotation declares.
        group: a regular expression; files for which its first group matches the same text stay in one split.
    """

    format: Literal["cat", "coco", "voc", "yolo", "folder", "csv", "drawn"]
    path: str | None = None
    annotations: str | None = None
    category: str | None = None
    points: Annotated[tuple[str, ...], Field(min_length=1, strict=False)] | None = None
    sizes: Literal["declared", "picture"] | None = None
    match: Literal["filename", "stem"] | None = None
    group: str | None = None
    subject: Literal["cats", "pointing_hands", "pets", "machine"] = "cats"
    layout: Literal["cat", "coco", "voc", "folder", "csv"] | None = None
    pictures: Annotated[int, Field(ge=20, le=1_000_000)] = 8000
    days: Annotated[int, Field(ge=14, le=100_000)] = 365
    """How long the simulated machine runs."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1
    split: Split = Split()
    series: Series = Series()

    @property
    def read_as(self) -> str:
        """The format of the files that are read in the end."""
        return self.format if self.format != "drawn" else self.layout or LAYOUTS[self.subject][0]

    @field_validator("group")
    @classmethod
    def _expression(cls, group: str | None) -> str | None:
        if group is not None:
            try:
                groups = re.compile(group).groups
            except re.error as error:
                raise ValueError(f"is no regular expression: {error}") from error
            if groups < 1:
                raise ValueError("needs one part in parentheses: what a group's files have in common")
        return group

    @model_validator(mode="after")
    def _path_where_read(self) -> Data:
        if self.format != "drawn" and not self.path:
            raise ValueError(f"format {self.format!r} is read from a folder: path is missing")
        if self.layout is not None and self.layout not in LAYOUTS[self.subject]:
            raise ValueError(f"{self.subject} can be written as {', '.join(LAYOUTS[self.subject])}, not as {self.layout}")
        return self


class Convert(Section):
    """`[convert]`: how the trained model becomes a `.tflite`."""

    quantize: Literal["none", "float16", "dynamic", "int8", "int8_float_io", "int16x8", "auto"] = "auto"
    max_metric_loss: Annotated[float, Field(ge=0, le=1, strict=False)] = 0.01
    """Largest loss `auto` allows, as a share of the float model's metric."""

    prefer: Literal["speed", "size"] = "speed"
    """What `auto` takes among the allowed: the one with the fewest ARM64 instructions, or the smallest file."""

    ship: Literal["both", "one"] = "both"
    """What `auto` ships: beside an integer variant float16 too, for GPUs, where it is below 2 MB; or one variant alone."""


class Android(Section):
    """`[android]`: the APK.

    Attributes:
        abis: of releases; debug builds have x86_64 too.
        delegate: "auto": measured on the phone; "cpu", or a PAIR.
        camera: the one that a camera screen begins with; None: the back one.
        animation: a Lottie file that follows the first point of a heatmap; None: one of our own.
    """

    min_sdk: Annotated[int, Field(ge=24, le=36)] = 24
    target_sdk: Annotated[int, Field(ge=24, le=36)] = 36
    abis: Annotated[tuple[Literal["arm64-v8a", "armeabi-v7a", "x86_64", "x86"], ...], Field(min_length=1, strict=False)] = (
        "arm64-v8a",
    )
    delegate: str = "auto"
    runtime: Literal["auto", "tensorflow-lite", "litert", "javacpp"] = "auto"
    camera: Literal["front", "back"] | None = None
    animation: Annotated[str, Field(min_length=1)] | None = None

    @field_validator("delegate")
    @classmethod
    def _known(cls, delegate: str) -> str:
        if delegate not in ("auto", "cpu") and PAIR.fullmatch(delegate) is None:
            raise ValueError(
                'must be "auto", "cpu", "cpu1" to "cpu16", "gpu", "gpu_32" or "nnapi", these with a variant as "gpu:float16"'
            )
        return delegate

    @property
    def debug_abis(self) -> tuple[str, ...]:
        """Those of debug builds: emulators on desktops are x86_64."""
        return tuple(dict.fromkeys((*self.abis, "x86_64")))

    @model_validator(mode="after")
    def _order(self) -> Android:
        if self.target_sdk < self.min_sdk:
            raise ValueError(f"target_sdk {self.target_sdk} is below min_sdk {self.min_sdk}")
        if self.runtime == "javacpp" and not set(self.abis) <= {"arm64-v8a", "x86_64"}:
            raise ValueError(f"runtime 'javacpp' has only arm64-v8a and x86_64, found abis {list(self.abis)}")
        return self


class Signing(Section):
    """`[signing]`: the key that releases are signed with; its passwords are never written here.

    Attributes:
        keystore: the file, PKCS#12 or JKS.
        alias: of the key in it.
    """

    keystore: Annotated[str, Field(min_length=1)]
    alias: Annotated[str, Field(min_length=1)]


class Benchmark(Section):
    """`[benchmark]`: how the phone is measured."""

    threads: Annotated[tuple[Annotated[int, Field(ge=1, le=16)], ...], Field(min_length=1, strict=False)] = (1, 2, 4)
    delegates: Annotated[tuple[Delegate, ...], Field(min_length=1, strict=False)] = ("cpu", "gpu")
    warmup_runs: Annotated[int, Field(ge=0, le=100_000)] = 10
    num_runs: Annotated[int, Field(ge=1, le=100_000)] = 50


class AppSpec(Section):
    """A whole `app.toml`.

    Attributes:
        data: None only where no model is trained.
        folder: the app's folder; relative paths in app.toml start there.
    """

    app: App
    model: Annotated[tuple[Model, ...], Field(min_length=1, strict=False)]
    data: Data | None = Field(default=None, validate_default=True)
    convert: Convert = Convert()
    android: Android = Android()
    signing: Signing | None = None
    benchmark: Benchmark = Benchmark()
    folder: Path = Field(default=Path(), exclude=True)

    @field_validator("data")
    @classmethod
    def _there_to_learn_from(cls, data: Data | None, found: ValidationInfo) -> Data | None:
        if data is None and any(model.file is None for model in found.data.get("model", ())):
            raise PydanticCustomError("missing", "Field required")
        return data

    @model_validator(mode="after")
    def _names_differ(self) -> AppSpec:
        names = [model.name for model in self.model]
        if len(set(names)) != len(names):
            raise ValueError(f"two models have the same name: {', '.join(names)}")
        for i, model in enumerate(self.model):
            if model.backbone.weights in names[i:]:
                raise ValueError(f"weights of {model.name} are those of {model.backbone.weights}, which is not trained before it")
        return self

    @model_validator(mode="after")
    def _followed(self) -> AppSpec:
        for model, after in zip(self.model, (*self.model[1:], None), strict=True):
            if model.then is not None and after is None:
                raise ValueError(f"then of {model.name} says where the model after it looks, and it is the last: leave it out")
            if model.then is not None and after is not None and (after.file is None or after.margin is not None):
                found = "is trained on boxes" if after.file is None else "has a margin"
                raise ValueError(f"then of {model.name} says where {after.name} looks, which {found}: leave one of them out")
            if model.again is not None and after is not None:
                raise ValueError(f"again of {model.name}: the last model alone can be followed, and {after.name} comes after it")
        return self

    @property
    def training_data(self) -> Data:
        """What the models learn from.

        Raises:
            KitError: no model of the app learns, and it has none.
        """
        if self.data is None:
            raise KitError(
                f"{self.app.name} has no data",
                "its models are ready files, and app.toml has no [data]",
                "add [data] to app.toml (docs/data.md), or look at single pictures: invoke predict --image FILE",
            )
        return self.data

    def path(self, text: str) -> Path:
        """A path written in app.toml, from the app's folder unless absolute; `~` and `$HOME` are the user's.

        Raises:
            KitError: it names a variable that isn't set.
        """
        expanded = os.path.expandvars(text)
        unset = re.search(r"\$(\w+|\{\w+\})", expanded)
        if unset is not None and not (self.folder / text).exists():
            raise KitError(
                f"app.toml names the path {text}", f"the variable {unset.group()} is not set", "set it, or write the path out"
            )
        return (self.folder / Path(expanded if unset is None else text).expanduser()).resolve()
