"""Rounds over all rows in a shuffled order, until each row's time is known well enough or the time is up.

Heat, other apps and the clock of the processor drift while a phone is measured. A new order in every round keeps that from
falling on the same rows, and starts of a row are as far apart as they can be.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from appspec.across_starts import across_starts
from appspec.benchmark_result import Heat
from appspec.benchmark_run import Measurement, OperationTime, Start
from appspec.errors import KitError
from appspec.start_times import start_times
from deploy.benchmark.condition import HEAT
from deploy.benchmark.rows import Cache, Row, Starter
from deploy.device.stop import Stop

Ended = Literal["precise", "time", "stopped", "phone lost"]
ON_GPU = ("gpu", "gpu_32")
FAILURES = 2
"""Failed starts in a row after which a row is given up."""


@dataclass(frozen=True)
class Plan:
    """How long and how.

    Attributes:
        seed: of the order.
        precision: a row is done when its 95 % interval is within this share of its median.
        limit_s: of all rows together.
        cool_below: no start begins above this thermal status, as long as patience lasts; None: not waited.
        cool_patience_s: for one start.
        always_cold: a start with an empty store of kernels in every round; else in the first one alone.
    """

    seed: int
    precision: float
    limit_s: float
    cool_below: Heat | None = "none"
    cool_patience_s: float = 60.0
    cool_poll_s: float = 5.0
    always_cold: bool = False


@dataclass
class Rounds:
    """The starts of every row so far, and why there are no more.

    Attributes:
        starts: one list a row, in the order of `rows`.
        operations: likewise, where a profile told them.
        failure: what kept the phone from being measured further.
    """

    rows: Sequence[Row]
    starts: list[list[Start]] = field(default_factory=list)
    operations: list[list[OperationTime]] = field(default_factory=list)
    ended: Ended = "stopped"
    failure: KitError | None = None

    def __post_init__(self) -> None:
        self.starts = [[] for _ in self.rows]
        self.operations = [[] for _ in self.rows]

    @property
    def count(self) -> int:
        """Starts so far."""
        return sum(map(len, self.starts))

    def measurements(self) -> list[Measurement]:
        """Rows that were started at least once."""
        return [
            Measurement(
                model=row.model.name,
                variant=row.model.variant,
                delegate=row.delegate,
                threads=row.threads,
                starts=starts,
                operations=operations,
            )
            for row, starts, operations in zip(self.rows, self.starts, self.operations, strict=True)
            if starts
        ]


def run_rounds(
    rounds: Rounds, starter: Starter, plan: Plan, stop: Stop, say: Callable[[str], None], save: Callable[[], None]
) -> None:
    """Fills `rounds` until all rows are precise, the time is up, or the phone is lost.

    Args:
        save: called after every start.

    Raises:
        KeyboardInterrupt: the user stops it; what was measured is saved.
    """
    shuffled = random.Random(plan.seed)
    deadline = time.monotonic() + plan.limit_s
    try:
        for number in range(10**9):
            left = [index for index in range(len(rounds.rows)) if not is_done(rounds.starts[index], plan.precision)]
            if not left:
                rounds.ended = "precise"
                return
            say(f"round {number + 1}: {len(left)} of {len(rounds.rows)} rows")
            shuffled.shuffle(left)
            for index in left:
                for cache in _caches(rounds.rows[index], number == 0 or plan.always_cold):
                    stop.wait(0)
                    if rounds.count and time.monotonic() > deadline:
                        rounds.ended = "time"
                        return
                    cool_down(starter, plan, stop, min(deadline, time.monotonic() + plan.cool_patience_s), say)
                    rounds.starts[index].append(starter.start(rounds.rows[index], rounds.count, cache))
                    save()
    except KitError as error:
        rounds.ended, rounds.failure = "phone lost", error
    finally:  # after Ctrl-C it stays "stopped"
        save()


def is_done(starts: Sequence[Start], precision: float) -> bool:
    """Whether a row needs no further start: it is precise, or fails again and again."""
    if len(starts) >= FAILURES and all(start.error is not None for start in starts[-FAILURES:]):
        return True
    return across_starts([start_times(start) for start in starts]).precision <= precision


def _caches(row: Row, cold: bool) -> Sequence[Cache | None]:
    """A GPU's cold start is followed at once by a warm one: between them no other model touches the store."""
    if row.delegate not in ON_GPU:
        return (None,)
    return ("cold", "warm") if cold else ("warm",)


def cool_down(starter: Starter, plan: Plan, stop: Stop, until: float, say: Callable[[str], None]) -> None:
    """Waits for a phone that is warm, until a moment of time.monotonic() at most."""
    if plan.cool_below is None:
        return
    told = False
    while True:
        heat = starter.condition().thermal
        left_s = until - time.monotonic()
        if heat is None or HEAT.index(heat) <= HEAT.index(plan.cool_below) or left_s <= 0:
            return
        if not told:
            say(f"the phone is warm (thermal status {heat}): it may cool down, for {left_s:.0f} s at most")
            told = True
        stop.wait(plan.cool_poll_s)
