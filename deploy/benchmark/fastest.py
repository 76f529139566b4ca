"""The pair of file and processor that an app should start with, by what was measured on one phone or on several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from appspec.benchmark_run import BenchmarkRun
from deploy.benchmark.summary import Summary, summarize

CLEARLY_FASTER = 0.95
"""What a pair that needs more power may take of the other's time at most to be preferred, as in the app (DelegateTuner.kt)."""

_POWER = ("cpu", "nnapi", "gpu", "gpu_32")


@dataclass(frozen=True)
class Pair:
    """A processor and the variant whose file it runs; `threads` is 0 where it is not the CPU.

    Attributes:
        variant: empty where every model has one file only.
        cost: time of all models together / that of the phone's fastest pair; geometric mean over the phones.
        low, high: the same by the ends of the 95 % intervals; 0 and infinite where a row has too few starts.
    """

    delegate: str
    threads: int
    variant: str
    cost: float = math.nan
    low: float = 0.0
    high: float = math.inf

    @property
    def key(self) -> str:
        """As app.toml's `[android] delegate` has it: cpu4:int8, gpu:float16."""
        return f"{self.delegate}{self.threads or ''}{f':{self.variant}' if self.variant else ''}"


def fastest_pair(runs: Sequence[BenchmarkRun]) -> Pair | None:
    """The one with the least time for all models together that works on every phone; None where none does.

    A model that lacks the variant counts with its fastest file on that processor, as the app then takes another file.
    """
    best: Pair | None = None
    for pair in sorted(_weighed(runs), key=lambda pair: (_POWER.index(pair.delegate), pair.threads)):
        if best is None or pair.cost < best.cost * CLEARLY_FASTER or (_alike(pair, best) and pair.cost < best.cost):
            best = pair
    return best


def doubt(runs: Sequence[BenchmarkRun], pair: Pair) -> str:
    """Why it is not certain that a pair is the fastest; empty where it is.

    It is where its interval and that of the fastest pair on the other side don't overlap: an accelerated one against the CPU, or the
    CPU against the fastest accelerated one. Where nothing is on the other side, its own interval must be known.
    """
    others = [one for one in _weighed(runs) if (one.delegate == "cpu") != (pair.delegate == "cpu")]
    rival = min(others, key=lambda one: one.cost, default=None)
    few = [one.key for one in (pair, rival) if one is not None and math.isinf(one.high)]
    if few:
        return f"too few starts of {' and '.join(few)}"
    if rival is not None and pair.low <= rival.high and rival.low <= pair.high:
        return f"the intervals of {pair.key} and {rival.key} overlap"
    return ""


def _weighed(runs: Sequence[BenchmarkRun]) -> list[Pair]:
    """Every pair that works on every phone, with its cost."""
    phones = [[row for row in map(summarize, run.measurements) if row.agrees and row.median > 0] for run in runs]
    models = list(dict.fromkeys(model.name for run in runs for model in run.models))
    several = any(len({model.variant for model in run.models if model.name == name}) > 1 for run in runs for name in models)
    pairs = dict.fromkeys(Pair(row.delegate, row.threads, row.variant if several else "") for rows in phones for row in rows)
    taken = {pair: [_rows_of(rows, models, pair) for rows in phones] for pair in pairs}
    totals = {pair: [sum(row.median for row in rows) if rows else math.inf for rows in on] for pair, on in taken.items()}
    least = [min((total[place] for total in totals.values()), default=math.inf) for place in range(len(phones))]
    return [
        replace(
            pair,
            cost=_mean_share(totals[pair], least),
            low=_mean_share([sum(max(row.low, 0.0) for row in rows) for rows in taken[pair]], least),
            high=_mean_share([sum(row.high for row in rows) for rows in taken[pair]], least),
        )
        for pair in pairs
        if all(taken[pair])
    ]


def _mean_share(times: Sequence[float], least: Sequence[float]) -> float:
    """Of the phones' shortest times; geometric mean."""
    shares = [time / shortest for time, shortest in zip(times, least, strict=True)]
    return math.exp(sum(map(math.log, shares)) / len(shares)) if min(shares) > 0 else 0.0


def _alike(one: Pair, other: Pair) -> bool:
    """Whether they need the same power."""
    return (one.delegate, one.threads) == (other.delegate, other.threads)


def _rows_of(rows: Sequence[Summary], models: Sequence[str], pair: Pair) -> list[Summary]:
    """Of each model the row that the app takes with this pair; empty where one of them doesn't run."""
    found = []
    for model in models:
        here = [row for row in rows if (row.model, row.delegate, row.threads) == (model, pair.delegate, pair.threads)]
        named = [row for row in here if row.variant == pair.variant] or here
        if not named:
            return []
        found.append(min(named, key=lambda row: row.median))
    return found
