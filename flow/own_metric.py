"""The metric of a model of one of the kit's apps, through every place that ran it, beside this machine's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from appspec.artifacts import Artifacts
from appspec.intervals import Interval, Scores, paired_loss
from appspec.phone_runtime import RefusedByPhoneError
from appspec.read_contract import read_contract
from appspec.stages import ROOT, hash_file
from flow.screen import Screen
from pymodel.evaluate.elsewhere import Compute, measure_elsewhere
from pymodel.inference.interpreter import DescribedModel, HostModel
from pymodel.tasks.task import TrainedTask, find_task

SAMPLE = 32
"""Examples of the test split at most: an emulator computes them."""

HERE = "this machine's CPU"
Places = Mapping[str, Compute]
"""What computes a model, by its name."""


@dataclass(frozen=True)
class OwnModel:
    """A file that the kit made of an app's data.

    Attributes:
        app: its build folder.
        examples: folder of the store that it was judged by.
    """

    path: Path
    app: str
    task: TrainedTask
    examples: Path

    def measure(self, model: DescribedModel) -> Scores:
        """On the sample."""
        return self.task.measure_model(model, self.examples, "test", SAMPLE)


@dataclass(frozen=True)
class PlaceMetric:
    """A model's metric through one place.

    Attributes:
        value: None where there is none; `error` says why.
        loss: against this machine's, as a share of that, with its 95 % interval; None for this machine's own.
    """

    place: str
    value: float | None = None
    loss: Interval | None = None
    error: str = ""


def find_own(path: Path, builds: Path = ROOT / "build") -> OwnModel | str:
    """The model of an app that was built here, told by its content; in words why it has no metric.

    Args:
        builds: holds a folder for each app.
    """
    origin = hash_file(path)
    app = next((app for app, file in _models(builds) if _is(file, path, origin)), None)
    if app is None:
        return f"{path.name} is none of the models that an app was built of here"
    examples = Artifacts(builds / app).examples
    task = find_task(read_contract(path).kind)
    if not isinstance(task, TrainedTask) or not examples.is_dir():
        return f"no data of {app} can judge {path.name}"
    return OwnModel(path, app, task, examples)


def own_metric(own: OwnModel, places: Places, screen: Screen) -> list[PlaceMetric]:
    """This machine's first.

    Raises:
        KitError: the app's data no longer fits its model.
    """
    screen.status(f"{own.task.metric} on this machine")
    with HostModel(own.path) as host:
        here = own.measure(host)
    found = [PlaceMetric(HERE, here.value)]
    for name, compute in places.items():
        screen.status(f"{own.task.metric}, {name}")
        try:
            there = measure_elsewhere(own.path, own.measure, compute)
        except RefusedByPhoneError as refusal:
            found.append(PlaceMetric(name, error=str(refusal)))
        except ValueError:
            found.append(PlaceMetric(name, error="its outputs have other sizes than on this machine"))
        else:
            found.append(PlaceMetric(name, there.value, paired_loss(there, here, own.task.lower_is_better)))
    return found


def metric_document(own: OwnModel | str, found: Sequence[PlaceMetric]) -> dict[str, Any]:
    """All of it, for JSON."""
    if isinstance(own, str):
        return {"metric": None, "no_metric": own}
    about = {"name": own.task.metric, "lower_is_better": own.task.lower_is_better, "sample": _sample(own)}
    return {"metric": {**about, "places": [asdict(one) for one in found]}}


def show_metric(own: OwnModel | str, found: Sequence[PlaceMetric], screen: Screen) -> None:
    """As a table, or a line that there is none."""
    if isinstance(own, str):
        screen.say(f"No metric: {own}")
        return
    better = "lower" if own.task.lower_is_better else "higher"
    note = f"On {_sample(own)}; {better} is better. Loss: share of this machine's metric, with its confidence interval."
    screen.table("The model's own metric", ("through", own.task.metric, "loss", "95 %"), list(_rows(own, found)), note)


def _rows(own: OwnModel, found: Sequence[PlaceMetric]) -> Iterator[dict[str, object]]:
    for one in found:
        row: dict[str, object] = {"through": one.place, own.task.metric: one.error or f"{one.value:.4f}"}
        if one.loss:
            row |= {"loss": f"{one.loss.value:+.2%}", "95 %": f"{one.loss.low:+.2%} … {one.loss.high:+.2%}"}
        yield row


def _sample(own: OwnModel) -> str:
    return f"{SAMPLE} examples of {own.app}'s test split, or all where it has fewer"


def _models(builds: Path) -> Iterator[tuple[str, Path]]:
    """The models of every app, shipped or not, and those that `invoke quantize` made of them."""
    for pattern in ("*/models/*/convert/*/*.tflite", "*/models/*/adopt/*.tflite", "*/chosen/*.tflite"):
        for file in sorted(builds.glob(pattern)):
            yield file.relative_to(builds).parts[0], file
    for file in sorted(builds.glob("quantized/*/*/*/*.tflite")):
        yield file.relative_to(builds).parts[1], file


def _is(file: Path, path: Path, origin: str) -> bool:
    try:
        return file.stat().st_size == path.stat().st_size and hash_file(file) == origin
    except OSError:  # a build that runs beside this one
        return False
