"""Small recordings, written and read as a user's."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np

from appspec.data_spec import Series, Split
from appspec.progress import Silent
from pymodel.data.series.read import read_windows
from pymodel.data.series.windows import WindowSet

START = datetime(2024, 3, 1, tzinfo=timezone.utc)
SETTINGS: dict[str, Any] = {"window": 4, "horizon": "3h", "margin": "2h"}


def iso(hour: float) -> str:
    """The stamp so many hours after the start."""
    return (START + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%S")


FAILURES = (30, 70, 110, 150, 185)
"""Hours; of the 200 that `write_hours` writes, one in validation and one in the test split of SPLIT."""

SPLIT = Split(validation=0.2, test=0.2)


def write_hours(folder: Path, rows: dict[int, str] | None = None, count: int = 200, name: str = "press.csv") -> Path:
    """timestamp,a,b of `count` hours; some rows in other words ("" leaves the row out)."""
    lines = ["timestamp,a,b"]
    for hour in range(count):
        line = (rows or {}).get(hour, f"{iso(hour)},{np.sin(hour):.4f},{hour % 7}")
        lines += [line] if line else []
    file = folder / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def read(folder: Path, split: Split = SPLIT, **settings: Any) -> WindowSet:
    """With SETTINGS and FAILURES unless others are given."""
    failures = {} if "label" in settings or "failures" in settings else {"failures": tuple(iso(hour) for hour in FAILURES)}
    return read_windows(folder, Series(**{**SETTINGS, **failures, **settings}), split, Silent())
