"""evaluate.html and worst.png: what the metrics are, their intervals, and the pictures that went worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from appspec.words import counted
from pages.drawing import contact_sheet
from pages.page import Page, Section, picture_uri
from pymodel.evaluate.chain import Sample
from pymodel.evaluate.judge import Judge
from pymodel.evaluate.predict import draw_worst

STAGE_VERSION = 1
"""Raised when the page changes for the same evaluation."""

SHEET, SHOWN = 48, 12
"""Worst cases on the contact sheet, and on the page."""


def worst_files(document: Mapping[str, Any], count: int = SHEET) -> list[str]:
    """Files of the pictures that went worst, from evaluation.json, the worst first."""
    return [score["file"] for score in sorted(document["scores"], key=lambda score: -score["badness"])[:count]]


def write_page(
    title: str, document: Mapping[str, Any], models: Sequence[Path], samples: Sequence[Sample], judge: Judge, target: Path
) -> None:
    """Writes evaluate.html and worst.png into a folder.

    Args:
        document: evaluation.json.
        samples: the worst pictures, in the order of worst_files.
        judge: the kind of the last model.
    """
    cells = draw_worst(models, samples, judge)
    figures = " · ".join(f"{name} {found['value']:.3f}" for name, found in document["metrics"].items())
    heading = f"{counted(document['pictures'], 'picture')}, worst first · {figures} · green: truth, yellow: answer"
    contact_sheet(cells, heading, target / "worst.png", columns=6, cell=280)
    lead = (
        f"{counted(document['pictures'], 'picture')}, {document['median_ms']:.2f} ms each (median, one thread of this machine)."
    )
    page = Page(title, [lead])
    page.sections.append(
        Section("End to end", columns=("metric", "value", "95 % interval", "meaning"), rows=metric_rows(document, judge.meanings))
    )
    if len(document["stages"]) > 1:
        alone = [(name, f"{value:.4f}") for name, value in document["stages"].items()]
        note = "Each model alone, looking where the truth says: what is lost from here to above is lost between them."
        page.sections.append(Section("Stage by stage", [note], columns=("model", "its metric"), rows=alone))
    page.sections.extend(judge.sections(document))
    pictures = [(picture_uri(image), words) for image, words in cells[:SHOWN]]
    page.sections.append(Section(f"The worst {len(pictures)}", ["Green: the truth. Yellow: the answer."], pictures=pictures))
    page.save(target / "evaluate.html")


def metric_rows(document: Mapping[str, Any], meanings: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Name, value, interval and meaning of each metric."""
    return [
        (name, f"{found['value']:.4f}", f"{found['low']:.4f} to {found['high']:.4f}", meanings.get(name, ""))
        for name, found in document["metrics"].items()
    ]
