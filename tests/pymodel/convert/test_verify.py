"""Differences are what they are, by numbers worked out by hand, and one beyond the tolerance fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appspec.errors import KitError
from pymodel.convert.loaded import Array
from pymodel.convert.request import Request
from pymodel.convert.verify import compare, require_agreement, tolerance, unmoved

REQUEST = Request(Path("m.pb"), "frozen_graph")


def test_differences_by_hand() -> None:
    expected = [{"a": np.float32([0, 10]), "b": np.float32([1])}, {"a": np.float32([5, 20]), "b": np.float32([1])}]
    answers = [{"a": np.float32([0, 11]), "b": np.float32([1])}, {"a": np.float32([5, 18]), "b": np.float32([1.5])}]
    a, b = compare(expected, answers)
    assert (a.largest, a.mean, a.range, a.relative, a.relative_mean) == (2, 0.75, 20, 0.1, 0.0375)
    assert (b.largest, b.range, b.relative) == (0.5, 0, 0.5)  # a constant output is held against its size


def test_the_last_bit_of_an_output_that_hardly_varies_is_no_difference() -> None:
    """A probability near 0.5 on inputs that a network was not made for, as noise in 0 to 1 for one of 0 to 255."""
    source = [{"p": np.float32([0.5 + k * 1e-6])} for k in range(8)]
    rounded = [{"p": np.nextafter(one["p"], np.float32(1))} for one in source]
    found = compare(source, rounded)
    assert found[0].largest / found[0].range > 1e-3
    require_agreement(REQUEST, found, "largest", 1e-4)
    wrong = compare(source, [{"p": one["p"] + np.float32(1e-4)} for one in source])
    with pytest.raises(KitError, match="output p differs"):
        require_agreement(REQUEST, wrong, "largest", 1e-4)


def test_a_wrong_phase_is_a_difference() -> None:
    (found,) = compare([{"spectrum": np.complex64([1 + 2j, 3])}], [{"spectrum": np.complex64([1 - 2j, 3])}])
    assert (found.largest, found.range) == (4, 3)


def test_outputs_that_no_input_moves_are_named() -> None:
    source = [{"p": np.float32([0.5 + k * 1e-6, 0.1]), "moves": np.float32([k, 0]), "dead": np.zeros(3)} for k in range(8)]
    assert unmoved(source) == ["p"]
    assert unmoved(source[:1]) == []


def test_no_number_is_no_agreement_but_the_same_infinity_is() -> None:
    same = {"a": np.float32([np.inf, -np.inf, 1])}
    assert compare([same], [same])[0].largest == 0
    assert not compare([same], [same])[0].no_numbers
    assert compare([{"a": np.float32([1, 2])}], [{"a": np.float32([1, np.nan])}])[0].largest == np.inf
    assert compare([{"a": np.float32([1, 2])}], [{"a": np.float32([1])}])[0].largest == np.inf


def test_the_worst_output_is_named() -> None:
    found = compare(
        [{"fine": np.float32([0, 1]), "wrong": np.float32([0, 1])}], [{"fine": np.float32([0, 1]), "wrong": np.float32([0, 1.5])}]
    )
    require_agreement(REQUEST, found, "largest", 0.5)
    with pytest.raises(KitError, match="output wrong differs"):
        require_agreement(REQUEST, found, "largest", 0.4)


NAN, INF, ONE = ([np.float32([value, 2])] for value in (np.nan, np.inf, 1))


@pytest.mark.parametrize(
    ("expected", "answers", "words"),
    [
        (NAN, NAN, "in the source itself"),
        (NAN, ONE, "in the source itself"),
        (ONE, NAN, "NaN on 1 of 1 inputs in the result"),
        (ONE, INF, "infinity on 1 of 1 inputs in the result"),
        (INF, ONE, "infinity on 1 of 1 inputs in the source, numbers in the result"),
    ],
)
def test_what_is_no_number_is_an_error_whatever_is_allowed(expected: list[Array], answers: list[Array], words: str) -> None:
    found = compare([{"scores": one} for one in expected], [{"scores": one} for one in answers])
    with pytest.raises(KitError) as caught:
        require_agreement(REQUEST, found, "largest", 1e9)
    assert "output scores answers" in caught.value.why
    assert words in caught.value.why


@pytest.mark.parametrize(
    ("wishes", "apart", "fix"),
    [
        ({}, 0.03, "operators; --tolerance 0.033 lets it pass"),
        ({"quantize": "float16"}, 0.03, "try --quantize none; --tolerance 0.033 lets it pass"),
        ({"quantize": "float16"}, 0.46, "try --quantize none"),
        ({"quantize": "dynamic"}, 0.46, "try --quantize float16 or none"),
        ({"quantize": "int8", "to": "c"}, 0.46, "try --quantize none"),
    ],
)
def test_the_way_out_is_another_mode_and_no_tolerance_beyond_reason(wishes: dict[str, Any], apart: float, fix: str) -> None:
    found = compare([{"a": np.float32([0, 1])}], [{"a": np.float32([0, 1 + apart])}])
    with pytest.raises(KitError) as caught:
        require_agreement(Request(Path("m.keras"), "keras", **wishes), found, "largest", 1e-3)
    assert caught.value.fix.endswith(fix)


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
