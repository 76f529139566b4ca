"""Finds the table in a CSV file, whatever a logger, a spreadsheet or a power cut made of the text around it."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from appspec.errors import KitError
from appspec.text import NotTextError
from pymodel.data.series.csv_headers import one_order
from pymodel.data.series.csv_layout import Layout, clean_name, find_layout, lies_on_its_side, looks_like_row
from pymodel.data.series.csv_lines import NEWLINE, Indices, mend_stray_quotes, scan
from pymodel.data.series.csv_rows import NoRowsError, find_rows, joined, refused, row_names
from pymodel.data.series.csv_text import CsvText, blanks_to_tabs, head_lines, join_head, join_rows, open_text, unwrap
from pymodel.data.series.csv_widths import join_seconds

if TYPE_CHECKING:
    import pandas as pd

MISSING = (
    "", "#N/A", "#N/A N/A", "#NA", "#VALUE!", "#DIV/0!", "-nan", "-NaN", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN",
    "None", "n/a", "nan", "null", "--", "-",
)  # fmt: skip
"""Cells that say nothing."""


class CellSource(Protocol):
    """Where the cells of a table come from."""

    def read(self, columns: Sequence[int] | None = None, as_text: bool = False) -> pd.DataFrame:
        """Some columns, or all of them."""


@dataclass(frozen=True)
class CsvTable:
    """The table of one file.

    Attributes:
        names: of the columns, as the header has them: some may be empty or the same.
        frame: columns 0, 1 … as pandas reads them: numbers where all cells are plain ones, else text.
        lines: (rows,) the line of the file that each row stands in, from 1.
        notes: what was passed over, in words.
    """

    file: Path
    names: tuple[str, ...]
    frame: pd.DataFrame
    lines: Indices
    notes: tuple[str, ...]
    source: CellSource

    def text(self, columns: Sequence[int]) -> pd.DataFrame:
        """The cells of some columns as they are written; NaN where they say nothing."""
        return self.source.read(columns, as_text=True)


@dataclass(frozen=True)
class _Source:
    """What pandas is given: the file itself, or the bytes of its rows.

    Attributes:
        skip: lines of the file above its rows.
        lines: the line of the file of each of the rows, from 1; None: they follow each other.
    """

    file: Path
    rows: bytes | None
    skip: int
    separator: str
    columns: int
    width: int
    lines: Indices | None
    label: int | None

    def read(self, columns: Sequence[int] | None = None, as_text: bool = False) -> pd.DataFrame:
        import pandas as pd

        missing = {i: list(MISSING) for i in range(self.width) if i != self.label}
        if self.label is not None:
            missing[self.label] = [""]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return pd.read_csv(
                    self.file if self.rows is None else io.BytesIO(self.rows),
                    sep=self.separator,
                    header=None,
                    names=range(self.width),
                    usecols=range(self.columns) if columns is None else sorted(columns),
                    index_col=False,
                    skiprows=self.skip if self.rows is None else 0,
                    skipinitialspace=True,
                    low_memory=False,
                    encoding="utf-8",
                    dtype=str if as_text else None,
                    keep_default_na=False,
                    na_values=list(MISSING) if self.label is None else missing,
                )
        except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError, OverflowError) as error:
            raise refused(
                self.file, str(error).strip().splitlines()[-1], "mend that line: each must have as many cells as the header"
            ) from error


def read_table(file: Path, timestamp: str, others: Sequence[str] = (), label: str | None = None) -> CsvTable:
    """The table of a file.

    Args:
        timestamp, others: names of columns, see find_layout.
        label: name of a column whose words all count, "none" too.

    Raises:
        KitError: the file can't be read, or holds no table.
    """
    names, source, notes = _look(file, timestamp, others, label)
    frame = source.read()
    if frame.empty:
        raise NoRowsError(file)
    lines = np.arange(len(frame)) + source.skip + 1 if source.lines is None else source.lines[: len(frame)]
    return CsvTable(file, names, frame, lines, tuple(notes), source)


def _look(file: Path, timestamp: str, others: Sequence[str], label: str | None) -> tuple[tuple[str, ...], _Source, list[str]]:
    """The names of the columns, what pandas is to read, and notes; the file's bytes are let go."""
    try:
        text = open_text(file)
    except OSError as error:
        raise refused(file, error.strerror or str(error), "check the file and its permissions") from error
    except NotTextError as error:
        raise refused(file, error.why, error.fix) from error
    join_head(text)
    layout = _laid_out(file, text, timestamp, others)
    lines = mend_stray_quotes(text.data, scan(text.data, layout.separator), layout.separator)
    if len(lines.torn) and join_rows(text, lines):
        layout = _laid_out(file, text, timestamp, others)
        lines = mend_stray_quotes(text.data, scan(text.data, layout.separator), layout.separator)
    names = row_names(layout, lines, text)
    lines = join_seconds(file, text, lines, layout, names)
    headers = one_order(file, text, lines, layout, names)
    rows = find_rows(file, text, lines, layout, names, headers)
    if not rows.any():
        raise NoRowsError(file)
    numbers = np.flatnonzero(rows)
    width = int(lines.separators[rows].max()) + 1
    names = names[:width]  # columns that no row reaches
    clean = text.is_file and len(numbers) == len(lines) - int(numbers[0]) and numbers[0] == layout.first
    of_file = None
    if not clean:
        of_file = np.searchsorted(np.flatnonzero(text.numbered == NEWLINE), lines.starts[numbers]) + 1
    source = _Source(
        file,
        None if clean else joined(text.data, lines, numbers),
        layout.first,
        layout.separator,
        len(names),
        max(width, len(names)),
        of_file,
        None if label is None else next((i for i, name in enumerate(names) if name == clean_name(label)), None),
    )
    return names, source, text.notes


def _laid_out(file: Path, text: CsvText, timestamp: str, others: Sequence[str]) -> Layout:
    """The layout of the text.

    Raises:
        KitError: there is no table, or none with a header.
    """
    head = head_lines(text.data)
    if lies_on_its_side(head):
        raise refused(
            file,
            "its columns are moments, and its rows what was measured: it lies on its side",
            'turn it, and move this file away: python -c "import pandas as pd; '
            f"pd.read_csv('{file.name}', index_col=0, sep=None, engine='python').T.to_csv('{file.stem}_upright.csv', index_label='timestamp')\"",
        )
    layout = find_layout(head, timestamp, others)
    for mend in (unwrap, blanks_to_tabs):
        if layout is None and mend(text):
            layout = find_layout(head_lines(text.data), timestamp, others)
    if layout is None:
        raise _no_table(file, text)
    if layout.header < 0:
        raise refused(
            file,
            "it has no header: its first line is a row already",
            f"put a line with the columns' names above it, {timestamp} one of them",
        )
    return layout


def _no_table(file: Path, text: CsvText) -> KitError:
    head = [line for line in head_lines(text.data) if line.strip()]
    if not head:
        return refused(file, "it is empty", "remove it, or write a header line and one line a sample")
    if looks_like_row([head[0].strip()]):
        return refused(file, "it has no header, and no line has two cells", "separate the cells of a line with commas")
    return refused(
        file,
        "no line has two cells: a stamp and a value",
        "separate the cells of a line with commas, semicolons or tabs, or name the separator in a first line, as sep=^",
    )
