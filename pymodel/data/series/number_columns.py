"""The columns of a file that hold numbers, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from appspec.errors import KitError
from pymodel.data.series.columns import Columns
from pymodel.data.series.numbers import Cells, Decimal, Mark, choose_decimal, may_hide_thousands, take_apart
from pymodel.data.series.recording import Floats

if TYPE_CHECKING:
    import pandas as pd


LARGEST = 1e300
"""Beyond it sums overflow; no sensor measures so much."""


def read_numbers(
    columns: Columns, names: Sequence[str], decimal: Mark | None, notes: list[str], named: bool
) -> dict[str, Floats]:
    """Of each column that holds numbers its values, NaN where a cell is none; such cells are noted.

    Args:
        decimal: what stands before decimals, where a setting says it.
        named: a column without numbers is an error.

    Raises:
        KitError: numbers could be read in two ways; or a column that is named holds none.
    """
    import pandas as pd

    file = columns.table.file.name
    plain = {name: columns.column(name) for name in names}
    written = [name for name, column in plain.items() if not _is_plain(column)]
    apart = {name: take_apart(plain[name].astype(object)) for name in written}
    with_commas = any(_is_number_column(cells) and any("," in text for text in cells.digits) for cells in apart.values())
    doubtful = [
        name
        for name, column in plain.items()
        if name not in apart and decimal != "." and (with_commas or decimal == "," or _doubtful(column))
    ]
    doubtful = [name for name in doubtful if pd.api.types.is_float_dtype(plain[name])]
    if doubtful:
        text = columns.table.text([columns.places[name] for name in doubtful])
        apart |= {name: take_apart(text[columns.places[name]]) for name in doubtful}
    numeric = {name: cells for name, cells in apart.items() if _is_number_column(cells)}
    marks = choose_decimal({f"{file}, column {name}": cells for name, cells in numeric.items()}, decimal)
    found: dict[str, Floats] = {}
    said: dict[str, list[str]] = {}
    for name, column in plain.items():
        if not named and column.isna().all():
            continue
        if name not in apart:
            values = np.asarray(column.to_numpy(np.float64, na_value=np.nan), np.float64)
        elif name in numeric:
            mark = marks[f"{file}, column {name}"]
            values = numeric[name].numbers(mark)
            _collect(said, name, numeric[name], mark)
        elif named:
            raise _no_numbers(file, name, column)
        else:
            continue
        found[name] = _finite(values, column, file, name, notes)
    notes += [
        f"{file}: {what}: column{'s' if len(those) > 1 else ''} {', '.join(those[:6])}{' …' if len(those) > 6 else ''}"
        for what, those in said.items()
    ]
    return found


def _is_plain(column: pd.Series) -> bool:
    import pandas as pd

    return bool(pd.api.types.is_numeric_dtype(column))


def _doubtful(column: pd.Series) -> bool:
    import pandas as pd

    return bool(pd.api.types.is_float_dtype(column)) and may_hide_thousands(column.to_numpy(np.float64))


def _is_number_column(cells: Cells) -> bool:
    """Whether at least half of the cells that say something are numbers."""
    known = cells.codes[cells.codes >= 0]
    is_number = np.array([bool(text) for text in cells.digits] or [False])
    return bool(len(known)) and float(is_number[known].mean()) >= 0.5


def _collect(said: dict[str, list[str]], name: str, cells: Cells, mark: Decimal) -> None:
    if mark == "," and any("," in text for text in cells.digits):
        said.setdefault("decimal commas", []).append(name)
    if mark == "either":
        said.setdefault("decimals behind points and behind commas", []).append(name)
    elif any(("," if mark == "." else ".") in text for text in cells.digits):
        said.setdefault(f"{',' if mark == '.' else '.'} between thousands", []).append(name)
    if cells.unit:
        said.setdefault(f"the unit {cells.unit} behind each number", []).append(name)


def _finite(values: Floats, column: pd.Series, file: str, name: str, notes: list[str]) -> Floats:
    odd = column.notna().to_numpy() & ~np.isfinite(values)
    if odd.any():
        cell = str(column.to_numpy()[odd][0])
        notes.append(f"{file}, column {name}: {odd.sum()} cells are no numbers, as {cell!r}; taken as missing")
        values = np.where(odd, np.nan, values)
    wild = np.abs(values) > LARGEST
    return np.where(wild, np.sign(values) * LARGEST, values) if wild.any() else values


def _no_numbers(file: str, name: str, column: pd.Series) -> KitError:
    known = column.dropna()
    if not len(known):
        return KitError(
            f"Column {name} is empty", f"none of its cells in {file} holds a number", "leave it out of values in [data.series]"
        )
    return KitError(
        f"{file}, column {name}, is not made of numbers",
        f"it holds {str(known.iloc[0])!r}",
        "leave it out of values, or write numbers with a point as 21.5",
    )
