"""What templates can name: everything already in the form in which it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from appspec import contract as appspec_contract
from appspec.errors import KitError
from appspec.runtimes import JAVACPP_ABIS, Runtimes, choose_runtimes
from appspec.spec import AppSpec
from codegen.escape import AndroidString, GroovyString, KotlinIdentifier, KotlinString, kotlin_float


@dataclass(frozen=True)
class AppContext:
    """`app`.

    Attributes:
        name: for settings.gradle; without the characters that Gradle forbids in a project's name.
        label: for strings.xml, the name as it is shown.
        screen: also the folder of the template's app/src with what only this kind of screen needs.
    """

    name: GroovyString
    label: AndroidString
    id: GroovyString
    version: GroovyString
    version_code: int
    screen: KotlinIdentifier


@dataclass(frozen=True)
class RuntimeContext:
    """One of `runtimes`: what computes the models in builds of one type, or in all.

    Attributes:
        name: as in app.toml.
        source_set: of app/src, where that code goes: `main`, or the build type's where the two differ.
        configuration: of its dependencies.
        folder: of the template's app/src with the code that calls it.
        classifiers: javacpp's names for the app's ABIs.
    """

    name: str
    source_set: str
    configuration: str
    folder: str
    classifiers: tuple[str, ...]


@dataclass(frozen=True)
class AndroidContext:
    """`android`.

    Attributes:
        camera: the one that a camera screen starts with.
    """

    min_sdk: int
    target_sdk: int
    abis: tuple[GroovyString, ...]
    delegate: KotlinString
    camera: KotlinString


@dataclass(frozen=True)
class TensorContext:
    """`model.input`, `model.output`; scale is a Kotlin literal."""

    shape: tuple[int, ...]
    dtype: KotlinString
    scale: str
    zero_point: int


@dataclass(frozen=True)
class ModelContext:
    """One of `models`; what is no whole number is a Kotlin literal."""

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
    refine_below_iou: str
    zoom_margin: str
    tile_below_confidence: str
    tile_side: str
    quantization: KotlinString
    channels: tuple[KotlinString, ...]
    interval_s: str
    threshold: str
    hold: int


@dataclass(frozen=True)
class Context:
    """All names of a template."""

    app: AppContext
    android: AndroidContext
    kinds: tuple[KotlinIdentifier, ...]
    models: tuple[ModelContext, ...]
    runtimes: tuple[RuntimeContext, ...]

    @property
    def overlays(self) -> dict[str, set[str]]:
        """Folders of the template's app/src beside `main`, and the source sets that they are laid over."""
        places: dict[str, set[str]] = {folder: {"main"} for folder in (self.app.screen, *self.kinds)}
        for runtime in self.runtimes:
            places.setdefault(runtime.folder, set()).add(runtime.source_set)
        return places


def make_context(spec: AppSpec, contracts: Sequence[appspec_contract.ModelContract], runtimes: Runtimes | None = None) -> Context:
    """Everything that the templates of one app need.

    Args:
        runtimes: what computes the models; None: what can be had without Google's repository.

    Raises:
        KitError: the app's screen can't show what its models answer.
    """
    _check_screen(spec.app.screen, contracts)
    return Context(
        app=AppContext(
            name=GroovyString(_project_name(spec.app.name)),
            label=AndroidString(spec.app.name),
            id=GroovyString(spec.app.id),
            version=GroovyString(spec.app.version),
            version_code=spec.app.version_code,
            screen=KotlinIdentifier(spec.app.screen),
        ),
        android=AndroidContext(
            min_sdk=spec.android.min_sdk,
            target_sdk=spec.android.target_sdk,
            abis=tuple(GroovyString(abi) for abi in spec.android.abis),
            delegate=KotlinString(spec.android.delegate),
            camera=KotlinString(spec.android.camera or "back"),
        ),
        kinds=tuple(KotlinIdentifier(kind) for kind in sorted({contract.kind for contract in contracts})),
        models=tuple(_model(contract) for contract in contracts),
        runtimes=_runtimes(runtimes or choose_runtimes(spec.android, litert_resolves=False), spec.android.abis),
    )


