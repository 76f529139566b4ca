"""What templates can name: everything already in the form in which it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from appspec.contract import Coordinates, ElementType, ModelContract, Peak
from appspec.errors import KitError
from appspec.runtimes import JAVACPP_ABIS, Runtimes, choose_runtimes
from appspec.spec import Android, AppSpec
from codegen.escape import AndroidString, GroovyString, KotlinIdentifier, KotlinString, MarkdownText
from codegen.kotlin_code import KotlinCode, kotlin_code

MODEL_INDENT = 8
"""Of a model's constructor in ModelContracts.kt."""

FOLLOWED = "follow"
"""Folder of the template's app/src with the animation that follows a point."""

PICTURE_AXES, BATCH_AXIS, COLORS = 4, 0, 3
"""Of an input (1, H, W, 3); a window of samples has three axes."""

FILLED_TYPES: tuple[ElementType, ...] = ("float32", "int8", "uint8")
"""Element types of inputs that an app fills."""


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
        abis: of all builds.
        debug_abis: those that only debug builds have.
        camera: the one that a camera screen starts with.
    """

    min_sdk: int
    target_sdk: int
    abis: tuple[GroovyString, ...]
    debug_abis: tuple[GroovyString, ...]
    delegate: KotlinString
    camera: KotlinString


@dataclass(frozen=True)
class Context:
    """All names of a template.

    Attributes:
        models: constructors of the contracts, one a model.
        others: likewise of further variants of these.
        follows: an animation follows a point on its screen.
        credits: of models that others made.
    """

    app: AppContext
    android: AndroidContext
    kinds: tuple[KotlinIdentifier, ...]
    models: tuple[KotlinCode, ...]
    others: tuple[KotlinCode, ...]
    runtimes: tuple[RuntimeContext, ...]
    follows: bool
    credits: tuple[MarkdownText, ...]

    @property
    def overlays(self) -> dict[str, set[str]]:
        """Folders of the template's app/src beside `main`, and the source sets that they are laid over."""
        places: dict[str, set[str]] = {folder: {"main"} for folder in (self.app.screen, *self.kinds)}
        if self.follows:
            places[FOLLOWED] = {"main"}
        for runtime in self.runtimes:
            places.setdefault(runtime.folder, set()).add(runtime.source_set)
        return places


def make_context(spec: AppSpec, contracts: Sequence[ModelContract], runtimes: Runtimes | None = None) -> Context:
    """Everything that the templates of one app need.

    Args:
        contracts: one a model, in the order of the chain; others of the same name are variants of it.
        runtimes: what computes the models; None: what can be had without Google's repository.

    Raises:
        KitError: the app's screen can't show what its models answer.
    """
    first: dict[str, ModelContract] = {}
    for contract in contracts:
        first.setdefault(contract.name, contract)
    models = list(first.values())
    _check_screen(spec.app.screen, models)
    for contract in contracts:
        _check_inputs(contract)
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
            debug_abis=tuple(GroovyString(abi) for abi in spec.android.debug_abis if abi not in spec.android.abis),
            delegate=KotlinString(spec.android.delegate),
            camera=KotlinString(spec.android.camera or "back"),
        ),
        kinds=tuple(KotlinIdentifier(kind) for kind in sorted({contract.kind for contract in contracts})),
        models=tuple(kotlin_code(contract, MODEL_INDENT) for contract in models),
        others=tuple(kotlin_code(contract, MODEL_INDENT) for contract in contracts if contract not in models),
        runtimes=_runtimes(runtimes or choose_runtimes(spec.android, litert_resolves=False), spec.android),
        follows=any(_is_followed(contract) for contract in models),
        credits=tuple(MarkdownText(contract.credit) for contract in models if contract.credit),
    )


def _is_followed(contract: ModelContract) -> bool:
    decoder = contract.decoder
    return isinstance(decoder, Peak) or (isinstance(decoder, Coordinates) and bool(decoder.shown))


_SAME_API = {"litert": "tensorflow-lite"}
"""Runtimes whose classes are called as another one's, and have no code of their own."""


def _runtimes(runtimes: Runtimes, android: Android) -> tuple[RuntimeContext, ...]:
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
            classifiers=_classifiers(android, source_set) if name == "javacpp" else (),
        )
        for source_set, configuration, name in places
    )


def _classifiers(android: Android, build: str) -> tuple[str, ...]:
    return tuple(JAVACPP_ABIS[abi] for abi in (android.abis if build == "release" else android.debug_abis))


def _check_screen(screen: str, contracts: Sequence[ModelContract]) -> None:
    """A camera has no samples, a sensor no pictures, and the alarm of a sensor screen is that of one model."""
    for contract in contracts:
        wanted = "camera" if len(contract.input.shape) == PICTURE_AXES else "sensor"
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


def _check_inputs(contract: ModelContract) -> None:
    """An app fills one input, of a size that its file fixes; a batch that the file leaves open is 1."""
    names = ", ".join(tensor.name for tensor in contract.inputs)
    open_axes = [axis for axis in contract.input.dynamic_axes if axis != BATCH_AXIS]
    shape, dtype = contract.input.shape, contract.input.dtype
    found = ""
    if len(contract.inputs) != 1:
        found = f"it has {len(contract.inputs)} inputs ({names}), and an app fills one"
    elif open_axes:
        found = f"its input {names} has shape {list(shape)}, and leaves the size of axis {', '.join(map(str, open_axes))} open"
    elif len(shape) == PICTURE_AXES and (shape[0] != 1 or shape[3] != COLORS):
        found = f"its input {names} has shape {list(shape)}, and a camera fills [1, height, width, {COLORS}]"
    elif dtype not in FILLED_TYPES:
        found = f"its input {names} is {dtype}, and an app fills {', '.join(FILLED_TYPES)}"
    if found:
        raise KitError(f"{contract.file} can't be put into an app", found, "convert it with one such input of a fixed size")


def _project_name(name: str) -> str:
    """Gradle forbids some characters in a project's name, and a dot at either end."""
    return re.sub(r'[/\\:<>"?*|]', "_", name).strip(" .") or "app"
