"""How often `invoke compare` says that something changed when nothing did, and how often it finds 10 %.

`python -m benchmarks.compare_noise [PAIRS]`, 1,000 without it (half an hour): pairs of made-up runs with twelve rows and 50 runs a start
(tests/deploy/benchmark/made_runs.py), all compared as `invoke compare` does. Figures of the last run are in docs/compare.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from deploy.benchmark.comparison.compare import compare_runs
from deploy.benchmark.comparison.types import Comparison
from tests.deploy.benchmark.made_runs import ROWS, MadeRow, Noise, made_run

SLOWER = 0.1
STARTS = (1, 2, 3, 5)


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


@dataclass(frozen=True)
class Outcome:
    """Of many pairs: how often anything at all was said to differ, and which rows were said to be slower."""

    alarms: float
    others: float
    found: dict[str, float]


def outcome(rows: tuple[MadeRow, ...], starts: int, slower: float, pairs: int) -> Outcome:
    """Of `pairs` pairs."""
    compared = list(compare_pairs(rows, starts, slower, pairs))
    groups = {
        "CPU 2 %": [key for key, row in enumerate(rows) if row.delegate == "cpu" and row.threads < 4],
        "CPU 6 %": [key for key, row in enumerate(rows) if row.threads == 4],
        "GPU 16 %": [key for key, row in enumerate(rows) if row.delegate == "gpu"],
    }
    words = np.asarray([[row.word == "slower" for row in one.inference] for one in compared])
    return Outcome(
        float(np.mean([any(row.word != "no difference seen" for row in one.inference) for one in compared])),
        float(np.mean([any(row.word not in ("no difference seen", "can't be told") for row in one.others) for one in compared])),
        {name: float(words[:, columns].mean()) for name, columns in groups.items()},
    )


def compare_pairs(rows: tuple[MadeRow, ...], starts: int, slower: float, pairs: int) -> Iterator[Comparison]:
    """Each pair has seeds of its own."""
    for seed in range(pairs):
        yield compare_runs(
            made_run(2 * seed, rows, starts=starts), made_run(2 * seed + 1, rows, starts=starts, slower=slower)
        )  # fmt: skip


def main() -> None:
    """Prints the table, in the form that the documentation has it."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"{pairs} pairs each\n| noise | starts | false alarms: inference, others | found: CPU 2 % | CPU 6 % | GPU 16 % |")
    print("|---|---|---|---|---|---|")
    for name, make in KINDS.items():
        for starts in STARTS:
            none, ten = (outcome(make(), starts, slower, pairs) for slower in (0.0, SLOWER))
            found = " | ".join(f"{share:.1%}" for share in ten.found.values())
            print(f"| {name} | {starts} | {none.alarms:.1%}, {none.others:.1%} | {found} |", flush=True)


if __name__ == "__main__":
    main()
