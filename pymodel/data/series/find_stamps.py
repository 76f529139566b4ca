"""Where the stamps of a table stand: in the column that is named, in the only one that holds some, in two that belong together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from appspec.data_spec import Series
from appspec.errors import KitError
from pymodel.data.series.check_stamps import MOST_BAD, check_zones
from pymodel.data.series.choose_clock import choose_clock
from pymodel.data.series.clock import EARLIEST, LATEST
from pymodel.data.series.columns import Columns, listed, plain_name
from pymodel.data.series.date_parts import find_date_parts
from pymodel.data.series.named_zones import iana_name
from pymodel.data.series.ranges import begins
from pymodel.data.series.written_dates import ORDERS, read_dates
from pymodel.data.series.zones import take_name, zone_of

if TYPE_CHECKING:
    import pandas as pd

STAMPS = re.compile(r"time|date|stamp|^ts$|^t$|시간|시각|일시|날짜|zeit|datum|uhr|fecha|hora|heure|日時|时间|時刻", re.IGNORECASE)
COUNTS = re.compile(f"{STAMPS.pattern}|^sec|second|elapsed|^s$|^x_value$", re.IGNORECASE)
"""Names of columns that hold stamps, or count time."""

DEFAULT = "timestamp"
"""The name where none is given: another column may hold the stamps as well."""

SAMPLE = 200
"""Rows that tell what a column holds."""

ROUNDED = 0.4
"""Share of the rows whose stamp stands there already, from which it is looked at how the numbers are written."""

_SHORTENED = re.compile(r"\d(?:[.,]\d{1,6})?[eE]\+\d+")

_TIME = re.compile(
    r"\s*(?:(?:[ap]\.?m\.?|오전|오후)\s*)?(?:\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?|\d{1,2}\.\d{2}\.\d{2})(?:\s*(?:[ap]\.?m\.?))?\s*",
    re.IGNORECASE,
)
_CLOCK_TIME = re.compile(r"\d:\d\d|\d{1,2}\s*(?:am|pm)", re.IGNORECASE)
_ZONE_NAMES = re.compile(r"tz|zone|utc|gmt|offset|dst|zeit|huso|fuseau|fuso|시간대|時間帯|时区", re.IGNORECASE)
_IN_UTC = re.compile(r"utc|gmt|zulu", re.IGNORECASE)
_ZONE_WORD = re.compile(r"[A-Za-z][\w/+\- :]*|(?:UTC|GMT)?[+\-\u2212]\d{1,2}(?::?\d{2})?")
_OFFSET = re.compile(r"(?:UTC|GMT)?[+\-\u2212]\d{2}:?\d{2}")
_BEGIN_NAMES = re.compile(r"begin|start|von|anfang|from|d[eé]but|inicio|inizio|in[ií]cio|시작|開始|开始", re.IGNORECASE)
_END_NAMES = re.compile(r"\bend|ende\b|_end|bis|until|fin|종료|終了|结束", re.IGNORECASE)
_MILLISECONDS = re.compile(r"ms|msec|millis?|millisec(?:ond)?s?|millitm|밀리초|ミリ秒|毫秒", re.IGNORECASE)
_TIME_NAMES = frozenset({"time", "hour", "clock", "uhrzeit", "zeit", "heure", "hora", "시간", "시각", "時刻", "时间"})


@dataclass(frozen=True)
class Stamps:
    """The stamps of a file as they are written.

    Attributes:
        used: the columns that they stand in.
        where: file and column, for messages.
    """

    used: tuple[str, ...]
    where: str
    dates: pd.Series


def find_stamps(columns: Columns, series: Series, notes: list[str]) -> Stamps:
    """The stamps of a file.

    Raises:
        KitError: no column holds them, or several do and none is named.
    """
    file = columns.table.file.name
    name = columns.find(series.timestamp)
    parts = None if name is not None and series.timestamp == DEFAULT else find_date_parts(columns, name)
    if parts is not None:
        notes.append(f"{file}: the stamps are columns {listed(parts.names)} together")
        return Stamps(parts.names, f"{file}, columns {listed(parts.names)}", parts.dates())
    if name is None and series.timestamp != DEFAULT:
        raise _missing(columns, series)
    if name is None:
        name = _only_one(columns, series)
        notes.append(f"{file}: the stamps are taken from column {name}")
    dates = columns.column(name)
    beginning = begins(dates)
    if beginning is not None:
        cell = str(dates.dropna().iloc[0])
        notes.append(f"{file}, column {name}: stamps such as {cell!r} say when a sample begins and ends: its beginning is taken")
        dates = beginning
    used = [name]
    named = (series.label, series.group, series.channel, series.value, *(series.values or ()))
    taken = {name, *(columns.find(other) for other in named if other)}
    others = [other for other in columns.places if other not in taken]
    if _is_date_alone(dates):
        times = [other for other in others if _holds_times(columns.column(other), other)]
        first = [other for other in times if _BEGIN_NAMES.search(other) and not _END_NAMES.search(other)]
        if len(times) > 1 and len(first) == 1:
            times = first
        if len(times) == 1:
            dates = _dashed(dates.astype(str).str.strip() + " " + _as_times(columns.column(times[0])), dates)
            used += times
    if _lacks_zone(dates) and not _IN_UTC.search(name):
        zones = {other: cells for other in others if other not in used and (cells := _zones_in(columns, other)) is not None}
        if len(zones) == 1:
            ((zone, cells),) = zones.items()
            dates = (dates.astype(str).str.strip() + " " + cells.astype(str).str.strip()).where(dates.notna() & cells.notna())
            used.append(zone)
    parts_of_second = [other for other in others if other not in used and _holds_milliseconds(columns.column(other), other)]
    if len(parts_of_second) == 1 and _ends_in_seconds(dates):
        thousandths = columns.column(parts_of_second[0]).fillna(0).astype(np.int64).astype(str).str.zfill(3)
        dates = (dates.astype(str).str.strip() + "." + thousandths).where(dates.notna())
        used.append(parts_of_second[0])
    if len(used) == 1:
        return Stamps((name,), f"{file}, column {name}", dates)
    notes.append(f"{file}: the stamps are columns {listed(used)} together")
    return Stamps(tuple(used), f"{file}, columns {listed(used)}", dates)


def check_rounded(columns: Columns, stamps: Stamps) -> None:
    """Stops where a spreadsheet has shortened the stamps' numbers, as 1.70925E+12.

    Raises:
        KitError: so it is.
    """
    import pandas as pd

    known = stamps.dates.dropna()
    if (
        len(stamps.used) > 1
        or pd.api.types.is_integer_dtype(known)
        or not len(known)
        or known.nunique() > (1 - ROUNDED) * len(known)
    ):
        return
    place = columns.places[stamps.used[0]]
    cell = str(columns.table.text([place])[place].dropna().iloc[0])
    if _SHORTENED.fullmatch(cell):
        raise KitError(
            f"The stamps in {stamps.where} are rounded",
            f"{cell!r} is what a spreadsheet shows of a long number; {known.nunique()} different ones are left of {len(known)} rows",
            "give the column a number format without exponent (0) there, and save it as CSV again",
        )


def _missing(columns: Columns, series: Series) -> KitError:
    """The column that is named isn't there: which ones could be meant."""
    file = columns.table.file.name
    found = _that_hold_stamps(columns, series)
    return KitError(
        f"{file} has no column {series.timestamp}",
        f"its columns are {listed(list(columns.places))}" + (f"; stamps are in {listed(found)}" if found else ""),
        f'name it in [data.series]: timestamp = "{found[0] if found else "COLUMN"}"',
    )


