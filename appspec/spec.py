"""`app.toml` as typed values: the whole vocabulary of the kit, validated once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from appspec.contract import Decode, TaskKind

JAVA_KEYWORDS = frozenset(
    [
        "abstract",
        "assert",
        "boolean",
        "break",
        "byte",
        "case",
        "catch",
        "char",
        "class",
        "const",
        "continue",
        "default",
        "do",
        "double",
        "else",
        "enum",
        "extends",
        "false",
        "final",
        "finally",
        "float",
        "for",
        "goto",
        "if",
        "implements",
        "import",
        "instanceof",
        "int",
        "interface",
        "long",
        "native",
        "new",
        "null",
        "package",
        "private",
        "protected",
        "public",
        "return",
        "short",
        "static",
        "strictfp",
        "super",
        "switch",
        "synchronized",
        "this",
        "throw",
        "throws",
        "transient",
        "true",
        "try",
        "void",
        "volatile",
        "while",
    ]
)

ALPHAS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
"""Widths of MobileNetV2 that Keras has ImageNet weights for."""

Delegate = Literal["cpu", "gpu", "nnapi"]


class Section(BaseModel):
    """A table of app.toml: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


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
        if len(parts) < 2:
            raise ValueError("must have two or more parts with dots between, as org.example.cats")
        for part in parts:
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", part):
                raise ValueError(f"part {part!r} must start with a letter and hold only letters, digits and _")
            if part in JAVA_KEYWORDS:
                raise ValueError(f"part {part!r} is a word of the Java language and can't be used")
        return value

    @property
    def version_code(self) -> int:
        """Android versionCode: 1.2.3 → 1002003, so that a later version is always a larger number."""
        major, minor, patch = ([int(part) for part in self.version.split(".")] + [0, 0])[:3]
        return max(1, major * 1_000_000 + minor * 1_000 + patch)


class Input(Section):
    """`[[model]] input`: the tensor a model takes. normalized = (value_0_255 - mean) / std."""

    size: tuple[Annotated[int, Field(ge=32, le=1024)], Annotated[int, Field(ge=32, le=1024)]]
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

    name: Literal["mobilenet_v2"] = "mobilenet_v2"
    alpha: float = 0.35
    weights: Annotated[str, Field(min_length=1)] = "none"
    """none, imagenet, the name of a model above this one, or the path of a .keras file."""

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


class Model(Section):
    """`[[model]]`: one model of the chain; the output of one crops the input of the next."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=48)]
    task: TaskKind
    input: Input
    backbone: Backbone = Backbone()
    head: Decode = "points"
    pooling: Literal["max", "avg"] = "max"
    file: str | None = None
    train: Train = Train()

    @field_validator("name")
    @classmethod
    def _no_keyword(cls, name: str) -> str:
        if name in JAVA_KEYWORDS:
            raise ValueError(f"{name!r} is a word of the Java language and can't name a model")
        return name


class Split(Section):
    """`[data] split`: shares of the examples kept out of training."""

    validation: Annotated[float, Field(gt=0, lt=1)] = 0.1
    test: Annotated[float, Field(gt=0, lt=1)] = 0.1

    @model_validator(mode="after")
    def _leaves_training(self) -> Split:
        if self.validation + self.test > 0.8:
            raise ValueError("validation and test together leave less than 0.2 to train on")
        return self


class Data(Section):
    """`[data]`: what the models learn from."""

    format: Literal["cat", "coco", "voc", "folder", "csv", "drawn"]
    path: str | None = None
    pictures: Annotated[int, Field(ge=20, le=1_000_000)] = 8000
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1
    split: Split = Split()

    @model_validator(mode="after")
    def _path_where_read(self) -> Data:
        if self.format != "drawn" and not self.path:
            raise ValueError(f"format {self.format!r} is read from a folder: path is missing")
        return self


class Convert(Section):
    """`[convert]`: how the trained model becomes a `.tflite`."""

    quantize: Literal["none", "float16", "dynamic", "int8", "auto"] = "auto"
    max_metric_loss: Annotated[float, Field(ge=0, le=1, strict=False)] = 0.01
    """Largest loss `auto` allows, as a share of the float model's metric."""


class Android(Section):
    """`[android]`: the APK."""

    min_sdk: Annotated[int, Field(ge=24, le=36)] = 24
    target_sdk: Annotated[int, Field(ge=24, le=36)] = 36
    abis: Annotated[tuple[Literal["arm64-v8a", "armeabi-v7a", "x86_64", "x86"], ...], Field(min_length=1, strict=False)] = (
        "arm64-v8a",
    )
    delegate: Literal["auto", "cpu", "gpu", "nnapi"] = "auto"
    runtime: Literal["auto", "tensorflow-lite", "litert", "javacpp"] = "auto"
    animation: str | None = None

    @model_validator(mode="after")
    def _order(self) -> Android:
        if self.target_sdk < self.min_sdk:
            raise ValueError(f"target_sdk {self.target_sdk} is below min_sdk {self.min_sdk}")
        return self


class Benchmark(Section):
    """`[benchmark]`: how the phone is measured."""

    threads: Annotated[tuple[Annotated[int, Field(ge=1, le=16)], ...], Field(min_length=1, strict=False)] = (1, 2, 4)
    delegates: Annotated[tuple[Delegate, ...], Field(min_length=1, strict=False)] = ("cpu", "gpu")
    warmup_runs: Annotated[int, Field(ge=0, le=100_000)] = 10
    num_runs: Annotated[int, Field(ge=1, le=100_000)] = 50


class AppSpec(Section):
    """A whole `app.toml`.

    Attributes:
        folder: the app's folder; relative paths in app.toml start there.
    """

    app: App
    model: Annotated[tuple[Model, ...], Field(min_length=1, strict=False)]
    data: Data
    convert: Convert = Convert()
    android: Android = Android()
    benchmark: Benchmark = Benchmark()
    folder: Path = Field(default=Path(), exclude=True)

    @model_validator(mode="after")
    def _names_differ(self) -> AppSpec:
        names = [model.name for model in self.model]
        if len(set(names)) != len(names):
            raise ValueError(f"two models have the same name: {', '.join(names)}")
        for i, model in enumerate(self.model):
            if model.backbone.weights in names[i:]:
                raise ValueError(f"weights of {model.name} are those of {model.backbone.weights}, which is not trained before it")
        return self

    def path(self, text: str) -> Path:
        """A path written in app.toml, from the app's folder unless absolute."""
        return (self.folder / Path(text).expanduser()).resolve()
