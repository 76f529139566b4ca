"""Rows wider or narrower than the header for a reason that they tell: seconds with a comma, empty cells left out at the end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from appspec.words import counted
from pymodel.data.series.csv_layout import Layout, cells, looks_like_row
from pymodel.data.series.csv_lines import Bytes, Indices, Lines
from pymodel.data.series.csv_text import CsvText

SAMPLE = 200
"""Rows of one width that are looked at."""

_SECONDS = re.compile(r"[\"']?.*\d:\d\d:\d\d")
_FRACTION = re.compile(r"\d{1,9}")
_REMARKS = re.compile(
    r"comment|note|remark|annot|message|bemerk|kommentar|opmerk|commentaire|comentario|비고|메모|备注|備考", re.IGNORECASE
)


def join_seconds(file: Path, text: CsvText, lines: Lines, layout: Layout, names: Sequence[str]) -> Lines:
    """The lines with a point in place of the comma that splits the seconds of each stamp, as Python's logging writes them."""
    if layout.separator != ",":
        return lines
    wide = np.flatnonzero((np.arange(len(lines)) >= layout.first) & (lines.separators == len(names)))
    below = int(np.sum(lines.separators[layout.first :] > 0))
    if not len(wide) or len(wide) < 0.9 * below:
        return lines
    shown = _sample(text.data, lines, wide, ",")
    for place in range(len(names)):
        if all(_SECONDS.fullmatch(row[place]) and _FRACTION.fullmatch(row[place + 1]) for row in shown if len(row) > place + 1):
            break
    else:
        return lines
    data = np.array(text.data)
    for i in wide.tolist():
        at = -1
        line = data[lines.starts[i] : lines.ends[i]].tobytes()
        for _ in range(place + 1):
            at = line.index(b",", at + 1)
        data[lines.starts[i] + at] = ord(".")
    text.data, text.is_file = data, False
    separators = lines.separators.copy()
    separators[wide] -= 1
    text.notes.append(
        f"{file.name}: seconds have a comma before their fraction, which separates cells too; read as one, as {shown[0][place]}.{shown[0][place + 1]}"
    )
    return replace(lines, separators=separators)


def ending_early(file: Path, text: CsvText, lines: Lines, layout: Layout, names: Sequence[str], torn: Indices) -> Indices:
    """Lines that leave out the cells of columns at the end which hold no numbers, as Excel does where they are empty."""
    count, wanted = lines.separators[torn] + 1, len(names)
    below = np.flatnonzero((np.arange(len(lines)) >= layout.first) & (lines.separators + 1 == wanted))
    full = _sample(text.data, lines, below, layout.separator)
    found: list[Indices] = []
    for width in np.unique(count[(count < wanted) & (count >= 2)]).tolist():
        short = torn[count == width]
        rows = _sample(text.data, lines, short, layout.separator)
        if full:
            numeric = [all(_is_datum(row[place]) for row in full) for place in range(wanted)]
            fits = not any(_is_datum(row[place]) and row[place] for row in full for place in range(width, wanted)) and all(
                _is_datum(row[place]) for row in rows for place in range(width) if numeric[place]
            )
        else:
            fits = all(_REMARKS.search(name) for name in names[width:]) and all(map(looks_like_row, rows))
        if fits:
            found.append(short)
            text.notes.append(
                f"{file.name}: {counted(len(short), 'row')} end before {', '.join(names[width:][:6])}, as line {short[0] + 1}: taken as empty"
            )
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _is_datum(cell: str) -> bool:
    """Whether it is empty, or begins as numbers and stamps do."""
    return not cell or looks_like_row([cell])


def _sample(data: Bytes, lines: Lines, numbers: Indices, separator: str) -> list[list[str]]:
    """The cells of some of these lines."""
    some = numbers[:: max(1, len(numbers) // SAMPLE)]
    return [cells(data[lines.starts[i] : lines.ends[i]].tobytes().decode("utf-8", "replace"), separator) for i in some.tolist()]
