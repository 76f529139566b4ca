"""A folder of CSV files → one table a machine, by the words of [data.series] alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from appspec.errors import KitError
from appspec.spec import Series
from pymodel.data.recognize import with_hint
from pymodel.data.series.failures import read_failures
from pymodel.data.series.recording import Floats, Indices, Table
from pymodel.data.series.stamps import stamps
from pymodel.data.unread import no_folder

if TYPE_CHECKING:
    import pandas as pd

Rows = tuple[Floats, Floats, Floats | None]
"""Stamps (N,), values (N, C) and labels (N,) of one machine's rows in one file."""

TRUE, FALSE = ("1", "1.0", "true", "yes", "abnormal"), ("0", "0.0", "false", "no", "normal")
"""What a label column may say, in any case."""


def read_tables(folder: Path, series: Series) -> tuple[tuple[str, ...], tuple[Table, ...], list[str]]:
    """Channel names, one table a machine, and notes in words.

    Raises:
        KitError: the folder or a file can't be read, a column is missing or says nothing, or no row is called abnormal.
    """
    files = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    if not files:
        if not folder.is_dir():
            raise no_folder(folder, "the folder that the CSV files are in")
        fix = "give the folder that the CSV files are in as data.path"
        raise with_hint(KitError(f"Can't read the time series in {folder}", "it holds no *.csv", fix), folder, "csv")
    if series.label is not None and series.failures:
        raise KitError("Both label and failures are given in [data.series]", "which counts is not clear", "leave one out")
    if series.label is None and not series.failures:
        raise KitError(
            "Nothing says what is abnormal",
            "[data.series] has neither label nor failures",
            "name a label column, or list failures",
        )
    notes: list[str] = []
    frames = [(file, read_frame(file)) for file in files]
    channels = _channels(frames, series, notes)
    parts: dict[str, list[Rows]] = {}
    for file, frame in frames:
        _demand(file, frame, (series.timestamp, *channels, *(name for name in (series.label, series.group) if name)))
        nameless = 0 if series.group is None else int(frame[series.group].isna().sum())
        if nameless:
            notes.append(f"{file.name}: {nameless} rows name no machine; left out")
        for name, rows in [(file.stem, frame)] if series.group is None else frame.groupby(series.group, sort=True):
            parts.setdefault(str(name), []).append(_parsed(file, rows, channels, series, notes))
    failures = read_failures(folder, series, list(parts))
    tables = [_table(name, found, failures[name], series.label is not None, notes) for name, found in parts.items()]
    _check_channels(channels, tables)
    return channels, tuple(tables), notes


def read_frame(file: Path) -> pd.DataFrame:
    """The whole file as pandas reads it; the separator is the one that the first line holds most of."""
    import pandas as pd

    def refused(why: str, fix: str) -> KitError:
        return KitError(f"Can't read {file.name}", why, fix)

    try:
        with file.open(encoding="utf-8-sig") as opened:
            header = opened.readline()
        separator = max(",;\t", key=header.count)
        frame = pd.read_csv(file, sep=separator, encoding="utf-8-sig", skipinitialspace=True, low_memory=False)
    except UnicodeDecodeError as error:
        raise refused(f"it is not UTF-8 text (byte {error.start})", "save it as UTF-8") from error
    except pd.errors.EmptyDataError as error:
        raise refused("it is empty", "remove it, or write a header line and one line a sample") from error
    except (pd.errors.ParserError, ValueError) as error:
        raise refused(
            str(error).strip().splitlines()[-1], "mend that line: each must have as many cells as the header"
        ) from error
    except OSError as error:
        raise refused(error.strerror or str(error), "check the file and its permissions") from error
    if frame.empty:
        raise refused("it has a header and no rows", "remove it, or add one line a sample")
    frame.columns = [str(name).strip() for name in frame.columns]
    return frame


