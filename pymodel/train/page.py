"""train.html and curve.png: the curves of a training, a diagnosis, its settings and data."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pages.chart import Chart
from pages.line_chart import Curve, line_chart
from pages.page import Page, Section
from pymodel.train.curve import draw_curve, read_curve
from pymodel.train.diagnosis import diagnose
from pymodel.train.loop import Epoch
from pymodel.train.run import RECORD

STAGE_VERSION = 2
"""To be raised when the page changes for the same training."""


@dataclass(frozen=True)
class Training:
    """A finished training.

    Attributes:
        record: settings, facts, and the metric's name and direction.
    """

    curve: list[Epoch]
    record: dict[str, Any]

    @property
    def metric(self) -> str:
        """What is measured on the validation split after each epoch."""
        return str(self.record["metric"])


def read_training(trained: Path) -> Training:
    """From the folder of a training."""
    return Training(read_curve(trained / "curve.csv"), json.loads((trained / RECORD).read_text(encoding="utf-8")))


def write_train_page(name: str, trained: Path, target: Path) -> None:
    """Writes the page and the curve of a finished training into a folder.

    Args:
        trained: folder of the training.
    """
    training = read_training(trained)
    draw_curve(training.curve, name, training.metric, target / "curve.png")
    page = Page(f"Training of {name}", [training_words(training)])
    page.sections.append(Section("What the curves say", findings=findings(training)))
    page.sections.append(Section("Curves", charts=curve_charts(training.curve, training.metric)))
    settings = {**training.record["config"], **training.record["facts"]}
    page.sections.append(Section("Settings and data", columns=("what", "value"), rows=[(k, str(v)) for k, v in settings.items()]))
    columns = ("epoch", "input side", "learning rate", "training loss", "validation loss", training.metric, "seconds")
    page.sections.append(Section("Every epoch", columns=columns, rows=[_row(row) for row in training.curve]))
    page.save(target / "train.html")


def training_words(training: Training) -> str:
    """One line."""
    seconds = sum(row.seconds for row in training.curve)
    return f"{len(training.curve)} epochs in {seconds / 60:.1f} minutes; the weights of the best one were kept."


def findings(training: Training) -> list[tuple[str, str]]:
    """What the curves say: (what, evidence and advice) pairs."""
    facts, record = training.record["facts"], training.record
    found = diagnose(
        training.curve,
        int(facts["training examples"]),
        int(record["config"]["epochs"]),
        facts.get("weights", "none") == "none",
        training.metric if record["maximize"] else None,
    )
    return [(one.kind.capitalize(), f"{_sentence(one.evidence)} {_sentence(f'try: {one.advice}')}") for one in found]


def curve_charts(curve: Sequence[Epoch], metric: str) -> list[Chart]:
    """Loss and metric over the epochs; a line where the input grew."""
    grown = [
        (row.epoch - 0.5, f"{row.size} px from here") for before, row in itertools.pairwise(curve) if before.size != row.size
    ]
    losses = [
        Curve("training (augmented)", [(row.epoch, row.train_loss) for row in curve], "c2"),
        Curve("validation", [(row.epoch, row.validation_loss) for row in curve], "c1"),
    ]
    metrics = [Curve(metric, [(row.epoch, row.metric) for row in curve], "c4")]
    return [
        line_chart("Loss", losses, "epochs", grown, whole=True),
        line_chart(f"Validation {metric}", metrics, "epochs", grown, whole=True),
    ]


def _row(row: Epoch) -> tuple[object, ...]:
    losses = f"{row.train_loss:.5g}", f"{row.validation_loss:.5g}", f"{row.metric:.5g}"
    return row.epoch, row.size, f"{row.learning_rate:.3g}", *losses, f"{row.seconds:.1f}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('?') else '.'}"
