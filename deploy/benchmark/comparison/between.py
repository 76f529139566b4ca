"""How far starts lie from each other, learned from all rows together.

A process that is started anew gets other memory, other cores and another heat, and all its runs with it: the runs of one start say nothing of
that. A row has few starts, but a run has many rows. So each row's own spread is weighed with that of all rows, the more so the more alike
the rows are.

Sources: Kalibera and Jones 2013 on levels of repetition; Paule and Mandel 1982; Smyth 2004 on moderated variances.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deploy.benchmark.comparison.start import Location

ASSUMED = 0.01
"""Standard deviation of one start from another where each row was started once, and it can't be seen."""

LEAST = 0.001
"""The same, where starts look more alike than this: a difference this small matters to nobody."""

LEAST_VARIANCE = 1e-18

LEAST_FREEDOM = 2.0
"""With fewer degrees of freedom an interval reaches from nothing to everything: a row's own starts are too few, and others are unlike it."""

DOUBT = 0.5
"""Standard errors by which rows are taken to differ more than they seem to."""


@dataclass(frozen=True)
class Group:
    """One run's starts of a row, on a logarithmic scale.

    Attributes:
        center: mean of the starts' locations.
        seen: variance of the starts' locations; 0 of a single start.
        within: what the runs within the starts explain of it.
        freedom: degrees of freedom of `within`.
    """

    starts: int
    center: float
    seen: float
    within: float
    freedom: float


@dataclass(frozen=True)
class Row:
    """Both runs' starts."""

    a: Group
    b: Group

    @property
    def sides(self) -> tuple[Group, Group]:
        return self.a, self.b

    @property
    def freedom(self) -> int:
        """Degrees of freedom that its starts leave to their spread."""
        return self.a.starts + self.b.starts - 2

    def ratio(self, variance: float) -> float:
        """Of the variance of the starts that was seen to the expected one, were theirs `variance` beyond what is within them."""
        parts = ((side.starts - 1) * side.seen / max(LEAST_VARIANCE, side.within + variance) for side in self.sides)
        return sum(parts) / self.freedom


@dataclass(frozen=True)
class Spread:
    """Of starts.

    Attributes:
        variance: of one start's location from another's, beyond what the runs within them explain.
        known: False: assumed.
    """

    variance: float
    known: bool


@dataclass(frozen=True)
class Shift:
    """Of B's logarithms against A's.

    Attributes:
        error: standard error of `size`; infinite where nothing is known of it.
        freedom: degrees of freedom of `error`.
    """

    size: float
    error: float
    freedom: float


def as_row(a: Sequence[Location], b: Sequence[Location]) -> Row:
    """Of at least one start each."""
    return Row(_group(a), _group(b))


def spread_of_starts(rows: Sequence[Row]) -> Spread:
    """Over all rows."""
    repeated = [row for row in rows if row.freedom]
    return Spread(max(LEAST**2, _excess(repeated)), True) if repeated else Spread(ASSUMED**2, False)


def shifts(rows: Sequence[Row], spread: Spread) -> list[Shift]:
    """One a row."""
    repeated = [row for row in rows if row.freedom]
    freedom = sum(row.freedom for row in repeated)
    prior = _prior_freedom([(row.ratio(spread.variance), row.freedom) for row in repeated])
    return [_shift(row, spread, min(prior, freedom - row.freedom)) for row in rows]


def _shift(row: Row, spread: Spread, believed: float) -> Shift:
    """believed: degrees of freedom that the other rows are worth to this one."""
    size = row.b.center - row.a.center
    parts = [(side.within / side.starts, side.freedom) for side in row.sides]
    within = sum(variance for variance, _ in parts)
    expected = within + spread.variance * sum(1 / side.starts for side in row.sides)
    if not spread.known:
        doubt = sum(variance**2 / freedom for variance, freedom in parts)
        return Shift(size, math.sqrt(expected), expected**2 / doubt if doubt else math.inf)
    freedom = row.freedom + believed
    if freedom < LEAST_FREEDOM:
        return Shift(size, math.inf, freedom)
    weighed = (believed + (row.freedom * row.ratio(spread.variance) if row.freedom else 0.0)) / freedom
    return Shift(size, math.sqrt(max(within, expected * weighed, LEAST_VARIANCE)), freedom)


def _group(starts: Sequence[Location]) -> Group:
    centers, variances = [one.center for one in starts], [one.variance for one in starts]
    seen = float(np.var(centers, ddof=1)) if len(starts) > 1 else 0.0
    return Group(len(starts), float(np.mean(centers)), seen, float(np.mean(variances)), sum(one.freedom for one in starts))


def _excess(rows: Sequence[Row]) -> float:
    """The variance beyond that within starts for which the rows' ratios of seen to expected variance have the mean 1."""
    sides = [side for row in rows for side in row.sides if side.starts > 1]
    freedoms = np.asarray([side.starts - 1 for side in sides], np.float64)
    seen, within = (np.asarray([getattr(side, name) for side in sides]) for name in ("seen", "within"))

    def too_small(variance: float) -> bool:
        return bool((freedoms * seen / np.maximum(LEAST_VARIANCE, within + variance)).sum() > freedoms.sum())

    if not too_small(0.0):
        return 0.0
    low, high = 0.0, LEAST**2
    while too_small(high):
        low, high = high, 2 * high
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if too_small(middle) else (low, middle)
    return high


def _prior_freedom(ratios: Sequence[tuple[float, int]]) -> float:
    """How many degrees of freedom the other rows are worth: the more, the less the rows' ratios differ beyond chance.

    By Smyth's moments. A few rows may look alike by chance, so half a standard error is added to how much they seem to differ: without
    it, false alarms were 1.5 times as many as they may be with three rows. Of two rows or fewer nothing can be said; they stand for
    themselves.
    """
    from scipy.special import digamma, polygamma

    if len(ratios) < 3:
        return 0.0
    halves = np.asarray([freedom / 2 for _, freedom in ratios])
    logs = np.log(np.maximum([ratio for ratio, _ in ratios], 1e-6)) - digamma(halves) + np.log(halves)
    by_chance, seen = float(polygamma(1, halves).mean()), float(np.var(logs, ddof=1))
    error = max(seen, by_chance) * math.sqrt(2 / (len(ratios) - 1))
    return 2 * _inverse_trigamma(max(0.0, seen - by_chance) + DOUBT * error)


def _inverse_trigamma(value: float) -> float:
    """Source: Smyth 2004, appendix: Newton's method on 1 / trigamma, which is nearly straight."""
    from scipy.special import polygamma

    x = 0.5 + 1 / value
    for _ in range(50):
        there = float(polygamma(1, x))
        step = there * (1 - there / value) / float(polygamma(2, x))
        x += step
        if abs(step) < 1e-9 * x:
            break
    return x
