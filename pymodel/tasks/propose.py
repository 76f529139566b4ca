"""Which models suit data, and the parameters that suit its amount: what `invoke new` writes into app.toml."""

from __future__ import annotations

import math
from collections.abc import Sequence

from appspec.durations import UNITS
from pymodel.data.source import Category
from pymodel.data.survey import PictureSurvey

PASSES = 36_000
"""Pictures that a training looks at, over all epochs: with so many the apps of the kit are well trained."""

WINDOWS = 140_000
"""The same of windows."""

FILLS = 0.5
"""Share of the picture's side from which on an object fills it: its points are then found without its box."""

SMALL = 0.2
"""Share below which an object needs a larger input to be seen."""

Table = dict[str, object]


def possible_tasks(data_format: str, category: Category, survey: PictureSurvey) -> list[tuple[str, ...]]:
    """Chains of tasks that this data can teach, the one that suits it best first."""
    if data_format == "folder":
        return [("classify",)]
    if not category.points:
        return [("box",)]
    fills = data_format != "cat" and survey.box_share is not None and survey.box_share >= FILLS and survey.objects < 1.5
    chains: list[tuple[str, ...]] = [("box", "landmarks"), ("box", "heatmap"), ("heatmap",), ("landmarks",), ("box",)]
    return [("heatmap",), ("landmarks",), *chains[:2], ("box",)] if fills else chains


def propose_models(tasks: Sequence[str], subject: str, survey: PictureSurvey) -> list[Table]:
    """Keys of each [[model]], dotted, in the order to write them.

    Args:
        subject: what it finds, in snake case.
    """
    learnt = max(1, round(survey.pictures * 0.8))
    batch, rate = (16, 3e-3) if learnt < 400 else (32, 6e-3) if learnt < 3000 else (64, 1e-2)
    epochs = min(60, max(5, math.ceil(PASSES / learnt)))
    size = _size(survey)
    tables: list[Table] = []
    for place, task in enumerate(tasks):
        table: Table = {"name": f"{subject}_{task}", "task": task, "input.size": [size, size]}
        if task == "heatmap":
            table |= {"backbone.name": "hourglass", "backbone.width": 32, "backbone.stages": 2 if learnt < 1000 else 4}
        else:
            weights = "none" if not place else str(tables[0]["name"])
            table |= {"backbone.name": "mobilenet_v2", "backbone.alpha": 0.35, "backbone.weights": weights}
            table |= {"pooling": "avg"} if task == "classify" else {"head": "points"}
        table |= {"train.epochs": epochs, "train.batch_size": batch, "train.learning_rate": rate}
        table |= {"train.patience": max(6, epochs // 4)}
        tables.append(table)
    return tables


def propose_window(name: str, samples: int, stride: int) -> Table:
    """Keys of the [[model]] of a time series.

    Args:
        samples: of all machines.
    """
    windows = max(1, round(samples * 0.65 / stride))
    epochs = min(40, max(8, round(WINDOWS / windows)))
    table: Table = {"name": name, "task": "window", "backbone.name": "conv1d", "backbone.width": 32 if windows > 2000 else 16}
    table |= {"train.epochs": epochs, "train.batch_size": 64 if windows > 2000 else 32, "train.learning_rate": 4e-3}
    return table | {"train.patience": epochs}


def propose_series(step_s: float, span_s: float, rows: int, events: Sequence[float] = ()) -> Table:
    """Keys of [data.series] that follow from time: window, stride, horizon, margin.

    Args:
        rows: of a machine.
        events: times between failures, seconds, where they are known.
    """
    window = min(48, max(8, rows // 40))
    longest = min([24 * 3600.0, span_s / 20, *([float(sorted(events)[len(events) // 2]) / 4] if events else ())])
    horizon = max(2 * step_s, longest)
    return {
        "window": window,
        "stride": 3 if rows > 20_000 else 1,
        "horizon": duration(horizon),
        "margin": duration(max(step_s, horizon / 2)),
    }


def duration(seconds: float) -> str:
    """As app.toml takes it, in a whole number of the largest unit that keeps at least a tenth of it right."""
    for unit in ("d", "h", "min", "s", "ms"):
        count = round(seconds / UNITS[unit])
        if count >= 1 and (unit == "ms" or abs(count * UNITS[unit] - seconds) <= 0.1 * seconds) and (unit != "d" or count >= 2):
            return f"{count}{unit}"
    return "1ms"


def _size(survey: PictureSurvey) -> int:
    """A multiple of 32: larger where objects are small, never beyond what pictures have, except of tiny ones."""
    wanted = 192 if survey.box_share is not None and survey.box_share < SMALL else 128
    return max(64, min(wanted, survey.short_side // 32 * 32))
