"""The stages of a model that the kit trains: trained, its training drawn, converted in all variants."""

from __future__ import annotations

from pathlib import Path

from appspec.artifacts import Artifacts
from appspec.model_spec import Model
from appspec.progress import Reporter
from appspec.spec import AppSpec
from appspec.stages import Stage, StageResult, hash_file
from pages.page import TEMPLATE
from pymodel.networks.weights_file import check_weights_file
from pymodel.quantize import variants
from pymodel.tasks.task import find_trained_task
from pymodel.train import page as training_page
from pymodel.train import run as training_stage


def check_weights(spec: AppSpec) -> None:
    """Refuses files of weights that can't be loaded, before the data is read."""
    names = {model.name for model in spec.model}
    for model in spec.model:
        if model.file is None and model.backbone.weights not in {"none", "imagenet", *names}:
            check_weights_file(spec.path(str(model.backbone.weights)))


def train_model(
    spec: AppSpec, model: Model, artifacts: Artifacts, examples: str, earlier: dict[str, StageResult], reporter: Reporter
) -> StageResult:
    weights: str | Path = model.backbone.weights
    weights_hash = model.backbone.weights
    if weights in earlier:
        weights, weights_hash = artifacts.train(str(weights)) / "trained.keras", earlier[str(weights)].stamp
    elif weights not in ("none", "imagenet"):
        weights = spec.path(str(weights))
        weights_hash = hash_file(weights)
    task = find_trained_task(model.task)
    settings = model.model_dump(include={"task", "input", "backbone", "head", "pooling", "train"})
    inputs = {"examples": examples, "weights": weights_hash, "kind_version": task.version, **settings}
    stage = Stage(f"train {model.name}", artifacts.train(model.name), inputs, training_stage.STAGE_VERSION)

    def make(target: Path) -> None:
        reporter.heading(f"Training {model.name}")
        training_stage.run_training(
            lambda: task.plan_training(spec, model, weights, artifacts.examples),
            model.train.seed,
            target,
            artifacts.checkpoint(model.name, stage.stamp()),
            artifacts.logs / "train.log",
            reporter,
        )

    return stage.run(make, reporter.say)


def draw_training(model: Model, artifacts: Artifacts, trained: str, reporter: Reporter) -> StageResult:
    inputs = {"trained": trained, "look": hash_file(TEMPLATE)}
    stage = Stage(f"draw training of {model.name}", artifacts.training_page(model.name), inputs, training_page.STAGE_VERSION)
    return stage.run(lambda target: training_page.write_train_page(model.name, artifacts.train(model.name), target), reporter.say)


def convert_model(spec: AppSpec, model: Model, artifacts: Artifacts, trained: str, reporter: Reporter) -> StageResult:
    task = find_trained_task(model.task)
    inputs = {
        "trained": trained,
        "app": {"name": spec.app.name, "version": spec.app.version},
        "data": {"pictures": spec.training_data.pictures, "days": spec.training_data.days},
        "quantize": spec.convert.quantize,
        "max_metric_loss": spec.convert.max_metric_loss if spec.convert.quantize == "auto" else None,
        "kind_version": task.version,
    }
    stage = Stage(f"convert {model.name}", artifacts.convert(model.name), inputs, variants.STAGE_VERSION)

    def make(target: Path) -> None:
        reporter.heading(f"Converting and measuring {model.name}")
        plan = task.plan_conversion(spec, model, artifacts.train(model.name), artifacts.examples)
        keras_file = artifacts.train(model.name) / "model.keras"
        variants.make_variants(model.name, keras_file, plan, spec.convert, target, artifacts.logs / "convert.log", reporter)

    return stage.run(make, reporter.say)
