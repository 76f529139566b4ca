"""The rows of each machine: parted by a column, put together from several files, sorted, each stamp once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from appspec.data_spec import Series
from appspec.errors import KitError
from appspec.words import counted
from pymodel.data.series.check_stamps import check_stamps
from pymodel.data.series.clock import Clock
from pymodel.data.series.columns import Columns
from pymodel.data.series.find_stamps import Stamps, check_rounded
from pymodel.data.series.labels import read_labels
from pymodel.data.series.long_table import check_repeated
from pymodel.data.series.recording import Floats, Indices, Table

OFTEN = 0.4
"""Share of the rows whose stamp stands there already, from which they are no repetition by chance."""

SAMPLE = 1000
"""Repeated stamps that are looked at."""

Rows = tuple[Floats, Floats, Floats | None]
"""Stamps (N,), values (N, C) and labels (N,) of one machine's rows in one file."""


def machines_of(
    columns: Columns, stamps: Stamps, values: Floats, clock: Clock, series: Series, notes: list[str]
) -> dict[str, Rows]:
    """Of each machine in a file its rows."""
    import pandas as pd

    file = columns.table.file
    said: list[str] = []
    seconds = clock.seconds(stamps.dates, said)
    notes += [f"{stamps.where}: {one}" for one in said]
    check_rounded(columns, stamps)
    good = check_stamps(seconds, stamps.dates, columns.table.lines, stamps.where, notes)
    check_repeated(columns, stamps, seconds, series)
    labels = None
    if series.label is not None:
        (label,) = columns.demand([series.label])
        labels = read_labels(f"{file.name}, column {label}", columns.column(label), series.abnormal, notes)
    if series.group is None:
        groups = {file.stem: np.flatnonzero(good)}
    else:
        (group,) = columns.demand([series.group])
        codes, names = pd.factorize(columns.column(group), sort=True)
        nameless = int(np.sum(codes < 0))
        if nameless:
            notes.append(f"{file.name}: {nameless} rows name no machine; left out")
        groups = {_machine_name(name): np.flatnonzero((codes == i) & good) for i, name in enumerate(names)}
    whole = bool(good.all()) and len(groups) == 1 and len(next(iter(groups.values()))) == len(good)
    found: dict[str, Rows] = {}
    for name, rows in groups.items():
        if whole:
            found[name] = seconds, values, labels
        elif len(rows):
            found[name] = seconds[rows], values[rows], None if labels is None else labels[rows]
    return found


def one_table(name: str, parts: list[Rows], failures: tuple[float, ...], labelled: bool, notes: list[str]) -> Table:
    """One machine's rows from all files: sorted, each stamp once."""
    found, values, labels = parts[0] if len(parts) == 1 else _together(parts)
    if labels is None:
        labels = np.full(len(found), np.nan)
    steps = np.diff(found)
    backwards = int(np.sum(steps < 0))
    if backwards:
        hour = " by an hour, as when summer time ends" if np.all(steps[steps < 0] >= -3600) and backwards <= 2 else ""
        notes.append(f"{name}: stamps go back {counted(backwards, 'time')}{hour}; the rows were sorted")
        order = np.argsort(found, kind="stable")
        found, values, labels = found[order], values[order], labels[order]
    if backwards or np.any(steps == 0):
        once, first, count = np.unique(found, return_index=True, return_counts=True)
        if backwards and len(once) < (1 - OFTEN) * len(found) and not _all_alike(values, first, count):
            raise KitError(
                f"The stamps of {name} begin anew {counted(backwards, 'time')}, with other values",
                f"{len(once)} different ones stand in {len(found)} rows: recordings of several machines, one below the other",
                "put the rows of each machine into a file of its own, or name it in a column: group in [data.series]",
            )
        if len(once) < len(found):
            notes.append(f"{name}: {int(np.sum(count > 1))} stamps stand there more than once; their last value counts")
            values = np.stack([_last_known(column, first, count) for column in values.T], 1)
            labels = np.fmax.reduceat(labels, first)
            found = once
    return Table(name, found, values, labels if labelled else None, failures)


def _machine_name(cell: object) -> str:
    """Numbers as people write them: 1, not 1.0."""
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer():
        return str(int(cell))
    return str(cell).strip()


def near_failures(table: Table, horizon_s: float) -> npt.NDArray[np.bool_]:
    """(N,) rows that lie before or in a failure."""
    near = np.zeros(len(table.stamps), bool)
    if table.labels is not None:
        starts = table.stamps[np.flatnonzero(table.labels > 0)]
        near |= table.labels > 0
    else:
        starts = np.asarray(table.failures, np.float64)
    if len(starts):
        after = np.searchsorted(starts, table.stamps)
        next_one = starts[np.minimum(after, len(starts) - 1)]
        near |= (after < len(starts)) & (next_one - table.stamps <= horizon_s)
    return near


def _all_alike(values: Floats, first: Indices, count: Indices) -> bool:
    """Whether nearly all rows of one stamp say the same."""
    repeated = first[count > 1]
    return float(np.mean([np.array_equal(values[i], values[i + 1], equal_nan=True) for i in repeated[:SAMPLE].tolist()])) > 0.5


def _together(parts: list[Rows]) -> Rows:
    labels = [part[2] for part in parts if part[2] is not None]
    found = np.concatenate([part[0] for part in parts])
    return found, np.concatenate([part[1] for part in parts]), np.concatenate(labels) if labels else None


def _last_known(column: Floats, first: Indices, count: Indices) -> Floats:
    """(rows once,) the last value of each run of rows that is there, NaN where none is."""
    place = np.where(np.isfinite(column), np.arange(len(column)), -1)
    last = np.maximum.reduceat(place, first)
    return np.asarray(np.where(last >= first, column[last], np.nan), np.float64)
