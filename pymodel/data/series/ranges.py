"""Stamps that say when a sample begins and ends: `01.03.2024 00:00 - 01.03.2024 00:15`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = 200
"""Cells that tell whether a column holds ranges."""

_TIME = r"\d{1,2}[:h.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?"
_DATE = r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}"
_RANGE = re.compile(
    rf"^(?P<begin>.*\d.*?{_TIME}\S*?)(?:\s+(?:-|to|bis|à|a|tot)\s+|\s*(?:\u2013|\u2014|~|\u2192|->|\.\.\.?|/)\s*|-(?={_DATE}[ T]))"
    rf"(?P<end>(?:{_DATE}[ T]+)?{_TIME}\S*)$"
)
"""A zone behind a time has no blanks around its minus, and a range has."""


def begin_of(text: str) -> str | None:
    """The beginning of a range; None where it is none."""
    found = _RANGE.match(text.strip().strip("\"'"))
    return None if found is None else found["begin"]


def begins(column: pd.Series) -> pd.Series | None:
    """(N,) the beginnings, where nearly all cells are ranges; None elsewhere."""
    import pandas as pd

    known = column.dropna()
    if pd.api.types.is_numeric_dtype(column) or not len(known):
        return None
    sample = known.iloc[:: max(1, len(known) // SAMPLE)].astype(str)
    if sample.map(lambda cell: begin_of(cell) is not None).mean() < 0.9:
        return None
    text = column.astype(str).str.strip().str.strip("\"'")
    parts = text.str.extract(_RANGE)["begin"]
    return parts.where(parts.notna(), column)
