"""train.html and curve.png: the curves of a training, its settings, its data, and a plain reading of them."""

from __future__ import annotations

import json
from pathlib import Path

from pages.page import Page, Section, figure_uri
from pymodel.train.curve import curve_figure, draw_curve, read_curve
from pymodel.train.diagnosis import diagnose
from pymodel.train.loop import Epoch
from pymodel.train.run import RECORD

STAGE_VERSION = 1
"""Raised when the page changes for the same training."""


def write_train_page(name: str, trained: Path, target: Path) -> None:
    """Writes the page and the curve of a finished training into a folder.

    Args:
        trained: folder of the training.
    """
    record = json.loads((trained / RECORD).read_text(encoding="utf-8"))
    curve, facts, metric = read_curve(trained / "curve.csv"), record["facts"], record["metric"]
    from_nothing = facts.get("weights", "none") == "none"
    findings = diagnose(
        curve,
        int(facts["training examples"]),
        int(record["config"]["epochs"]),
        from_nothing,
        metric if record["maximize"] else None,
    )
    draw_curve(curve, name, metric, target / "curve.png")
    seconds = sum(row.seconds for row in curve)
    page = Page(
        f"Training of {name}", [f"{len(curve)} epochs in {seconds / 60:.1f} minutes; the weights of the best one were kept."]
    )
    words = [(finding.kind.capitalize(), f"{finding.evidence}. Try: {finding.advice}.") for finding in findings]
    page.sections.append(Section("What the curves say", findings=words))
    page.sections.append(Section("Curves", chart=figure_uri(curve_figure(curve, metric))))
    settings = {**record["config"], **facts}
    page.sections.append(Section("Settings and data", columns=("what", "value"), rows=[(k, str(v)) for k, v in settings.items()]))
    columns = ("epoch", "input side", "learning rate", "training loss", "validation loss", metric, "seconds")
    page.sections.append(Section("Every epoch", columns=columns, rows=[_row(row) for row in curve]))
    page.save(target / "train.html")


def _row(row: Epoch) -> tuple[object, ...]:
    losses = f"{row.train_loss:.5g}", f"{row.validation_loss:.5g}", f"{row.metric:.5g}"
    return row.epoch, row.size, f"{row.learning_rate:.3g}", *losses, f"{row.seconds:.1f}"