def _that_hold_stamps(columns: Columns, series: Series) -> list[str]:
    others = {columns.find(name) for name in (series.label, series.group, *(series.values or ())) if name}
    return [name for name in columns.places if name not in others and holds_stamps(columns.column(name))]


def _only_one(columns: Columns, series: Series) -> str:
    """The only column that holds stamps.

    Raises:
        KitError: none does, or several do.
    """
    found = _that_hold_stamps(columns, series)
    if len(found) == 1:
        return found[0]
    file = columns.table.file.name
    if found:
        raise KitError(
            f"{file} has no column {series.timestamp}",
            f"several hold stamps: {listed(found)}",
            f'name one in [data.series], such as: timestamp = "{found[0]}"',
        )
    for name in columns.places:
        check_zones(columns.column(name), f"{file}, column {name}")
    counting = [name for name in columns.places if COUNTS.search(plain_name(name)) and _rises(columns.column(name))]
    if len(counting) == 1 and series.begin is not None:
        return counting[0]
    raise KitError(
        f"{file} has no column {series.timestamp}",
        f"its columns are {listed(list(columns.places))}, and none holds stamps",
        f'where {counting[0]} counts from the start of the recording: begin = "2024-03-01T00:00" in [data.series] says when that was'
        if len(counting) == 1
        else 'name the column of the stamps in [data.series]: timestamp = "COLUMN"; where the file is no recording, take it out',
    )


def _rises(column: pd.Series) -> bool:
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(column):
        return False
    known = column.dropna().to_numpy(np.float64)
    return len(known) > 2 and bool((np.diff(known) >= 0).all()) and bool(known[0] < known[-1])


