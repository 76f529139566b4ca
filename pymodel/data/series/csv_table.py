"""Finds the table in a CSV file, whatever a logger, a spreadsheet or a power cut made of the text around it."""

from __future__ import annotations

import codecs
import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from appspec.errors import KitError
from appspec.text import NotTextError, decode, encoding_of, not_text
from appspec.words import counted
from pymodel.data.series.csv_layout import Layout, cells, clean_name, find_layout, looks_like_row
from pymodel.data.series.csv_lines import CHUNK, NEWLINE, QUOTE, RETURN, Bytes, Indices, Lines, scan

if TYPE_CHECKING:
    import pandas as pd

Mask = npt.NDArray[np.bool_]

HEAD_BYTES, HEAD_LINES = 1 << 18, 400
"""What the layout is seen from; of very wide files more bytes are taken, until there are some lines."""

MOST_TORN = 0.05
"""Share of the lines that may have another number of cells than the header."""

TORN_LINES = 8
"""A cell in quotes may go on for so many lines."""

MISSING = (
    "", "#N/A", "#N/A N/A", "#NA", "#VALUE!", "#DIV/0!", "-nan", "-NaN", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN",
    "None", "n/a", "nan", "null", "--", "-",
)  # fmt: skip
"""Cells that say nothing."""

BINARY = {
    b"PK\x03\x04": ("it is an Excel workbook or another ZIP archive, not text", "save it as CSV in the program that made it"),
    b"\x1f\x8b": ("it is compressed (gzip)", "unpack it: gunzip"),
    b"\xd0\xcf\x11\xe0": ("it is an old Excel workbook, not text", "save it as CSV in Excel"),
    b"PAR1": ("it is a Parquet file, not text", "write it as CSV: pandas.read_parquet(…).to_csv(…)"),
}


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
    _source: _Source

    def text(self, columns: Sequence[int]) -> pd.DataFrame:
        """The cells of some columns as they are written; NaN where they say nothing."""
        return self._source.read(columns, as_text=True)


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
            raise _refused(
                self.file, str(error).strip().splitlines()[-1], "mend that line: each must have as many cells as the header"
            ) from error


@dataclass
class _Text:
    """The bytes of a file, mended in place: each byte stays where it was.

    Attributes:
        numbered: with the line ends of the file as it was.
        is_file: nothing was mended.
    """

    data: Bytes
    numbered: Bytes
    is_file: bool
    notes: list[str] = field(default_factory=list)


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
        raise _refused(file, "it has a header and no rows", "remove it, or add one line a sample")
    lines = np.arange(len(frame)) + source.skip + 1 if source.lines is None else source.lines[: len(frame)]
    return CsvTable(file, names, frame, lines, tuple(notes), source)


def _look(file: Path, timestamp: str, others: Sequence[str], label: str | None) -> tuple[tuple[str, ...], _Source, list[str]]:
    """The names of the columns, what pandas is to read, and notes; the file's bytes are let go."""
    try:
        text = _text(file)
    except OSError as error:
        raise _refused(file, error.strerror or str(error), "check the file and its permissions") from error
    except NotTextError as error:
        raise _refused(file, error.why, error.fix) from error
    _join_head(text)
    layout = _laid_out(file, text, timestamp, others)
    lines = scan(text.data, layout.separator)
    if len(lines.torn) and _join(text, lines):
        layout = _laid_out(file, text, timestamp, others)
        lines = scan(text.data, layout.separator)
    names = _row_names(layout, lines, text)
    rows = _rows(file, text, lines, layout, names)
    if not rows.any():
        raise _refused(file, "it has a header and no rows", "remove it, or add one line a sample")
    numbers = np.flatnonzero(rows)
    width = int(lines.separators[rows].max()) + 1
    clean = text.is_file and len(numbers) == len(lines) - int(numbers[0]) and numbers[0] == layout.first
    of_file = None
    if not clean:
        of_file = np.searchsorted(np.flatnonzero(text.numbered == NEWLINE), lines.starts[numbers]) + 1
    source = _Source(
        file,
        None if clean else _joined(text.data, lines, numbers),
        layout.first,
        layout.separator,
        len(names),
        max(width, len(names)),
        of_file,
        None if label is None else next((i for i, name in enumerate(names) if name == clean_name(label)), None),
    )
    return names, source, text.notes


