"""Trains one model: from its plan to model.keras and its curve."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from appspec.errors import KitError
from appspec.progress import Reporter
from pymodel.quiet import output_to, quiet_environment
from pymodel.train.curve import write_curve
from pymodel.train.diagnosis import DIVERGED, diagnose
from pymodel.train.loop import best_metric, train_model
from pymodel.train.plan import TrainingPlan
from pymodel.train.workers import Team

STAGE_VERSION = 2
"""To be raised when the same data and settings give another model; each task kind has a version of its own, too."""

RECORD = "training.json"
"""Settings and facts of the training, for its page."""


def run_training(
    make_plan: Callable[[], TrainingPlan], seed: int, target: Path, checkpoint: Path, log: Path, reporter: Reporter
) -> None:
    """Writes model.keras, trained.keras (the network in training: any size, all outputs), curve.csv and training.json into `target`.

    Args:
        make_plan: called once, after TensorFlow was imported and its random numbers seeded.
        checkpoint: folder for the training's state; removed at the end.
        log: gets what TensorFlow prints.

    Raises:
        KitError: the weights can't be loaded, the data lacks what the task learns, or the training diverged.
    """
    quiet_environment()
    with output_to(log):
        Team()  # workers connect before TensorFlow does anything else
        import keras

        keras.utils.set_random_seed(seed)
        plan = make_plan()
    network, objective = plan.network, plan.objective
    reporter.say(f"  {network.count_params():,} parameters, {plan.summary}")
    if (checkpoint / "state.npz").is_file():
        reporter.say("  going on with the training that was stopped")
    curve = train_model(network, plan.example, plan.count, plan.validation, objective, plan.config, checkpoint, reporter)
    from_nothing = plan.facts.get("weights", "none") == "none"
    metric = objective.metric_name if objective.maximize else None
    findings = diagnose(curve, plan.count, plan.config.epochs, from_nothing, metric)
    if findings[0].kind == DIVERGED:
        shutil.rmtree(checkpoint, ignore_errors=True)
        smaller = f"--set train.learning_rate={plan.config.learning_rate / 10:g}"
        raise KitError(
            f"The training diverged in epoch {curve[-1].epoch}",
            findings[0].evidence,
            f"{findings[0].advice}: {smaller}; if that doesn't help, look at the data: invoke data.inspect",
        )
    with output_to(log):
        network.save(target / "trained.keras")
        plan.export().save(target / "model.keras")
    write_curve(curve, target / "curve.csv")
    facts = {"training examples": plan.count, "parameters": network.count_params(), **plan.facts}
    record = {
        "config": asdict(plan.config),
        "facts": facts,
        "metric": objective.metric_name,
        "maximize": objective.maximize,
    }
    (target / RECORD).write_text(json.dumps(record, indent=1, default=str), encoding="utf-8")
    for line in plan.finish(target):
        reporter.say(f"  {line}")
    best = best_metric(curve, objective.maximize)
    reporter.say(f"  {len(curve)} epochs, {plan.judged_by} {objective.metric_name} {best:.4f}")
    for finding in findings:
        reporter.say(f"  {finding.kind}: {finding.evidence}")
    shutil.rmtree(checkpoint, ignore_errors=True)
