"""The lines of a text, counted in one pass over its bytes: where they lie, and how many separators each has outside quotes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.int64]

CHUNK = 8 << 20
"""Bytes looked at at once."""

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


def _to_line_end(data: Bytes, begin: int) -> int:
    """Bytes from here to the end of the line, its line end included."""
    length = CHUNK
    while begin + length < len(data):
        found = np.flatnonzero(np.asarray(data[begin + length : begin + length + CHUNK]) == NEWLINE)
        if len(found):
            return length + int(found[0]) + 1
        length += CHUNK
    return len(data) - begin
