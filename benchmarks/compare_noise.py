"""How often `invoke compare` says that something changed when nothing did, and how often it finds 10 %.

`python -m benchmarks.compare_noise [PAIRS]`, 1,000 without it (an hour): pairs of made-up runs with twelve rows and 50 runs a start
(tests/deploy/benchmark/made_runs.py), all compared as `invoke compare` does. Figures of the last run are in docs/compare.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from deploy.benchmark.comparison.compare import compare_runs
from deploy.benchmark.comparison.types import Comparison
from tests.deploy.benchmark.made_runs import ROWS, MadeRow, Noise, made_run

SLOWER = 0.1
SILENT = ("no difference seen", "can't be told")
STARTS, FEWER_STARTS = (1, 2, 4, 6), (4,)
"""Of each row, in the usual noise and in others; `invoke benchmark` takes 4 at least."""

SHARE_OF_SLOWER = 0.3
"""Of the pairs: what is found needs fewer of them than what is rare."""


def with_noise(**changes: float) -> tuple[MadeRow, ...]:
    """All rows, with another noise around the same body."""
    return tuple(replace(row, noise=replace(row.noise, **changes)) for row in ROWS)


def uneven() -> tuple[MadeRow, ...]:
    """Rows whose starts lie 0.5 to 4 % from each other: no row tells of another's."""
    apart = np.geomspace(0.005, 0.04, len(ROWS))
    return tuple(
        replace(row, noise=replace(row.noise, starts=float(one)))
        for row, one in zip(ROWS, np.random.default_rng(0).permutation(apart), strict=True)
    )


def spiky() -> tuple[MadeRow, ...]:
    """GPU rows whose 16 % come from runs that were held up, around a narrow body."""
    held_up = Noise(body=0.04, starts=0.01, spikes=0.1, spike=1.0)
    return tuple(replace(row, noise=held_up) if row.delegate == "gpu" else row for row in ROWS)


KINDS: dict[str, Callable[[], tuple[MadeRow, ...]]] = {
    "starts 1 % apart": lambda: ROWS,
    "starts alike, runs independent": lambda: with_noise(starts=0.0, correlation=0.0),
    "starts 3 % apart, runs much alike": lambda: with_noise(starts=0.03, correlation=0.5),
    "starts 0.5 to 4 % apart": uneven,
    "GPU held up": spiky,
}


def groups(rows: Sequence[MadeRow]) -> dict[str, list[int]]:
    """Which rows have which noise."""
    return {
        "CPU 2 %": [place for place, row in enumerate(rows) if row.delegate == "cpu" and row.threads < 4],
        "CPU 6 %": [place for place, row in enumerate(rows) if row.threads == 4],
        "GPU 16 %": [place for place, row in enumerate(rows) if row.delegate == "gpu"],
    }


def compare_pairs(rows: tuple[MadeRow, ...], starts: int, slower: float, pairs: int) -> Iterator[Comparison]:
    """Each pair has seeds of its own."""
    for seed in range(pairs):
        a, b = made_run(2 * seed, rows, starts=starts), made_run(2 * seed + 1, rows, starts=starts, slower=slower)
        yield compare_runs(a, b)


def false_alarms(rows: tuple[MadeRow, ...], starts: int, pairs: int) -> tuple[float, float, float]:
    """Share of pairs without a difference of which the table of inferences, that of all else, or one of them tells a difference."""
    told = []
    for one in compare_pairs(rows, starts, 0.0, pairs):
        inference, others = (any(row.word not in SILENT for row in table) for table in (one.inference, one.others))
        told.append((inference, others, inference or others))
    first, second, either = np.mean(told, axis=0)
    return float(first), float(second), float(either)


def found(rows: tuple[MadeRow, ...], starts: int, pairs: int) -> list[float]:
    """Share of the rows of each group that are said to be slower, where all are."""
    words = np.asarray([[row.word == "slower" for row in one.inference] for one in compare_pairs(rows, starts, SLOWER, pairs)])
    return [float(words[:, places].mean()) for places in groups(rows).values()]


def main() -> None:
    """Prints the table, in the form that the documentation has it."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    heads = " | ".join(f"10 % found: {name}" for name in groups(ROWS))
    print(f"| noise | starts | false alarms: inference | all else | either | {heads} |\n|---|---|---|---|---|---|---|---|")
    for place, (name, make) in enumerate(KINDS.items()):
        for starts in FEWER_STARTS if place else STARTS:
            shares = [*false_alarms(make(), starts, pairs), *found(make(), starts, max(1, round(SHARE_OF_SLOWER * pairs)))]
            print(f"| {name} | {starts} | {' | '.join(f'{share:.1%}' for share in shares)} |", flush=True)


if __name__ == "__main__":
    main()
