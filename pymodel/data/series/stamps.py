"""How stamps are written, decided over whole columns, and read so: in the rows, in lists of failures, in settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from appspec.errors import KitError
from pymodel.data.series.recording import Floats, format_stamp
from pymodel.data.series.written_dates import ORDERS, Order, read_dates

if TYPE_CHECKING:
    import pandas as pd

EARLIEST, LATEST = 631152000.0, 4102444800.0
"""1990 and 2100, seconds: no stamp lies outside."""

FARTHEST = 1e22
"""Larger numbers are no stamps in any unit."""

MOST_BAD = 0.05
"""Share of the rows that may have no stamp; they are left out."""

Unit = Literal["s", "ms", "µs", "ns", "Excel days", "digits"]
SIZES: dict[Unit, float] = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}
EXCEL_EPOCH = 25569
"""1970-01-01 in Excel's days."""

DIGITS = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S", 17: "%Y%m%d%H%M%S"}
"""Compact stamps by the count of their digits; the last three of 17 are milliseconds."""

SAMPLE, LIKELY = 500, 0.8
"""Cells that tell whether it is worth to read all, and the share of them that must be dates."""

FEWEST = 24
"""Ten digits are seconds, or a date with its hour: so many that are all dates are no seconds."""

WORDS: dict[str, Order] = {"day first": "dmy", "month first": "mdy", "year first": "ymd"}
"""What the setting `dates` may say."""

NO_STAMP = "write ISO 8601 as 2024-03-01T08:10:00, or numbers of seconds or milliseconds; or name another column as timestamp"


