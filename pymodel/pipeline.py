"""The stages from data to described `.tflite` files, each skipped while nothing it follows from has changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from appspec.artifacts import Artifacts
from appspec.errors import KitError
from appspec.spec import AppSpec, Model
from appspec.stages import Stage, StageResult, hash_file, hash_tree
from pymodel.choose import Variant, choose, read_variants
from pymodel.served import check_served

CODE_DATA = ("pymodel/data", "pymodel/geometry.py")
CODE_TRAIN = (
    *CODE_DATA,
    "pymodel/augment.py",
    "pymodel/backbone.py",
    "pymodel/learn.py",
    "pymodel/train.py",
    "pymodel/objective.py",
    "pymodel/heatmaps.py",
    "pymodel/tasks",
    "pymodel/normalize.py",
    "pymodel/decode.py",
)
CODE_CONVERT = (
    "pymodel/variants.py",
    "pymodel/convert.py",
    "pymodel/describe.py",
    "pymodel/evaluate.py",
    "pymodel/host.py",
    "pymodel/metrics.py",
    "appspec/read_contract.py",
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
        evaluation: end to end on the test split: pictures, iou, nme, median_ms.
    """

    models: tuple[ChosenModel, ...]
    evaluation: dict[str, float | int | None]
    stages: tuple[StageResult, ...]


def data_stage(
    spec: AppSpec, artifacts: Artifacts, say: Listener, data: Path | None = None
) -> tuple[Path, str, list[StageResult]]:
    """The folder to read, a hash of its content, and the stages that made it.

    Args:
        data: read this folder in the CAT layout in place of what app.toml says.

    Raises:
        KitError: the folder is missing.
    """
    if data is None and spec.data.format == "drawn":
        stage = Stage(
            "draw pictures",
            artifacts.data,
            {"pictures": spec.data.pictures, "seed": spec.data.seed},
            ("pymodel/drawn", "pymodel/geometry.py"),
            ("numpy", "opencv-python-headless"),
        )

        def make(folder: Path) -> None:
            from pymodel.drawn import draw_dataset

            say.heading(f"Drawing {spec.data.pictures} cats")
            draw_dataset(
                folder,
                spec.data.pictures,
                spec.data.seed,
                on_progress=lambda done, total: say.progress("pictures drawn", done, total),
            )

        result = stage.run(make, say.say)
        return artifacts.data, result.stamp, [result]
    folder = data if data is not None else spec.path(spec.data.path or "")
    if not folder.is_dir():
        from pymodel.data.cat import find_pairs

        find_pairs(folder)
    return folder, hash_tree(folder, artifacts.root / ".hashes.json"), []


def build_models(spec: AppSpec, artifacts: Artifacts, say: Listener, data: Path | None = None) -> Models:
    """All stages up to the chosen `.tflite` of each model.

    Raises:
        KitError: anything the user can mend.
    """
    check_served(spec)
    folder, data_hash, stages = data_stage(spec, artifacts, say, data)
    examples = Stage(
        "read pictures",
        artifacts.examples,
        {"data": data_hash, "split": spec.data.split.model_dump()},
        CODE_DATA,
        ("pillow", "numpy"),
    )

    def read(target: Path) -> None:
        from pymodel.data.store import ExampleStore, write_store

        say.heading("Reading pictures")
        write_store(folder, spec.data.split, target, say.progress)
        store = ExampleStore(target)
        counts = ", ".join(f"{count} {name}" for name, count in store.counts().items())
        say.say(f"  {counts}; {len(store.problems)} left out")
        for problem in store.problems[:10]:
            say.say(f"  left out: {problem.file}: {problem.why}")
        _check_splits(folder, store.counts())

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
    evaluated, evaluation = _evaluate(artifacts, chosen, read_result.stamp, conversions, say)
    return Models(chosen, evaluation, (*stages, evaluated))


def chosen_models(spec: AppSpec, artifacts: Artifacts) -> list[Path]:
    """The finished models of an app, in order.

    Raises:
        KitError: the app was not built yet.
    """
    paths = [artifacts.models / f"{model.name}.tflite" for model in spec.model]
    for path in paths:
        if not path.is_file():
            raise KitError(f"There is no trained model {path.stem} yet", f"{path} does not exist", "run: invoke train")
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
        from pymodel.learn import learn

        say.heading(f"Training {model.name}")
        checkpoint = artifacts.checkpoint(model.name, stage.stamp())
        learn(spec, model, weights, artifacts.examples, target, checkpoint, artifacts.logs, say)

    return stage.run(make, say.say)


def _convert(spec: AppSpec, model: Model, artifacts: Artifacts, trained: str, say: Listener) -> StageResult:
    described = {"name": spec.app.name, "version": spec.app.version, "pictures": spec.data.pictures}
    stage = Stage(
        f"convert {model.name}",
        artifacts.convert(model.name),
        {"trained": trained, "app": described, "quantize": spec.convert.quantize},
        (*CODE_DATA, *CODE_CONVERT, "pymodel/decode.py", "pymodel/normalize.py"),
        ("tensorflow", "tflite-support", "ai-edge-litert", "numpy"),
    )

    def make(target: Path) -> None:
        from pymodel.variants import make_variants

        say.heading(f"Converting and measuring {model.name}")
        make_variants(spec, model, artifacts.train(model.name) / "model.keras", artifacts.examples, target, artifacts.logs, say)

    return stage.run(make, say.say)


def _choose(spec: AppSpec, artifacts: Artifacts, conversions: Sequence[StageResult], say: Listener) -> tuple[ChosenModel, ...]:
    stage = Stage(
        "choose variants",
        artifacts.models,
        {"conversions": [result.stamp for result in conversions], "convert": spec.convert.model_dump()},
        ("pymodel/choose.py",),
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
    artifacts: Artifacts, chosen: tuple[ChosenModel, ...], examples: str, conversions: Sequence[StageResult], say: Listener
) -> tuple[StageResult, dict[str, float | int | None]]:
    stage = Stage(
        "evaluate",
        artifacts.root / "evaluation",
        {
            "examples": examples,
            "models": [hash_file(pick.path) for pick in chosen],
            "conversions": [r.stamp for r in conversions],
        },
        (*CODE_CONVERT, "pymodel/decode.py", "pymodel/geometry.py"),
        ("ai-edge-litert", "numpy"),
    )

    def make(target: Path) -> None:
        from pymodel.data.store import ExampleStore
        from pymodel.evaluate import evaluate_chain

        say.heading("Evaluating the chain on the test split")
        evaluation, _ = evaluate_chain([pick.path for pick in chosen], ExampleStore(artifacts.examples).pictures("test"))
        (target / "evaluation.json").write_text(json.dumps(evaluation.as_dict(), indent=1), encoding="utf-8")

    result = stage.run(make, say.say)
    document = json.loads((result.folder / "evaluation.json").read_text(encoding="utf-8"))
    return result, {name: document[name] for name in ("pictures", "iou", "nme", "median_ms")}


def _check_splits(folder: Path, counts: dict[str, int]) -> None:
    empty = [name for name, count in counts.items() if not count]
    if empty:
        total = sum(counts.values())
        raise KitError(
            f"{total} pictures in {folder} are too few",
            f"none of them fell into {' and '.join(empty)} (a picture's split follows from its file name)",
            "add pictures (200 or more), or raise the shares in [data] split of app.toml",
        )


def _weights_file(spec: AppSpec, weights: str) -> Path:
    path = spec.path(weights)
    if not path.is_file():
        raise KitError(
            "Can't load the backbone's weights",
            f"{path} does not exist",
            "set weights to none, imagenet, or a file that is there",
        )
    return path
