"""Finished models, judged: on the test split, on a folder, on one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from appspec.artifacts import Artifacts
from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.progress import Reporter
from appspec.read_contract import read_contract
from appspec.spec import AppSpec
from appspec.stages import Stage, StageResult, hash_file
from pages.page import TEMPLATE
from pymodel.evaluate import chain as evaluation_stage
from pymodel.evaluate import page as evaluation_page
from pymodel.evaluate.predict import Prediction
from pymodel.stages.chosen import ChosenModel
from pymodel.tasks.task import TrainedTask, app_tasks


def find_judge(spec: AppSpec) -> TrainedTask | None:
    """The kind that judges the app on its data; None where it has none, or none of that kind."""
    task = app_tasks(spec)[-1]
    if spec.data is None or not isinstance(task, TrainedTask) or spec.data.read_as not in task.formats:
        return None
    return task


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


def evaluate_models(
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


def draw_evaluation(
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
