"""Figures of a classifier's page: confusion and calibration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pages.page import Section, figure_uri

RELIABILITY = (
    "Of answers that say 80 %, 80 % should be right: bars on the diagonal are honest, below it the model is overconfident."
)


def class_sections(document: Mapping[str, Any]) -> list[Section]:
    """From evaluation.json."""
    classes = document["classes"]
    rows = [(f"true {name}", *counts) for name, counts in zip(classes, document["confusion"], strict=True)]
    return [
        Section("Confusion", columns=("", *(f"predicted {name}" for name in classes)), rows=rows),
        Section("Calibration", [RELIABILITY], chart=figure_uri(_reliability(document))),
    ]


def _reliability(document: Mapping[str, Any], bins: int = 10) -> Any:
    from matplotlib.figure import Figure

    confidence = np.array([score["confidence"] for score in document["scores"]])
    correct = np.array([float(score["correct"]) for score in document["scores"]])
    place = np.clip((confidence * bins).astype(int), 0, bins - 1)
    figure = Figure(figsize=(5, 3.6), layout="constrained")
    axes = figure.subplots()
    for k in range(bins):
        if (place == k).any():
            axes.bar((k + 0.5) / bins, correct[place == k].mean(), 0.9 / bins, color="tab:blue")
            axes.text((k + 0.5) / bins, 0.02, str(int((place == k).sum())), ha="center", fontsize=7, color="white")
    axes.plot((0, 1), (0, 1), color="tab:gray", linestyle="--", linewidth=1)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability that the model gives", ylabel="share that is right")
    return figure
