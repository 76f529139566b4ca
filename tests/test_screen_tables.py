"""Tables on terminals of every width: no word is broken that need not be, nothing is lost."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from flow.screen import NOTHING, Screen
from pymodel.inspect.values import Difference

COLUMNS = ("op", "nodes", "CPU TFLite 2.16.1", "CPU LiteRT 1.4", "GPU", "NNAPI", "host_ms")
ROWS = [dict.fromkeys(COLUMNS, "whole: 81 of 81 nodes") | {"op": "DEPTHWISE_CONV_2D 3"}]


def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    Screen().table("Places", COLUMNS, ROWS, "a note")
    return capsys.readouterr().out


@pytest.mark.parametrize("width", [50, 60, 70, 80, 100, 200])
def test_no_word_is_broken_and_no_line_too_long(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    text = printed(capsys, monkeypatch, width)
    assert all(len(line) <= width for line in text.splitlines())
    for word in ("DEPTHWISE_CONV_2D", "LiteRT", "NNAPI", "2.16.1", "host", "a note"):
        assert word in text
    assert text.count("whole:") == len(COLUMNS) - 1


def test_a_list_is_written_as_people_do_and_stays_one_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"files": ["a.json", "b.json"]}]
    Screen().table("Fetched", ("files",), rows)
    assert "a.json, b.json" in capsys.readouterr().out
    Screen(as_json=True).table("Fetched", ("files",), rows)
    assert json.loads(capsys.readouterr().out) == rows


def test_a_narrow_terminal_gets_records_and_a_wide_one_a_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "• op " in printed(capsys, monkeypatch, 50)
    assert "┃ op " in printed(capsys, monkeypatch, 120)


def test_json_has_no_infinity_and_no_nan(capsys: pytest.CaptureFixture[str]) -> None:
    apart = Difference(math.inf, 0.5, False)
    Screen(as_json=True).json(
        {"apart": asdict(apart), "rows": [(1.5, math.nan), np.float64(-math.inf)], "path": Path("m.tflite")}
    )
    text = capsys.readouterr().out
    assert json.loads(text, parse_constant=pytest.fail) == {
        "apart": {**asdict(apart), "largest": None},
        "rows": [[1.5, None], None],
        "path": "m.tflite",
    }


def test_no_rows_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().table("Found", ("model", "label"), [], "a note")
    assert capsys.readouterr().out == f"Found: {NOTHING}\na note\n"
