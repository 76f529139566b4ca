"""Label columns as machines write them: states in words and numbers, turned round, or with abnormal rows alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from appspec.errors import KitError
from tests.pymodel.window.csv_kit import assert_whole, cells, joined, lines, written
from tests.pymodel.window.kit import FAILURES, read

STATES = [("NORMAL", "BROKEN", "RECOVERING")[1 if hour in FAILURES else 2 if hour - 1 in FAILURES else 0] for hour in range(200)]


@pytest.mark.parametrize("none", ["NORMAL", "none"])
def test_states_in_words_are_asked_for_and_the_remedy_helps(tmp_path: Path, none: str) -> None:
    rows = [f"{row},{state.replace('NORMAL', none)}" for row, state in zip(joined(cells()), STATES, strict=True)]
    written(tmp_path, lines("timestamp,a,b,state", rows))
    settings: dict[str, Any] = {"label": "state", "horizon": "2h", "margin": "0s"}
    with pytest.raises(KitError) as caught:
        read(tmp_path, **settings)
    assert f"{none} (190), BROKEN (5), RECOVERING (5)" in caught.value.why
    assert 'abnormal = ["BROKEN", "RECOVERING"]' in caught.value.fix
    found = read(tmp_path, **settings, abnormal=("broken", "RECOVERING"))
    start = found.recordings[0].start_s
    assert [(event.at_s, event.until_s) for _, event in found.failures] == [
        (start + hour * 3600, start + (hour + 1) * 3600) for hour in FAILURES
    ]
    assert any("abnormal names STUCK" in note for note in read(tmp_path, **settings, abnormal=("BROKEN", "STUCK")).notes)


def test_states_in_numbers(tmp_path: Path) -> None:
    rows = [f"{row},{2 if hour in FAILURES else 1}" for hour, row in enumerate(joined(cells()))]
    written(tmp_path, lines("timestamp,a,b,state", rows))
    with pytest.raises(KitError, match=r"1 \(195\), 2 \(5\)"):
        read(tmp_path, label="state")
    assert len(read(tmp_path, label="state", abnormal=(2,)).failures) == len(FAILURES)


def test_words_that_no_row_says_are_told_with_those_that_are_meant(tmp_path: Path) -> None:
    rows = [f"{row},{state}" for row, state in zip(joined(cells()), STATES, strict=True)]
    written(tmp_path, lines("timestamp,a,b,state", rows))
    with pytest.raises(KitError) as caught:
        read(tmp_path, label="state", abnormal=("BROKN",))
    assert caught.value.fix.endswith('abnormal = ["BROKEN"]')


@pytest.mark.parametrize(("word", "abnormal"), [("FAILURE", ("FAILURE",)), ("1", ())])
def test_a_column_that_names_abnormal_rows_alone(tmp_path: Path, word: str, abnormal: tuple[str, ...]) -> None:
    rows = [f"{row},{word if hour in FAILURES else ''}" for hour, row in enumerate(joined(cells()))]
    written(tmp_path, lines("timestamp,a,b,event", rows))
    found = read(tmp_path, label="event", abnormal=abnormal)
    assert_whole(found)
    assert any("195 rows say nothing" in note for note in found.notes)


def test_a_label_turned_round_is_told_and_the_remedy_helps(tmp_path: Path) -> None:
    rows = [f"{row},{0 if hour in FAILURES else 1}" for hour, row in enumerate(joined(cells()))]
    written(tmp_path, lines("timestamp,a,b,ok", rows))
    with pytest.raises(KitError) as caught:
        read(tmp_path, label="ok")
    assert 'abnormal = ["0"]' in caught.value.fix
    assert_whole(read(tmp_path, label="ok", abnormal=("0",)))


def test_a_channel_that_is_the_label_in_other_words_is_told(tmp_path: Path) -> None:
    rows = [f"{row},{int(hour in FAILURES)},{5 if hour in FAILURES else 2}" for hour, row in enumerate(joined(cells()))]
    written(tmp_path, lines("timestamp,a,b,state,code", rows))
    told = [note for note in read(tmp_path, label="state").notes if "tells the label" in note]
    assert len(told) == 1
    assert told[0].startswith("code")


def test_abnormal_without_a_label_is_told(tmp_path: Path) -> None:
    written(tmp_path, lines())
    with pytest.raises(KitError, match="abnormal needs a label column"):
        read(tmp_path, abnormal=("BROKEN",))
