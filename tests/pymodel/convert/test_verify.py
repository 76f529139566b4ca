"""Differences are what they are, by numbers worked out by hand, and one beyond the tolerance fails."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appspec.errors import KitError
from pymodel.convert.request import Request
from pymodel.convert.verify import compare, require_agreement, tolerance

REQUEST = Request(Path("m.pb"), "frozen_graph")


def test_differences_by_hand() -> None:
    expected = [{"a": np.float32([0, 10]), "b": np.float32([1])}, {"a": np.float32([5, 20]), "b": np.float32([1])}]
    answers = [{"a": np.float32([0, 11]), "b": np.float32([1])}, {"a": np.float32([5, 18]), "b": np.float32([1.5])}]
    a, b = compare(expected, answers)
    assert (a.largest, a.mean, a.range, a.relative, a.relative_mean) == (2, 0.75, 20, 0.1, 0.0375)
    assert (b.largest, b.range, b.relative) == (0.5, 1, 0.5)  # a constant output is held against its size


def test_no_number_is_no_agreement_but_the_same_infinity_is() -> None:
    same = {"a": np.float32([np.inf, np.nan, 1])}
    assert compare([same], [same])[0].largest == 0
    assert compare([{"a": np.float32([1, 2])}], [{"a": np.float32([1, np.nan])}])[0].largest == np.inf
    assert compare([{"a": np.float32([1, 2])}], [{"a": np.float32([1])}])[0].largest == np.inf


def test_the_worst_output_is_named() -> None:
    found = compare(
        [{"fine": np.float32([0, 1]), "wrong": np.float32([0, 1])}], [{"fine": np.float32([0, 1]), "wrong": np.float32([0, 1.5])}]
    )
    require_agreement(REQUEST, found, "largest", 0.5)
    with pytest.raises(KitError, match="output wrong differs"):
        require_agreement(REQUEST, found, "largest", 0.4)


@pytest.mark.parametrize(
    ("wishes", "quantized", "held"),
    [
        ({}, False, ("largest", 1e-4)),
        ({}, True, ("mean", 0.05)),
        ({"quantize": "float16"}, False, ("largest", 1e-2)),
        ({"quantize": "int8"}, False, ("mean", 0.05)),
        ({"to": "coreml", "quantize": "float16"}, False, ("largest", 1e-2)),
        ({"tolerance": 0.3, "quantize": "int8"}, False, ("largest", 0.3)),
    ],
)
def test_what_is_allowed(wishes: dict[str, object], quantized: bool, held: tuple[str, float]) -> None:
    assert tolerance(Request(Path("m.pb"), "frozen_graph", **wishes), quantized) == held  # type: ignore[arg-type]
