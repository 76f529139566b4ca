"""Columns of numbers that tell the time once more, as epoch beside timestamp: they are no measurement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pymodel.data.series.columns import plain_name
from pymodel.data.series.find_stamps import COUNTS
from pymodel.data.series.recording import Floats, Table

NAMES = re.compile(
    rf"{COUNTS.pattern}|epoch|unix|uptime|millis|tick|serial|^ms$|^min(?:utes)?$|^h(?:ours)?$|^days?$", re.IGNORECASE
)

FEWEST = 20
"""Rows that tell."""

STRAY = 0.5
"""Steps that a reading may lie off the line."""


def without_clocks(channels: tuple[str, ...], tables: Sequence[Table], notes: list[str]) -> tuple[tuple[str, ...], list[Table]]:
    """The channels without those that are called as a time and rise with the stamps in one straight line, which are noted."""
    clocks = [
        i for i, name in enumerate(channels) if all(is_second_clock(name, table.stamps, table.values[:, i]) for table in tables)
    ]
    if not clocks or len(clocks) == len(channels):
        return channels, list(tables)
    notes.append(
        f"{', '.join(channels[i] for i in clocks)} left out: told by the stamps already (values in [data.series] takes it all the same)"
    )
    kept = [i for i in range(len(channels)) if i not in clocks]
    return tuple(channels[i] for i in kept), [replace(table, values=table.values[:, kept]) for table in tables]


def is_second_clock(name: str, stamps: Floats, values: Floats) -> bool:
    """Whether a column is called as a time, and rises with the stamps in one straight line."""
    if NAMES.search(plain_name(name)) is None:
        return False
    known = np.isfinite(values)
    if known.sum() < FEWEST or known.mean() < 0.95:
        return False
    at, found = stamps[known], values[known]
    steps = np.diff(found)
    if not (steps >= 0).all() or found[-1] <= found[0]:
        return False
    line = found[0] + (at - at[0]) * (found[-1] - found[0]) / (at[-1] - at[0])
    return bool(np.abs(found - line).max() <= STRAY * float(np.median(steps)))
