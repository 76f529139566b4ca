"""One CSV file as the samples that a phone would get: read as the data of a training, without failures and labels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appspec.data_spec import Series
from appspec.errors import KitError
from appspec.words import counted
from pymodel.data.series.choose_clock import choose_clock
from pymodel.data.series.columns import Columns, listed, name_columns
from pymodel.data.series.csv_layout import same_name
from pymodel.data.series.csv_table import read_table
from pymodel.data.series.grid import fill, fill_limit, to_grid
from pymodel.data.series.machines import machines_of, one_table
from pymodel.data.series.number_columns import read_numbers
from pymodel.data.series.read_csv import open_table
from pymodel.data.series.recording import Floats, format_duration, format_stamp


@dataclass(frozen=True)
class Played:
    """Samples one after another.

    Attributes:
        stamps: in words, one a sample.
        values: (N, C), NaN where there is none.
        notes: what was mended or passed over, in words.
    """

    stamps: list[str]
    values: Floats
    notes: list[str]


def read_played(file: Path, series: Series, channels: tuple[str, ...], interval_s: float) -> Played:
    """The samples of one machine, on the model's grid; rows as they stand where no column holds stamps.

    Args:
        channels: those that the model asks for.
        interval_s: seconds from one sample of the model to the next.

    Raises:
        KitError: the file can't be read, holds no table, or lacks a channel.
    """
    alone = series.model_copy(update={"label": None, "abnormal": (), "failures": (), "values": channels})
    notes: list[str] = []
    header = name_columns(read_table(file, series.timestamp, ()), [series.timestamp], [])
    if series.group is not None and header.find(series.group) is None:
        alone = alone.model_copy(update={"group": None})
    if not _lacking(header, channels):
        alone = alone.model_copy(update={"channel": None, "value": None})
    elif series.channel is None or header.find(series.channel) is None:
        named = [name for name in header.places if set(channels) <= set(header.column(name).astype(str).str.strip().unique())]
        if len(named) != 1:
            _check_channels(header, channels)
        alone = alone.model_copy(update={"channel": named[0], "value": None})
        notes.append(f"{file.name}: column {named[0]} names the channels, with one row a value")
    try:
        return _on_grid(file, alone, channels, interval_s, notes)
    except _NoStampsError as error:
        if alone.channel is not None:
            raise error.cause from None
        notes = [f"{error.cause.what}: {error.cause.why}; rows are played as they stand"]
        return _as_they_stand(file, alone, channels, notes)


class _NoStampsError(Exception):
    def __init__(self, cause: KitError) -> None:
        super().__init__(cause.what)
        self.cause = cause


def _on_grid(file: Path, series: Series, channels: tuple[str, ...], interval_s: float, notes: list[str]) -> Played:
    try:
        columns, stamps = open_table(file, series, notes)
        clock, said = choose_clock([(stamps.where, stamps.dates)], series.dates, series.begin)
        notes += said
    except KitError as error:
        raise _NoStampsError(error) from None
    _check_channels(columns, channels)
    places = columns.demand(channels)
    numbers = read_numbers(columns, places, series.decimal, notes, named=True)
    try:
        machines = machines_of(columns, stamps, np.stack([numbers[name] for name in places], 1), clock, series, notes)
    except KitError as error:
        raise _NoStampsError(error) from None
    name = next(iter(machines))
    if len(machines) > 1:
        notes.append(f"{file.name} holds {counted(len(machines), 'machine')}, {listed(list(machines))}: {name} is played")
    table = one_table(name, [machines[name]], (), False, notes)
    grid = to_grid(table, interval_s, notes)
    values, holes = fill(grid.values, (), fill_limit(series, interval_s), grid.start_s, interval_s)
    notes += holes.words(name)
    if len(values) != len(table.stamps):
        notes.append(
            f"{name}: {counted(len(table.stamps), 'row')} become {counted(len(values), 'sample')}, one every {format_duration(interval_s)}"
        )
    return Played([format_stamp(grid.start_s + i * interval_s) for i in range(len(values))], values, notes)


def _as_they_stand(file: Path, series: Series, channels: tuple[str, ...], notes: list[str]) -> Played:
    table = read_table(file, series.timestamp, channels)
    notes += table.notes
    columns = name_columns(table, [series.timestamp, *channels], notes)
    places = columns.demand(channels)
    numbers = read_numbers(columns, places, series.decimal, notes, named=True)
    return Played(_written(columns, series, tuple(places)), np.stack([numbers[name] for name in places], 1), notes)


def _written(columns: Columns, series: Series, channels: tuple[str, ...]) -> list[str]:
    """What the file writes as stamps: in the column of that name, else in the first one that is no channel; else row numbers."""
    names = [name for name in columns.places if same_name(name, series.timestamp)]
    names += [name for name in columns.places if name not in channels]
    if not names:
        return [str(number) for number in range(1, len(columns.table.frame) + 1)]
    place = columns.places[names[0]]
    return [str(cell).strip() for cell in columns.table.text([place])[place].fillna("")]


def _lacking(columns: Columns, channels: tuple[str, ...]) -> list[str]:
    return [name for name in channels if columns.find(name) is None]


def _check_channels(columns: Columns, channels: tuple[str, ...]) -> None:
    missing = _lacking(columns, channels)
    if missing:
        raise KitError(
            f"{columns.table.file.name} lacks {listed(missing)}",
            f"its columns are {listed(list(columns.places))}",
            f"give a CSV file with the columns timestamp,{','.join(channels)}",
        )
