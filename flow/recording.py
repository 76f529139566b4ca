"""A recording of one's own for the app's sensor screen to play."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from appspec.data_spec import Series
from appspec.errors import KitError
from pymodel.data.series.columns import Columns, listed, name_columns
from pymodel.data.series.csv_layout import same_name
from pymodel.data.series.csv_table import read_table
from pymodel.data.series.number_columns import read_numbers


def write_recording(source: Path, series: Series, channels: Sequence[str], target: Path) -> list[str]:
    """Reads a CSV file as the data is read, and writes the plain one that the app's Recording.kt plays.

    Args:
        channels: those that the model asks for.

    Returns:
        What was mended or passed over, in words.

    Raises:
        KitError: the file can't be read, holds no table, or lacks a channel.
    """
    fix = f"give a CSV file with the columns timestamp,{','.join(channels)}"
    if not source.is_file():
        why = "there is no such file" if not source.exists() else "it is no file"
        raise KitError(f"Can't read {source}", why, fix)
    table = read_table(source, series.timestamp, channels)
    notes = list(table.notes)
    columns = name_columns(table, [series.timestamp, *channels], notes)
    missing = [name for name in channels if columns.find(name) is None]
    if missing:
        raise KitError(f"{source.name} lacks {listed(missing)}", f"its header says {listed(table.names)}", fix)
    places = columns.demand(channels)
    values = read_numbers(columns, places, series.decimal, notes, named=True)
    stamps = _stamps(columns, series, places)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("timestamp", *channels))
        for stamp, *row in zip(stamps, *(values[name] for name in places), strict=True):
            writer.writerow((stamp, *(f"{value:.9g}" if np.isfinite(value) else "" for value in row)))
    return notes


def _stamps(columns: Columns, series: Series, channels: Sequence[str]) -> list[str]:
    """What the file writes as stamps: in the column of that name, else in the first one that is no channel; else row numbers."""
    names = [name for name in columns.places if same_name(name, series.timestamp)]
    names += [name for name in columns.places if name not in channels]
    if not names:
        return [str(number) for number in range(1, len(columns.table.frame) + 1)]
    place = columns.places[names[0]]
    return [str(cell).strip() for cell in columns.table.text([place])[place].fillna("")]