def _channels(frames: Sequence[tuple[Path, pd.DataFrame]], series: Series, notes: list[str]) -> tuple[str, ...]:
    """The columns that the model sees: those named, or every numeric one of the first file that is no other setting's."""
    import pandas as pd

    if series.values is not None:
        return series.values
    file, frame = frames[0]
    used = {series.timestamp, series.label, series.group}
    channels = []
    for name in frame.columns:
        if name in used:
            continue
        cells = frame[name].dropna()
        numeric = pd.to_numeric(cells, errors="coerce").notna().mean() if len(cells) else 0.0
        if numeric >= 0.5:
            channels.append(name)
        else:
            notes.append(f"column {name} is left out: it {'holds no numbers' if len(cells) else 'is empty'}")
    if not channels:
        raise KitError(
            f"{file.name} has no column of numbers", f"its columns are {_listed(frame.columns)}", "name columns as values = [...]"
        )
    return tuple(channels)


def _demand(file: Path, frame: pd.DataFrame, names: Sequence[str]) -> None:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise KitError(
            f"{file.name} has no column {_listed(missing)}",
            f"its columns are {_listed(frame.columns)}",
            "mend timestamp, values, label or group in [data.series], or the header of the file",
        )


def _parsed(file: Path, rows: pd.DataFrame, channels: tuple[str, ...], series: Series, notes: list[str]) -> Rows:
    import pandas as pd

    found = stamps(rows[series.timestamp], f"{file.name}, column {series.timestamp}")
    values = np.empty((len(rows), len(channels)))
    for i, name in enumerate(channels):
        numbers = pd.to_numeric(rows[name], errors="coerce").to_numpy(np.float64)
        odd = rows[name].notna().to_numpy() & ~np.isfinite(numbers)
        if odd.any():
            cell = str(rows[name].to_numpy()[odd][0])
            if odd.sum() > rows[name].notna().sum() / 2:
                raise KitError(
                    f"{file.name}, column {name}, is not made of numbers",
                    f"it holds {cell!r}",
                    "leave it out of values, or write numbers with a point as 21.5",
                )
            notes.append(f"{file.name}, column {name}: {odd.sum()} cells are no numbers, as {cell!r}; taken as missing")
        values[:, i] = np.where(np.isfinite(numbers), numbers, np.nan)
    return found, values, None if series.label is None else _labels(file, rows[series.label], series.abnormal)


def _labels(file: Path, column: pd.Series, abnormal: Sequence[str | int | float]) -> Floats:
    """(N,) 1 abnormal, 0 normal, NaN where the cell is empty."""
    words = column.astype(str).str.strip().str.lower()
    if abnormal:
        named = words.isin([str(word).strip().lower() for word in abnormal])
        return np.where(column.notna(), named.astype(np.float64), np.nan)
    known = np.where(words.isin(TRUE), 1.0, np.where(words.isin(FALSE), 0.0, np.nan))
    strange = np.flatnonzero(np.isnan(known) & column.notna().to_numpy())
    if len(strange):
        raise KitError(
            f"{file.name}, column {column.name}, is no label column",
            f"row {strange[0] + 1} says {str(column.iloc[strange[0]])!r}",
            "write 0/1, true/false or normal/abnormal, or name the words that mean abnormal as abnormal = [...] in [data.series]",
        )
    return np.asarray(known, np.float64)


def _table(name: str, parts: list[Rows], failures: tuple[float, ...], labelled: bool, notes: list[str]) -> Table:
    """One machine's rows from all files: sorted, each stamp once."""
    found = np.concatenate([part[0] for part in parts])
    values = np.concatenate([part[1] for part in parts])
    labels = np.concatenate([part[2] for part in parts if part[2] is not None]) if labelled else np.full(len(found), np.nan)
    backwards = int(np.sum(np.diff(found) < 0))
    if backwards:
        notes.append(f"{name}: stamps go back {backwards} times; the rows were sorted")
        order = np.argsort(found, kind="stable")
        found, values, labels = found[order], values[order], labels[order]
    once, first, count = np.unique(found, return_index=True, return_counts=True)
    if len(once) < len(found):
        notes.append(f"{name}: {int(np.sum(count > 1))} stamps stand there more than once; their last value counts")
        values = np.stack([_last_known(column, first, count) for column in values.T], 1)
        labels = np.fmax.reduceat(labels, first)
    return Table(name, once, values, labels if labelled else None, failures)


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


def _listed(names: Sequence[str]) -> str:
    text = ", ".join(str(name) for name in list(names)[:12])
    return text + (f" and {len(names) - 12} more" if len(names) > 12 else "")
