"""Which columns of a table are what: doubled names, row numbers, empty columns, stamps, channels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from appspec.errors import KitError
from pymodel.data.series.csv_layout import clean_name, same_name
from pymodel.data.series.csv_table import CsvTable

if TYPE_CHECKING:
    import pandas as pd

ROW_NUMBERS = frozenset(
    {"", "unnamed: 0", "index", "idx", "nr", "nr.", "no", "no.", "n°", "#", "id", "row", "rownum", "row_number", "record", "seq", "lfd. nr.",
     "lfdnr", "num", "number", "번호", "순번", "番号", "序号"}
)  # fmt: skip
"""Headers of columns that count the rows, in lower case."""

_NUMBERED = re.compile(
    r"(?:^|[\W_])(?:id|idx|index|nr|no|num|number|row|record|rec|recno|seq|sequence|entry|line|sample|scan|lfd|번호|순번|番号|序号)(?:$|[\W_])",
    re.IGNORECASE,
)
"""A word of such a header, as in entry_id."""

_UNIT = re.compile(r"\s*(?:\[[^\]]*\]|\([^)]*\)|(?<=\s)/\s*\S+)$")

SHOWN = 12


@dataclass
class Columns:
    """The columns of one file by their names, each once.

    Attributes:
        places: name → number of the column in the table.
    """

    table: CsvTable
    places: dict[str, int] = field(default_factory=dict)

    def column(self, name: str) -> pd.Series:
        """Cells of one column."""
        found: pd.Series = self.table.frame[self.places[name]]
        return found

    def find(self, name: str) -> str | None:
        """The column of this name; where there is none, the only one that differs in case, or has a unit behind it."""
        clean = clean_name(name)
        if clean in self.places:
            return clean
        alike = [other for other in self.places if same_name(other, name)]
        alike = alike or [other for other in self.places if same_name(plain_name(other), name)]
        return alike[0] if len(alike) == 1 else None

    def demand(self, names: Sequence[str]) -> list[str]:
        """The columns of these names.

        Raises:
            KitError: some aren't there.
        """
        found = [self.find(name) for name in names]
        missing = [name for name, there in zip(names, found, strict=True) if there is None]
        if missing:
            raise KitError(
                f"{self.table.file.name} has no column {listed(missing)}",
                f"its columns are {listed(list(self.places))}",
                "mend timestamp, values, label or group in [data.series], or the header of the file",
            )
        return [name for name in found if name is not None]


def plain_name(name: str) -> str:
    """Without a unit in brackets, or behind a slash: temperature [°C], current / A."""
    return _UNIT.sub("", name) or name


def name_columns(table: CsvTable, settings: Sequence[str], notes: list[str]) -> Columns:
    """Each column by a name of its own; empty ones, copies and row numbers are left out.

    Args:
        settings: names of columns that are used, whatever they hold.
    """
    found = Columns(table)
    wanted = {clean_name(name).casefold() for name in settings}
    empty: list[str] = []
    twins: list[str] = []
    file = table.file.name
    for place, name in enumerate(table.names):
        column = table.frame[place]
        shown = name or f"column {place + 1}"
        if name.casefold() not in wanted and _is_called_number(name) and _counts(column):
            notes.append(f"{file}: {shown} counts the rows; left out")
            continue
        if not name and column.isna().all():
            empty.append(shown)
            continue
        if not name:
            name = f"column_{place + 1}"
        if name in found.places:
            if column.equals(table.frame[found.places[name]]):
                twins.append(name)
                continue
            name = _next_name(name, found.places)
            notes.append(f"{file}: the column name {shown} stands there again, above other values; taken as {name}")
        found.places[name] = place
    if empty:
        notes.append(f"{file}: {_as(len(empty), 'column', empty[0])} without a name and without a value; left out")
    if twins:
        notes.append(f"{file}: {_as(len(twins), 'column', twins[0])} stands there twice with the same values; taken once")
    return found


def choose_channels(columns: Columns, used: Sequence[str], numeric: Sequence[str], notes: list[str]) -> tuple[str, ...]:
    """Every column of numbers that is no other setting's.

    Args:
        used: the columns of timestamp, label and group.
        numeric: those that hold numbers.

    Raises:
        KitError: there is none.
    """
    channels, empty, words = [], [], []
    for name in columns.places:
        if name in used:
            continue
        if name in numeric:
            channels.append(name)
        elif columns.column(name).isna().all():
            empty.append(name)
        else:
            words.append(name)
    for names, what in ((empty, "empty"), (words, "without numbers")):
        if names:
            notes.append(f"{_as(len(names), 'column', names[0])} left out: {what}")
    if not channels:
        nested = [name for name in words if str(columns.column(name).dropna().iloc[0]).lstrip().startswith("{")]
        raise KitError(
            f"{columns.table.file.name} has no column of numbers beside its stamps",
            f"its columns are {listed(list(columns.places))}" + (f"; {nested[0]} holds JSON" if nested else ""),
            f"write each value of {nested[0]} into a column of its own, as pandas.json_normalize(table['{nested[0]}'].map(json.loads)) does"
            if nested
            else "give at least one column of numbers, as 21.5",
        )
    return tuple(channels)


def listed(names: Sequence[str]) -> str:
    """Some names in words."""
    text = ", ".join(str(name) for name in list(names)[:SHOWN])
    return text + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def _as(count: int, noun: str, example: str) -> str:
    return f"{noun} {example}" if count == 1 else f"{count} {noun}s, as {example},"


def _is_called_number(name: str) -> bool:
    return name.casefold() in ROW_NUMBERS or _NUMBERED.search(name) is not None


def _counts(column: pd.Series) -> bool:
    """Whether it holds whole numbers, each one more than the one above, but for a few."""
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column) or len(column) < 2:
        return False
    values = column.to_numpy(np.float64, na_value=np.nan)
    steps = np.diff(values)
    return bool(np.isfinite(values).all() and np.all(values % 1 == 0) and np.mean(steps == 1) >= 0.95)


def _next_name(name: str, taken: dict[str, int]) -> str:
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
