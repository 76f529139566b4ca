"""Two runs against each other: may they be compared, and which rows differ by more than their noise.

A difference counts where two tests see it, and so its p is the larger of theirs: Mann–Whitney among the single times, and a t test among
starts, whose spread is learned from all rows. What is said of a table is held together by Holm's correction.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from appspec.benchmark_run import BenchmarkRun, Start
from appspec.errors import KitError
from deploy.benchmark.comparison.between import Shift, Spread, as_row, shifts, spread_of_starts
from deploy.benchmark.comparison.comparability import comparability
from deploy.benchmark.comparison.ranks import holm, mann_whitney
from deploy.benchmark.comparison.sides import locations, rows_of, side
from deploy.benchmark.comparison.types import (
    INFERENCE_ERROR,
    OTHERS_ERROR,
    Change,
    Comparison,
    Quantity,
    RowComparison,
    RowKey,
    Side,
    Word,
)

SURE = 0.95
"""How often the smallest visible change would be seen."""

Pair = tuple[RowKey, Quantity, list[Start], list[Start]]


def compare_runs(a: BenchmarkRun, b: BenchmarkRun) -> Comparison:
    """B against A. Where they may not be compared, rows stand side by side without a change.

    Raises:
        KitError: they have no row in common.
    """
    rows_a, rows_b = rows_of(a), rows_of(b)
    common = [key for key in rows_a if key in rows_b]
    if not common:
        raise KitError(
            "the two runs have no row in common",
            f"A measured {_names(rows_a)}; B measured {_names(rows_b)}",
            "compare runs of the same app, with the same models, delegates and threads",
        )
    judged = comparability(a, b)
    inference: list[Pair] = [(key, "inference", rows_a[key], rows_b[key]) for key in common]
    others: list[Pair] = [
        (key, quantity, rows_a[key], rows_b[key]) for key in common for quantity in get_args(Quantity) if quantity != "inference"
    ]
    may = judged.word != "not comparable"
    return Comparison(
        a,
        b,
        judged,
        _compare(inference, INFERENCE_ERROR, may),
        tuple(row for row in _compare(others, OTHERS_ERROR, may) if row.a.median is not None or row.b.median is not None),
        tuple(key for key in rows_a if key not in rows_b),
        tuple(key for key in rows_b if key not in rows_a),
    )


@dataclass(frozen=True)
class _Tested:
    """A row by itself, before the others of its table are looked at. `p` is the larger of both tests'."""

    shift: Shift
    spread: Spread
    p: float
    delta: float | None


def _compare(pairs: Sequence[Pair], error: float, may: bool) -> tuple[RowComparison, ...]:
    """A table, whose statements hold together but for a share `error` of tables."""
    tested: dict[tuple[RowKey, Quantity], _Tested] = {}
    for quantity in dict.fromkeys(pair[1] for pair in pairs) if may else ():
        tested |= _test([pair for pair in pairs if pair[1] == quantity])
    adjusted = dict(zip(tested, holm([one.p for one in tested.values()]), strict=True))
    compared = []
    for key, quantity, starts_a, starts_b in pairs:
        a, b, one = side(starts_a, quantity), side(starts_b, quantity), tested.get((key, quantity))
        if one:
            change = _change(one, adjusted[key, quantity], error / len(tested))
            note = _nodes(starts_a, starts_b) if quantity == "inference" else ""
            compared.append(RowComparison(key, quantity, a, b, change, _word(change, error, quantity), note))
        else:
            compared.append(RowComparison(key, quantity, a, b, None, "can't be told", _why_not(a, b, may)))
    return tuple(compared)


def _test(pairs: Sequence[Pair]) -> dict[tuple[RowKey, Quantity], _Tested]:
    """All rows of one quantity of which the noise is known; they tell of each other's starts."""
    located = [(pair, *locations(pair[2], pair[3], pair[1])) for pair in pairs]
    measured = [(pair, as_row(*sides), inflation) for pair, sides, inflation in located if all(sides)]
    rows = [row for _, row, _ in measured]
    spread = spread_of_starts(rows)
    tested = {}
    for (pair, row, inflation), shift in zip(measured, shifts(rows, spread), strict=True):
        if math.isfinite(shift.error) and (spread.known or all(group.within for group in row.sides)):
            rank_p, delta = _among_times(pair, inflation)
            tested[pair[0], pair[1]] = _Tested(shift, spread, max(rank_p, _among_starts(shift)), delta)
    return tested


def _among_times(pair: Pair, inflation: float) -> tuple[float, float | None]:
    """Mann–Whitney's p and Cliff's delta; p is 0, so that it does not count, where there is but one time a start."""
    _, quantity, starts_a, starts_b = pair
    a, b = side(starts_a, quantity), side(starts_b, quantity)
    if not a.times or not b.times:
        return 0.0, None
    p, delta = mann_whitney(np.concatenate(a.times), np.concatenate(b.times), inflation)
    return (p if a.runs > a.starts else 0.0), delta


def _among_starts(shift: Shift) -> float:
    from scipy.special import ndtr, stdtr

    z = -abs(shift.size) / shift.error
    return 2 * float(stdtr(shift.freedom, z) if math.isfinite(shift.freedom) else ndtr(z))


def _quantile(freedom: float, share: float) -> float:
    from scipy.special import ndtri, stdtrit

    return float(stdtrit(freedom, share) if math.isfinite(freedom) else ndtri(share))


def _change(one: _Tested, p: float, error: float) -> Change:
    """p: by Holm. error: what this row may use up of its table's."""
    shift = one.shift
    reach = _quantile(shift.freedom, 1 - error / 2) * shift.error
    seen = reach + _quantile(shift.freedom, SURE) * shift.error
    low, share, high, visible = (_share(value) for value in (shift.size - reach, shift.size, shift.size + reach, seen))
    return Change(share, low, high, p, one.delta, visible, math.sqrt(one.spread.variance), one.spread.known)


def _share(logarithm: float) -> float:
    return math.expm1(min(logarithm, 700.0))


def _word(change: Change, error: float, quantity: Quantity) -> Word:
    if change.p >= error:
        return "no difference seen"
    if quantity == "memory":
        return "more" if change.share > 0 else "less"
    return "slower" if change.share > 0 else "faster"


def _why_not(a: Side, b: Side, may: bool) -> str:
    """Why a row has no change."""
    for name, one in (("A", a), ("B", b)):
        if not one.starts:
            return f"nothing measured in {name}" + (f" ({'; '.join(one.failed)})" if one.failed else "")
    if not may:
        return "not comparable"
    if bool(a.runs) != bool(b.runs):
        return "one run has single times, the other summaries"
    few = "one start each" if a.starts == b.starts == 1 else "too few starts"
    return f"{few}: how far they lie apart is not known"


def _nodes(a: Sequence[Start], b: Sequence[Start]) -> str:
    """What the delegate took, where that was changed."""
    one, other = (next((start.nodes for start in starts if start.nodes), None) for starts in (a, b))
    if one is None or other is None or one == other:
        return ""
    return (
        f"delegated nodes {one.delegated} of {one.total} in {one.partitions} → {other.delegated} of {other.total} in "
        f"{other.partitions} partitions"
    )


def _names(rows: dict[RowKey, list[Start]]) -> str:
    names = [str(key) for key in rows]
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "") if names else "nothing"
