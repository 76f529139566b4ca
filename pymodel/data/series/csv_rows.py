"""Which lines of a text are rows of its table, and what is said about the others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.errors import KitError
from appspec.words import counted
from pymodel.data.series.csv_headers import other_columns, two_tables
from pymodel.data.series.csv_layout import Layout, cells
from pymodel.data.series.csv_lines import Bytes, Indices, Lines
from pymodel.data.series.csv_text import CsvText
from pymodel.data.series.csv_widths import ending_early

Mask = npt.NDArray[np.bool_]

MOST_TORN = 0.05
"""Share of the lines that may have another number of cells than the header."""


def row_names(layout: Layout, lines: Lines, text: CsvText) -> tuple[str, ...]:
    """The names of the columns: without empty ones at the end, with one in front where rows begin with a name as R's do."""
    names = list(layout.names)
    while names and not names[-1]:
        names.pop()
    counts = lines.separators[layout.first :]
    counts = counts[counts > 0]
    usual = int(np.bincount(counts).argmax()) + 1 if len(counts) else len(names)
    if usual == len(names) - 1 and not names[0]:  # a # with blanks behind it, as numpy's savetxt writes
        names.pop(0)
    if usual == len(names) + 1:
        begin = int(np.flatnonzero(lines.separators[layout.first :] == usual - 1)[0]) + layout.first
        found = [_cells(text.data, lines, i, layout.separator) for i in range(begin, min(begin + 20, len(lines)))]
        whole = [row for row in found if len(row) == usual]
        if all(row[-1] for row in whole) and all(row[0] == str(int(whole[0][0] or 0) + i) for i, row in enumerate(whole) if row[0].isdigit()) and all(
            row[0].isdigit() for row in whole
        ):  # fmt: skip
            names.insert(0, "")
    return tuple(names)


def find_rows(file: Path, text: CsvText, lines: Lines, layout: Layout, names: tuple[str, ...], headers: Indices) -> Mask:
    """(N,) which lines are rows; what is passed over is noted.

    Args:
        headers: lines that are known to be the header again.

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
    for i in np.flatnonzero(comments & (count == wanted)):  # ######## is what a narrow column of a spreadsheet shows
        comments[i] = data[lines.starts[i] : lines.starts[i] + 4].tobytes() != b"####"
    if not (rows & ~comments).any():  # every row begins with #, as dates of Access do
        comments &= count != wanted
    again = np.zeros(len(lines), bool)
    again[headers] = True
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
    early = ending_early(file, text, lines, layout, names, torn)
    rows[early] = True
    torn = np.setdiff1d(torn, early, assume_unique=True)
    if len(torn):
        _judge_torn(file, text, lines, layout, names, torn, int(rows.sum()))
    return rows


def joined(data: Bytes, lines: Lines, numbers: Indices) -> bytes:
    """The bytes of some lines."""
    breaks = np.flatnonzero(np.diff(numbers) > 1)
    firsts = numbers[np.concatenate([[0], breaks + 1])]
    lasts = numbers[np.append(breaks, len(numbers) - 1)]
    return b"\n".join(data[lines.starts[i] : lines.ends[j]].tobytes() for i, j in zip(firsts, lasts, strict=True)) + b"\n"


class NoRowsError(KitError):
    """A file has a header alone."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"Can't read {file.name}", "it has a header and no rows", "remove it, or add one line a sample")


def refused(file: Path, why: str, fix: str) -> KitError:
    return KitError(f"Can't read {file.name}", why, fix)


def _note(text: CsvText, file: Path, lines: Lines, layout: Layout, passed: tuple[Indices, Indices]) -> None:
    comments, again = (np.flatnonzero(one) for one in passed)
    top = layout.header if layout.top < 0 else layout.top
    if layout.top >= 0:
        levels = [name for name in layout.names if " " in name] or layout.names[-1:]
        text.notes.append(f"{file.name}: the names of columns stand in several lines; taken together, as {levels[0]!r}")
    if top > 0:
        above = [i for i in range(top) if lines.ends[i] > lines.starts[i] and not (i == 0 and layout.declared)]
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


def _judge_torn(
    file: Path, text: CsvText, lines: Lines, layout: Layout, names: tuple[str, ...], torn: Indices, good: int
) -> None:
    """Notes the lines of another width, if they are few.

    Raises:
        KitError: they are many.
    """
    count, wanted = lines.separators + 1, len(names)
    examples = ", ".join(f"line {i + 1} has {count[i]}" for i in torn[:3])
    more = f" and {len(torn) - 3} more" if len(torn) > 3 else ""
    serious = len(torn) - int(torn[-1] == len(lines) - 1 and good >= 3)
    if serious > MOST_TORN * (good + len(torn)):
        others = other_columns(text.data, lines, layout, names)
        if others:
            raise two_tables(file, *others[0])
        usual = int(np.bincount(count[torn]).argmax())
        commas = usual > wanted and usual in (2 * wanted - 1, 2 * wanted)
        raise refused(
            file,
            f"the header has {counted(wanted, 'cell')}, but {examples}{more}",
            "write numbers with a point, or separate the cells with semicolons: a comma is both here"
            if commas
            else "mend these lines: each must have as many cells as the header",
        )
    text.notes.append(
        f"{file.name}: {counted(len(torn), 'line')} left out, with another number of cells than the header's {wanted}: {examples}{more}"
    )


def _cells(data: Bytes, lines: Lines, i: int, separator: str) -> list[str]:
    return cells(data[lines.starts[i] : lines.ends[i]].tobytes().decode("utf-8", "replace"), separator)
