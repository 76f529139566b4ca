"""The stages of apps that look at sensors; pymodel/tasks/pictures.py has those of the camera."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from appspec.errors import KitError
from appspec.read_contract import read_contract
from appspec.spec import AppSpec
from pages.page import Page, Section, picture_uri
from pymodel.data.series.inspection import inspect as look
from pymodel.data.series.read import read_unsplit
from pymodel.data.series.store import WindowStore, write_windows
from pymodel.data.series.windows import WindowSet
from pymodel.tasks.window.evaluate import Evaluation
from pymodel.tasks.window.evaluate import evaluate as run
from pymodel.tasks.window.learn import Listener, learn
from pymodel.tasks.window.replay import replayed
from pymodel.tasks.window.variants import make_variants

MEANINGS = {
    "pr_auc": "area under precision over recall of the windows; what a guess reaches is the share of abnormal windows",
    "baseline_pr_auc": "the same of a logistic regression on simple features of the windows",
    "last_sample_pr_auc": "the same of a logistic regression on the last sample alone",
    "f1": "harmonic mean of precision and recall of the windows at the threshold",
    "announced": "share of the failures that an alarm announced",
    "false_alarms_per_week": "alarms that no failure followed",
}


def read(folder: Path, spec: AppSpec, target: Path, say: Listener) -> None:
    """Data folder → store of windows.

    Raises:
        KitError: anything in the data or in [data.series] that the user can mend.
    """
    write_windows(folder, spec, target, say.progress)
    store = WindowStore(target)
    for split, count in store.counts().items():
        say.say(f"  {split}: {count['windows']} windows, {count['abnormal']} abnormal; {count['events']} failures")
    for line in (*store.notes[:10], *store.problems):
        say.say(f"  {line}")


def inspect(folder: Path, spec: AppSpec, picture: Path, pictures: int) -> dict[str, Any]:
    """What pymodel.data.series.inspection finds, as JSON-able values; `pictures` has no meaning here.

    Raises:
        KitError: as `read`.
    """
    return look(folder, spec, picture).as_dict()


def evaluate(spec: AppSpec, models: Sequence[Path], examples: Path, target: Path) -> None:
    """The model on the test split: evaluation.json, worst.png (p over time), evaluate.html; replay.csv for the app."""
    store = WindowStore(examples)
    _judge(spec, models[0], store, "the test split", target, with_baselines=True)
    (target / "replay.csv").write_text(replayed(store), encoding="utf-8")


def evaluate_folder(spec: AppSpec, models: Sequence[Path], folder: Path, target: Path) -> Evaluation:
    """The model on all windows of a folder that is read as [data.series] says; writes the same files as `evaluate`.

    Raises:
        KitError: the folder can't be read, or its samples are not those that the model was trained for.
    """
    windows, contract = read_unsplit(folder, spec.data.series), read_contract(models[0])
    for what, found, wanted in (
        ("channels", ", ".join(windows.channels), ", ".join(contract.channels)),
        ("interval", f"{windows.interval_s:g} s", f"{contract.interval_s:g} s"),
        ("window", str(windows.window), str(contract.input.shape[1])),
    ):
        if found != wanted:
            raise KitError(
                f"{models[0].name} can't look at {folder}",
                f"the {what} of the data: {found}; of the model: {wanted}",
                "set values, interval and window in [data.series] as they were for training",
            )
    return _judge(spec, models[0], windows, folder.name, target, with_baselines=False)


def _judge(spec: AppSpec, model: Path, windows: WindowSet, what: str, target: Path, with_baselines: bool) -> Evaluation:
    target.mkdir(parents=True, exist_ok=True)
    found = run(model, windows, "test", target / "worst.png", with_baselines)
    (target / "evaluation.json").write_text(json.dumps(found.as_dict(), indent=1), encoding="utf-8")
    _write_page(f"{spec.app.name}: {what} ({found.pictures} windows)", found, target)
    return found


def _write_page(title: str, found: Evaluation, target: Path) -> None:
    from PIL import Image

    rows = [(name, f"{v.value:.4f}", f"{v.low:.4f} to {v.high:.4f}", MEANINGS[name]) for name, v in found.metrics.items()]
    page = Page(title, found.lines())
    page.sections.append(Section("Metrics", columns=("metric", "value", "95 % interval", "meaning"), rows=rows))
    with Image.open(target / "worst.png") as picture:
        page.sections.append(Section("p(Abnormal) over time", chart=picture_uri(picture)))
    failures = [(one.machine, one.at, "missed" if one.lead_h is None else f"{one.lead_h:g}") for one in found.failures]
    page.sections.append(Section("Failures", columns=("machine", "at", "hours from alarm to failure"), rows=failures))
    page.save(target / "evaluate.html")


__all__ = ["evaluate", "evaluate_folder", "inspect", "learn", "make_variants", "read"]