def _laid_out(file: Path, text: _Text, timestamp: str, others: Sequence[str]) -> Layout:
    """The layout of the text.

    Raises:
        KitError: there is no table, or none with a header.
    """
    layout = find_layout(_head(text.data), timestamp, others)
    if layout is None and _unwrap(text):
        layout = find_layout(_head(text.data), timestamp, others)
    if layout is None:
        raise _no_table(file, text)
    if layout.header < 0:
        raise _refused(
            file,
            "it has no header: its first line is a row already",
            f"put a line with the columns' names above it, {timestamp} one of them",
        )
    return layout


def _text(file: Path) -> _Text:
    """The bytes of a file as UTF-8 text.

    Raises:
        NotTextError: another encoding, or no text.
    """
    if not file.stat().st_size:
        raise NotTextError("it is empty", "remove it, or write a header line and one line a sample")
    data: Bytes = np.memmap(file, np.uint8, "r")
    head = data[:4096].tobytes()
    for mark, (why, fix) in BINARY.items():
        if head.startswith(mark):
            raise NotTextError(why, fix)
    encoding = encoding_of(head)
    if encoding not in ("utf-8", "utf-8-sig"):
        decoded = np.frombuffer(decode(file.read_bytes(), file).encode(), np.uint8)
        return _Text(decoded, decoded, False)
    if head.count(0) > len(head) // 4 and head.strip(b"\0"):
        raise not_text(data[: 1 << 18].tobytes(), file)
    nulls, returns = _check(data, file)
    if not nulls and not returns:
        return _Text(data, data, True)
    mended = np.array(data)
    if returns:
        alone = (mended == RETURN) & (np.append(mended[1:], 0) != NEWLINE)
        mended[alone] = NEWLINE
    text = _Text(mended, mended, False)
    if nulls:
        text.data = np.where(mended == 0, np.uint8(NEWLINE), mended)
        text.notes.append(f"{file.name}: {nulls} bytes of nothing (NUL), as a power cut leaves them; passed over")
    return text


