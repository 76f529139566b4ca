"""The stages from data to described `.tflite` files, each skipped while nothing it follows from has changed."""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from appspec.artifacts import Artifacts
from appspec.errors import KitError
from appspec.spec import AppSpec, Model
from appspec.stages import Stage, StageResult, hash_file, hash_tree
from pymodel.quantize.choice import Variant, choose, read_variants
from pymodel.supported import check_served

CODE_DATA = ("pymodel/data", "pymodel/preprocess/geometry.py")
CODE_TRAIN = (
    *CODE_DATA,
    "pymodel/data/augmentation.py",
    "pymodel/networks/mobilenet_v2.py",
    "pymodel/networks/fused.py",
    "pymodel/train/run.py",
    "pymodel/train/curve.py",
    "pymodel/train/diagnosis.py",
    "pages/page.py",
    "pymodel/train/page.py",
    "pymodel/train/muon.py",
    "pymodel/train/optimizer.py",
    "pymodel/train/loop.py",
    "pymodel/train/objective.py",
    "pymodel/networks/heatmaps.py",
    "pymodel/tasks",
    "pymodel/preprocess/normalize.py",
    "pymodel/inference/decoders.py",
)
CODE_CONVERT = (
    "pymodel/quantize/variants.py",
    "pymodel/convert/keras.py",
    "pymodel/metadata/writer.py",
    "pymodel/evaluate/chain.py",
    "pymodel/inference/interpreter.py",
    "pymodel/evaluate/metrics.py",
    "pymodel/inference/vote.py",
    "appspec/read_contract.py",
)


CODE_PAGE = (
    "appspec/intervals.py",
    "pymodel/evaluate/page.py",
    "pages/page.py",
    "pymodel/evaluate/drawing.py",
    "pymodel/tasks/pictures.py",
    "pymodel/evaluate/predict.py",
    "pymodel/tasks",
)


class Listener(Protocol):
    """Where the stages report to."""

    def say(self, line: str) -> None:
        """One line."""

    def heading(self, line: str) -> None:
        """One line that starts a stage."""

    def progress(self, what: str, done: int, total: int) -> None:
        """How far a long step is."""


@dataclass(frozen=True)
class ChosenModel:
    """A model as it goes into the APK, beside the variants that were not taken."""

    path: Path
    chosen: Variant
    variants: tuple[Variant, ...]
    reason: str


@dataclass(frozen=True)
class Models:
    """What the pipeline made.

    Attributes:
        stages: in the order they ran or were skipped.
        evaluation: of the test split: metrics, each with value, low and high; how many examples; median_ms.
    """

    models: tuple[ChosenModel, ...]
    evaluation: dict[str, Any]
    stages: tuple[StageResult, ...]


def data_stage(
    spec: AppSpec, artifacts: Artifacts, say: Listener, data: Path | None = None
) -> tuple[Path, str, list[StageResult]]:
    """The folder to read, a hash of its content, and the stages that made it.

    Args:
        data: read this folder in place of what app.toml says.

    Raises:
        KitError: the folder is missing.
    """
    if data is None and spec.data.format == "drawn":
        is_machine = spec.data.subject == "machine"
        amount = {"days": spec.data.days} if is_machine else {"pictures": spec.data.pictures}
        stage = Stage(
            "simulate a machine" if is_machine else "draw pictures",
            artifacts.data,
            {"subject": spec.data.subject, "layout": spec.data.read_as, "seed": spec.data.seed, **amount},
            ("pymodel/synthetic", "pymodel/preprocess/geometry.py"),
            ("numpy", "opencv-python-headless"),
        )

        def make(folder: Path) -> None:
            if is_machine:
                from pymodel.synthetic.machine.simulate import simulate_machine

                say.heading(f"Simulating a machine for {spec.data.days} days")
                simulate_machine(folder, spec.data.days, spec.data.seed, say.progress)
                return
            from pymodel.synthetic import draw_dataset

            say.heading(f"Drawing {spec.data.pictures} {spec.data.subject.replace('_', ' ')}")
            draw_dataset(
                folder,
                spec.data.subject,
                spec.data.read_as,
                spec.data.pictures,
                spec.data.seed,
                on_progress=lambda done, total: say.progress("pictures drawn", done, total),
            )

        result = stage.run(make, say.say)
        return artifacts.data, result.stamp, [result]
    folder = data if data is not None else spec.path(spec.data.path or "")
    if not folder.is_dir():
        from pymodel.data.source import open_source

        open_source(folder, spec.data)
    return folder, hash_tree(folder, artifacts.root / ".hashes.json"), []


