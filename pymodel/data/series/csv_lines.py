"""The lines of a text, counted in one pass over its bytes: where they lie, and how many separators each has outside quotes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.int64]

CHUNK = 8 << 20
"""Bytes looked at at once."""

TORN_LINES = 8
"""A cell in quotes may go on for so many lines."""

LIKELY = ",;\t|"
"""Behind them a cell begins."""

NEWLINE, QUOTE, RETURN = (ord(character) for character in '\n"\r')


@dataclass(frozen=True)
class Lines:
    """All lines of a text; the last one needs no line end.

    Attributes:
        starts, ends: (N,) first byte of a line, and the byte after its last one, without the line end.
        separators: (N,) separators outside quotes.
        torn: lines with an odd number of quotes: a cell goes on in the next line, or a quote is missing.
    """

    starts: Indices
    ends: Indices
    separators: npt.NDArray[np.int32]
    torn: Indices

    def __len__(self) -> int:
        return len(self.starts)


def scan(data: Bytes, separator: str) -> Lines:
    """Counts the separators of all lines.

    Args:
        data: UTF-8 text; lines end with a line feed, before which a carriage return may stand.
        separator: one ASCII character.
    """
    sign = ord(separator)
    ends: list[Indices] = []
    counts: list[npt.NDArray[np.int32]] = []
    torn: list[Indices] = []
    begin, lines = 0, 0
    while begin < len(data):
        chunk = np.asarray(data[begin : begin + CHUNK])
        breaks = np.flatnonzero(chunk == NEWLINE)
        if begin + len(chunk) < len(data):
            if not len(breaks):  # a line longer than a chunk
                chunk = np.asarray(data[begin : begin + _to_line_end(data, begin)])
                breaks = np.flatnonzero(chunk == NEWLINE)
            else:
                chunk = chunk[: breaks[-1] + 1]
        if not len(breaks) or breaks[-1] != len(chunk) - 1:
            breaks = np.append(breaks, len(chunk))
        is_separator = chunk == sign
        is_quote = chunk == QUOTE
        firsts = np.concatenate([[0], breaks[:-1] + 1])
        if is_quote.any():
            quotes = np.cumsum(is_quote, dtype=np.int32)
            before = np.where(firsts > 0, quotes[firsts - 1], 0)
            inside = (quotes - np.repeat(before, np.diff(np.append(firsts, len(chunk))))) & 1
            is_separator &= inside == 0
            after = quotes[np.minimum(breaks, len(chunk) - 1)]
            torn.append(np.flatnonzero((after - before) & 1) + lines)
        places = np.flatnonzero(is_separator)
        counts.append((np.searchsorted(places, breaks) - np.searchsorted(places, firsts)).astype(np.int32))
        ends.append(breaks + begin)
        lines += len(breaks)
        begin += len(chunk)
    none = np.zeros(0, np.int64)
    all_ends = np.concatenate(ends) if ends else none
    starts = np.concatenate([[0], all_ends[:-1] + 1]) if len(all_ends) else none
    returns = (all_ends > starts) & (np.asarray(data[np.maximum(all_ends - 1, 0)]) == RETURN) if len(all_ends) else none
    separators = np.concatenate(counts) if counts else np.zeros(0, np.int32)
    return Lines(starts, all_ends - returns, separators, np.concatenate(torn) if torn else none)


def mend_stray_quotes(data: Bytes, lines: Lines, separator: str) -> Lines:
    """Lines whose odd quote stands within a cell, as of 3/4", counted anew: it is a sign there, and closes and opens nothing."""
    if not len(lines.torn):
        return lines
    separators, torn = lines.separators.copy(), []
    open_until = -1
    for i in lines.torn.tolist():
        text = data[lines.starts[i] : lines.ends[i]].tobytes().decode("utf-8", "replace")
        count = None if i <= open_until else _separators(text, separator)
        if count is not None:
            separators[i] = count
            continue
        torn.append(i)
        open_until = i + TORN_LINES if i > open_until else -1  # the next odd quote closes this one
    return replace(lines, separators=separators, torn=np.array(torn, np.int64))


def _separators(line: str, separator: str) -> int | None:
    """Separators of a line, in which quotes count where a cell begins alone; None where one stays open."""
    count, inside, at_begin = 0, False, True
    i = 0
    while i < len(line):
        sign = line[i]
        if inside:
            if sign == '"' and line[i + 1 : i + 2] == '"':
                i += 1
            elif sign == '"':
                inside = False
        elif sign == '"' and at_begin:
            inside = True
        elif sign == separator:
            count += 1
        at_begin = not inside and (sign == separator or sign in LIKELY or (at_begin and sign == " "))
        i += 1
    return None if inside else count


def _to_line_end(data: Bytes, begin: int) -> int:
    """Bytes from here to the end of the line, its line end included."""
    length = CHUNK
    while begin + length < len(data):
        found = np.flatnonzero(np.asarray(data[begin + length : begin + length + CHUNK]) == NEWLINE)
        if len(found):
            return length + int(found[0]) + 1
        length += CHUNK
    return len(data) - begin
