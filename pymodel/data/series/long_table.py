"""Long tables, in which a row is one value of one channel or of one machine: their stamps stand there many times."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from appspec.data_spec import Series
from appspec.errors import KitError
from appspec.words import counted
from pymodel.data.series.columns import Columns, listed, plain_name
from pymodel.data.series.csv_table import MISSING
from pymodel.data.series.date_parts import TIME_OF_DAY
from pymodel.data.series.find_stamps import Stamps
from pymodel.data.series.recording import Floats

if TYPE_CHECKING:
    import pandas as pd

OFTEN = 0.4
"""Share of the rows whose stamp stands above them already, from which a table is looked at as a long one."""

WHOLE = 0.95
"""Share of the rows that stamp and name must tell apart."""

MOST_NAMES, MOST_PAIRED = 10_000, 12
"""Different names in a column, and columns that are looked at in pairs."""

FULL = 3.0
"""Different names for each row that a stamp has: of numbers that change by chance there are far more."""

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_VALUES = re.compile(r"value|wert|valeur|valor|^val$|^v$|reading|^data$|값|측정|値|值", re.IGNORECASE)


def check_repeated(columns: Columns, stamps: Stamps, seconds: Floats, series: Series) -> None:
    """Stops where each stamp stands there for several machines or channels, and no setting says which column names them.

    Raises:
        KitError: so it is.
    """
    import pandas as pd

    known = np.isfinite(seconds)
    if np.all(np.diff(seconds[known]) > 0):
        return
    codes = pd.factorize(seconds[known])[0]
    group = None if series.group is None else columns.find(series.group)
    if group is not None:
        machines = pd.factorize(columns.column(group)[known])[0]
        codes = pd.factorize(codes * (int(machines.max(initial=0)) + 2) + machines)[0]
    if not len(codes) or (codes.max() + 1) > (1 - OFTEN) * len(codes):
        return
    taken = {*stamps.used, *(columns.find(name) for name in (series.label, series.group, *(series.values or ())) if name)}
    names = _that_tell_apart(columns, [name for name in columns.places if name not in taken], codes, known)
    if not names:
        return
    if group is not None:
        if len(names) == 1 and not pd.api.types.is_numeric_dtype(columns.column(names[0])):
            raise KitError(
                f"{columns.table.file.name}: most stamps of a machine stand there {len(codes) / (codes.max() + 1):.3g} times, "
                f"once for each {names[0]}",
                f"column {names[0]} says {listed([str(word) for word in columns.column(names[0]).dropna().unique()[:3]])}: what was measured",
                f'say so in [data.series]: channel = "{names[0]}"',
            )
        return
    said = " and ".join(
        f"column {name} says {listed([str(word) for word in columns.column(name).dropna().unique()[:3]])}" for name in names
    )
    if len(names) == 1:
        fix = f'group = "{names[0]}" where it names machines, channel = "{names[0]}" where it names what was measured'
    else:
        fix = f'group = "{names[0]}" and channel = "{names[1]}", or the other way round'
    raise KitError(
        f"{columns.table.file.name}: most stamps stand there {len(codes) / (codes.max() + 1):.3g} times, once for each {' and '.join(names)}",
        f"{said}: machines, or what was measured",
        f"say which in [data.series]: {fix}",
    )


def widen(columns: Columns, stamps: Stamps, series: Series, notes: list[str]) -> tuple[Columns, Stamps]:
    """One column a channel, and one row a stamp, of a table with one row a value.

    Raises:
        KitError: a column is missing, or which one holds the values isn't certain.
    """
    import pandas as pd

    assert series.channel is not None
    (channel,) = columns.demand([series.channel])
    kept = columns.demand([name for name in (series.group, series.label) if name])
    value = value_column(columns, {channel, *stamps.used, *kept}, series)
    place = columns.places[value]
    text = columns.table.text([place])[place]
    words = columns.column(channel)
    rows = np.flatnonzero((words.notna() & stamps.dates.notna()).to_numpy())
    keys = pd.DataFrame(
        {"stamp": stamps.dates.iloc[rows], **{name: columns.column(name).iloc[rows] for name in kept[: bool(series.group)]}}
    )
    places = keys.groupby(list(keys.columns), sort=False, dropna=False).ngroup().to_numpy()
    numbers, names = pd.factorize(words.iloc[rows].astype(str).str.strip())
    firsts = rows[np.unique(places, return_index=True)[1]]
    cells = np.full((len(firsts), len(names)), np.nan, object)
    cells[places, numbers] = text.iloc[rows].to_numpy()
    again = len(rows) - len(np.unique(places * len(names) + numbers))
    left = len(columns.table.frame) - len(rows)
    file = columns.table.file.name
    notes.append(
        f"{file}: {counted(len(rows), 'row')} of one value each become {counted(len(firsts), 'row')} of {counted(len(names), 'channel')}, as {names[0]}"
    )
    if again > OFTEN * len(rows) and series.group is None:
        taken = {channel, value, *stamps.used, *kept}
        together = places * len(names) + numbers
        names_too = [name for name in columns.places if name not in taken]
        other = _that_tell_apart(columns, names_too, together, np.isin(np.arange(len(words)), rows))
        if other:
            raise KitError(
                f"{file}: most values of {channel} stand there several times for a stamp, once for each {other[0]}",
                "several machines are in one file, and no setting names their column",
                f'name it in [data.series]: group = "{other[0]}"',
            )
    if again:
        notes.append(f"{file}: {counted(again, 'value')} stand there more than once for a stamp; the last one counts")
    if left:
        notes.append(f"{file}: {counted(left, 'row')} without a stamp or without a name in {channel} left out")
    others = [name for name in columns.places if name not in {channel, value, *stamps.used, *kept}]
    if others:
        notes.append(f"{file}: {listed(others)} left out: only {value} is read")
    wide = {0: stamps.dates.iloc[firsts].reset_index(drop=True)}
    for name in kept:
        wide[len(wide)] = columns.column(name).iloc[firsts].reset_index(drop=True)
    as_text = dict(wide)
    for i in range(len(names)):
        column = pd.Series(cells[:, i], dtype=object)
        as_text[len(as_text)] = column
        wide[len(wide)] = as_numbers(column)
    every = (stamps.used[0], *kept, *map(str, names))
    table = replace(
        columns.table,
        names=every,
        frame=pd.DataFrame(wide),
        lines=columns.table.lines[firsts],
        source=HeldCells(pd.DataFrame(as_text)),
    )
    found: dict[str, int] = {}
    for i, name in enumerate(every):
        found.setdefault(name, i)
    return Columns(table, found), Stamps((stamps.used[0],), stamps.where, wide[0])


@dataclass(frozen=True)
class HeldCells:
    """Cells that are there already."""

    frame: pd.DataFrame

    def read(self, columns: Sequence[int] | None = None, as_text: bool = False) -> pd.DataFrame:
        """Some columns."""
        return self.frame if columns is None else self.frame[sorted(columns)]


def as_numbers(column: pd.Series) -> pd.Series:
    """As pandas reads a file: numbers where all cells are plain ones."""
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce")
    return column if (numbers.isna() & column.notna() & ~column.isin(MISSING)).any() else numbers


def value_column(columns: Columns, taken: set[str], series: Series) -> str:
    """The column of the values beside that of the channels.

    Raises:
        KitError: several can be it, and none is named.
    """
    if series.value is not None:
        return columns.demand([series.value])[0]
    others = [name for name in columns.places if name not in taken]
    called = [name for name in others if _VALUES.search(name)]
    if len(called) == 1 or len(others) == 1:
        return (called or others)[0]
    choices = called or others
    raise KitError(
        f"Which column of {columns.table.file.name} holds the values?",
        f"beside {series.channel} there are {listed(others)}",
        f'name it in [data.series], such as: value = "{choices[0] if choices else "COLUMN"}"',
    )


def _that_tell_apart(columns: Columns, names: Sequence[str], stamps: Codes, known: Mask) -> tuple[str, ...]:
    """The column, or the two columns, whose names stand there at most once a stamp; () where there is none."""
    import pandas as pd

    most = min(MOST_NAMES, FULL * len(stamps) / len(np.unique(stamps)))
    different: dict[str, Codes] = {}
    for name in names:
        column = columns.column(name)[known]
        count = 0 if pd.api.types.is_float_dtype(column) else column.nunique()
        if 2 <= count <= most and plain_name(name).casefold() not in TIME_OF_DAY:
            different[name] = pd.factorize(column)[0] + 1
    by_words = sorted(different, key=lambda name: (pd.api.types.is_numeric_dtype(columns.column(name)), different[name].max()))
    for count in (1, 2):
        for some in itertools.combinations(by_words[:MOST_PAIRED], count):
            if np.prod([float(different[name].max()) for name in some]) > most:
                continue
            together = stamps
            for name in some:
                together = together * (int(different[name].max()) + 1) + different[name]
            if len(np.unique(together)) >= WHOLE * len(stamps):
                return some
    return ()
