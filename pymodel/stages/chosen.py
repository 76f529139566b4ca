"""The stage that chooses what goes into the APK: a variant of each trained model, each ready one as it is."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from appspec.artifacts import BESIDE, Artifacts
from appspec.contract import Quantization
from appspec.errors import KitError
from appspec.operators import operator_table, runtime_refusals
from appspec.progress import Reporter
from appspec.read_contract import read_contract
from appspec.spec import AppSpec
from appspec.stages import Stage, StageResult
from pymodel.foreign import stage as adoption
from pymodel.quantize import choice
from pymodel.quantize.choice import Choice, Judgement, Variant, choose, read_choice, read_variants, write_choice
from pymodel.quantize.phone_check import INPUTS, REFUSED, PhoneChecks


@dataclass(frozen=True)
class ChosenModel:
    """A model as it goes into the APK, beside the variants that were not taken.

    Attributes:
        reason: why this file, in a line.
        chosen: None of a ready file, which has no variants.
        beside: a second variant that goes into the APK.
        instructions: see appspec.phone_runtime.PhoneRuntime; of the variants that were looked at.
    """

    path: Path
    reason: str
    chosen: Variant | None = None
    beside: Variant | None = None
    variants: tuple[Variant, ...] = ()
    instructions: Mapping[Quantization, int | None] = field(default_factory=dict)


def chosen_models(spec: AppSpec, artifacts: Artifacts, arguments: str = "") -> list[Path]:
    """The finished models of an app, in order.

    Args:
        arguments: what names the app on the command line.

    Raises:
        KitError: the app was not built yet.
    """
    paths = [artifacts.models / f"{model.name}.tflite" for model in spec.model]
    for path in paths:
        if not path.is_file():
            raise KitError(
                f"There is no finished model {path.stem} yet", f"{path} does not exist", f"run: invoke train{arguments}"
            )
    return paths


def choose_models(
    spec: AppSpec, artifacts: Artifacts, conversions: Sequence[StageResult], checks: PhoneChecks, reporter: Reporter
) -> tuple[ChosenModel, ...]:
    inputs = {
        "conversions": [result.stamp for result in conversions],
        "convert": spec.convert.model_dump(),
        "runtimes": {runtime: operator_table(runtime).highest for runtime in checks.runtimes},
        "phones": [phone.name for phone in checks.phones],
    }
    stage = Stage("choose variants", artifacts.models, inputs, choice.STAGE_VERSION)
    trained = [model.name for model in spec.model if model.file is None]
    measured = {name: read_variants(artifacts.convert(name)) for name in trained}

    def make(target: Path) -> None:
        choices = {}
        for model in spec.model:
            if model.file is not None:
                shutil.copyfile(artifacts.adopt(model.name) / f"{model.name}.tflite", target / f"{model.name}.tflite")
        for name, found in measured.items():
            folder = artifacts.convert(name)
            one = choices[name] = _choose_one(spec, name, found, folder, checks)
            copies = {f"{name}.tflite": one.variant, f"{name}_{BESIDE}.tflite": one.beside}
            for file, variant in copies.items():
                if variant:
                    (target / file).write_bytes((folder / variant.quantization / f"{name}.tflite").read_bytes())
        write_choice(target, choices)

    stage.run(make, lambda _: None)
    picks = []
    for model in spec.model:
        path = artifacts.models / f"{model.name}.tflite"
        if model.file is not None:
            picks.append(ChosenModel(path, f"as its file {Path(model.file).name} is; {_ready_words(path, artifacts, checks)}"))
        else:
            found = measured[model.name]
            one = read_choice(artifacts.models, model.name, found)
            picks.append(ChosenModel(path, f"{one.reason}; {checks.words}", one.variant, one.beside, found, one.instructions))
        reporter.say(f"  {model.name}: {picks[-1].reason}")
    return tuple(picks)


def _ready_words(path: Path, artifacts: Artifacts, checks: PhoneChecks) -> str:
    """What phones make of a ready model, which has no other variant to take in its place.

    Raises:
        KitError: they don't load it.
    """
    refusals = runtime_refusals(path, checks.runtimes)
    if refusals:
        raise KitError(
            f"{path.stem} would not start on a phone",
            f"it needs {'; '.join(refusals)}",
            "convert it again from its source (invoke convert), or choose another [android] runtime",
        )
    contract = read_contract(path)
    against = checks.objection(path, contract.quantization or "float32", artifacts.adopt(path.stem) / adoption.INPUTS)
    if against.startswith(REFUSED):
        raise KitError(
            f"{path.stem} would not run on a phone",
            f"it {against}",
            "see what breaks it (invoke model.check FILE --arm64), or convert it again from its source with a batch of 1",
        )
    return f"CAREFUL: it {against}" if against else checks.words


def _choose_one(spec: AppSpec, name: str, found: Sequence[Variant], folder: Path, checks: PhoneChecks) -> Choice:
    def file(kind: Quantization) -> Path:
        return folder / kind / f"{name}.tflite"

    judgement = Judgement(
        objection=lambda kind: checks.objection(file(kind), kind, folder / INPUTS),
        instructions=lambda kind: checks.instructions(file(kind), folder / INPUTS),
    )
    return choose(name, found, spec.convert, judgement)
