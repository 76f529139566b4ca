"""train.html: the curves of a training, its settings, its data, and a plain reading of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pages.page import Page, Section, figure_uri
from pymodel.train.curve import curve_figure
from pymodel.train.diagnosis import Finding, diagnose
from pymodel.train.loop import Epoch, TrainConfig
from pymodel.train.objective import Objective


def write_train_page(
    title: str, curve: Sequence[Epoch], objective: Objective, config: TrainConfig, facts: dict[str, object], path: Path
) -> list[Finding]:
    """Writes the page, and gives what it finds.

    Args:
        facts: of the data and the model, shown as they are; "training examples" (int) among them.
    """
    from_nothing = facts.get("weights", "none") == "none"
    metric_name, examples = objective.metric_name, int(str(facts["training examples"]))
    findings = diagnose(curve, examples, config.epochs, from_nothing, metric_name if objective.maximize else None)
    seconds = sum(row.seconds for row in curve)
    lead = [f"{len(curve)} epochs in {seconds / 60:.1f} minutes; the weights of the best one were kept."]
    page = Page(title, lead)
    told = [(finding.kind.capitalize(), f"{finding.evidence}. Try: {finding.advice}.") for finding in findings]
    page.sections.append(Section("What the curves say", findings=told))
    page.sections.append(Section("Curves", chart=figure_uri(curve_figure(curve, metric_name))))
    settings: dict[str, Any] = {**asdict(config), **facts}
    page.sections.append(Section("Settings and data", columns=("what", "value"), rows=[(k, str(v)) for k, v in settings.items()]))
    rows = [_row(row) for row in curve]
    columns = ("epoch", "input side", "learning rate", "training loss", "validation loss", metric_name, "seconds")
    page.sections.append(Section("Every epoch", columns=columns, rows=rows))
    page.save(path)
    return findings


def _row(row: Epoch) -> tuple[object, ...]:
    losses = f"{row.train_loss:.5g}", f"{row.validation_loss:.5g}", f"{row.metric:.5g}"
    return row.epoch, row.size, f"{row.learning_rate:.3g}", *losses, f"{row.seconds:.1f}"
