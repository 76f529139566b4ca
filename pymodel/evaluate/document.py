"""The content of evaluation.json, as pages and tables read it."""

from __future__ import annotations

from typing import Any, TypedDict


class MetricRow(TypedDict):
    """A metric and its 95 % confidence interval."""

    value: float
    low: float
    high: float


class EvaluationDocument(TypedDict):
    """What evaluations of all task kinds contain.

    Attributes:
        pictures: how many examples.
        metrics: by name.
        median_ms: of one example.
    """

    pictures: int
    metrics: dict[str, MetricRow]
    median_ms: float


class PictureDocument(EvaluationDocument):
    """What evaluations on pictures contain beside it; task kinds add details of their own.

    Attributes:
        scores: one row per picture, see pymodel.evaluate.chain.Score.
        stages: the metric of each model alone, given the true region, by the model's name.
    """

    scores: list[dict[str, Any]]
    stages: dict[str, float]