@dataclass(frozen=True)
class Clock:
    """One way to read stamps.

    Attributes:
        unit: of numbers; None: dates in words and digits.
        order: of day, month and year in dates.
        begin_s: what second 0 is, of numbers that count from the beginning of the recording; None: they count from 1970.
    """

    unit: Unit | None = None
    order: Order = "ymd"
    begin_s: float | None = None

    def seconds(self, column: pd.Series) -> Floats:
        """(N,) seconds since 1970, UTC where no zone is written; NaN where a cell is no stamp."""
        import pandas as pd

        if self.unit is None:
            return read_dates(column, self.order)
        numbers = pd.to_numeric(column, errors="coerce")
        if self.unit == "digits":
            return _from_digits(numbers)
        values = np.clip(_floats(numbers), -FARTHEST, FARTHEST)
        if self.unit == "Excel days":
            return _from_days(values)
        if self.unit == "ns" and pd.api.types.is_integer_dtype(numbers):
            whole = numbers.to_numpy(np.int64)
            return np.asarray(whole // 10**9 + whole % 10**9 * 1e-9, np.float64)
        return np.asarray(values * SIZES[self.unit] + (self.begin_s or 0.0), np.float64)

    def moment(self, value: str | int | float, where: str) -> float:
        """Seconds of one stamp that a setting or a list holds: written as in the data, or as ISO 8601.

        Raises:
            KitError: it is no stamp, or lies where none does.
        """
        import pandas as pd

        text = pd.Series([str(value).strip().strip("\"'")], dtype=object)
        found = float(self.seconds(text)[0])
        if not np.isfinite(found) or not _within(found):
            other = float(read_dates(text, self.order)[0])
            found = other if np.isfinite(other) else found
        if not np.isfinite(found):
            raise KitError(f"Can't read the stamps in {where}", f"{str(value)!r} is no stamp", NO_STAMP)
        if not _within(found):
            raise _outside(where, f"{str(value)!r}", found)
        return found


ISO = Clock()


def choose_clock(columns: Sequence[tuple[str, pd.Series]], dates: str | None, begin: str | None) -> tuple[Clock, list[str]]:
    """The one way in which all columns can be read, and what to say about it.

    Args:
        columns: (file and column, its cells).
        dates, begin: the settings.

    Raises:
        KitError: no reading fits, the stamps lie before 1990 or after 2100, or two readings fit.
    """
    begin_s = None if begin is None else ISO.moment(begin, "begin")
    numeric = [_is_numeric(column) for _, column in columns]
    if all(numeric):
        return _clock_of_numbers(columns, begin_s)
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
            return ISO, []
    fitting = {order: found for order, found in readings.items() if all(np.isfinite(one).mean() >= 1 - MOST_BAD for one in found)}
    inside = {order: found for order, found in fitting.items() if all(map(_all_within, found))}
    if not inside:
        if fitting:
            order, found = next(iter(fitting.items()))
            return Clock(order=order), []
        best = max(readings, key=lambda order: float(np.mean([np.isfinite(one).mean() for one in readings[order]])))
        return Clock(order=best), []
    order = _likeliest(inside, columns)
    others = [other for other in ORDERS if other != order and other in inside]
    notes = []
    if order != "ymd":
        word = next(word for word, value in WORDS.items() if value == order)
        where, column = columns[0]
        why = "" if not others else ", so that the stamps rise without breaks"
        notes.append(f"{where}: dates such as {str(column.dropna().iloc[0])!r} are read {word}{why}")
    return Clock(order=order), notes


def _read_if_likely(column: pd.Series, order: Order) -> Floats:
    """The whole column as dates, if some hundred of its cells are."""
    sample = column.dropna()
    sample = sample.iloc[:: max(1, len(sample) // SAMPLE)]
    if len(sample) > SAMPLE // 2 and len(column) > 2 * SAMPLE and float(np.isfinite(read_dates(sample, order)).mean()) < LIKELY:
        return np.full(len(column), np.nan)
    return read_dates(column, order)


def check_stamps(
    found: Floats, column: pd.Series, lines: np.typing.NDArray[np.int64], where: str, notes: list[str]
) -> np.typing.NDArray[np.bool_]:
    """(N,) which rows have a stamp; the others are noted.

    Args:
        found: what the clock made of the column.
        lines: of the rows in their file.

    Raises:
        KitError: too many have none, or one lies before 1990 or after 2100.
    """
    import pandas as pd

    good = np.isfinite(found)
    bad = np.flatnonzero(~good)
    if len(bad):
        cell = column.iloc[bad[0]]
        what = "it is empty" if pd.isna(cell) else f"{str(cell)!r} is no stamp"
        if len(bad) > MOST_BAD * len(found):
            more = f", and {len(bad) - 1} more rows" if len(bad) > 1 else ""
            raise KitError(f"Can't read the stamps in {where}", f"line {lines[bad[0]]}: {what}{more}", NO_STAMP)
        notes.append(f"{where}: {len(bad)} rows without a stamp left out, as line {lines[bad[0]]}: {what}")
    outside = np.flatnonzero(good & ~((found >= EARLIEST) & (found < LATEST)))
    if len(outside):
        raise _outside(where, f"line {lines[outside[0]]}: {str(column.iloc[outside[0]])!r}", float(found[outside[0]]))
    return good


def _outside(where: str, what: str, seconds: float) -> KitError:
    if abs(seconds) < 2.5e11:
        side = "before 1990" if seconds < EARLIEST else "after 2100"
        moment = f"would be {format_stamp(seconds)}"
    else:
        side, moment = ("before 1990" if seconds < 0 else "after 2100"), "would lie far from our time"
    return KitError(
        f"The stamps in {where} would lie {side}",
        f"{what} {moment}",
        'mend the stamps, or name another column as timestamp; where they count seconds from the start: begin = "2024-03-01T00:00" in [data.series]',
    )


def _within(seconds: float) -> bool:
    return EARLIEST <= seconds < LATEST


def _all_within(found: Floats) -> bool:
    known = found[np.isfinite(found)]
    return bool(len(known)) and _within(float(known.min())) and _within(float(known.max()))


def _is_numeric(column: pd.Series) -> bool:
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        return False
    if pd.api.types.is_numeric_dtype(column):
        return True
    sample = column.dropna()
    if len(sample) > 1000:
        sample = sample.iloc[:: len(sample) // 1000]
    return len(sample) > 0 and bool(pd.to_numeric(sample, errors="coerce").notna().mean() >= 0.5)


def _clock_of_numbers(columns: Sequence[tuple[str, pd.Series]], begin_s: float | None) -> tuple[Clock, list[str]]:
    import pandas as pd

    if begin_s is not None:
        return Clock("s", begin_s=begin_s), [f"stamps count seconds from {format_stamp(begin_s)}, as begin in [data.series] says"]
    units: list[Unit] = ["digits", "s", "ms", "µs", "ns", "Excel days"]
    numbers = [pd.to_numeric(column, errors="coerce") for _, column in columns]
    largest = max(float(np.nanmax(_floats(one), initial=0)) for one in numbers)
    if 1e9 <= largest < 1e10 and sum(len(one) for one in numbers) < FEWEST:
        units.remove("digits")
    for unit in units:
        clock = Clock(unit)
        if all(_fits(clock.seconds(one), one) for one in numbers):
            where, column = columns[0]
            said = f"{where}: stamps such as {_shown(column)} are read as "
            if unit == "digits":
                return clock, [said + format_stamp(_first(clock.seconds(numbers[0])))]
            return clock, [] if unit in ("s", "ms") else [said + unit]
    every = np.abs(np.concatenate([_floats(one) for one in numbers]))
    every = np.minimum(every[np.isfinite(every)], FARTHEST)
    return Clock("ms" if len(every) and float(np.median(every)) > 1e11 else "s"), []


def _fits(found: Floats, numbers: pd.Series) -> bool:
    """Whether the numbers that are there are stamps of our time."""
    read = found[np.isfinite(_floats(numbers))]
    return len(read) > 0 and float(np.isfinite(read).mean()) >= 1 - MOST_BAD and _all_within(read)


def _first(found: Floats) -> float:
    """The first stamp that is one."""
    return float(found[np.isfinite(found)][0])


def _floats(numbers: pd.Series) -> Floats:
    return np.asarray(numbers.to_numpy(np.float64, na_value=np.nan), np.float64)


def _shown(column: pd.Series) -> str:
    cell = column.dropna().iloc[0]
    return f"{cell:.12g}" if isinstance(cell, float) else str(cell)


def _from_days(values: Floats) -> Floats:
    """Seconds of Excel's days, which have few decimals: what lies within their precision of whole minutes or seconds is meant so."""
    seconds = (values - EXCEL_EPOCH) * 86400
    known = np.isfinite(values)
    decimals = next((d for d in range(10) if np.allclose(values[known], np.round(values[known], d), rtol=0, atol=1e-10)), 10)
    precision = 0.5 * 86400 / 10**decimals + 1e-4
    for step in (60, 1):
        near = np.round(seconds / step) * step
        if precision < step and np.all(np.abs(near - seconds)[known] <= precision):
            return np.asarray(near, np.float64)
    return np.asarray(np.round(seconds, 3), np.float64)


def _from_digits(numbers: pd.Series) -> Floats:
    """Compact dates: 20240301, 202403010010 …; NaN where a number is none."""
    import pandas as pd

    values = _floats(numbers)
    found = np.full(len(values), np.nan)
    known = np.flatnonzero(np.isfinite(values) & (values > 1e7) & (values < 1e17))
    if not len(known) or np.any(values[known] % 1):
        return found
    whole = numbers.iloc[known].to_numpy(np.int64) if pd.api.types.is_integer_dtype(numbers) else values[known].astype(np.int64)
    digits = np.floor(np.log10(whole.astype(np.float64) + 0.5)).astype(int) + 1
    for count in np.unique(digits):
        if count not in DIGITS:
            continue
        rows = digits == count
        part = whole[rows]
        fraction = np.zeros(len(part))
        if count == 17:
            part, fraction = part // 1000, part % 1000 / 1000
        dates = pd.to_datetime(pd.Series(part).astype(str), format=DIGITS[count], errors="coerce", utc=True)
        parsed = np.where(dates.notna(), dates.astype("int64") / 1e9, np.nan)
        found[known[rows]] = parsed + fraction
    return found


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
    return int(np.sum(steps > 20 * max(1.0, float(np.median(steps))))) if len(steps) else 0
