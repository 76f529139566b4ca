"""The stages from data to described `.tflite` files, each skipped while nothing it follows from has changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from appspec.artifacts import BESIDE, Artifacts
from appspec.contract import Quantization
from appspec.data_spec import READINGS, Data
from appspec.errors import KitError
from appspec.file_tree import read_tree
from appspec.model_spec import READY_KEYS, Model
from appspec.operators import operator_table, runtime_refusals
from appspec.progress import Reporter
from appspec.read_contract import read_contract
from appspec.runtimes import possible_runtimes
from appspec.spec import AppSpec
from appspec.stages import Stage, StageResult, hash_file, hash_tree
from pages.page import TEMPLATE
from pymodel.data.document import InspectionDocument
from pymodel.data.source import open_source
from pymodel.evaluate import chain as evaluation_stage
from pymodel.evaluate import page as evaluation_page
from pymodel.evaluate.document import EvaluationDocument
from pymodel.evaluate.predict import Prediction
from pymodel.foreign import stage as adoption
from pymodel.foreign.packaged import PREFIX, FindPackaged, split_reference
from pymodel.foreign.sources import Means, ready_file
from pymodel.networks.weights_file import check_weights_file
from pymodel.quantize import choice, variants
from pymodel.quantize.choice import Choice, Judgement, Variant, choose, read_choice, read_variants, write_choice
from pymodel.quantize.phone_check import INPUTS, REFUSED, PhoneChecks
from pymodel.synthetic import stage as synthetic_stage
from pymodel.tasks.check import check_supported
from pymodel.tasks.recognize import recognize
from pymodel.tasks.task import TrainedTask, app_tasks, find_trained_task
from pymodel.train import page as training_page
from pymodel.train import run as training_stage


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


@dataclass(frozen=True)
class Models:
    """What the pipeline made.

    Attributes:
        stages: in the order they ran or were skipped.
        evaluation: of the test split: metrics, each with value, low and high; how many examples; median_ms. None where no data
            can judge the app.
    """

    models: tuple[ChosenModel, ...]
    evaluation: EvaluationDocument | None
    stages: tuple[StageResult, ...]


def build_models(
    spec: AppSpec,
    artifacts: Artifacts,
    reporter: Reporter,
    checks: PhoneChecks | None = None,
    onnx_packages: Callable[[], Path] | None = None,
    find_packaged: FindPackaged | None = None,
) -> Models:
    """All stages up to the chosen `.tflite` of each model.

    Args:
        checks: what each model passes before it may ship; None: the operators that the app's runtimes know.
        onnx_packages: gives the folder with the ONNX converter, where a ready model is one.
        find_packaged: finds ready models in packages.

    Raises:
        KitError: anything the user can mend.
    """
    check_supported(spec)
    _check_weights(spec)
    judge = find_judge(spec)
    stages: list[StageResult] = []
    examples = ""
    if judge or any(model.file is None for model in spec.model):
        folder, data_hash, stages = find_data(spec, artifacts, reporter)
        stages.append(_read(spec, artifacts, folder, data_hash, reporter))
        examples = stages[-1].stamp
    trainings: dict[str, StageResult] = {}
    made = []
    for model in spec.model:
        if model.file is not None:
            made.append(_adopt(spec, model, artifacts, onnx_packages, find_packaged, reporter))
            stages.append(made[-1])
            continue
        trained = trainings[model.name] = _train(spec, model, artifacts, examples, trainings, reporter)
        page = _draw_training(model, artifacts, trained.stamp, reporter)
        made.append(_convert(spec, model, artifacts, trained.stamp, reporter))
        stages += [trained, page, made[-1]]
    chosen = _choose(spec, artifacts, made, checks or PhoneChecks(possible_runtimes(spec.android)), reporter)
    if judge is None:
        reporter.say(f"  not evaluated: {spec.model[-1].name} is a ready model, and no data can judge it")
        return Models(chosen, None, tuple(stages))
    evaluated = _evaluate(spec, artifacts, judge, chosen, examples, reporter)
    page = _draw_evaluation(spec, artifacts, judge, chosen, evaluated.stamp, reporter)
    document = json.loads((artifacts.evaluation / "evaluation.json").read_text(encoding="utf-8"))
    evaluation = {name: value for name, value in document.items() if name != "scores"}
    return Models(chosen, cast(EvaluationDocument, evaluation), (*stages, evaluated, page))


def find_judge(spec: AppSpec) -> TrainedTask | None:
    """The kind that judges the app on its data; None where it has none, or none of that kind."""
    task = app_tasks(spec)[-1]
    if spec.data is None or not isinstance(task, TrainedTask) or spec.data.read_as not in task.formats:
        return None
    return task


def find_data(spec: AppSpec, artifacts: Artifacts, reporter: Reporter) -> tuple[Path, str, list[StageResult]]:
    """The folder to read, a hash of its content, and the stages that made it.

    Raises:
        KitError: the folder is missing, or lies where stages of this app write.
    """
    if spec.training_data.format == "drawn":
        result = synthetic_stage.draw(spec.training_data, artifacts.data, reporter)
        return artifacts.data, result.stamp, [result]
    folder = spec.path(spec.training_data.path or "")
    artifacts.refuse_data(folder)
    if not folder.is_dir():
        open_source(folder, spec.training_data)
    return folder, hash_tree(folder, artifacts.root / ".hashes.json", read_tree(folder).files), []


def evaluate_test(spec: AppSpec, artifacts: Artifacts, models: Sequence[Path], target: Path, arguments: str = "") -> None:
    """Finished models on the test split: evaluation.json, evaluate.html and pictures.

    Raises:
        KitError: the data was not read yet.
    """
    task = _required_judge(spec)
    if not (artifacts.examples / ".stamp.json").is_file():
        raise KitError("There is no test split yet", f"{artifacts.examples} does not exist", f"run: invoke train{arguments}")
    target.mkdir(parents=True, exist_ok=True)
    task.evaluate(spec, models, artifacts.examples, target)
    task.draw_evaluation(spec, models, artifacts.examples, target, target)


def evaluate_folder(spec: AppSpec, models: Sequence[Path], folder: Path, target: Path) -> None:
    """Finished models on a folder in the app's format, or in COCO's where the app has no data: evaluation.json, evaluate.html and
    pictures.

    Raises:
        KitError: the folder can't be read.
    """
    task = app_tasks(spec)[-1]
    if spec.data is None and task.tracks and isinstance(task, TrainedTask):
        contract = read_contract(models[-1])
        shown = getattr(contract.decoder, "shown", ())
        points = tuple(contract.labels[i] for i in shown) or contract.labels
        spec = spec.model_copy(update={"data": Data(format="coco", path=str(folder), points=points)})
    target.mkdir(parents=True, exist_ok=True)
    _required_judge(spec).evaluate_folder(spec, models, folder, target)


def predict_image(spec: AppSpec, models: Sequence[Path], image: Path, picture: Path) -> Prediction:
    """Finished models on one picture, drawn into a PNG.

    Raises:
        KitError: the image can't be read, or the app looks at none.
    """
    tasks = app_tasks(spec)
    return tasks[-1].predict(models, tasks, image, picture)


def inspect(spec: AppSpec, artifacts: Artifacts, picture: Path, pictures: int, reporter: Reporter) -> InspectionDocument:
    """The app's data, looked at: counts, classes, points or channels, lines and findings in words, problems; a picture.

    Raises:
        KitError: it can't be read.
    """
    folder, _, _ = find_data(spec, artifacts, reporter)
    return _reader(spec).inspect(folder, spec, picture, pictures)


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


def _required_judge(spec: AppSpec) -> TrainedTask:
    judge = find_judge(spec)
    if judge is None:
        raise KitError(
            f"{spec.app.name} can't be evaluated",
            "app.toml has no [data] that its last model can be judged by",
            "add [data] to app.toml (docs/data.md), or look at single pictures: invoke predict --image FILE; landmarks of a ready "
            "model are judged by a COCO folder too: --data FOLDER",
        )
    return judge


def _reader(spec: AppSpec) -> TrainedTask:
    """The first kind that reads data."""
    readers = [task for task in app_tasks(spec) if isinstance(task, TrainedTask)]
    if not readers:
        raise KitError(f"{spec.app.name} reads no data", "none of its models learns or can be judged", "leave [data] out")
    return readers[0]


def _read(spec: AppSpec, artifacts: Artifacts, folder: Path, data_hash: str, reporter: Reporter) -> StageResult:
    task = _reader(spec)
    how = spec.training_data.model_dump(exclude={"path", "pictures", "days", "seed", "subject", *READINGS})
    how |= spec.training_data.model_dump(include=set(READINGS), exclude_none=True)
    stage = Stage("read data", artifacts.examples, {"data": data_hash, "how": how}, task.read_version)

    def make(target: Path) -> None:
        reporter.heading("Reading the data")
        task.read(folder, spec, target, reporter)

    return stage.run(make, reporter.say)


def _train(
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


def _draw_training(model: Model, artifacts: Artifacts, trained: str, reporter: Reporter) -> StageResult:
    inputs = {"trained": trained, "look": hash_file(TEMPLATE)}
    stage = Stage(f"draw training of {model.name}", artifacts.training_page(model.name), inputs, training_page.STAGE_VERSION)
    return stage.run(lambda target: training_page.write_train_page(model.name, artifacts.train(model.name), target), reporter.say)


def _convert(spec: AppSpec, model: Model, artifacts: Artifacts, trained: str, reporter: Reporter) -> StageResult:
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


def _adopt(
    spec: AppSpec,
    model: Model,
    artifacts: Artifacts,
    onnx_packages: Callable[[], Path] | None,
    find_packaged: FindPackaged | None,
    reporter: Reporter,
) -> StageResult:
    reference, packaged = model.file or "", None
    if reference.startswith(PREFIX):
        assert find_packaged is not None, "who builds apps of packages says how to find them"
        packaged = find_packaged(*split_reference(reference))
    file = Path(reference) if packaged else ready_file(spec, model)
    before = spec.model[spec.model.index(model) - 1].then if model is not spec.model[0] else None
    inputs = {
        "file": packaged.sha256 if packaged else hash_tree(file) if file.is_dir() else hash_file(file),
        "credit": packaged.credit if packaged else "",
        "square": before.model_dump() if before else None,
        "quantize": None if file.suffix == ".tflite" else spec.convert.quantize,
        "labels": hash_file(spec.path(model.labels))
        if isinstance(model.labels, str) and spec.path(model.labels).is_file()
        else None,
        "app": {"name": spec.app.name},
        "in_box": model is not spec.model[0],
        **model.model_dump(include={"name", "task", "input", *READY_KEYS}, exclude_unset=True),
    }
    stage = Stage(f"adopt {model.name}", artifacts.adopt(model.name), inputs, adoption.STAGE_VERSION)

    def make(target: Path) -> None:
        reporter.heading(f"Adopting {model.name}")
        means = Means(artifacts.logs / "adopt.log", spec.convert.quantize, onnx_packages, reporter.status)
        where = packaged.fetch() if packaged else file
        adoption.write_adopted(where, spec, model, recognize, means, target, packaged)

    result = stage.run(make, reporter.say)
    for line in adoption.read_notes(result.folder):
        reporter.say(f"  {line}")
    return result


def _choose(
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


def _evaluate(
    spec: AppSpec,
    artifacts: Artifacts,
    task: TrainedTask,
    chosen: tuple[ChosenModel, ...],
    examples: str,
    reporter: Reporter,
) -> StageResult:
    models = {pick.path.stem: hash_file(pick.path) for pick in chosen}
    inputs = {"examples": examples, "models": models, "kind_version": task.version}
    stage = Stage("evaluate", artifacts.evaluation, inputs, evaluation_stage.STAGE_VERSION)

    def make(target: Path) -> None:
        reporter.heading("Evaluating on the test split")
        task.evaluate(spec, [pick.path for pick in chosen], artifacts.examples, target)

    return stage.run(make, reporter.say)


def _draw_evaluation(
    spec: AppSpec,
    artifacts: Artifacts,
    task: TrainedTask,
    chosen: tuple[ChosenModel, ...],
    evaluated: str,
    reporter: Reporter,
) -> StageResult:
    inputs = {"evaluation": evaluated, "look": hash_file(TEMPLATE), "app": spec.app.name, "kind_version": task.version}
    stage = Stage("draw evaluation", artifacts.evaluation_page, inputs, evaluation_page.STAGE_VERSION)

    def make(target: Path) -> None:
        models = [pick.path for pick in chosen]
        task.draw_evaluation(spec, models, artifacts.examples, artifacts.evaluation, target)

    return stage.run(make, reporter.say)


def _check_weights(spec: AppSpec) -> None:
    """Refuses files of weights that can't be loaded, before the data is read."""
    names = {model.name for model in spec.model}
    for model in spec.model:
        if model.file is None and model.backbone.weights not in {"none", "imagenet", *names}:
            check_weights_file(spec.path(str(model.backbone.weights)))
