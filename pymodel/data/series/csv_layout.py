"""How a CSV file is laid out: its separator, the line of its header, and where its rows begin, seen from its first lines."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pymodel.data.series.csv_header_levels import join_levels

SEPARATORS = (",", ";", "\t", "|")

UNIT_ROWS = 3
"""Lines below a header that may say units or types."""

SIDEWAYS = 8
"""Fewer columns may be called as dates."""

_STAMP = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{1,2}:\d{2}:\d{2}")
_DECLARED = re.compile(r'\s*"?sep=(.)"?[,;\s]*', re.IGNORECASE)
_DATUM = re.compile(r"\s*[+\-\u2212]?[.,]?\d|\s*(nan|null|na|inf)\s*$", re.IGNORECASE)
_MARK = re.compile(r"\s*(?:#|%|//|;|!)+\s*")
"""What programs write in front of a line that is no row; a header may be one."""

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f\u2060"))


@dataclass(frozen=True)
class Layout:
    """Where a table stands in a text.

    Attributes:
        names: the cells of the header.
        header: number of its line, from 0; -1: there is none.
        first: number of the first line that may be a row.
        units: what lines between the two say, as they stand there.
        declared: the first line says the separator.
        top: the first of several lines that the names stand in; -1: they stand in one.
    """

    separator: str
    names: tuple[str, ...]
    header: int
    first: int
    units: tuple[str, ...] = ()
    declared: bool = False
    top: int = -1


def find_layout(lines: Sequence[str], timestamp: str, others: Sequence[str] = ()) -> Layout | None:
    """The layout under which header and rows fit best; None where no line has two cells.

    Args:
        lines: the first ones of the file.
        timestamp: name of the stamps' column: the line that holds it is the header.
        others: further names, which find the header where that one isn't there.
    """
    declared = _DECLARED.fullmatch(lines[0]) if lines else None
    begin = 1 if declared else 0
    found: list[tuple[tuple[float, ...], Layout]] = []
    for separators in ((declared[1],), SEPARATORS) if declared else (SEPARATORS,):  # a wrong one may be declared
        for separator in separators:
            one = _under(separator, lines, [cells(line, separator) for line in lines], begin, timestamp, others)
            if one is not None:
                found.append(one)
        if found:
            break
    return max(found, key=lambda pair: pair[0])[1] if found else None


def lies_on_its_side(lines: Sequence[str]) -> bool:
    """Whether stamps stand in the first line with several cells, one a column."""
    for separator in SEPARATORS:
        found = next((row for line in lines if len(row := cells(line, separator)) > SIDEWAYS), [])
        if found and sum(_STAMP.search(cell) is not None for cell in found[1:]) > 0.9 * (len(found) - 1):
            return True
    return False


def cells(line: str, separator: str) -> list[str]:
    """The cells of one line, without quotes and blanks around them."""
    try:
        found = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        found = line.split(separator)
    return [cell.strip() for cell in found]


def clean_name(name: str) -> str:
    """A name as it is compared and shown: composed (NFC), without blanks, quotes and invisible marks around it."""
    composed = unicodedata.normalize("NFC", name).translate(_INVISIBLE)
    return re.sub(r"\s+", " ", composed).strip().strip("\"'").strip()


def same_name(one: str, other: str) -> bool:
    """Whether two names differ in case at most."""
    return clean_name(one).casefold() == clean_name(other).casefold()


def looks_like_row(found: Sequence[str]) -> bool:
    """Whether most of the cells that say something begin as numbers and stamps do."""
    full = [cell for cell in found if cell]
    return bool(full) and sum(_DATUM.match(cell) is not None for cell in full) * 2 >= len(full)


def _under(
    separator: str,
    lines: Sequence[str],
    rows: Sequence[Sequence[str]],
    begin: int,
    timestamp: str,
    others: Sequence[str],
) -> tuple[tuple[float, ...], Layout] | None:
    """(how well it fits, the layout) under one separator."""
    usable = [i for i in range(begin, len(rows)) if len(rows[i]) >= 2]
    if not usable:
        return None
    named = _named(rows, usable, [timestamp])
    if named is None and others:
        named = _named(rows, usable, others)
    header = _guessed(lines, rows, usable) if named is None else named
    if header is None:
        width = Counter(len(rows[i]) for i in usable).most_common(1)[0][0]
        return (0, _share(rows, begin, width), width), Layout(separator, (), -1, begin)
    names = _cleaned(rows[header])
    place = next((i for i, name in enumerate(names) if same_name(name, timestamp)), None)
    first = header + 1
    while first < min(len(rows), header + 1 + UNIT_ROWS) and _is_unit_row(rows[first], place):
        first += 1
    if not any(any(row) for row in rows[first:]):  # words all the way down: no table of numbers
        first = header + 1
    levels = join_levels([_cleaned(row) for row in rows[:first]], header, first)
    if levels is not None:
        top, first, names = levels
    width = len([name for name in names if name])
    fit = (2 if named is not None else 1, _share(rows, first, len(names)), width)
    if levels is not None:
        return fit, Layout(separator, names, header, first, (), begin > 0, top)
    units = tuple(line for line in lines[header + 1 : first])
    return fit, Layout(separator, names, header, first, units, begin > 0)


def _cleaned(found: Sequence[str]) -> tuple[str, ...]:
    """The names in a line that may begin with a mark of programs."""
    return tuple(clean_name(cell if i else _MARK.sub("", cell)) for i, cell in enumerate(found))


def _named(rows: Sequence[Sequence[str]], usable: Sequence[int], names: Sequence[str]) -> int | None:
    """The first line that holds all of these names."""
    for i in usable:
        there = {clean_name(_MARK.sub("", cell)).casefold() for cell in rows[i]}
        if all(clean_name(name).casefold() in there for name in names):
            return i
    return None


def _guessed(lines: Sequence[str], rows: Sequence[Sequence[str]], usable: Sequence[int]) -> int | None:
    """Of the lines above the first row the one with the most cells that say something."""
    data = [i for i in usable if looks_like_row(rows[i])]
    if not data:
        return usable[0]
    width = Counter(len(rows[i]) for i in data).most_common(1)[0][0]
    first = next(i for i in data if len(rows[i]) == width)
    above = [i for i in usable if i < first and abs(len(rows[i]) - width) <= 1 and not looks_like_row(rows[i])]
    plain = [i for i in above if not _MARK.match(lines[i])]
    return max(plain or above, key=lambda i: (len(rows[i]) == width, sum(bool(cell) for cell in rows[i])), default=None)


def _is_unit_row(found: Sequence[str], place: int | None) -> bool:
    """Whether a line below the header says units or types.

    Args:
        place: the cell where a row has its stamp, if that is known.
    """
    if len(found) < 2 or not any(found) or looks_like_row(found):
        return False
    stamps = found if place is None else found[place : place + 1]
    return not any(_DATUM.match(cell) or sum(letter.isdigit() for letter in cell) >= 5 for cell in stamps)


def _share(rows: Sequence[Sequence[str]], first: int, width: int) -> float:
    """Share of the lines from `first` on that have about so many cells; empty lines don't count."""
    full = [len(row) for row in rows[first:] if any(row)]
    return sum(abs(count - width) <= 1 for count in full) / len(full) if full else 0.0
