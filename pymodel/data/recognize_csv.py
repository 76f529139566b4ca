"""Whether a CSV file is a time series, seen from its first lines."""

from __future__ import annotations

import csv
import re
from collections import Counter

from appspec.text import encoding_of

HEAD_BYTES = 1 << 20
"""What is looked at: some lines of 10,000 columns."""

ROWS = 40
SEPARATORS = ",;\t|"
NUMBER = re.compile(r"\s*[-+−]?\d[\d\s.,']*(?:[eE][-+]?\d+)?\s*(?:[^\d\s]{1,4})?\s*")
STAMP = re.compile(r".*\d{1,4}[-./:]\s?\d{1,2}[-./:]\s?\d{1,4}.*")
_TIME = re.compile(r"\d[T ]\d{1,2}:\d\d")
PLACES = ("xmin", "filename", "file_name", "image_path", "x0", "bbox")
"""Columns of tables that place objects in pictures."""


def is_series(head: bytes) -> bool:
    """Whether most rows below a header are numbers and stamps.

    Args:
        head: the beginning of the file.
    """
    rows = first_rows(head)
    if len(rows) < 3:
        return False
    width = max(len(row) for row in rows)
    full = [row for row in rows if len(row) >= width - 1 and width > 1]
    names = {cell.strip().lower() for row in full[:2] for cell in row}
    if len(full) < 3 or names & set(PLACES):
        return False
    good = sum(
        NUMBER.fullmatch(cell) is not None or STAMP.fullmatch(cell) is not None for row in full[1:] for cell in row if cell
    )
    return good * 2 > sum(bool(cell) for row in full[1:] for cell in row) or _is_long(full[1:])


def _is_long(rows: list[list[str]]) -> bool:
    """Whether one column holds moments and another one numbers, whatever words stand in the others: a row a value."""
    columns = list(zip(*(row for row in rows if len(row) == len(rows[0])), strict=True))
    moments = [all(STAMP.fullmatch(cell) and _TIME.search(cell) for cell in column) for column in columns]
    return any(moments) and any(
        not moment and all(NUMBER.fullmatch(cell) for cell in column) for column, moment in zip(columns, moments, strict=True)
    )


def first_rows(head: bytes) -> list[list[str]]:
    """The cells of the first lines, by the separator that most of them hold; none where this is no text."""
    encoding = encoding_of(head)
    text = head.decode(encoding, "replace")
    if encoding == "utf-8" and "\0" in text[:1000]:
        return []
    lines = [line for line in text.splitlines()[: ROWS + 1] if line.strip()]
    lines = lines[:-1] if len(head) >= HEAD_BYTES and len(lines) <= ROWS else lines[:ROWS]
    if not lines:
        return []
    separator = max(SEPARATORS, key=lambda mark: _evenness([line.count(mark) for line in lines]))
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]
    except csv.Error:
        return []


def _evenness(counts: list[int]) -> tuple[float, int]:
    """Share of the lines that hold a mark equally often, and how often."""
    often = Counter(count for count in counts if count).most_common(1)
    return (often[0][1] / len(counts), often[0][0]) if often else (0.0, 0)