def build_models(spec: AppSpec, artifacts: Artifacts, say: Listener, data: Path | None = None) -> Models:
    """All stages up to the chosen `.tflite` of each model.

    Raises:
        KitError: anything the user can mend.
    """
    check_served(spec)
    folder, data_hash, stages = data_stage(spec, artifacts, say, data)
    examples = Stage(
        "read data",
        artifacts.examples,
        {"data": data_hash, "how": spec.data.model_dump(exclude={"path", "pictures", "days", "seed", "subject"})},
        (*CODE_DATA, "pymodel/tasks/window") if spec.app.screen == "sensor" else CODE_DATA,
        ("pillow", "numpy", "pandas"),
    )

    def read(target: Path) -> None:
        say.heading("Reading the data")
        _room(spec).read(folder, spec, target, say)

    read_result = examples.run(read, say.say)
    stages.append(read_result)
    conversions = []
    trainings: dict[str, StageResult] = {}
    for model in spec.model:
        trained = trainings[model.name] = _train(spec, model, artifacts, read_result.stamp, trainings, say)
        converted = _convert(spec, model, artifacts, trained.stamp, say)
        stages += [trained, converted]
        conversions.append(converted)
    chosen = _choose(spec, artifacts, conversions, say)
    evaluated, evaluation = _evaluate(spec, artifacts, chosen, read_result.stamp, conversions, say)
    return Models(chosen, evaluation, (*stages, evaluated))


def evaluate_test(spec: AppSpec, artifacts: Artifacts, models: Sequence[Path], target: Path, arguments: str = "") -> None:
    """Finished models on the test split: evaluation.json, evaluate.html and pictures.

    Raises:
        KitError: the data was not read yet.
    """
    if not (artifacts.examples / ".stamp.json").is_file():
        raise KitError("There is no test split yet", f"{artifacts.examples} does not exist", f"run: invoke train{arguments}")
    target.mkdir(parents=True, exist_ok=True)
    _room(spec).evaluate(spec, models, artifacts.examples, target)


def evaluate_folder(spec: AppSpec, models: Sequence[Path], folder: Path, target: Path) -> None:
    """Finished models on a folder in the app's format.

    Raises:
        KitError: the folder can't be read.
    """
    _room(spec).evaluate_folder(spec, models, folder, target)


def inspect(spec: AppSpec, artifacts: Artifacts, picture: Path, pictures: int, say: Listener) -> dict[str, Any]:
    """The app's data, looked at: counts, classes, points or channels, lines and findings in words, problems; a picture.

    Raises:
        KitError: it can't be read.
    """
    folder, _, _ = data_stage(spec, artifacts, say)
    found: dict[str, Any] = _room(spec).inspect(folder, spec, picture, pictures)
    return found


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
                f"There is no trained model {path.stem} yet", f"{path} does not exist", f"run: invoke train{arguments}"
            )
    return paths


def _train(
    spec: AppSpec, model: Model, artifacts: Artifacts, examples: str, earlier: dict[str, StageResult], say: Listener
) -> StageResult:
    weights: str | Path = model.backbone.weights
    weights_hash = model.backbone.weights
    if weights in earlier:
        weights, weights_hash = artifacts.train(str(weights)) / "trained.keras", earlier[str(weights)].stamp
    elif weights not in ("none", "imagenet"):
        weights = _weights_file(spec, str(weights))
        weights_hash = hash_file(weights)
    values = model.model_dump(include={"task", "input", "backbone", "head", "pooling", "train"})
    stage = Stage(
        f"train {model.name}",
        artifacts.train(model.name),
        {"examples": examples, "model": values, "weights": weights_hash},
        CODE_TRAIN,
        ("tensorflow", "keras", "numpy"),
    )

    def make(target: Path) -> None:
        say.heading(f"Training {model.name}")
        checkpoint = artifacts.checkpoint(model.name, stage.stamp())
        _room(spec).learn(spec, model, weights, artifacts.examples, target, checkpoint, artifacts.logs, say)

    return stage.run(make, say.say)


