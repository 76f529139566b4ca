"""The stages from data to described `.tflite` files, in order, each skipped while nothing it follows from has changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from appspec.artifacts import Artifacts
from appspec.progress import Reporter
from appspec.runtimes import possible_runtimes
from appspec.spec import AppSpec
from appspec.stages import StageResult
from pymodel.evaluate.document import EvaluationDocument
from pymodel.foreign.packaged import FindPackaged
from pymodel.quantize.phone_check import PhoneChecks
from pymodel.stages.chosen import ChosenModel, choose_models
from pymodel.stages.data import find_data, read_data
from pymodel.stages.judged import draw_evaluation, evaluate_models, find_judge
from pymodel.stages.ready import adopt_model
from pymodel.stages.trained import check_weights, convert_model, draw_training, train_model
from pymodel.tasks.check import check_supported


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
    check_weights(spec)
    judge = find_judge(spec)
    stages: list[StageResult] = []
    examples = ""
    if judge or any(model.file is None for model in spec.model):
        folder, data_hash, stages = find_data(spec, artifacts, reporter)
        stages.append(read_data(spec, artifacts, folder, data_hash, reporter))
        examples = stages[-1].stamp
    trainings: dict[str, StageResult] = {}
    made = []
    for model in spec.model:
        if model.file is not None:
            made.append(adopt_model(spec, model, artifacts, onnx_packages, find_packaged, reporter))
            stages.append(made[-1])
            continue
        trained = trainings[model.name] = train_model(spec, model, artifacts, examples, trainings, reporter)
        page = draw_training(model, artifacts, trained.stamp, reporter)
        made.append(convert_model(spec, model, artifacts, trained.stamp, reporter))
        stages += [trained, page, made[-1]]
    chosen = choose_models(spec, artifacts, made, checks or PhoneChecks(possible_runtimes(spec.android)), reporter)
    if judge is None:
        reporter.say(f"  not evaluated: {spec.model[-1].name} is a ready model, and no data can judge it")
        return Models(chosen, None, tuple(stages))
    evaluated = evaluate_models(spec, artifacts, judge, chosen, examples, reporter)
    page = draw_evaluation(spec, artifacts, judge, chosen, evaluated.stamp, reporter)
    document = json.loads((artifacts.evaluation / "evaluation.json").read_text(encoding="utf-8"))
    evaluation = {name: value for name, value in document.items() if name != "scores"}
    return Models(chosen, cast(EvaluationDocument, evaluation), (*stages, evaluated, page))
