"""The stages of an app's data: found or drawn, read into a store, looked at."""

from __future__ import annotations

from pathlib import Path

from appspec.artifacts import Artifacts
from appspec.data_spec import READINGS
from appspec.errors import KitError
from appspec.file_tree import read_tree
from appspec.progress import Reporter
from appspec.spec import AppSpec
from appspec.stages import Stage, StageResult, hash_tree
from pymodel.data.document import InspectionDocument
from pymodel.data.source import open_source
from pymodel.synthetic import stage as synthetic_stage
from pymodel.tasks.task import TrainedTask, app_tasks


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


def read_data(spec: AppSpec, artifacts: Artifacts, folder: Path, data_hash: str, reporter: Reporter) -> StageResult:
    task = reader_of(spec)
    how = spec.training_data.model_dump(exclude={"path", "pictures", "days", "seed", "subject", *READINGS})
    how |= spec.training_data.model_dump(include=set(READINGS), exclude_none=True)
    stage = Stage("read data", artifacts.examples, {"data": data_hash, "how": how}, task.read_version)

    def make(target: Path) -> None:
        reporter.heading("Reading the data")
        task.read(folder, spec, target, reporter)

    return stage.run(make, reporter.say)


def inspect(spec: AppSpec, artifacts: Artifacts, picture: Path, pictures: int, reporter: Reporter) -> InspectionDocument:
    """The app's data, looked at: counts, classes, points or channels, lines and findings in words, problems; a picture.

    Raises:
        KitError: it can't be read.
    """
    folder, _, _ = find_data(spec, artifacts, reporter)
    return reader_of(spec).inspect(folder, spec, picture, pictures)


def reader_of(spec: AppSpec) -> TrainedTask:
    """The first kind that reads data."""
    readers = [task for task in app_tasks(spec) if isinstance(task, TrainedTask)]
    if not readers:
        raise KitError(f"{spec.app.name} reads no data", "none of its models learns or can be judged", "leave [data] out")
    return readers[0]