def _convert(spec: AppSpec, model: Model, artifacts: Artifacts, trained: str, say: Listener) -> StageResult:
    described = {"name": spec.app.name, "version": spec.app.version, "amount": (spec.data.pictures, spec.data.days)}
    stage = Stage(
        f"convert {model.name}",
        artifacts.convert(model.name),
        {"trained": trained, "app": described, "quantize": spec.convert.quantize},
        (*CODE_DATA, *CODE_CONVERT, "pymodel/inference/decoders.py", "pymodel/preprocess/normalize.py"),
        ("tensorflow", "tflite-support", "ai-edge-litert", "numpy"),
    )

    def make(target: Path) -> None:
        say.heading(f"Converting and measuring {model.name}")
        _room(spec).make_variants(
            spec, model, artifacts.train(model.name) / "model.keras", artifacts.examples, target, artifacts.logs, say
        )

    return stage.run(make, say.say)


def _choose(spec: AppSpec, artifacts: Artifacts, conversions: Sequence[StageResult], say: Listener) -> tuple[ChosenModel, ...]:
    stage = Stage(
        "choose variants",
        artifacts.models,
        {"conversions": [result.stamp for result in conversions], "convert": spec.convert.model_dump()},
        ("pymodel/quantize/choice.py",),
    )
    found = []
    for model in spec.model:
        variants = read_variants(artifacts.convert(model.name))
        chosen, reason = choose(variants, spec.convert)
        found.append(ChosenModel(artifacts.models / f"{model.name}.tflite", chosen, variants, reason))

    def make(target: Path) -> None:
        for model, pick in zip(spec.model, found, strict=True):
            source = artifacts.convert(model.name) / pick.chosen.quantization / f"{model.name}.tflite"
            (target / f"{model.name}.tflite").write_bytes(source.read_bytes())

    stage.run(make, lambda _: None)
    for pick in found:
        say.say(f"  {pick.path.stem}: {pick.reason}")
    return tuple(found)


def _evaluate(
    spec: AppSpec,
    artifacts: Artifacts,
    chosen: tuple[ChosenModel, ...],
    examples: str,
    conversions: Sequence[StageResult],
    say: Listener,
) -> tuple[StageResult, dict[str, Any]]:
    stage = Stage(
        "evaluate",
        artifacts.evaluation,
        {
            "examples": examples,
            "models": [hash_file(pick.path) for pick in chosen],
            "conversions": [r.stamp for r in conversions],
        },
        (*CODE_CONVERT, *CODE_PAGE, "pymodel/inference/decoders.py", "pymodel/preprocess/geometry.py"),
        ("ai-edge-litert", "numpy", "matplotlib"),
    )

    def make(target: Path) -> None:
        say.heading("Evaluating on the test split")
        _room(spec).evaluate(spec, [pick.path for pick in chosen], artifacts.examples, target)

    result = stage.run(make, say.say)
    document = json.loads((result.folder / "evaluation.json").read_text(encoding="utf-8"))
    return result, {name: value for name, value in document.items() if name != "scores"}


def _room(spec: AppSpec) -> Any:
    """The module with the stages of the app's kind of input: read, learn, make_variants, evaluate."""
    return importlib.import_module("pymodel.tasks.window.series" if spec.app.screen == "sensor" else "pymodel.tasks.pictures")


def _weights_file(spec: AppSpec, weights: str) -> Path:
    path = spec.path(weights)
    if not path.is_file():
        raise KitError(
            "Can't load the backbone's weights",
            f"{path} does not exist",
            "set weights to none, imagenet, or a file that is there",
        )
    return path
