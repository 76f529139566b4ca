"""A folder of CSV files → one table a machine, by the words of [data.series] alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appspec.data_spec import Series
from appspec.errors import KitError
from appspec.words import counted
from pymodel.data.series.choose_clock import choose_clocks
from pymodel.data.series.clock import Clock
from pymodel.data.series.columns import Columns, choose_channels, listed, name_columns
from pymodel.data.series.csv_files import csv_files, parts_of_one
from pymodel.data.series.csv_rows import NoRowsError
from pymodel.data.series.csv_table import read_table
from pymodel.data.series.error_values import remove_error_values
from pymodel.data.series.failures import named_machines, read_failures
from pymodel.data.series.find_stamps import Stamps, find_stamps
from pymodel.data.series.labels import check_words, tell_the_label
from pymodel.data.series.long_table import widen
from pymodel.data.series.machines import Rows, machines_of, near_failures, one_table
from pymodel.data.series.number_columns import read_numbers
from pymodel.data.series.recording import Floats, Table
from pymodel.data.series.second_clocks import without_clocks
from pymodel.data.series.side_by_side import put_together

COARSE = 0.02
"""Share of a channel's range by which two neighbouring numbers of the phone may lie apart."""

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
    files = csv_files(folder, series, notes)
    _check_settings(series)
    opened, stamps, others = [], [], []
    for file in files:
        try:
            columns, found = open_table(file, series, notes)
        except NoRowsError as error:
            if len(files) == 1:
                raise
            notes.append(f"passed over: {file.name}: {error.why}")
            continue
        except KitError as error:
            if len(files) == 1:
                raise
            others.append((file, error))
            continue
        opened.append(columns)
        stamps.append(found)
    if others:
        raise _of_several(others, [columns.table.file for columns in opened])
    if not opened:
        raise KitError(f"Can't read the time series in {folder}", "none of its files has a row", "write one line a sample")
    clocks, said = choose_clocks([(one.where, one.dates) for one in stamps], series.dates, series.begin)
    clock = next((one for one in clocks if one.unit is None), clocks[0])
    notes += said
    channels, numbers = _numbers(opened, stamps, series, notes)
    parts: dict[str, list[Rows]] = {}
    for columns, one, values, own in zip(opened, stamps, numbers, clocks, strict=True):
        for name, rows in machines_of(columns, one, values, own, series, notes).items():
            parts.setdefault(name, []).append(rows)
    if series.group is None and not named_machines(folder, series, list(parts)):
        parts = _join(parts, folder, notes)
    if series.label is not None and series.abnormal:
        labels = [columns.column(columns.demand([series.label])[0]) for columns in opened]
        unsaid = check_words(series.label, labels, series.abnormal)
        notes += [unsaid] if unsaid else []
    failures = read_failures(folder, series, list(parts), clock, notes)
    tables = [one_table(name, found, failures[name], series.label is not None, notes) for name, found in parts.items()]
    if series.values is None:
        channels, tables = without_clocks(channels, tables, notes)
    near = [near_failures(table, series.horizon_s) for table in tables]
    notes += [one.words() for one in remove_error_values(channels, [table.values for table in tables], near, series.error_values)]
    if series.label is not None:
        notes += tell_the_label(channels, tables)
    for table in tables:
        np.clip(table.values, -LARGEST, LARGEST, out=table.values)
    _check_channels(channels, tables)
    notes += _too_fine(channels, tables)
    return Found(channels, tuple(tables), clock, notes)


def open_table(file: Path, series: Series, notes: list[str]) -> tuple[Columns, Stamps]:
    """The columns of a file, one a channel, and where its stamps stand.

    Raises:
        KitError: it can't be read, or lacks a column that is named.
    """
    used = [name for name in (series.label, series.group, series.channel, series.value) if name]
    used += [] if series.channel is not None else series.values or ()
    content = read_table(file, series.timestamp, used, series.label)
    notes += content.notes
    columns = name_columns(content, [series.timestamp, *used], notes)
    stamps = find_stamps(columns, series, notes)
    join = put_together if series.channel is None else widen
    return join(columns, stamps, series, notes)