def _check(data: Bytes, file: Path) -> tuple[int, int]:
    """(NULs, carriage returns without a line feed).

    Raises:
        NotTextError: it isn't UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    nulls = returns = 0
    before = b""
    for begin in range(0, len(data), CHUNK):
        chunk = data[begin : begin + CHUNK].tobytes()
        last = begin + CHUNK >= len(data)
        try:
            decoder.decode(chunk, final=last)
        except UnicodeDecodeError as error:
            raise not_text(data[:].tobytes(), file, "utf-8", begin + error.start) from error
        nulls += chunk.count(0)
        together = before + chunk
        returns += together.count(b"\r") - together.count(b"\r\n")
        before = b"\r" if chunk.endswith(b"\r") and not last else b""
        returns -= len(before)
    return nulls, returns


def _head(data: Bytes) -> list[str]:
    """The first lines."""
    size = HEAD_BYTES
    while size < min(len(data), 64 << 20) and np.count_nonzero(data[:size] == NEWLINE) < 12:
        size *= 4
    lines = data[:size].tobytes().decode("utf-8", "ignore").removeprefix("\ufeff").split("\n")
    whole = lines if size >= len(data) else lines[:-1]
    return [line.rstrip("\r") for line in whole[:HEAD_LINES]]


def _join_head(text: _Text) -> None:
    """Cells in quotes that go on in the next line, as spreadsheets write them in headers, come into one line."""
    size = min(len(text.data), HEAD_BYTES)
    head = text.data[:size]
    if not (head == QUOTE).any():
        return
    lines = scan(head, ",")
    torn = lines.torn[lines.torn < HEAD_LINES]
    if len(torn) >= 2 and torn[1] - torn[0] <= TORN_LINES:
        _put_together(text, lines, [(int(torn[0]), int(torn[1]))])


def _join(text: _Text, lines: Lines) -> bool:
    """The same for rows, where what comes together is as wide as the header; whether any was."""
    pairs, i = [], 0
    while i + 1 < len(lines.torn):
        first, last = int(lines.torn[i]), int(lines.torn[i + 1])
        if last - first <= TORN_LINES:
            whole = scan(_with_blanks(text.data[lines.starts[first] : lines.ends[last]]), ",")
            if not len(whole.torn):
                pairs.append((first, last))
                i += 1
        i += 1
    _put_together(text, lines, pairs)
    return bool(pairs)


def _put_together(text: _Text, lines: Lines, pairs: Sequence[tuple[int, int]]) -> None:
    if not pairs:
        return
    text.data, text.is_file = np.array(text.data), False
    for first, last in pairs:
        begin, end = lines.starts[first], lines.ends[last]
        text.data[begin:end] = _with_blanks(text.data[begin:end])


def _with_blanks(data: Bytes) -> Bytes:
    """Blanks in place of line ends."""
    return np.where((data == NEWLINE) | (data == RETURN), np.uint8(32), data)


def _unwrap(text: _Text) -> bool:
    """Takes the quotes away that stand around whole lines; whether there were any."""
    lines = scan(text.data, ",")
    full = np.flatnonzero(lines.ends - lines.starts >= 2)
    first, last = text.data[lines.starts[full]], text.data[lines.ends[full] - 1]
    wrapped = full[(first == QUOTE) & (last == QUOTE)]
    if not len(full) or len(wrapped) < 0.9 * len(full):
        return False
    text.data, text.is_file = np.array(text.data), False
    text.data[lines.starts[wrapped]] = text.data[lines.ends[wrapped] - 1] = 32
    quotes = np.flatnonzero(text.data == QUOTE)
    doubled = quotes[:-1][np.diff(quotes) == 1]
    text.data[doubled] = 32
    text.notes.append("each line stood in quotes as a whole; they were taken away")
    return True


def _row_names(layout: Layout, lines: Lines, text: _Text) -> tuple[str, ...]:
    """The names of the columns: without empty ones at the end, with one in front where rows begin with a name as R's do."""
    names = list(layout.names)
    while names and not names[-1]:
        names.pop()
    counts = lines.separators[layout.first :]
    counts = counts[counts > 0]
    usual = int(np.bincount(counts).argmax()) + 1 if len(counts) else len(names)
    if usual == len(names) + 1:
        begin = int(np.flatnonzero(lines.separators[layout.first :] == usual - 1)[0]) + layout.first
        found = [_cells(text.data, lines, i, layout.separator) for i in range(begin, min(begin + 20, len(lines)))]
        whole = [row for row in found if len(row) == usual]
        if all(row[-1] for row in whole) and all(row[0] == str(int(whole[0][0] or 0) + i) for i, row in enumerate(whole) if row[0].isdigit()) and all(
            row[0].isdigit() for row in whole
        ):  # fmt: skip
            names.insert(0, "")
    return tuple(names)


def _cells(data: Bytes, lines: Lines, i: int, separator: str) -> list[str]:
    return cells(data[lines.starts[i] : lines.ends[i]].tobytes().decode("utf-8", "replace"), separator)


