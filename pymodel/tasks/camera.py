"""What all task kinds whose input is a picture have in common, whether the kit trains them or not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from appspec.contract import CropPolicy, Square
from appspec.errors import KitError
from pymodel.evaluate.predict import Prediction, predict
from pymodel.evaluate.shown import Shown
from pymodel.foreign.evidence import ForeignModel
from pymodel.preprocess.geometry import REGION_MARGIN
from pymodel.tasks.task import Task


class CameraTask(Task, Shown):
    """A kind whose input is a picture."""

    def predict(self, models: Sequence[Path], tasks: Sequence[Task], image: Path, picture: Path) -> Prediction:
        return predict(models, [task for task in tasks if isinstance(task, Shown)], image, picture)


def crop_of(found: ForeignModel, whole: CropPolicy) -> CropPolicy:
    """Where a ready model looks: at the box of the model before it, or as its kind does at whole pictures."""
    if not found.wishes.in_box:
        return whole
    margin = found.wishes.margin
    return CropPolicy(follows="box", margin=REGION_MARGIN if margin is None else margin, square=found.wishes.square)


def check_points(found: ForeignModel, key: str, square: Square | None, count: int) -> None:
    """Refuses a square of points that a model doesn't find.

    Args:
        key: of app.toml.
        count: of the model's points.

    Raises:
        KitError: names the key and the point.
    """
    if square is None:
        return
    start, end = square.up or ((), ())
    for name, indices in (("up", (*start, *end)), ("points", square.points)):
        beyond = [index for index in indices if index >= count]
        if beyond:
            has = f"its points are numbered from 0 to {count - 1}" if count else "it finds boxes without points"
            raise KitError(
                f"app.toml: {key}.{name}: {found.name} has no point {beyond[0]}",
                has,
                f"change {name}" if count else "leave up out",
            )
