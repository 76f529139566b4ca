"""A phone that is a formula: its times, its heat, and when it goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from appspec.benchmark_result import Failure, Heat
from appspec.benchmark_run import Condition, Delegate, MeasuredModel, Start
from deploy.benchmark.rows import Cache, Row

COLD = Condition(thermal="none", battery=None)


def made_row(model: str = "cat_box", delegate: Delegate = "cpu", threads: int = 1, variant: str = "int8") -> Row:
    number = sum(map(ord, model + variant)) % 10
    return Row(
        MeasuredModel(
            name=model,
            variant=variant,
            file=f"{model}.tflite",
            sha256=str(number) * 64,
            size_bytes=1000,
            task="box",
            input=None,
            outputs=[],
        ),
        Path(f"{model}.tflite"),
        delegate,
        threads if delegate == "cpu" else 0,
    )


def made_start(
    order: int,
    runs_ms: Sequence[float],
    cache: Cache | None = None,
    error: Failure | None = None,
    difference: float | None = None,
    condition: Condition = COLD,
) -> Start:
    return Start(
        order=order,
        started_at="2026-01-02T03:04:05+00:00",
        cache=cache,
        init_ms=100.0 if cache == "cold" else 10.0,
        first_ms=3.0,
        warmup_ms=[2.0],
        runs_ms=list(runs_ms),
        frame_ms=[ms + 1 for ms in runs_ms],
        printed=None,
        difference_from_cpu=difference,
        nodes=None,
        memory=[],
        peak_bytes=50_000_000,
        before=condition,
        after=condition,
        error=error,
    )


class FakeStarter:
    """Times of a row are `ms(row)`, with `noise(row)` between its starts."""

    def __init__(
        self,
        ms: Callable[[Row], float] = lambda row: 2.0,
        noise: Callable[[Row], float] = lambda row: 0.001,
        fails: Callable[[Row, int], Failure | BaseException | None] = lambda row, order: None,
        heat: Callable[[int], Heat | None] = lambda asked: "none",
    ) -> None:
        self.log: list[tuple[str, str, int, Cache | None]] = []
        self.asked = 0
        self._ms, self._noise, self._fails, self._heat = ms, noise, fails, heat
        self._rng = np.random.default_rng(1)

    def start(self, row: Row, order: int, cache: Cache | None) -> Start:
        self.log.append((row.model.name, row.delegate, row.threads, cache))
        failure = self._fails(row, order)
        if isinstance(failure, BaseException):
            raise failure
        runs = self._ms(row) * np.exp(self._rng.normal(0, self._noise(row))) * np.exp(self._rng.normal(0, 0.01, 20))
        return made_start(order, [] if failure else runs.tolist(), cache, failure)

    def condition(self) -> Condition:
        self.asked += 1
        return Condition(thermal=self._heat(self.asked), battery=None)