def _sample(column: pd.Series) -> pd.Series:
    known = column.dropna()
    return known.iloc[:: max(1, len(known) // SAMPLE)]


def holds_stamps(column: pd.Series) -> bool:
    import pandas as pd

    found = _sample(column)
    beginning = begins(found)
    found = found if beginning is None else beginning
    if len(found) < 1 or pd.api.types.is_bool_dtype(column):
        return False
    if pd.api.types.is_numeric_dtype(column):
        values = column.dropna().to_numpy(np.float64)
        clock, _ = choose_clock([("", column)], None, None)
        seconds = clock.seconds(column.dropna())
        inside = float(np.mean((seconds >= EARLIEST) & (seconds < LATEST))) >= 1 - MOST_BAD
        return inside and len(values) > 1 and bool(np.mean(np.diff(values) >= 0) > 0.9) and values[0] != values[-1]
    if pd.to_numeric(found, errors="coerce").notna().any() or (len(found) > 1 and found.nunique() == 1):
        return False
    return any(float(np.isfinite(read_dates(found, order)).mean()) >= 0.9 for order in ORDERS)


def _is_date_alone(column: pd.Series) -> bool:
    """Whether the cells are dates without a time of the day."""
    import pandas as pd

    found = _sample(column)
    if not len(found):
        return False
    if pd.api.types.is_numeric_dtype(column):
        values = found.to_numpy(np.float64)
        return bool(np.all((values > 19900000) & (values < 21010000) & (values % 1 == 0)))
    text = found.astype(str)
    if text.str.contains(_CLOCK_TIME).any() or text.str.contains("T", regex=False).any():
        return False
    return any(float(np.isfinite(read_dates(found, order)).mean()) >= 0.9 for order in ORDERS)


def _holds_times(column: pd.Series, name: str) -> bool:
    import pandas as pd

    found = _sample(column)
    if not len(found):
        return False
    if pd.api.types.is_numeric_dtype(column):
        values = found.to_numpy(np.float64)
        if name.casefold() not in _TIME_NAMES or np.any(values % 1) or values.min() < 0:
            return False
        return bool(np.all(values // 100 % 100 < 60) and np.all(values % 100 < 60) and values.max() < 240000)
    return bool(found.astype(str).map(lambda cell: _TIME.fullmatch(cell) is not None).mean() >= 0.95)


def _holds_milliseconds(column: pd.Series, name: str) -> bool:
    """Whether it holds thousandths of a second, and is called so."""
    import pandas as pd

    if _MILLISECONDS.fullmatch(plain_name(name).strip()) is None or not pd.api.types.is_numeric_dtype(column):
        return False
    values = column.dropna().to_numpy(np.float64)
    return len(values) > 0 and bool(np.all((values >= 0) & (values < 1000) & (values % 1 == 0)))


def _ends_in_seconds(dates: pd.Series) -> bool:
    """Whether the stamps end in whole seconds."""
    found = _sample(dates)
    return len(found) > 0 and bool(found.astype(str).str.fullmatch(r".*\d:\d\d[:.]\d\d\s*").all())


def _as_times(column: pd.Series) -> pd.Series:
    """HH:MM:SS of cells that hold times, also of numbers such as 12, 1230 and 123000."""
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(column):
        return column.astype(str).str.strip()
    whole = column.fillna(0).astype(np.int64)
    whole = whole * (10000 if whole.max() <= 24 else 100 if whole.max() <= 2400 else 1)
    digits = whole.astype(str).str.zfill(6)
    return digits.str[:2] + ":" + digits.str[2:4] + ":" + digits.str[4:]


def _zones_in(columns: Columns, name: str) -> pd.Series | None:
    """The cells of a column that holds zones, and is called so, or whose cells can mean nothing else; None of another one."""
    import pandas as pd

    called = _ZONE_NAMES.search(plain_name(name)) is not None
    cells = columns.column(name)
    if pd.api.types.is_numeric_dtype(cells):
        if not called:
            return None
        place = columns.places[name]
        cells = columns.table.text([place])[place]  # +0200 is read as a number
    words = [str(word).strip() for word in cells.dropna().unique()]
    if not 0 < len(words) <= SAMPLE:
        return None
    if all((iana_name(word) is not None and "/" in word) or _OFFSET.fullmatch(word) for word in words):
        return cells
    is_zone = all(_ZONE_WORD.fullmatch(word) and (take_name(f"0:00 {word}") or zone_of(f"0:00 {word}")) for word in words)
    return cells if called and is_zone else None


def _lacks_zone(dates: pd.Series) -> bool:
    """Whether they are times of the day without a zone."""
    found = _sample(dates)
    return len(found) > 0 and all(":" in (text := str(cell)) and zone_of(text) is None for cell in found)


def _dashed(together: pd.Series, dates: pd.Series) -> pd.Series:
    """Dates of eight digits get signs between; rows without a date stay without."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(dates):
        together = together.str.replace(r"^(\d{4})(\d{2})(\d{2})(?:\.0)?", r"\1-\2-\3", regex=True)
    return together.where(dates.notna())
