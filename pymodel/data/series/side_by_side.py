"""Tables side by side, as historians export them: each channel has stamps of its own on its left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from appspec.data_spec import Series
from appspec.errors import KitError
from appspec.words import counted
from pymodel.data.series.columns import Columns, listed
from pymodel.data.series.csv_layout import same_name
from pymodel.data.series.find_stamps import Stamps, holds_stamps
from pymodel.data.series.long_table import HeldCells, as_numbers


def put_together(columns: Columns, stamps: Stamps, series: Series, notes: list[str]) -> tuple[Columns, Stamps]:
    """One row a stamp, of a table in which the column of the stamps stands several times with other values; else as it is.

    Raises:
        KitError: a column names machines too: which of the stamps it belongs to isn't certain.
    """
    import pandas as pd

    if len(stamps.used) > 1:
        return columns, stamps
    table, (first,) = columns.table, stamps.used
    title = table.names[columns.places[first]]
    more = [
        name
        for name, place in columns.places.items()
        if name != first and title and same_name(table.names[place], title) and holds_stamps(columns.column(name))
    ]
    if not more:
        return columns, stamps
    file = table.file.name
    if series.group is not None:
        raise KitError(
            f"{file} has {len(more) + 1} columns {title} with other stamps",
            f"they are tables side by side, and {series.group} names machines in one of them",
            "put each table into a file of its own",
        )
    clocks = sorted([first, *more], key=lambda name: columns.places[name])
    owner = {
        name: max((one for one in clocks if columns.places[one] < place), key=lambda one: columns.places[one], default=clocks[0])
        for name, place in columns.places.items()
        if name not in clocks
    }
    text = table.text(list(columns.places.values()))
    written = [columns.column(name).astype(object) for name in clocks]
    every = pd.concat(written, ignore_index=True)
    codes, moments = pd.factorize(every)
    rows = dict(zip(clocks, codes.reshape(len(clocks), -1), strict=True))
    wide = {0: pd.Series(moments)}
    for name, clock in owner.items():
        known = (rows[clock] >= 0) & text[columns.places[name]].notna().to_numpy()
        cells = np.full(len(moments), np.nan, object)
        cells[rows[clock][known]] = text[columns.places[name]].to_numpy()[known]
        wide[len(wide)] = pd.Series(cells, dtype=object)
    notes.append(
        f"{file}: column {title} stands there {len(clocks)} times with other stamps: each is taken for the columns right of it, as "
        f"{listed([name for name, clock in owner.items() if clock == clocks[-1]])}; {counted(len(moments), 'moment')} together"
    )
    lines = np.zeros(len(moments), np.int64)
    lines[codes[codes >= 0]] = np.tile(table.lines, len(clocks))[codes >= 0]
    names = (first, *owner)
    numbers = {place: column if place == 0 else as_numbers(column) for place, column in wide.items()}
    whole = replace(table, names=names, frame=pd.DataFrame(numbers), lines=lines, source=HeldCells(pd.DataFrame(wide)))
    return Columns(whole, {name: i for i, name in enumerate(names)}), Stamps((first,), stamps.where, numbers[0])