_SAME_API = {"litert": "tensorflow-lite"}
"""Runtimes whose classes are called as another one's, and have no code of their own."""


def _runtimes(runtimes: Runtimes, abis: Sequence[str]) -> tuple[RuntimeContext, ...]:
    if runtimes.debug == runtimes.release:
        places = [("main", "implementation", runtimes.debug)]
    else:
        places = [(build, f"{build}Implementation", getattr(runtimes, build)) for build in ("debug", "release")]
    folders = {name: f"runtime-{_SAME_API.get(name, name)}" for _, _, name in places}
    return tuple(
        RuntimeContext(
            name=name,
            source_set=source_set if len(set(folders.values())) > 1 else "main",
            configuration=configuration,
            folder=folders[name],
            classifiers=tuple(JAVACPP_ABIS[abi] for abi in abis) if name == "javacpp" else (),
        )
        for source_set, configuration, name in places
    )


def _check_screen(screen: str, contracts: Sequence[appspec_contract.ModelContract]) -> None:
    """A camera has no samples, a sensor no pictures, and the alarm of a sensor screen is that of one model."""
    for contract in contracts:
        wanted = "sensor" if isinstance(contract.decoder, appspec_contract.Window) else "camera"
        if screen != wanted:
            raise KitError(
                f"{contract.name} can't run on this screen",
                f"task {contract.kind!r} is fed by a {wanted}, and [app] screen is {screen!r}",
                f'[app] screen = "{wanted}" in app.toml',
            )
    if screen == "sensor" and len(contracts) != 1:
        names = ", ".join(contract.name for contract in contracts)
        raise KitError(
            "A sensor screen shows one model", f"this app has {len(contracts)}: {names}", "make an app of its own for each"
        )


def _model(contract: appspec_contract.ModelContract) -> ModelContext:
    crop = contract.crop or appspec_contract.CropPolicy()
    mean, std = contract.normalization
    decoder = contract.decoder
    return ModelContext(
        name=KotlinString(contract.name),
        file=KotlinString(contract.file),
        sha256=KotlinString(contract.sha256),
        task=KotlinIdentifier(contract.kind),
        decode=KotlinString(_DECODES[type(decoder)]),
        labels=tuple(KotlinString(label) for label in contract.labels),
        input=_tensor(contract.input),
        output=_tensor(contract.output),
        mean=tuple(kotlin_float(value) for value in mean),
        std=tuple(kotlin_float(value) for value in std),
        region=KotlinString(crop.follows if contract.crop else "window"),
        margin=kotlin_float(crop.margin),
        box_margin=kotlin_float(contract.box_margin),
        refine_below_iou=kotlin_float(crop.refine_below_iou),
        zoom_margin=kotlin_float(crop.zoom_margin),
        tile_below_confidence=kotlin_float(crop.tile_below_confidence),
        tile_side=kotlin_float(crop.tile_side),
        quantization=KotlinString(contract.quantization or "float32"),
        channels=tuple(KotlinString(channel) for channel in contract.input.channels),
        interval_s=kotlin_float(getattr(decoder, "interval_s", 0.0)),
        threshold=kotlin_float(contract.threshold),
        hold=getattr(decoder, "hold", 1),
    )


_DECODES: dict[type, str] = {
    appspec_contract.Points: "points",
    appspec_contract.Peak: "peak",
    appspec_contract.Coordinates: "regress",
    appspec_contract.Classes: "probabilities",
    appspec_contract.Window: "abnormal",
    appspec_contract.Raw: "raw",
}


def _tensor(tensor: appspec_contract.TensorContract) -> TensorContext:
    return TensorContext(tensor.shape, KotlinString(tensor.dtype), kotlin_float(tensor.scale), tensor.zero_point)


def _project_name(name: str) -> str:
    """Gradle forbids some characters in a project's name, and a dot at either end."""
    return re.sub(r'[/\\:<>"?*|]', "_", name).strip(" .") or "app"
