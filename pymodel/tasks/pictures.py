"""The stages of apps that look through the camera; pymodel/tasks/window/series.py has those of sensors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from appspec.errors import KitError
from appspec.spec import AppSpec
from appspec.words import counted
from pymodel.data.inspection import inspect as look
from pymodel.data.store import ExampleStore, write_store
from pymodel.evaluate.chain import Evaluation, Sample, evaluate_stages, folder_samples, store_samples
from pymodel.evaluate.page import write_page
from pymodel.evaluate.predict import draw_worst
from pymodel.quantize.variants import make_variants
from pymodel.train.run import Listener, learn

WORST = 12
"""Pictures that the page shows."""


def read(folder: Path, spec: AppSpec, target: Path, say: Listener) -> None:
    """Data folder → store of examples.

    Raises:
        KitError: no data, too much of it unreadable, or a split without any.
    """
    write_store(folder, spec.data, target, say.progress)
    store = ExampleStore(target)
    counts = ", ".join(f"{count} {name}" for name, count in store.counts().items())
    say.say(f"  {counts}; {len(store.problems)} left out")
    for problem in store.problems[:10]:
        say.say(f"  left out: {problem.file}: {problem.why}")
    _check_splits(folder, store.counts())


def inspect(folder: Path, spec: AppSpec, picture: Path, pictures: int) -> dict[str, Any]:
    """What pymodel.data.inspection finds, as JSON-able values.

    Raises:
        KitError: as it does.
    """
    found = look(folder, spec.data, picture, pictures)
    lines = [f"Sizes: {', '.join(f'{size} ({count})' for size, count in found.sizes)}"]
    if found.box_share is not None:
        low, middle, high = found.box_share
        lines.append(f"Objects: {low:.0%} to {high:.0%} of the picture's width (5th to 95th percentile), median {middle:.0%}")
    return {**asdict(found), "folder": str(folder), "lines": lines}


def evaluate(spec: AppSpec, models: Sequence[Path], examples: Path, target: Path) -> None:
    """The chain end to end and each model alone, on the test split: evaluation.json, worst.png, evaluate.html."""
    store = ExampleStore(examples)
    samples = list(store_samples(store))
    title = f"{spec.app.name}: the test split ({counted(len(samples), 'picture')})"
    _judge(models, samples, evaluate_stages(models, store), title, target)


def evaluate_folder(spec: AppSpec, models: Sequence[Path], folder: Path, target: Path) -> Evaluation:
    """The chain end to end on a folder in the app's format; writes the same files as `evaluate`.

    Raises:
        KitError: the folder can't be read, or lacks what the app's models find.
    """
    samples, problems = folder_samples(folder, spec.data)
    title = f"{spec.app.name}: {folder.name} ({counted(len(samples), 'picture')}, {len(problems)} left out)"
    return _judge(models, samples, {}, title, target)


def _judge(models: Sequence[Path], samples: list[Sample], alone: dict[str, float], title: str, target: Path) -> Evaluation:
    target.mkdir(parents=True, exist_ok=True)
    evaluation, worst = draw_worst(models, samples, target / "worst.png")
    document = {**evaluation.as_dict(), "stages": alone}
    (target / "evaluation.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    write_page(title, evaluation, alone, worst[:WORST], target / "evaluate.html")
    return evaluation


def _check_splits(folder: Path, counts: dict[str, int]) -> None:
    empty = [name for name, count in counts.items() if not count]
    if empty:
        total = sum(counts.values())
        raise KitError(
            f"{counted(total, 'picture')} in {folder}: too few",
            f"none of them fell into {' and '.join(empty)} (a picture's split follows from its file name)",
            "add pictures (200 or more), or raise the shares in [data] split of app.toml",
        )


__all__ = ["evaluate", "evaluate_folder", "inspect", "learn", "make_variants", "read"]
