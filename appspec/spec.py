"""`app.toml` as typed values: the whole vocabulary of the kit, validated once."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from appspec.contract import Quantization
from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.java import JAVA_KEYWORDS
from appspec.model_spec import Model
from appspec.section import Section

Delegate = Literal["cpu", "gpu", "gpu_32", "nnapi"]


PAIR = re.compile(rf"(?:cpu(?:[1-9]|1[0-6])|gpu|gpu_32|nnapi)(?::(?:{'|'.join(get_args(Quantization))}))?")
"""A processor, and the variant whose file it runs, as the app names them (Candidate.kt): cpu4, gpu, gpu:float16, cpu2:int8."""


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
