"""What a comparison of two runs says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from appspec.benchmark_run import BenchmarkRun, Delegate

Quantity = Literal["inference", "frame", "init", "first", "memory"]
Word = Literal["faster", "slower", "less", "more", "no difference seen", "can't be told"]
Cache = Literal["cold", "warm"] | None

INFERENCE_ERROR, OTHERS_ERROR = 0.03, 0.01
"""How often something may be said to differ though nothing does: in the table of inferences, and in all others.

5 % together are promised. With three rows 4.7 % were measured (1,500 pairs of runs): few rows tell little of how far starts lie apart.
"""


@dataclass(frozen=True)
class RowKey:
    """A row of both runs. GPU starts with an empty store of kernels and with a filled one are two rows."""

    model: str
    variant: str
    delegate: Delegate
    threads: int
    cache: Cache

    def __str__(self) -> str:
        where = f"{self.delegate} {self.threads}" if self.delegate == "cpu" else self.delegate
        return f"{self.model} {self.variant} {where}" + (f" {self.cache}" if self.cache else "")


@dataclass(frozen=True)
class Side:
    """What one run measured in a row.

    Attributes:
        starts: that measured it to the end.
        times: every single one of each start; nothing where a tool prints a summary only. Milliseconds; memory: bytes.
        median: of all times, or of the tool's medians or means.
        failed: what ended the starts that failed.
    """

    starts: int
    times: tuple[tuple[float, ...], ...]
    median: float | None
    failed: tuple[str, ...] = ()

    @property
    def runs(self) -> int:
        """Of all starts."""
        return sum(map(len, self.times))


@dataclass(frozen=True)
class Change:
    """B against A, as a share of A: 0.1 is 10 % slower, or more memory.

    Attributes:
        share: of the times' trimmed geometric means.
        low, high: the interval; those of a whole table hold together, with 97 % (inference) or 99 % (others).
        p: of the larger of two tests, by Holm over the table.
        delta: Cliff's: how much more often a time of B is above one of A than below it, -1 to 1; None without single times.
        visible: the smallest change that would have been seen 95 times of 100.
        start_noise: standard deviation of one start's times from another's.
        start_noise_known: False: each row was started once, and `start_noise` is an assumption.
    """

    share: float
    low: float
    high: float
    p: float
    delta: float | None
    visible: float
    start_noise: float
    start_noise_known: bool


@dataclass(frozen=True)
class RowComparison:
    """A quantity of a row. `change` is None where it can't be told, or where the runs may not be compared; `note` says why.

    Attributes:
        note: what else is to know: why nothing can be told, how many nodes the delegate took in A and in B.
    """

    key: RowKey
    quantity: Quantity
    a: Side
    b: Side
    change: Change | None
    word: Word
    note: str = ""


@dataclass(frozen=True)
class Comparability:
    """Whether two runs may be compared.

    Attributes:
        subject: what was changed between them, and so is what they are compared for.
        reasons: what else differs.
    """

    word: Literal["comparable", "comparable with care", "not comparable"]
    subject: tuple[str, ...]
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return self.word + (f": {'; '.join(self.reasons)}" if self.reasons else "")


@dataclass(frozen=True)
class Comparison:
    """B against A.

    Attributes:
        inference: each row that both have.
        others: every other quantity of these rows, those that differ and those that don't.
        only_a, only_b: rows that the other run lacks.
    """

    a: BenchmarkRun
    b: BenchmarkRun
    comparability: Comparability
    inference: tuple[RowComparison, ...]
    others: tuple[RowComparison, ...]
    only_a: tuple[RowKey, ...]
    only_b: tuple[RowKey, ...]

    def slower_than(self, share: float) -> tuple[RowComparison, ...]:
        """Rows whose inference is slower by more than this share: the whole interval lies above it."""
        return tuple(row for row in self.inference if row.word == "slower" and row.change and row.change.low > share)
