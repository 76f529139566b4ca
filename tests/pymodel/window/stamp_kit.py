"""A column of stamps, written and read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from pymodel.data.series.windows import WindowSet
from tests.pymodel.window.kit import FAILURES, START

Form = Callable[[datetime], str]


def form(pattern: str) -> Form:
    return lambda moment: moment.strftime(pattern)


def at(hour: float, start: datetime | None = None) -> datetime:
    return (start or START).replace(tzinfo=None) + timedelta(hours=hour)


def unix(moment: datetime) -> float:
    return (moment - datetime(1970, 1, 1)).total_seconds()


def written(
    folder: Path, write: Form, count: int = 200, header: str = "timestamp,a", failures: bool = True, start: datetime | None = None
) -> None:
    """A column of stamps, one an hour, and failures.txt written alike."""
    rows = [f'"{write(at(hour, start))}",{np.sin(hour):.4f}' for hour in range(count)]
    (folder / "press.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    if failures:
        (folder / "failures.txt").write_text("".join(f"{write(at(hour, start))}\n" for hour in FAILURES), encoding="utf-8")


def assert_read(found: WindowSet, shift_h: float = 0, start: datetime | None = None) -> None:
    (recording,) = found.recordings
    assert recording.start_s == pytest.approx(unix(at(shift_h, start)), abs=1e-3)
    assert found.interval_s == 3600
    assert len(recording.values) == 200
    np.testing.assert_allclose(recording.values[:, 0], np.sin(np.arange(200)).round(4), atol=1e-6)
    assert [round(event.at_s - recording.start_s) for event in recording.events] == [hour * 3600 for hour in FAILURES]
