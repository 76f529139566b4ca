"""The curve of a training, as a table and as a picture."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymodel.train.loop import Epoch

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_curve(curve: Sequence[Epoch], path: Path) -> None:
    """As CSV, one row per epoch."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Epoch)])
        writer.writeheader()
        writer.writerows(asdict(row) for row in curve)


def read_curve(path: Path) -> list[Epoch]:
    """From a file of write_curve."""
    kinds: dict[str, Any] = {"int": int, "float": float}
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [Epoch(**{field.name: kinds[str(field.type)](row[field.name]) for field in fields(Epoch)}) for row in rows]


def draw_curve(curve: Sequence[Epoch], title: str, metric_name: str, path: Path) -> None:
    """As PNG."""
    figure = curve_figure(curve, metric_name)
    figure.suptitle(title)
    figure.savefig(path, dpi=120)


def curve_figure(curve: Sequence[Epoch], metric_name: str) -> Figure:
    """Loss and metric over the epochs; a line where the input grew."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    losses, metrics = figure.subplots(1, 2)
    epochs = [row.epoch for row in curve]
    losses.plot(epochs, [row.train_loss for row in curve], marker="o", label="training (augmented)")
    losses.plot(epochs, [row.validation_loss for row in curve], marker="o", label="validation")
    losses.set(title="loss", xlabel="epoch")
    metrics.plot(epochs, [row.metric for row in curve], marker="o", color="tab:green")
    metrics.set(title=f"validation {metric_name}", xlabel="epoch")
    grown = [row.epoch - 0.5 for before, row in itertools.pairwise(curve) if before.size != row.size]
    for axes in (losses, metrics):
        axes.grid(alpha=0.3)
        axes.xaxis.get_major_locator().set_params(integer=True)
        for place in grown:
            axes.axvline(place, color="gray", linestyle=":", linewidth=1)
    if grown:
        losses.plot([], [], color="gray", linestyle=":", label="larger input from here")
    losses.legend()
    return figure
