"""The pair of file and processor that an app should start with, by what was measured on one phone or on several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

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
    """

    delegate: str
    threads: int
    variant: str
    cost: float = math.nan

    @property
    def key(self) -> str:
        """As app.toml's `[android] delegate` has it: cpu4:int8, gpu:float16."""
        return f"{self.delegate}{self.threads or ''}{f':{self.variant}' if self.variant else ''}"


def fastest_pair(runs: Sequence[BenchmarkRun]) -> Pair | None:
    """The one with the least time for all models together that works on every phone; None where none does.

    A model that lacks the variant counts with its fastest file on that processor, as the app then takes another file.
    """
    phones = [[row for row in map(summarize, run.measurements) if row.agrees and not math.isnan(row.median)] for run in runs]
    models = list(dict.fromkeys(model.name for run in runs for model in run.models))
    several = any(len({model.variant for model in run.models if model.name == name}) > 1 for run in runs for name in models)
    pairs = dict.fromkeys(Pair(row.delegate, row.threads, row.variant if several else "") for rows in phones for row in rows)
    times = {pair: [_time(rows, models, pair) for rows in phones] for pair in pairs}
    least = [min((times[pair][place] for pair in pairs), default=math.inf) for place in range(len(phones))]
    best: Pair | None = None
    for pair in sorted(pairs, key=lambda pair: (_POWER.index(pair.delegate), pair.threads)):
        if not all(map(math.isfinite, times[pair])):
            continue
        shares = [math.log(time / shortest) for time, shortest in zip(times[pair], least, strict=True)]
        cost = math.exp(sum(shares) / len(shares))
        if best is None or cost < best.cost * CLEARLY_FASTER or (_alike(pair, best) and cost < best.cost):
            best = Pair(pair.delegate, pair.threads, pair.variant, cost)
    return best


def _alike(one: Pair, other: Pair) -> bool:
    """Whether they need the same power."""
    return (one.delegate, one.threads) == (other.delegate, other.threads)


def _time(rows: Sequence[Summary], models: Sequence[str], pair: Pair) -> float:
    """Of all models together; infinite where one of them doesn't run."""
    total = 0.0
    for model in models:
        here = [row for row in rows if (row.model, row.delegate, row.threads) == (model, pair.delegate, pair.threads)]
        named = [row for row in here if row.variant == pair.variant] or here
        total += min((row.median for row in named), default=math.inf)
    return total
