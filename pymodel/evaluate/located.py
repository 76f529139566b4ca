"""Scores, metrics and figures of what is located in a picture: boxes and points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from appspec.intervals import Interval, Values, bootstrap
from pages.drawing import CLASS_COLORS, FOUND, TRUTH, Drawing
from pages.page import Section, figure_uri
from pymodel.data.examples import Example
from pymodel.evaluate.document import PictureDocument
from pymodel.evaluate.judge import Judged
from pymodel.evaluate.metrics import average_precision, nme, pck
from pymodel.inference.interpreter import Answer
from pymodel.preprocess.geometry import iou

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FAILURE = 0.1
"""NME above which a face counts as missed."""

MEANINGS = {
    "iou": "mean intersection over union of the app's box with the true one; 1 is perfect",
    "ap50": "average precision: a box counts where its IoU is 0.5 or more, the most confident first",
    "nme": "normalized mean error: distance of the points / diagonal of the true box; 0 is perfect",
    "failure_rate": f"share of pictures whose NME is above {FAILURE:g}",
    "pck_0.1": "share of points closer than 0.1 of the object's longer side",
    "pck_0.2": "share of points closer than 0.2 of the object's longer side",
}

CURVE = (
    "The share of pictures whose error is below each value: the steeper at the left, the better; where it ends is what is missed."
)


def shown_points(answer: Answer) -> Answer:
    """With the points alone that are the answer; see appspec.contract.Coordinates."""
    shown = list(getattr(answer.contract.decoder, "shown", ()))
    return replace(answer, points=answer.points[shown], confidence=answer.confidence[shown]) if shown else answer


def overlap(answer: Answer, example: Example) -> float:
    """IoU of an answer's box with the true one."""
    return float(iou(answer.box, example.box))


def point_error(answer: Answer, example: Example) -> float:
    """NME of an answer's points; NaN where no true point is known."""
    return float(nme(answer.points, example.seen_points(), example.box))


def pck_metrics(judged: Sequence[Judged]) -> dict[str, Interval]:
    """The share of points within 0.1 and 0.2 of the object's longer side."""
    values = {metric: known(judged, name) for name, metric in (("pck", "pck_0.1"), ("pck_02", "pck_0.2"))}
    return {metric: bootstrap(found) for metric, found in values.items() if len(found)}


def correct_points(answer: Answer, example: Example, share: float) -> float:
    """PCK of an answer's points; NaN where no true point is known."""
    size = np.float32((example.box[2:] - example.box[:2]).max())
    values = pck(answer.points, example.seen_points(), np.asarray(size), share)
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def known(judged: Sequence[Judged], name: str) -> Values:
    """(N,) a figure of the pictures that tell it."""
    values = (one.values[name] for one in judged)
    return np.array([round(value, 5) for value in values if value is not None and np.isfinite(value)], np.float64)


def overlap_metrics(judged: Sequence[Judged]) -> dict[str, Interval]:
    """Mean IoU, and average precision over all objects, the first model's confidence telling which come first."""
    best = [float(iou(one.answers[-1].box[None], one.boxes).max()) for one in judged]
    confidence = np.array([round(one.confidence, 4) for one in judged])
    rows = np.stack([confidence, best, [len(one.boxes) for one in judged]], -1)
    return {
        "iou": bootstrap(known(judged, "iou")),
        "ap50": bootstrap(rows, lambda rows: average_precision(rows[:, 0], rows[:, 1] >= 0.5, int(rows[:, 2].sum()))),
    }


def point_metrics(judged: Sequence[Judged]) -> dict[str, Interval]:
    """Mean NME, and the share of pictures in which it is above FAILURE; empty where no true point is known."""
    errors = known(judged, "nme")
    if not len(errors):
        return {}
    return {"nme": bootstrap(errors), "failure_rate": bootstrap((errors > FAILURE).astype(np.float64))}


def point_sections(document: PictureDocument) -> list[Section]:
    """The cumulative error of the points, from evaluation.json."""
    errors = [score["nme"] for score in document["scores"] if score.get("nme") is not None]
    return [Section("Cumulative error", [CURVE], chart=figure_uri(_cumulative(errors)))] if errors else []


def draw_box(drawing: Drawing, answer: Answer) -> None:
    """An answer's box."""
    drawing.box(answer.box, FOUND)


def draw_points(drawing: Drawing, answer: Answer) -> None:
    """An answer's points, those that are shown in a colour of their own."""
    drawing.points(answer.points, FOUND, answer.contract.labels)
    shown = shown_points(answer)
    if len(shown.points) < len(answer.points):
        drawing.points(shown.points, CLASS_COLORS[2])


def draw_object(drawing: Drawing, example: Example) -> None:
    """The true box and points."""
    drawing.box(example.box, TRUTH)
    drawing.points(example.points, TRUTH)


def point_rows(answer: Answer) -> list[dict[str, object]]:
    """One a point; points without names have numbers."""
    names = answer.contract.labels or tuple(str(number) for number in range(len(answer.points)))
    return [
        {"point": name, "x": round(float(x), 1), "y": round(float(y), 1), "confidence": round(float(confidence), 3)}
        for name, (x, y), confidence in zip(names, answer.points, answer.confidence, strict=True)
    ]


def _cumulative(errors: Sequence[float]) -> Figure:
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
