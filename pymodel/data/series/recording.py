"""What the stages from CSV to windows speak of: recordings on an even grid, and what happened during them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import overload

import numpy as np
import numpy.typing as npt

from pymodel.data.splits import SPLITS, SplitName

Floats = npt.NDArray[np.float64]
Values = npt.NDArray[np.float32]
States = npt.NDArray[np.int8]
Indices = npt.NDArray[np.int64]

NORMAL, ABNORMAL, LEFT_OUT = 0, 1, -1
"""Of a sample: what a window is called that ends there."""

TRAIN, VALIDATION, TEST = range(len(SPLITS))


@dataclass(frozen=True)
class Event:
    """A failure, or a run of rows that are labelled abnormal.

    Attributes:
        at_s, until_s: stamps of its first and last moment; the same where only the moment of failure is known.
    """

    at_s: float
    until_s: float


@dataclass(frozen=True)
class Table:
    """One machine's rows as they were read, in the order of time, no stamp twice.

    Attributes:
        stamps: (N,) seconds since 1970, UTC.
        values: (N, C), NaN where there is none.
        labels: (N,) 1 abnormal, 0 normal, NaN unknown; None where failures are listed instead.
        failures: stamps, seconds, in the order of time.
    """

    name: str
    stamps: Floats
    values: Floats
    labels: Floats | None
    failures: tuple[float, ...]


@dataclass(frozen=True)
class Recording:
    """One machine on an even grid: sample i stands for start_s + i * interval_s.

    Attributes:
        values: (T, C) float32 raw values, NaN in holes that are too long to fill.
        states: (T,) int8 NORMAL, ABNORMAL or LEFT_OUT.
        splits: (T,) int8 TRAIN, VALIDATION or TEST, never falling.
    """

    name: str
    start_s: float
    interval_s: float
    values: Values
    states: States
    splits: States
    events: tuple[Event, ...]

    @overload
    def stamp(self, sample: int) -> float: ...
    @overload
    def stamp(self, sample: Indices) -> Floats: ...
    def stamp(self, sample: int | Indices) -> float | Floats:
        """Seconds since 1970 of a sample, or of an array of them."""
        return self.start_s + sample * self.interval_s

    def split_of(self, stamp: float) -> SplitName:
        """The split in which a moment lies; the nearest sample's, outside."""
        sample = int(np.clip(np.floor((stamp - self.start_s) / self.interval_s), 0, len(self.splits) - 1))
        return SPLITS[int(self.splits[sample])]


def format_stamp(stamp: float) -> str:
    """2024-01-05 13:40 in UTC, with seconds where there are some."""
    moment = datetime.fromtimestamp(round(stamp), timezone.utc)
    return moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")


def format_duration(seconds: float) -> str:
    """A duration in the unit that suits it: 90 min, 6.5 h, 3 d."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if abs(seconds) >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"
