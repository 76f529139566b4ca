"""What a sustained run comes to in figures: its first second, its last one, and what heat made of it."""

from __future__ import annotations

from dataclasses import dataclass

from appspec.benchmark_result import Heat
from appspec.benchmark_run import Delegate, Sustained
from appspec.words import counted
from deploy.benchmark.summary import number


@dataclass(frozen=True)
class SustainedFigures:
    """Milliseconds are medians of one second.

    Attributes:
        loss: by how much longer an inference took in the last second, as a share of the first; negative: it became faster.
        thermal_first, thermal_last: thermal status; None where the phone tells none.
        error: what ended it early, empty where nothing did.
    """

    model: str
    variant: str
    delegate: Delegate
    threads: int
    seconds: float
    first_ms: float | None
    last_ms: float | None
    loss: float | None
    thermal_first: Heat | None
    thermal_last: Heat | None
    error: str


def sustained_figures(line: Sustained) -> SustainedFigures:
    """Of one row's run."""
    first, last = (line.moments[0], line.moments[-1]) if line.moments else (None, None)
    return SustainedFigures(
        line.model,
        line.variant,
        line.delegate,
        line.threads,
        seconds=last.at_s if last else 0.0,
        first_ms=first.ms if first else None,
        last_ms=last.ms if last else None,
        loss=last.ms / first.ms - 1 if first and last and first.ms else None,
        thermal_first=first.thermal if first else None,
        thermal_last=last.thermal if last else None,
        error=line.error.message if line.error else "",
    )


def sustained_words(one: SustainedFigures) -> str:
    """One line for the terminal."""
    on = f"{one.delegate}, {counted(one.threads, 'thread')}" if one.threads else one.delegate
    name = f"{one.model} {one.variant} on {on} without a pause"
    early = f"; ended early: {one.error}" if one.error else ""
    if one.first_ms is None or one.last_ms is None:
        return f"{name}: nothing measured{early}"
    loss = "" if one.loss is None else f", {_change(one.loss)}"
    heat = f"; thermal status {one.thermal_first or 'unknown'} → {one.thermal_last or 'unknown'}"
    times = f"{number(one.first_ms)} ms in the first second, {number(one.last_ms)} ms in the last, after {one.seconds:.0f} s"
    return f"{name}: {times}{loss}{heat}{early}"


def _change(loss: float) -> str:
    return f"{abs(loss):.0%} {'slower' if loss > 0 else 'faster'}" if abs(loss) >= 0.005 else "no slower"
