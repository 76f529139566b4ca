"""How the stamps of some columns are written, decided over the whole columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from appspec.errors import KitError
from pymodel.data.series.calendars import KINDS
from pymodel.data.series.check_stamps import MOST_BAD
from pymodel.data.series.clock import EARLIEST, ISO, LATEST, Clock
from pymodel.data.series.recording import Floats, format_stamp
from pymodel.data.series.stamp_units import FARTHEST, UNITS, Unit, floats, numbers_of
from pymodel.data.series.written_dates import ORDERS, Order, in_ascii, read_dates
from pymodel.data.series.zones import AMBIGUOUS, SUMMER, UTC_ITSELF, zone_of

if TYPE_CHECKING:
    import pandas as pd

SAMPLE, LIKELY = 500, 0.8
"""Cells that tell whether it is worth to read all, and the share of them that must be dates."""

FEWEST = 24
"""Ten digits are seconds, or a date with its hour: so many that are all dates are no seconds."""

STEPS = (
    ("ms", "milliseconds", 1e-3), ("milli", "milliseconds", 1e-3), ("m", "minutes", 60.0), ("h", "hours", 3600.0), ("d", "days", 86400.0),
    ("s", "seconds", 1.0),
)  # fmt: skip
"""How the name of a column says what it counts, in words, and in seconds."""

_COUNTED = re.compile(
    r"[\s\[(_](ms|msec|millis\w*|s|sec|secs|seconds|min|mins|minutes|h|hr|hrs|hours|d|days)[\])]?$", re.IGNORECASE
)
_POINTS = re.compile(r"\s*\d{1,2}\.\s?\d{1,2}\.\s?\d{4}")
"""With points between, nobody writes the month in front of the day."""

WORDS: dict[str, Order] = {"day first": "dmy", "month first": "mdy", "year first": "ymd"}
"""What the setting `dates` may say."""


def choose_clock(columns: Sequence[tuple[str, pd.Series]], dates: str | None, begin: str | None) -> tuple[Clock, list[str]]:
    """The one way in which all columns can be read, and what to say about it.

    Args:
        columns: (file and column, its cells).
        dates, begin: the settings.

    Raises:
        KitError: no reading fits, the stamps lie before 1990 or after 2100, or two readings fit.
    """
    begin_s = None if begin is None else ISO.moment(begin, "begin")
    if all(_is_numeric(column) for _, column in columns):
        return _clock_of_numbers(columns, begin_s)
    order, notes = _choose_order(columns, dates)
    where, column = columns[0]
    for pattern, kind in KINDS:
        cell = next((text for cell in _some(column) if pattern.search(text := in_ascii(str(cell)))), None)
        if cell is not None:
            notes.append(f"{where}: years such as that of {cell!r} are {kind}: taken so")
    zones, said = _zones(columns)
    return Clock(order=order, zones=zones), notes + said


def choose_clocks(
    columns: Sequence[tuple[str, pd.Series]], dates: str | None, begin: str | None
) -> tuple[list[Clock], list[str]]:
    """As choose_clock, one for each column: some may hold dates and others numbers."""
    numeric = [_is_numeric(column) for _, column in columns]
    chosen, notes = {}, []
    for kind in sorted(set(numeric)):  # dates first
        some = [one for one, is_numeric in zip(columns, numeric, strict=True) if is_numeric is kind]
        chosen[kind], said = choose_clock(some, dates, begin)
        notes += said
    if len(chosen) > 1:
        places = [columns[numeric.index(kind)][0] for kind in (False, True)]
        notes.append(f"stamps are dates in {places[0]}, and numbers in {places[1]}: each is read as it is written")
    return [chosen[kind] for kind in numeric], notes


def _choose_order(columns: Sequence[tuple[str, pd.Series]], dates: str | None) -> tuple[Order, list[str]]:
    """The order of day, month and year, and what to say about it."""
    wanted = ORDERS if dates is None else (WORDS[dates],)
    readings: dict[Order, list[Floats]] = {}
    for order in wanted:
        found = [_read_if_likely(column, order) for _, column in columns]
        readings[order] = found
        if (
            order == "ymd"
            and all(np.isfinite(one).mean() > 1 - MOST_BAD and _all_within(one) for one in found)
            and _four_digits(columns)
        ):
            return "ymd", []
    fitting = {order: found for order, found in readings.items() if all(np.isfinite(one).mean() >= 1 - MOST_BAD for one in found)}
    inside = {order: found for order, found in fitting.items() if all(map(_all_within, found))}
    if (
        {"dmy", "mdy"} <= set(inside)
        and dates is None
        and all(_some(column).astype(str).str.match(_POINTS).all() for _, column in columns)
    ):
        del inside["mdy"]
    if not inside:
        if fitting:
            return next(iter(fitting)), []
        return max(readings, key=lambda order: float(np.mean([np.isfinite(one).mean() for one in readings[order]]))), []
    order = _likeliest(inside, columns)
    others = [other for other in ORDERS if other != order and other in inside]
    notes = []
    if order != "ymd":
        word = next(word for word, value in WORDS.items() if value == order)
        where, column = columns[0]
        why = "" if not others else ", so that the stamps rise without breaks"
        notes.append(f"{where}: dates such as {str(column.dropna().iloc[0])!r} are read {word}{why}")
    return order, notes


def _read_if_likely(column: pd.Series, order: Order) -> Floats:
    """The whole column as dates, if some hundred of its cells are."""
    sample = _some(column)
    if len(sample) > SAMPLE // 2 and len(column) > 2 * SAMPLE and float(np.isfinite(read_dates(sample, order)).mean()) < LIKELY:
        return np.full(len(column), np.nan)
    return read_dates(column, order)


def _all_within(found: Floats) -> bool:
    """Whether they are stamps of our time, but for a few of a clock that had lost it."""
    known = found[np.isfinite(found)]
    inside = (known >= EARLIEST) & (known < LATEST)
    return bool(inside.any()) and float(inside.mean()) >= 1 - MOST_BAD


def _is_numeric(column: pd.Series) -> bool:
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        return False
    if pd.api.types.is_numeric_dtype(column):
        return True
    sample = column.dropna()
    if len(sample) > 1000:
        sample = sample.iloc[:: len(sample) // 1000]
    return len(sample) > 0 and bool(numbers_of(sample).notna().mean() >= 0.5)


def _clock_of_numbers(columns: Sequence[tuple[str, pd.Series]], begin_s: float | None) -> tuple[Clock, list[str]]:

    if begin_s is not None:
        called = _COUNTED.search(columns[0][0])
        word, step_s = next(
            (word, size) for start, word, size in STEPS if (called[1].lower() if called else "s").startswith(start)
        )
        clock = Clock("s", begin_s=begin_s, step_s=step_s)
        return clock, [f"stamps count {word} from {format_stamp(begin_s)}, as begin in [data.series] says"]
    units: list[Unit] = ["digits", *UNITS]
    numbers = [numbers_of(column) for _, column in columns]
    largest = max(float(np.nanmax(floats(one), initial=0)) for one in numbers)
    if 1e9 <= largest < 1e10 and sum(len(one) for one in numbers) < FEWEST:
        units.remove("digits")
    for unit in units:
        clock = Clock(unit)
        if all(_fits(clock.seconds(one), one) for one in numbers):
            where, column = columns[0]
            first = format_stamp(_first(clock.seconds(numbers[0])))
            how = first if unit == "digits" else f"{unit}, the first one {first}"
            return clock, [] if unit in ("s", "ms") else [f"{where}: stamps such as {_shown(column)} are read as {how}"]
    every = np.abs(np.concatenate([floats(one) for one in numbers]))
    every = np.minimum(every[np.isfinite(every)], FARTHEST)
    return Clock("ms" if len(every) and float(np.median(every)) > 1e11 else "s"), []


def _zones(columns: Sequence[tuple[str, pd.Series]]) -> tuple[tuple[str, ...], list[str]]:
    """Zones that dates say, and what to say about them: of abbreviations that mean several the one that is taken."""
    found: set[str] = set()
    names: dict[str, str] = {}
    none = False
    for where, column in columns:
        for cell in _some(column):
            zone = zone_of(str(cell))
            none |= zone is None
            if zone is not None:
                found.add(zone[0])
                names.setdefault(zone[1], where)
    notes = []
    for name in sorted(set(names) & set(AMBIGUOUS)):
        if SUMMER.get(name) not in names:  # CST beside CDT is America's
            taken, others = AMBIGUOUS[name]
            notes.append(
                f"{names[name]}: {name} is read as {taken}; it also means {others}: if it is meant so, write the offset in its place"
            )
    if found - {UTC_ITSELF} and not none:
        notes.append(
            f"{columns[0][0]}: stamps are written in {', '.join(sorted(found))}; "
            + ("failures and settings without a zone are read so too" if len(found) == 1 else "failures must say theirs")
        )
        return tuple(sorted(found)), notes
    return (), notes


def _some(column: pd.Series) -> pd.Series:
    known = column.dropna()
    return known.iloc[:: max(1, len(known) // SAMPLE)]


def _fits(found: Floats, numbers: pd.Series) -> bool:
    """Whether the numbers that are there are stamps of our time."""
    read = found[np.isfinite(floats(numbers))]
    return len(read) > 0 and float(np.isfinite(read).mean()) >= 1 - MOST_BAD and _all_within(read)


def _first(found: Floats) -> float:
    """The first stamp that is one."""
    return float(found[np.isfinite(found)][0])


def _shown(column: pd.Series) -> str:
    cell = column.dropna().iloc[0]
    return f"{cell:.12g}" if isinstance(cell, float) else str(cell)


def _four_digits(columns: Sequence[tuple[str, pd.Series]]) -> bool:
    """Whether the dates begin with a year of four digits: then there is nothing to choose."""
    return all(str(column.dropna().iloc[0]).strip().strip("\"'")[:4].isdigit() for _, column in columns)


def _likeliest(readings: dict[Order, list[Floats]], columns: Sequence[tuple[str, pd.Series]]) -> Order:
    """Of several orders that fit the one under which the stamps rise, without breaks where they are within days.

    Raises:
        KitError: that doesn't tell them apart.
    """
    different: dict[Order, list[Floats]] = {}
    for order, found in readings.items():
        if not any(
            all(np.array_equal(a, b, equal_nan=True) for a, b in zip(found, other, strict=True)) for other in different.values()
        ):
            different[order] = found
    if len(different) == 1:
        return next(iter(different))
    backward = {order: sum(_backward(one) for one in found) for order, found in different.items()}
    fewest = min(backward.values())
    rising = [order for order in different if backward[order] == fewest]
    if len(rising) > 1:
        breaks = {order: sum(_breaks(one) for one in different[order]) for order in rising}
        within_days = all(np.nanmedian(np.diff(one)) < 43200 for order in rising for one in different[order] if len(one) > 1)
        least = min(breaks.values())
        if within_days:
            rising = [order for order in rising if breaks[order] == least]
    if len(rising) == 1:
        return rising[0]
    where, column = columns[0]
    words = [word for word, value in WORDS.items() if value in rising]
    shown = [f"{word}: {format_stamp(_first(different[WORDS[word]][0]))}" for word in words]
    raise KitError(
        f"The dates in {where} can be read in {len(words)} ways",
        f"{str(column.dropna().iloc[0])!r} is, {'; '.join(shown)}",
        "say which in [data.series]: " + " or ".join(f'dates = "{word}"' for word in words),
    )


def _backward(found: Floats) -> int:
    return int(np.sum(np.diff(found[np.isfinite(found)]) < 0))


def _breaks(found: Floats) -> int:
    """Steps far longer than the usual one."""
    steps = np.diff(found[np.isfinite(found)])
    steps = steps[steps != 0]
    return int(np.sum(steps > 20 * max(1.0, float(np.median(steps))))) if len(steps) else 0
