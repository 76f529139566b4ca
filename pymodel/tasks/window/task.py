"""Whether a window of sensor values is normal or abnormal, by a 1-D CNN."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from appspec.contract import ModelContract
from appspec.errors import KitError
from appspec.intervals import Scores
from appspec.model_spec import Model
from appspec.progress import Reporter
from appspec.read_contract import read_contract
from appspec.spec import AppSpec
from appspec.whole_file import write_whole
from pymodel.data.document import InspectionDocument
from pymodel.data.series import store as series_store
from pymodel.data.series.inspection import inspect
from pymodel.data.series.read import read_unsplit
from pymodel.data.series.store import WindowStore, write_windows
from pymodel.data.series.windows import WindowSet
from pymodel.data.splits import SplitName
from pymodel.evaluate.predict import Prediction
from pymodel.inference.interpreter import DescribedModel
from pymodel.quantize.variants import ConversionPlan
from pymodel.tasks.task import Task, TrainedTask
from pymodel.tasks.window.conversion import METRIC, measured, plan_conversion, sampled
from pymodel.tasks.window.evaluate import evaluate
from pymodel.tasks.window.page import MEANINGS, write_page
from pymodel.tasks.window.replay import replayed
from pymodel.tasks.window.training import plan_training
from pymodel.train.plan import TrainingPlan

NOTES_SHOWN = 10


class WindowTask(TrainedTask):
    """Normal or Abnormal before a failure."""

    screen: Literal["sensor"] = "sensor"
    formats = ("csv",)
    backbone = "conv1d"
    metric = METRIC
    meanings = MEANINGS
    version = 2

    @property
    def read_version(self) -> int:
        return series_store.STAGE_VERSION

    def check(self, spec: AppSpec, model: Model) -> None:
        super().check(spec, model)
        if "input" in model.model_fields_set:
            raise KitError(
                f"app.toml: model {model.name}: input",
                "a window has no input.size, mean or std: its shape follows from [data.series], its scale from the data",
                "leave the key out",
            )

    def read(self, folder: Path, spec: AppSpec, target: Path, reporter: Reporter) -> None:
        write_windows(folder, spec, target, reporter)
        store = WindowStore(target)
        for split, count in store.counts().items():
            reporter.say(f"  {split}: {count['windows']} windows, {count['abnormal']} abnormal; {count['events']} failures")
        more = len(store.notes) - NOTES_SHOWN
        rest = [f"… and {more} more notes; invoke data.inspect shows them"] if more > 0 else []
        for line in (*store.notes[:NOTES_SHOWN], *rest, *store.problems):
            reporter.say(f"  {line}")

    def inspect(self, folder: Path, spec: AppSpec, picture: Path, pictures: int) -> InspectionDocument:
        return inspect(folder, spec, picture).as_document()

    def plan_training(self, spec: AppSpec, model: Model, weights: str | Path, examples: Path) -> TrainingPlan:
        return plan_training(model, weights, examples)

    def plan_conversion(self, spec: AppSpec, model: Model, trained: Path, examples: Path) -> ConversionPlan:
        return plan_conversion(spec, model, trained, examples)

    def measure_model(self, model: DescribedModel, examples: Path, split: SplitName, most: int | None = None) -> Scores:
        store = WindowStore(examples)
        _require_fit(store, model.contract, examples)
        places = store.places(split, store.stride)
        return measured(store, model, places if most is None else sampled(store, places, most))

    def evaluate(self, spec: AppSpec, models: Sequence[Path], examples: Path, target: Path) -> None:
        store = WindowStore(examples)
        found = evaluate(models[0], store, "test", with_baselines=True)
        write_whole(target / "evaluation.json", json.dumps(found.as_dict(), indent=1))
        write_whole(target / "replay.csv", replayed(store))

    def evaluate_folder(self, spec: AppSpec, models: Sequence[Path], folder: Path, target: Path) -> None:
        windows = read_unsplit(folder, spec.training_data.series)
        _require_fit(windows, read_contract(models[0]), folder)
        evaluation = evaluate(models[0], windows, "test", with_baselines=False)
        write_whole(target / "evaluation.json", json.dumps(evaluation.as_dict(), indent=1))
        write_page(f"{spec.app.name}: {folder.name}", models[0], windows, target, target)

    def draw_evaluation(self, spec: AppSpec, models: Sequence[Path], examples: Path, evaluation: Path, target: Path) -> None:
        write_page(f"{spec.app.name}: the test split", models[0], WindowStore(examples), evaluation, target)

    def predict(self, models: Sequence[Path], tasks: Sequence[Task], image: Path, picture: Path) -> Prediction:
        name = models[0].stem
        raise KitError(f"{name} looks at no picture", "it sees windows of sensor values", "run: invoke evaluate")


def _require_fit(windows: WindowSet, contract: ModelContract, folder: Path) -> None:
    for fact, found, expected in (
        ("channels", ", ".join(windows.channels), ", ".join(contract.input.channels)),
        ("interval", f"{windows.interval_s:g} s", f"{getattr(contract.reading, 'interval_s', 0.0):g} s"),
        ("window", str(windows.window), str(contract.input.shape[1])),
    ):
        if found != expected:
            raise KitError(
                f"{contract.file} can't look at {folder}",
                f"the {fact} of the data: {found}; of the model: {expected}",
                "set values, interval and window in [data.series] as they were for training",
            )


TASK = WindowTask()
