"""What templates can name: everything already in the form in which it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from appspec import contract as appspec_contract
from appspec.spec import AppSpec
from codegen.escape import AndroidString, GroovyString, KotlinIdentifier, KotlinString, kotlin_float


@dataclass(frozen=True)
class AppContext:
    """`app`.

    Attributes:
        name: for settings.gradle; without the characters that Gradle forbids in a project's name.
        label: for strings.xml, the name as it is shown.
    """

    name: GroovyString
    label: AndroidString
    id: GroovyString
    version: GroovyString
    version_code: int


@dataclass(frozen=True)
class AndroidContext:
    """`android`."""

    min_sdk: int
    target_sdk: int
    abis: tuple[GroovyString, ...]
    delegate: KotlinString


@dataclass(frozen=True)
class TensorContext:
    """`model.input`, `model.output`; scale is a Kotlin literal."""

    shape: tuple[int, ...]
    dtype: KotlinString
    scale: str
    zero_point: int


@dataclass(frozen=True)
class ModelContext:
    """One of `models`; mean, std, margins and look_again are Kotlin literals."""

    name: KotlinString
    file: KotlinString
    sha256: KotlinString
    task: KotlinIdentifier
    decode: KotlinString
    labels: tuple[KotlinString, ...]
    input: TensorContext
    output: TensorContext
    mean: tuple[str, ...]
    std: tuple[str, ...]
    region: KotlinString
    margin: str
    box_margin: str
    look_again: str
    quantization: KotlinString


@dataclass(frozen=True)
class Context:
    """All names of a template."""

    app: AppContext
    android: AndroidContext
    kinds: tuple[KotlinIdentifier, ...]
    models: tuple[ModelContext, ...]


def make_context(spec: AppSpec, contracts: Sequence[appspec_contract.ModelContract]) -> Context:
    """Everything that the templates of one app need."""
    return Context(
        app=AppContext(
            name=GroovyString(_project_name(spec.app.name)),
            label=AndroidString(spec.app.name),
            id=GroovyString(spec.app.id),
            version=GroovyString(spec.app.version),
            version_code=spec.app.version_code,
        ),
        android=AndroidContext(
            min_sdk=spec.android.min_sdk,
            target_sdk=spec.android.target_sdk,
            abis=tuple(GroovyString(abi) for abi in spec.android.abis),
            delegate=KotlinString(spec.android.delegate),
        ),
        kinds=tuple(KotlinIdentifier(kind) for kind in sorted({contract.task for contract in contracts})),
        models=tuple(_model(contract) for contract in contracts),
    )


def _model(contract: appspec_contract.ModelContract) -> ModelContext:
    return ModelContext(
        name=KotlinString(contract.name),
        file=KotlinString(contract.file),
        sha256=KotlinString(contract.sha256),
        task=KotlinIdentifier(contract.task),
        decode=KotlinString(contract.decode),
        labels=tuple(KotlinString(label) for label in contract.labels),
        input=_tensor(contract.input),
        output=_tensor(contract.output),
        mean=tuple(kotlin_float(value) for value in contract.mean),
        std=tuple(kotlin_float(value) for value in contract.std),
        region=KotlinString(contract.region),
        margin=kotlin_float(contract.margin),
        box_margin=kotlin_float(contract.box_margin),
        look_again=kotlin_float(contract.look_again),
        quantization=KotlinString(contract.quantization),
    )


def _tensor(tensor: appspec_contract.TensorContract) -> TensorContext:
    return TensorContext(tensor.shape, KotlinString(tensor.dtype), kotlin_float(tensor.scale), tensor.zero_point)


def _project_name(name: str) -> str:
    """Gradle forbids some characters in a project's name, and a dot at either end."""
    return re.sub(r'[/\\:<>"?*|]', "_", name).strip(" .") or "app"
