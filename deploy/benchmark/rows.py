"""What is measured, and who can measure it: the app, a tool of others, this computer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from appspec.benchmark_run import Condition, Delegate, MeasuredModel, Start

Cache = Literal["cold", "warm"]


@dataclass(frozen=True)
class Row:
    """A file of a model on a processor.

    Attributes:
        path: the file on this computer.
        threads: 0 where it is not the CPU.
    """

    model: MeasuredModel
    path: Path
    delegate: Delegate
    threads: int


class Starter(Protocol):
    """Measures one row once, in a process of its own."""

    def start(self, row: Row, order: int, cache: Cache | None) -> Start:
        """One start. What keeps this row from being measured is in the answer's `error`.

        Args:
            order: its place among all starts of the run.
            cache: empty the GPU's store of kernels first, or leave it as it is; None for the CPU.

        Raises:
            KitError: nothing more can be measured: the phone is gone, the app doesn't start at all.
        """

    def condition(self) -> Condition:
        """Heat and battery now."""
