"""A table of a machine, written and read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pymodel.data.series.windows import WindowSet
from tests.pymodel.window.kit import FAILURES, iso

HEADER = ("timestamp", "a", "b")


def cells(count: int = 200) -> list[tuple[str, str, str]]:
    """Rows of timestamp, a and b."""
    return [(iso(hour), f"{np.sin(hour):.4f}", str(hour % 7)) for hour in range(count)]


def joined(rows: Sequence[Sequence[str]], separator: str = ",", end: str = "") -> list[str]:
    return [separator.join(row) + end for row in rows]


def lines(header: str = ",".join(HEADER), rows: Sequence[str] | None = None) -> list[str]:
    return [header, *(joined(cells()) if rows is None else rows)]


def written(folder: Path, found: Sequence[str], encoding: str = "utf-8", end: str = "\n", name: str = "press.csv") -> Path:
    file = folder / name
    file.write_bytes((end.join(found) + end).encode(encoding))
    return file


def assert_whole(found: WindowSet, count: int = 200, channels: tuple[str, ...] = ("a", "b")) -> None:
    """All rows are there, with their values and failures."""
    assert found.channels == channels
    (recording,) = found.recordings
    assert found.interval_s == 3600
    assert recording.start_s == 1_709_251_200
    assert len(recording.values) == count
    np.testing.assert_allclose(recording.values[:, 0], np.sin(np.arange(count)).round(4), atol=1e-6)
    np.testing.assert_array_equal(recording.values[:, 1], np.arange(count) % 7)
    assert [event.at_s for event in recording.events] == [recording.start_s + hour * 3600 for hour in FAILURES]


def inserted(rows: list[str], place: int, *more: str) -> list[str]:
    return [*rows[:place], *more, *rows[place:]]
