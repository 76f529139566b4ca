"""evaluate.html: what the metrics are, how sure they are, and the pictures that went worst."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from appspec.words import counted
from pages.page import Page, Section, figure_uri, picture_uri
from pymodel.evaluate.chain import FAILURE, Evaluation

MEANINGS = {
    "iou": "mean intersection over union of the app's box with the true one; 1 is perfect",
    "ap50": "average precision: a box counts where its IoU is 0.5 or more, surer ones first",
    "nme": "normalized mean error: distance of the points / diagonal of the true box; 0 is perfect",
    "failure_rate": f"share of pictures whose NME is above {FAILURE:g}",
    "pck_0.1": "share of points closer than 0.1 of the object's longer side",
    "pck_0.2": "share of points closer than 0.2 of the object's longer side",
    "accuracy": "share of pictures whose likeliest class is the true one",
    "ece": "expected calibration error: how far probabilities are from the share that comes true; 0 is perfect",
}


def write_page(
    title: str, evaluation: Evaluation, alone: dict[str, float], worst: Sequence[tuple[Image.Image, str]], path: Path
) -> None:
    """Writes the page.

    Args:
        alone: metric of each model given the true region, by its name.
        worst: pictures with truth and answer drawn in, and a line of words each.
    """
    rows = [
        (name, f"{found.value:.4f}", f"{found.low:.4f} to {found.high:.4f}", MEANINGS[name])
        for name, found in evaluation.metrics.items()
    ]
    lead = [
        f"{counted(evaluation.pictures, 'picture')}, {evaluation.median_ms:.2f} ms each (median, one thread of the machine that trained)."
    ]
    page = Page(title, lead)
    page.sections.append(Section("End to end", columns=("metric", "value", "95 % interval", "meaning"), rows=rows))
    if len(alone) > 1:
        told = [(name, f"{value:.4f}") for name, value in alone.items()]
        note = "Each model alone, looking where the truth says: what is lost from here to above is lost between them."
        page.sections.append(Section("Stage by stage", [note], columns=("model", "its metric"), rows=told))
    errors = [score.nme for score in evaluation.scores if score.nme is not None]
    if errors:
        page.sections.append(Section("Cumulative error", [CURVE], chart=figure_uri(_cumulative(errors))))
    if evaluation.classes:
        page.sections.append(_confusion(evaluation))
        page.sections.append(Section("Calibration", [RELIABILITY], chart=figure_uri(_reliability(evaluation))))
    shown = [(picture_uri(image), words) for image, words in worst]
    page.sections.append(Section(f"The worst {len(shown)}", ["Green: the truth. Yellow: the answer."], pictures=shown))
    page.save(path)


CURVE = (
    "The share of pictures whose error is below each value: the steeper at the left, the better; where it ends is what is missed."
)
RELIABILITY = "Of answers that say 80 %, 80 % should be right: bars on the diagonal are honest, below it the model is too sure."


def _cumulative(errors: Sequence[float]) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.2), layout="constrained")
    axes = figure.subplots()
    values = np.sort(np.asarray(errors))
    axes.step(values, np.arange(1, len(values) + 1) / len(values), where="post")
    axes.axvline(FAILURE, color="tab:red", linestyle="--", linewidth=1, label=f"failure at {FAILURE:g}")
    axes.set(xlim=(0, 0.2), ylim=(0, 1), xlabel="NME", ylabel="share of pictures")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    return figure


def _confusion(evaluation: Evaluation) -> Section:
    rows = [(f"true {name}", *counts) for name, counts in zip(evaluation.classes, evaluation.confusion, strict=True)]
    return Section("Confusion", columns=("", *(f"said {name}" for name in evaluation.classes)), rows=rows)


def _reliability(evaluation: Evaluation, bins: int = 10) -> Any:
    from matplotlib.figure import Figure

    sure = np.array([score.confidence for score in evaluation.scores])
    right = np.array([float(bool(score.correct)) for score in evaluation.scores])
    place = np.clip((sure * bins).astype(int), 0, bins - 1)
    figure = Figure(figsize=(5, 3.6), layout="constrained")
    axes = figure.subplots()
    for k in range(bins):
        if (place == k).any():
            axes.bar((k + 0.5) / bins, right[place == k].mean(), 0.9 / bins, color="tab:blue")
            axes.text((k + 0.5) / bins, 0.02, str(int((place == k).sum())), ha="center", fontsize=7, color="white")
    axes.plot((0, 1), (0, 1), color="tab:gray", linestyle="--", linewidth=1)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability that the model gives", ylabel="share that is right")
    return figure
