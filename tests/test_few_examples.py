"""An evaluation on few examples says so before its figures."""

from __future__ import annotations

import pytest

from flow.models import show_evaluation
from flow.screen import Screen
from pymodel.evaluate.document import EvaluationDocument, MetricRow


@pytest.mark.parametrize(
    ("count", "first"), [(12, "Only 12 examples to judge by: IoU lies anywhere from 0.31 to 0.92"), (400, "End to end")]
)
def test_few_examples_are_told_first(capsys: pytest.CaptureFixture[str], count: int, first: str) -> None:
    document = EvaluationDocument(pictures=count, metrics={"IoU": MetricRow(value=0.7, low=0.31, high=0.92)}, median_ms=2.0)
    show_evaluation(document, Screen())
    assert capsys.readouterr().out.lstrip().startswith(first[:40])
