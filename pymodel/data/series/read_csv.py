"""A folder of CSV files → one table a machine, by the words of [data.series] alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from appspec.data_spec import Series
from appspec.errors import KitError
from appspec.file_tree import read_tree, shown, with_suffix
from appspec.stages import STAMP
from appspec.words import counted
from pymodel.data.copies import find_copies
from pymodel.data.recognize import with_hint
from pymodel.data.series.check_stamps import check_stamps
from pymodel.data.series.choose_clock import choose_clock
from pymodel.data.series.clock import Clock
from pymodel.data.series.columns import Columns, choose_channels, name_columns
from pymodel.data.series.csv_table import read_table
from pymodel.data.series.error_values import remove_error_values
from pymodel.data.series.failures import read_failures
from pymodel.data.series.find_stamps import Stamps, find_stamps
from pymodel.data.series.labels import missing_words, read_labels
from pymodel.data.series.number_columns import read_numbers
from pymodel.data.series.recording import Floats, Indices, Table
from pymodel.data.unread import no_folder

if TYPE_CHECKING:
    pass

Rows = tuple[Floats, Floats, Floats | None]
"""Stamps (N,), values (N, C) and labels (N,) of one machine's rows in one file."""

COPY_WORDS = r"[\s\-_]*(?:\(\d+\)|(?:copy|kopie|copie|사본|복사본|副本|コピー)(?:[\s\-_]*(?:of|\(?\d+\)?))?)?[\s\-_]*"
"""What is added to the name of a copy."""

LARGEST = 1e30
"""Larger values that a setting keeps are cut: float32 can reckon with these."""


@dataclass(frozen=True)
class Found:
    """What the CSV files of a folder hold.

    Attributes:
        clock: how their stamps are written.
    """

    channels: tuple[str, ...]
    tables: tuple[Table, ...]
    clock: Clock
    notes: list[str]


def read_tables(folder: Path, series: Series) -> Found:
    """Channel names, one table a machine, and notes in words.

    Raises:
        KitError: the folder or a file can't be read, a column is missing or says nothing, or no row is called abnormal.
    """
    notes: list[str] = []
    files = _files(folder, series, notes)
    _check_settings(series)
    used = [name for name in (series.label, series.group) if name]
    opened: list[Columns] = []
    for file in files:
        content = read_table(file, series.timestamp, [*used, *(series.values or ())], series.label)
        notes += content.notes
        opened.append(name_columns(content, [series.timestamp, *used, *(series.values or ())], notes))
    stamps = [find_stamps(columns, series, notes) for columns in opened]
    clock, said = choose_clock([(one.where, one.dates) for one in stamps], series.dates, series.begin)
    notes += said
    channels, numbers = _numbers(opened, stamps, series, notes)
    parts: dict[str, list[Rows]] = {}
    for columns, one, values in zip(opened, stamps, numbers, strict=True):
        for name, rows in _machines(columns, one, values, clock, series, notes).items():
            parts.setdefault(name, []).append(rows)
    if series.label is not None and series.abnormal:
        unsaid = missing_words([columns.column(columns.demand([series.label])[0]) for columns in opened], series.abnormal)
        if unsaid:
            notes.append(f"abnormal names {', '.join(unsaid)}, which column {series.label} never says")
    failures = read_failures(folder, series, list(parts), clock, notes)
    tables = [_table(name, found, failures[name], series.label is not None, notes) for name, found in parts.items()]
    near = [_near(table, series.horizon_s) for table in tables]
    notes += [one.words() for one in remove_error_values(channels, [table.values for table in tables], near, series.error_values)]
    for table in tables:
        np.clip(table.values, -LARGEST, LARGEST, out=table.values)
    _check_channels(channels, tables)
    return Found(channels, tuple(tables), clock, notes)


def _check_settings(series: Series) -> None:
    if series.label is not None and series.failures:
        raise KitError("Both label and failures are given in [data.series]", "which counts is not clear", "leave one out")
    if series.label is None and not series.failures:
        raise KitError(
            "Nothing says what is abnormal",
            "[data.series] has neither label nor failures",
            "name a label column, or list failures",
        )
    if series.label is None and series.abnormal:
        raise KitError("abnormal needs a label column", "[data.series] has no label", 'name the column: label = "COLUMN"')