def _of_several(others: Sequence[tuple[Path, KitError]], read: Sequence[Path]) -> KitError:
    """The error of the first file that can't be read, as one of several."""
    first = others[0][1]
    if not read:
        return first
    names = listed([file.name for file, _ in others])
    return KitError(
        first.what,
        f"{first.why}; {read[0].name} can be read with these settings",
        f"{first.fix}; what is no recording of a machine must lie elsewhere: move {names} out of the folder",
    )


def _join(parts: dict[str, list[Rows]], folder: Path, notes: list[str]) -> dict[str, list[Rows]]:
    """Files that are parts of one recording come together."""
    whole = parts_of_one({name: (float(rows[0][0].min()), float(rows[0][0].max())) for name, rows in parts.items()}, folder)
    joined: dict[str, list[Rows]] = {}
    for name, rows in parts.items():
        joined.setdefault(whole.get(name, name), []).extend(rows)
    for name in sorted(set(whole.values())):
        stems = sorted(stem for stem, other in whole.items() if other == name)
        notes.append(
            f"{counted(len(stems), 'file')} named by dates ({stems[0]}.csv to {stems[-1]}.csv) follow each other: read as one "
            f"recording, {name}"
        )
    return joined


def _check_settings(series: Series) -> None:
    if series.label is not None and series.failures:
        raise KitError("Both label and failures are given in [data.series]", "which counts is not clear", "leave one out")
    if series.label is None and not series.failures:
        raise KitError(
            "Nothing says what is abnormal",
            "[data.series] has neither label nor failures",
            "name a label column, or list failures",
        )
    if series.value is not None and series.channel is None:
        raise KitError(
            "value needs a channel column", "[data.series] has no channel", 'name the column of the channels: channel = "COLUMN"'
        )
    if series.label is None and series.abnormal:
        raise KitError("abnormal needs a label column", "[data.series] has no label", 'name the column: label = "COLUMN"')


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
        try:
            names = choose_channels(opened[0], used, list(first), notes)
        except KitError as error:
            raise _of_several([(opened[0].table.file, error)], [columns.table.file for columns in opened[1:]]) from error
        _check_common(opened, names)
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


def _check_common(opened: Sequence[Columns], names: Sequence[str]) -> None:
    """Stops where a file lacks columns of the first one.

    Raises:
        KitError: so it is; the columns that all files have are named.
    """
    common = [name for name in names if all(columns.find(name) is not None for columns in opened)]
    for columns in opened[1:]:
        missing = [name for name in names if columns.find(name) is None]
        if missing:
            values = ", ".join(f'"{name}"' for name in common)
            raise KitError(
                f"{columns.table.file.name} has no column {listed(missing)}",
                f"{opened[0].table.file.name} has it; the columns of this one are {listed(list(columns.places))}",
                f"take what all files have: values = [{values}] in [data.series]"
                if common
                else f"give files with the same columns: these have none in common; what is no recording of a machine must lie "
                f"elsewhere: move {columns.table.file.name} or {opened[0].table.file.name} out of the folder",
            )


def _too_fine(channels: tuple[str, ...], tables: Sequence[Table]) -> list[str]:
    """A line for each channel whose values float32 can't tell apart."""
    notes = []
    for i, name in enumerate(channels):
        known = np.concatenate([table.values[:, i] for table in tables])
        known = known[np.isfinite(known)]
        low, high = np.percentile(known, (0.1, 99.9)) if len(known) else (0.0, 0.0)
        if low < high and np.spacing(np.float32(max(abs(low), abs(high)))) > COARSE * (high - low):
            notes.append(
                f"{name} changes so little beside its size (it lies between {low:.12g} and {high:.12g}) that the phone's numbers, "
                "float32, can't tell its values apart: write it less a fixed amount"
            )
    return notes


def _check_channels(channels: tuple[str, ...], tables: Sequence[Table]) -> None:
    for i, name in enumerate(channels):
        if not any(np.isfinite(table.values[:, i]).any() for table in tables):
            raise KitError(
                f"Column {name} is empty", "none of its cells holds a number", "leave it out of values in [data.series]"
            )
