"""Values that stand for "no measurement": what a sensor, a logger or a program writes where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pymodel.data.series.recording import Floats

FAR, ALONE, NEAR = 10.0, 1e4, 5.0
"""Spans (from the 1st to the 99th percentile of all other values) that an error value lies beyond them: where it repeats, and
where it stands alone; and spans around it in which there is nothing else."""

OFTEN = 0.05
"""Share of the cells beyond which a value that isn't well-known is no error."""

HUGE = 1e30
"""No sensor measures so much: 3.4e38, 1e37 and 1e300 are what programs write for nothing."""

LOW = (-99.0, -99.9, -99.99, -127.0, -200.0, -273.15, -999.0, -999.25, -999.9, -999.99, -9999.0, -9999.9, -99999.0, -32768.0)
HIGH = (999.0, 999.9, 999.99, 9999.0, 9999.9, 99999.0, 999999.0, 32767.0, 65535.0, 2147483647.0)
"""Well-known ones. A value at the upper end may also be a sensor that has reached its limit."""

SAMPLE = 20_000
ROUNDS = 8
"""Different error values that are looked for in a channel."""


@dataclass(frozen=True)
class ErrorValue:
    """One of them, in one channel.

    Attributes:
        count: cells that say it.
        kept: why they stay all the same; "" where they were taken out.
    """

    channel: str
    value: float
    count: int
    kept: str = ""

    def words(self) -> str:
        """What was done."""
        if self.kept:
            return (
                f"{self.channel}: {self.value:g} stands {self.count} times far beyond all other values; kept: {self.kept}; "
                f"if it means nothing: error_values = [{self.value:g}] in [data.series]"
            )
        return (
            f"{self.channel}: {self.value:g} ({self.count} times) is taken as a sensor's error value; left out "
            f"(error_values = [] in [data.series] keeps it)"
        )


def remove_error_values(
    channels: Sequence[str], values: Sequence[Floats], near: Sequence[npt.NDArray[np.bool_]], setting: Sequence[float] | None
) -> list[ErrorValue]:
    """Puts NaN in place of error values.

    Args:
        values: (N, C) of each machine; changed.
        near: (N,) of each machine, which rows lie before or in a failure.
        setting: what [data.series] names; None: they are looked for.
    """
    found: list[ErrorValue] = []
    for c, channel in enumerate(channels):
        columns = [one[:, c] for one in values]
        if setting is not None:
            found += [_take_out(channel, value, columns) for value in setting]
            continue
        if not _suspicious(columns):
            continue
        kept: list[float] = []
        for _ in range(ROUNDS):
            value = _error_value(columns, kept)
            if value is None:
                break
            why = _why_kept(value, columns, near)
            if why:
                kept.append(value)
                found.append(ErrorValue(channel, value, sum(int(np.sum(one == value)) for one in columns), why))
            else:
                found.append(_take_out(channel, value, columns))
    return [one for one in found if one.count]


def _take_out(channel: str, value: float, columns: Sequence[Floats]) -> ErrorValue:
    count = 0
    for column in columns:
        same = np.isclose(column, value, rtol=1e-6, atol=1e-9)
        count += int(same.sum())
        column[same] = np.nan
    return ErrorValue(channel, value, count)


def _suspicious(columns: Sequence[Floats]) -> bool:
    """A first look at a sample and the two ends: most channels need no more."""
    known = [column[np.isfinite(column)] for column in columns]
    known = [column for column in known if len(column)]
    if not known:
        return False
    low, high = min(float(one.min()) for one in known), max(float(one.max()) for one in known)
    if max(-low, high) >= HUGE or _is_known(low, LOW) or _is_known(high, HIGH):
        return True
    every = np.concatenate([one[:: max(1, len(one) * len(known) // SAMPLE)] for one in known])
    every = every[(every != low) & (every != high)]
    if not len(every):
        return False
    bottom, top = np.percentile(every, (2, 98))
    return bool(max(bottom - low, high - top) > FAR / 2 * (top - bottom))


def _error_value(columns: Sequence[Floats], kept: Sequence[float]) -> float | None:
    """The farther end of a channel, if it can't be a measurement."""
    every = np.concatenate([column[np.isfinite(column)] for column in columns])
    every = every[~np.isin(every, kept)]
    if len(every) < 3:
        return None
    middle = float(np.median(every))
    ends = sorted({float(every.min()), float(every.max())}, key=lambda end: -abs(end - middle))
    for end in ends:
        others = every[every != end]
        if not len(others) and abs(end) < HUGE:
            continue
        if _is_error(end, len(every) - len(others), others):
            return end
    return None


def _is_error(value: float, count: int, others: Floats) -> bool:
    if abs(value) >= HUGE:
        return True
    others = others[np.abs(others) < HUGE]
    if not len(others):
        return False
    low, high = (float(end) for end in np.percentile(others, (1, 99)))
    span = high - low
    is_low = value < low
    beyond = low - value if is_low else value - high
    gap = float(np.min(np.abs(others - value)))
    known = _is_known(value, LOW if is_low else HIGH)
    if known and gap > 0:
        if beyond > FAR * span and (span > 0 or gap > 5 * max(1.0, abs(high))):
            return True
        natural = is_low and float(others.min()) >= 0
        return count >= 2 and ((natural and gap >= 0.1 * span) or gap >= max(span, float(np.ptp(others))))
    if span <= 0 or gap <= NEAR * span:
        return False
    return beyond > ALONE * span or (count >= 2 and beyond > FAR * span)


def _why_kept(value: float, columns: Sequence[Floats], near: Sequence[npt.NDArray[np.bool_]]) -> str:
    """Why a value may have been measured all the same; "" where it can't."""
    if abs(value) >= HUGE or _is_known(value, LOW):
        return ""
    rows = [column == value for column in columns]
    count = sum(int(one.sum()) for one in rows)
    inside = sum(int((one & close).sum()) for one, close in zip(rows, near, strict=True))
    usual = sum(int(one.sum()) for one in near) / max(1, sum(map(len, near)))
    if (
        count >= 2 and inside >= (0.5 + usual / 2) * count
    ):  # where most of the time lies before failures, half of the rows tell nothing
        return "mostly before failures, as of a sensor at its limit"
    known = sum(int(np.isfinite(column).sum()) for column in columns)
    if count > OFTEN * known and not _is_known(value, HIGH):
        return "so often that it may be a state of the machine"
    return ""


def _is_known(value: float, known: Sequence[float]) -> bool:
    return any(abs(value - one) <= 1e-6 * abs(one) for one in known)