def _files(folder: Path, series: Series, notes: list[str]) -> list[Path]:
    """The CSV files of a folder, each content once."""
    tree = read_tree(folder)
    tree = replace(tree, litter=tuple(name for name in tree.litter if name != STAMP))  # the kit's own, beside simulated data
    every = with_suffix(tree.files, ".csv")
    listed = series.failures if isinstance(series.failures, str) else None
    files = [name for name in every if "/" not in name and name != listed]
    below = [name for name in every if "/" in name]
    notes += [note for note in tree.notes() if every or tree.litter or tree.dead_links]
    if below:
        notes.append(
            f"passed over: {counted(len(below), 'CSV file')} in folders below, as {shown(below[0])}; move those that belong to the data up"
        )
    if not files:
        others = [name for name in tree.files if name != listed]
        if not folder.is_dir():
            raise no_folder(folder, "the folder that the CSV files are in")
        why = "it holds no *.csv" + (f", but {shown(others[0])}" if others else "")
        fix = "give the folder that the CSV files are in as data.path" + ("; save workbooks as CSV first" if others else "")
        raise with_hint(KitError(f"Can't read the time series in {folder}", why, fix), folder, "csv")
    again: set[str] = set()
    for group in find_copies(folder, dict.fromkeys(files, 0)):
        first = min(group, key=lambda name: (len(name), name))
        for name in sorted(set(group) - {first}):
            if _is_copy(name, first):
                again.add(name)
            notes.append(
                f"{shown(name)} holds the same bytes as {shown(first)}; {'left out' if name in again else 'it counts as a machine of its own'}"
            )
    return [folder / name for name in files if name not in again]


def _is_copy(name: str, first: str) -> bool:
    """Whether the name is what a system makes of another one for a copy: `press (1).csv`, `press - Copy.csv`."""
    stem, other = Path(name).stem.casefold(), Path(first).stem.casefold()
    return other in stem and re.fullmatch(COPY_WORDS, stem.replace(other, "", 1).strip()) is not None


def _numbers(
    opened: Sequence[Columns], stamps: Sequence[Stamps], series: Series, notes: list[str]
) -> tuple[tuple[str, ...], list[Floats]]:
    """The channels, and of each file their values (rows, C)."""
    if series.values is not None:
        names = tuple(opened[0].demand(series.values))
        read = [read_numbers(columns, columns.demand(names), series.decimal, notes, named=True) for columns in opened]
    else:
        others = [name for name in (series.label, series.group) if name]
        used = [*stamps[0].used, *opened[0].demand(others)]
        candidates = [name for name in opened[0].places if name not in used]
        first = read_numbers(opened[0], candidates, series.decimal, notes, named=False)
        names = choose_channels(opened[0], used, list(first), notes)
        rest = [read_numbers(columns, columns.demand(names), series.decimal, notes, named=True) for columns in opened[1:]]
        read = [first, *rest]
        added = [(columns, set(columns.places) - set(opened[0].places)) for columns in opened[1:]]
        for columns, more in added:
            if more:
                notes.append(
                    f"{columns.table.file.name}: {counted(len(more), 'column')} that {opened[0].table.file.name} lacks, as {min(more)}; left out"
                )
    values = []
    for columns, one in zip(opened, read, strict=True):
        found = columns.demand(names)
        values.append(np.stack([one[name] for name in found], 1))
    return names, values


def _machines(
    columns: Columns, stamps: Stamps, values: Floats, clock: Clock, series: Series, notes: list[str]
) -> dict[str, Rows]:
    """Of each machine in a file its rows."""
    import pandas as pd

    file = columns.table.file
    seconds = clock.seconds(stamps.dates)
    good = check_stamps(seconds, stamps.dates, columns.table.lines, stamps.where, notes)
    labels = None
    if series.label is not None:
        (label,) = columns.demand([series.label])
        labels = read_labels(f"{file.name}, column {label}", columns.column(label), series.abnormal)
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


def _machine_name(cell: object) -> str:
    """Numbers as people write them: 1, not 1.0."""
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer():
        return str(int(cell))
    return str(cell).strip()


def _near(table: Table, horizon_s: float) -> npt.NDArray[np.bool_]:
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


def _table(name: str, parts: list[Rows], failures: tuple[float, ...], labelled: bool, notes: list[str]) -> Table:
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
        if len(once) < len(found):
            notes.append(f"{name}: {int(np.sum(count > 1))} stamps stand there more than once; their last value counts")
            values = np.stack([_last_known(column, first, count) for column in values.T], 1)
            labels = np.fmax.reduceat(labels, first)
            found = once
    return Table(name, found, values, labels if labelled else None, failures)


def _together(parts: list[Rows]) -> Rows:
    labels = [part[2] for part in parts if part[2] is not None]
    found = np.concatenate([part[0] for part in parts])
    return found, np.concatenate([part[1] for part in parts]), np.concatenate(labels) if labels else None


def _last_known(column: Floats, first: Indices, count: Indices) -> Floats:
    """(rows once,) the last value of each run of rows that is there, NaN where none is."""
    place = np.where(np.isfinite(column), np.arange(len(column)), -1)
    last = np.maximum.reduceat(place, first)
    return np.asarray(np.where(last >= first, column[last], np.nan), np.float64)


def _check_channels(channels: tuple[str, ...], tables: Sequence[Table]) -> None:
    for i, name in enumerate(channels):
        if not any(np.isfinite(table.values[:, i]).any() for table in tables):
            raise KitError(
                f"Column {name} is empty", "none of its cells holds a number", "leave it out of values in [data.series]"
            )
