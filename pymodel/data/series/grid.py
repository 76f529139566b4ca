"""Rows at any moments → samples on an even grid, short holes filled."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from appspec.data_spec import Series
from appspec.durations import seconds
from appspec.errors import KitError
from pymodel.data.series.recording import Floats, Table, format_duration, format_stamp

LARGEST = 20_000_000
"""Samples of one machine: beyond it the interval is surely wrong."""

JITTER = 0.02
"""Share of the commonest step within which steps are the same one, measured by a clock that jitters."""

OFF_GRID = 0.2
"""Share of the interval by which a stamp may miss the grid before the recording is called irregular."""


@dataclass(frozen=True)
class Grid:
    """A table on an even grid.

    Attributes:
        start_s: stamp of the first sample.
        values: (T, C), NaN where no row fell.
        labels: (T,) 1, 0 or NaN; all NaN where failures are listed.
    """

    start_s: float
    values: Floats
    labels: Floats


def choose_interval(tables: Sequence[Table], series: Series) -> float:
    """Seconds from sample to sample: as set, or the commonest step of the stamps.

    Raises:
        KitError: there is no step.
    """
    if series.interval is not None:
        interval = seconds(series.interval)
        if interval <= 0:
            raise KitError("interval in [data.series] is 0", "samples need time between them", "write it as 10min")
        return interval
    steps = np.concatenate([np.round(np.diff(table.stamps), 3) for table in tables])
    steps = steps[steps > 0]
    if not len(steps):
        raise KitError("There are fewer samples than a window", "no machine has two rows", "give more data")
    values, counts = np.unique(steps, return_counts=True)
    commonest = float(values[counts.argmax()])
    near = steps[np.abs(steps - commonest) <= JITTER * commonest]
    if counts.max() > 0.9 * len(near):
        return commonest
    return float(np.round(near.mean(), 3 if near.mean() < 60 else 1))  # a clock that jitters: its mean counts


def to_grid(table: Table, interval_s: float, notes: list[str]) -> Grid:
    """Each row goes to the nearest sample; several at one sample are averaged, and abnormal if one of them is.

    Raises:
        KitError: the grid would be absurdly long.
    """
    place = (table.stamps - table.stamps[0]) / interval_s
    nearest = np.floor(place + 0.5).astype(np.int64)
    length = int(nearest[-1]) + 1
    if length > LARGEST:
        span = format_duration(float(table.stamps[-1] - table.stamps[0]))
        raise KitError(
            f"{table.name} would be {length:,} samples long",
            f"it spans {span} and the interval is {format_duration(interval_s)}",
            "set interval in [data.series], or mend the stamps",
        )
    off = np.abs(place - nearest) > OFF_GRID
    if off.mean() > 0.01:
        notes.append(
            f"{table.name}: the stamps are irregular ({off.mean():.0%} off the grid); "
            f"resampled to one sample every {format_duration(interval_s)}"
        )
    shared = int(np.sum(np.bincount(nearest) > 1))
    if shared:
        notes.append(f"{table.name}: {shared} samples are the mean of several rows")
    values = np.full((length, table.values.shape[1]), np.nan)
    for channel in range(values.shape[1]):
        known = np.isfinite(table.values[:, channel])
        total = np.bincount(nearest[known], table.values[known, channel], length)
        count = np.bincount(nearest[known], minlength=length)
        values[count > 0, channel] = total[count > 0] / count[count > 0]
    labels = np.full(length, np.nan)
    if table.labels is not None:
        np.fmax.at(labels, nearest, table.labels)
    return Grid(float(table.stamps[0]), values, labels)


@dataclass
class Holes:
    """What filling met, over all channels of one machine.

    Attributes:
        filled: holes that were filled, and how many samples in them.
        longest_s, longest_at: the longest hole that was left, in seconds, and where it begins.
    """

    filled: int = 0
    filled_samples: int = 0
    left: int = 0
    longest_s: float = 0.0
    longest_at: float = 0.0

    def words(self, name: str) -> list[str]:
        """One line for what was filled, one for what was left."""
        lines = []
        if self.filled:
            lines.append(f"{name}: {self.filled} holes ({self.filled_samples} samples) filled linearly")
        if self.left:
            longest = f"the longest begins {format_stamp(self.longest_at)} and lasts {format_duration(self.longest_s)}"
            lines.append(f"{name}: {self.left} holes are too long to fill, {longest}; windows over them are left out")
        return lines


def fill(values: Floats, borders: Sequence[int], limit: int, start_s: float, interval_s: float) -> tuple[Floats, Holes]:
    """The same samples with holes of up to `limit` samples filled linearly.

    Args:
        values: (T, C), NaN in holes.
        borders: samples at which a split begins: no hole is filled across them, or later values would leak into earlier splits.
    """
    filled, holes = values.copy(), Holes()
    edges = [0, *borders, len(values)]
    for begin, end in itertools.pairwise(edges):
        for channel in range(values.shape[1]):
            part = filled[begin:end, channel]
            known = np.flatnonzero(np.isfinite(part))
            before = np.flatnonzero(np.diff(known) > 1)
            for left, right in zip(known[before], known[before + 1], strict=True):
                missing = int(right - left - 1)
                if missing <= limit:
                    part[left + 1 : right] = np.interp(np.arange(left + 1, right), (left, right), (part[left], part[right]))
                    holes.filled, holes.filled_samples = holes.filled + 1, holes.filled_samples + missing
                    continue
                holes.left += 1
                if missing * interval_s > holes.longest_s:
                    holes.longest_s = missing * interval_s
                    holes.longest_at = start_s + (begin + int(left) + 1) * interval_s
    return filled, holes


def fill_limit(series: Series, interval_s: float) -> int:
    """Samples of the longest hole that is filled."""
    return 3 if series.max_gap is None else int(np.floor(seconds(series.max_gap) / interval_s + 1e-9))
