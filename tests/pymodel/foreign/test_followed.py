"""Ready models that say where the next look is: what goes into their files, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appspec.contract import Coordinates, CropPolicy, Square
from appspec.errors import KitError
from appspec.read_contract import read_contract
from tests.pymodel.foreign.models import adopted, anchored, constant_outputs

AGAIN = Square(((0,), (1, 2)), (0, 1, 2), -0.1, 2.0)
THEN = Square(((0,), (0,)), (), -0.5, 2.6)
HAND = constant_outputs(
    {"points": np.arange(9.0)[None] + 1, "is_there": np.array([[0.9]]), "is_left": np.array([[0.2]]), "wide": np.ones((1, 3))}
)
NAMED: dict[str, Any] = {"task": "landmarks", "labels": ("wrist", "knuckle", "tip"), "outputs": ("points", "is_there")}


def test_squares_presence_and_what_is_shown_are_in_the_file(tmp_path: Path) -> None:
    said = {**NAMED, "again": AGAIN, "square": THEN, "in_box": True, "presence": 0.7, "show": ("tip",)}
    file = tmp_path / "hand.tflite"
    file.write_bytes(adopted(HAND, tmp_path, **said).content)
    contract = read_contract(file)
    assert contract.crop == CropPolicy("box", margin=0.25, square=THEN, again=AGAIN)
    assert contract.decoder == Coordinates(0.7, 0.0, 3, "pixel", "logit", (2,))
    assert contract.credit == ""


REFUSED: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "up beyond the detector's points": (
        anchored(points=1),
        {"task": "detect", "then": Square(((0,), (1,)))},
        r"then\.up: .* no point 1",
    ),
    "up of boxes without points": (anchored(points=0), {"task": "detect", "then": Square(((0,), (1,)))}, "boxes without points"),
    "up beyond the points": (HAND, {**NAMED, "again": Square(((0,), (3,)))}, r"again\.up: .* no point 3"),
    "points beyond": (HAND, {**NAMED, "again": Square(None, (0, 7))}, r"again\.points: .* no point 7"),
    "followed without presence": (
        HAND,
        {**NAMED, "outputs": ("points",), "again": AGAIN},
        "doesn't tell whether its points are there",
    ),
    "presence without such an output": (HAND, {**NAMED, "outputs": ("points",), "presence": 0.5}, "doesn't tell whether"),
    "a presence of three numbers": (HAND, {**NAMED, "outputs": ("points", "wide")}, "that is one number, this output has 3"),
    "nothing of that name to show": (HAND, {**NAMED, "show": ("tipp",)}, "did you mean 'tip'"),
    "two outputs that could be it": (HAND, {**NAMED, "outputs": (), "again": AGAIN}, "tells whether the points are there"),
    "a detector with one output": (constant_outputs({"rows": np.ones((1, 12, 6))}), {"task": "detect"}, "need two outputs"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_told(case: str, tmp_path: Path) -> None:
    content, said, words = REFUSED[case]
    with pytest.raises(KitError) as told:
        adopted(content, tmp_path, **said)
    assert re.search(words, f"{told.value}: {told.value.fix}")


def test_a_file_of_the_kit_says_itself_where_it_looks(tmp_path: Path) -> None:
    described = adopted(HAND, tmp_path, **NAMED).content
    with pytest.raises(KitError, match="says itself what it does"):
        adopted(described, tmp_path, again=AGAIN, mean=None, std=None)