def _rows(file: Path, text: _Text, lines: Lines, layout: Layout, names: tuple[str, ...]) -> Mask:
    """(N,) which lines are rows; what is passed over is noted.

    Raises:
        KitError: too many lines have another number of cells than the header.
    """
    data, sign, wanted = text.data, ord(layout.separator), len(names)
    count = lines.separators + 1
    lengths = lines.ends - lines.starts
    below = np.arange(len(lines)) >= layout.first
    rows: Mask = below & (count == wanted)
    for extra in np.unique(count[below & (count > wanted)])[:64]:
        more = int(extra) - wanted
        places = np.flatnonzero(below & (count == extra))
        if more <= 64:
            ends_empty = np.ones(len(places), bool)
            for k in range(more):
                ends_empty &= data[lines.ends[places] - 1 - k] == sign
            rows[places[ends_empty]] = True
    rows[lines.torn] = False
    blank = below & (lengths == lines.separators)  # nothing, or nothing between separators
    for i in np.flatnonzero(below & (count == 1) & (lengths > 0) & (lengths < 200)):
        blank[i] = not data[lines.starts[i] : lines.ends[i]].tobytes().strip()
    begins = data[np.minimum(lines.starts, len(data) - 1)]
    comments = below & ~blank & (begins == ord("#"))
    again = np.zeros(len(lines), bool)
    for known in range(min(layout.first, len(lines))):
        content = data[lines.starts[known] : lines.ends[known]]
        same = np.flatnonzero(below & (lengths == len(content)) & ~blank)
        for k, sign_of_header in enumerate(content):
            same = same[data[lines.starts[same] + k] == sign_of_header]
            if not len(same):
                break
        again[same] = True
    rows &= ~(comments | again | blank)
    torn = np.flatnonzero(below & ~(rows | comments | again | blank))
    _note(text, file, lines, layout, (comments, again))
    if len(torn):
        _judge_torn(file, text, count, torn, int(rows.sum()), len(lines), wanted)
    return rows


def _note(text: _Text, file: Path, lines: Lines, layout: Layout, passed: tuple[Indices, Indices]) -> None:
    comments, again = (np.flatnonzero(one) for one in passed)
    if layout.header > 0:
        above = [i for i in range(layout.header) if lines.ends[i] > lines.starts[i] and not (i == 0 and layout.declared)]
        if above:
            text.notes.append(f"{file.name}: {counted(len(above), 'line')} above the header are no rows; passed over")
    if layout.units:
        text.notes.append(f"{file.name}: below the header stands {layout.units[0].strip()[:60]!r}: no row; passed over")
    if len(comments):
        text.notes.append(
            f"{file.name}: {counted(len(comments), 'line')} with # are comments, as line {comments[0] + 1}; passed over"
        )
    if len(again):
        text.notes.append(
            f"{file.name}: the header stands again in {counted(len(again), 'line')}, as line {again[0] + 1}; passed over"
        )


def _judge_torn(file: Path, text: _Text, count: Indices, torn: Indices, good: int, total: int, wanted: int) -> None:
    examples = ", ".join(f"line {i + 1} has {count[i]}" for i in torn[:3])
    more = f" and {len(torn) - 3} more" if len(torn) > 3 else ""
    serious = len(torn) - int(torn[-1] == total - 1 and good >= 3)
    if serious > MOST_TORN * (good + len(torn)):
        usual = int(np.bincount(count[torn]).argmax())
        commas = usual > wanted and usual in (2 * wanted - 1, 2 * wanted)
        raise _refused(
            file,
            f"the header has {counted(wanted, 'cell')}, but {examples}{more}",
            "write numbers with a point, or separate the cells with semicolons: a comma is both here"
            if commas
            else "mend these lines: each must have as many cells as the header",
        )
    text.notes.append(
        f"{file.name}: {counted(len(torn), 'line')} left out, with another number of cells than the header's {wanted}: {examples}{more}"
    )


def _joined(data: Bytes, lines: Lines, numbers: Indices) -> bytes:
    """The bytes of some lines."""
    breaks = np.flatnonzero(np.diff(numbers) > 1)
    firsts = numbers[np.concatenate([[0], breaks + 1])]
    lasts = numbers[np.append(breaks, len(numbers) - 1)]
    return b"\n".join(data[lines.starts[i] : lines.ends[j]].tobytes() for i, j in zip(firsts, lasts, strict=True)) + b"\n"


def _no_table(file: Path, text: _Text) -> KitError:
    head = [line for line in _head(text.data) if line.strip()]
    if not head:
        return _refused(file, "it is empty", "remove it, or write a header line and one line a sample")
    if looks_like_row([head[0].strip()]):
        return _refused(file, "it has no header, and no line has two cells", "separate the cells of a line with commas")
    return _refused(
        file, "no line has two cells: a stamp and a value", "separate the cells of a line with commas, semicolons or tabs"
    )


def _refused(file: Path, why: str, fix: str) -> KitError:
    return KitError(f"Can't read {file.name}", why, fix)
