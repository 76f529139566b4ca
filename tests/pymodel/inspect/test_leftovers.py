"""Rows that a detector's post-processing leaves unwritten are no answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appspec.tflite_file import read_tflite
from pymodel.inspect.leftovers import without_leftovers
from tests.pymodel.foreign.models import postprocessed


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0)])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_rows_beyond_the_count_are_nought(order: tuple[int, ...], count: int, tmp_path: Path) -> None:
    (tmp_path / "model.tflite").write_bytes(postprocessed(order))
    graph = read_tflite(tmp_path / "model.tflite").main
    boxes, rows = np.full((1, 2, 4), np.nan, np.float32), np.array([[0.5, 2e24]], np.float32)
    boxes[:, :count] = 0.25
    own = [boxes, rows, rows, np.array([count], np.float32)]
    answers = [own[place] for place in order]
    found = without_leftovers(graph, answers)
    for place, value in zip(order, found, strict=True):
        if place < 3:
            assert np.array_equal(value[:, :count], own[place][:, :count])
            assert not value[:, count:].any()
    assert np.isnan(boxes).any() == (count < 2), "what was given stays as it is"
