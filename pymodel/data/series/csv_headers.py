"""Headers below the first one: the same columns in another order, or the beginning of another table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from appspec.errors import KitError
from appspec.words import counted
from pymodel.data.series.csv_layout import Layout, cells, clean_name, looks_like_row
from pymodel.data.series.csv_lines import QUOTE, Bytes, Indices, Lines
from pymodel.data.series.csv_text import CsvText

FIRST_BYTES = 6
"""Bytes of a name by which lines are found that may be headers."""

LOWER = 32
"""The bit that tells a small letter of ASCII from its large one."""

Found = list[tuple[int, tuple[str, ...]]]
"""Numbers of lines, and the names that stand in them, in lower case."""


def one_order(file: Path, text: CsvText, lines: Lines, layout: Layout, names: Sequence[str]) -> Indices:
    """Puts rows below a header of another order into the first one's, in place; the numbers of headers below.

    Raises:
        KitError: a header of other columns stands below, and as many: what follows are rows of another table.
    """
    wanted = tuple(clean_name(name).casefold() for name in names)
    headers = _headers_below(text.data, lines, layout, wanted)
    for i, found in headers:
        if sorted(found) != sorted(wanted) and len(found) == len(wanted):
            raise two_tables(file, i, found)
    same_columns = [(i, found) for i, found in headers if sorted(found) == sorted(wanted)]
    again = np.array([i for i, _ in same_columns], np.int64)
    others = [i for i, found in same_columns if found != wanted]
    if len(set(wanted)) < len(wanted) or not others:
        return again
    text.data, text.is_file = np.array(text.data), False
    ends = [i for i, _ in same_columns[1:]] + [len(lines)]
    moved = 0
    for (i, found), end in zip(same_columns, ends, strict=True):
        if found != wanted:
            moved += _put_in_order(text.data, lines, range(i + 1, end), layout.separator, [found.index(name) for name in wanted])
    text.notes.append(
        f"{file.name}: line {others[0] + 1} is a header of the same columns in another order; it counts for {counted(moved, 'row')} below it"
    )
    return again


def other_columns(data: Bytes, lines: Lines, layout: Layout, names: Sequence[str]) -> Found:
    """The headers below that have other columns."""
    wanted = tuple(clean_name(name).casefold() for name in names)
    return [(i, found) for i, found in _headers_below(data, lines, layout, wanted) if sorted(found) != sorted(wanted)]


def _headers_below(data: Bytes, lines: Lines, layout: Layout, wanted: Sequence[str]) -> Found:
    found = []
    for i in _likely(data, lines, layout):
        line = data[lines.starts[i] : lines.ends[i]].tobytes().decode("utf-8", "replace")
        words = [clean_name(cell).casefold() for cell in cells(line, layout.separator)]
        while words and not words[-1]:
            words.pop()
        full = [word for word in words if word]
        begins = next((word for word in words if word), None)
        if len(full) >= 2 and begins in wanted and not any(looks_like_row([word]) for word in full if word not in wanted):
            found.append((int(i), tuple(words)))
    return found


def _likely(data: Bytes, lines: Lines, layout: Layout) -> Indices:
    """Lines that begin as one of the columns is called."""
    places = np.flatnonzero((np.arange(len(lines)) >= layout.first) & (lines.separators > 0))
    if not len(data):
        return places
    last = len(data) - 1
    begins = lines.starts[places].copy()
    for sign in (ord(layout.separator), QUOTE):
        begins += data[np.minimum(begins, last)] == sign
    first = data[np.minimum(begins, last)] | LOWER
    chosen = np.zeros(len(places), bool)
    for name in {clean_name(name) for name in layout.names} - {""}:
        start = name.encode()[:FIRST_BYTES]
        some = np.flatnonzero(first == start[0] | LOWER)
        for k in range(1, len(start)):
            some = some[data[np.minimum(begins[some] + k, last)] | LOWER == start[k] | LOWER]
        chosen[some] = True
    likely: Indices = places[chosen]
    return likely


def _put_in_order(data: Bytes, lines: Lines, numbers: range, separator: str, order: Sequence[int]) -> int:
    """Rows with their cells in this order; how many there were. Each row keeps its length."""
    sign = separator.encode()
    cell = re.compile(rb'"(?:[^"]|"")*"[^%s]*|[^%s]*' % (re.escape(sign), re.escape(sign)))
    moved = 0
    for i in numbers:
        if lines.separators[i] + 1 < len(order):
            continue
        line = data[lines.starts[i] : lines.ends[i]].tobytes()
        found: list[bytes] = []
        at = 0
        while at <= len(line) and len(found) < len(order):
            one = cell.match(line, at)
            assert one is not None
            found.append(one[0])
            at = one.end() + 1
        if len(found) == len(order):
            whole = sign.join(found[k] for k in order) + line[at - 1 :]
            data[lines.starts[i] : lines.ends[i]] = np.frombuffer(whole, np.uint8)
            moved += 1
    return moved


def two_tables(file: Path, i: int, names: Sequence[str]) -> KitError:
    """The error for a header of other columns in line i, from 0."""
    return KitError(
        f"Can't read {file.name}",
        f"it holds two tables: line {i + 1} is another header: {', '.join(names[:6])}{' …' if len(names) > 6 else ''}",
        f"keep the one that the model learns from in this file: lines 1 to {i}, or {i + 1} and those below; move the other one "
        "out of the folder, or put columns of both into one table",
    )
