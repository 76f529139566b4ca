"""Does acceleration always help? What a run says of it, in one sentence, and which pair of file and processor is the fastest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from appspec.benchmark_run import BenchmarkRun, Measurement
from deploy.benchmark.summary import Summary, number, summarize


@dataclass(frozen=True)
class ModelVerdict:
    """One model: its fastest accelerated row and its fastest one on the CPU; None where none gave right answers in a time that the
    phone's clock can tell from 0.
    """

    model: str
    accelerated: Summary | None
    cpu: Summary | None

    @property
    def speedup(self) -> float | None:
        """How many times as fast as the CPU; None where one of them is missing."""
        if self.accelerated is None or self.cpu is None:
            return None
        return self.cpu.median / self.accelerated.median

    @property
    def is_sure(self) -> bool:
        """Whether the two intervals leave each other alone."""
        if self.accelerated is None or self.cpu is None:
            return False
        return self.accelerated.high < self.cpu.low or self.cpu.high < self.accelerated.low


def model_verdicts(run: BenchmarkRun) -> list[ModelVerdict]:
    """One a model, in the app's order. A row with wrong answers is not the fastest of anything."""
    found = []
    for name in dict.fromkeys(model.name for model in run.models):
        rows = [summary for summary in map(summarize, run.measurements) if summary.model == name]
        good = [row for row in rows if row.agrees and row.median > 0]
        accelerated = [row for row in good if row.delegate != "cpu"]
        cpu = [row for row in good if row.delegate == "cpu"]
        found.append(ModelVerdict(name, _fastest(accelerated), _fastest(cpu)))
    return found


def sentence(run: BenchmarkRun) -> str:
    """The study's question, answered for this phone with numbers."""
    verdicts = model_verdicts(run)
    where = run.phone.model if run.phone.kind == "phone" else f"{run.phone.model} ({run.phone.kind}: no phone's times)"
    compared = [verdict for verdict in verdicts if verdict.speedup is not None]
    if not compared:
        return f"{where}: whether acceleration helps can't be told: {_missing(run, verdicts)}."
    others = [verdict.model for verdict in verdicts if verdict.speedup is None]
    of_others = f" Of {', '.join(others)} it can't be told." if others else ""
    return f"{where}: {_answer(compared)}: {'; '.join(map(_numbers, compared))}.{of_others}"


def _answer(compared: Sequence[ModelVerdict]) -> str:
    sure = [verdict for verdict in compared if verdict.is_sure]
    helps = sum((verdict.speedup or 0) > 1 for verdict in sure)
    slows = len(sure) - helps
    if len(compared) > 1:
        return f"acceleration helps {helps} of {len(compared)} models" + (f" and slows {slows} down" if slows else "")
    if not sure:
        return "it is not certain that acceleration makes a difference"
    return "acceleration helps" if helps else "acceleration does not help"


def _numbers(verdict: ModelVerdict) -> str:
    fast, cpu, speedup = verdict.accelerated, verdict.cpu, verdict.speedup
    assert fast is not None
    assert cpu is not None
    assert speedup is not None
    threads = "1 thread" if cpu.threads == 1 else f"{cpu.threads} threads"
    times = f"{number(fast.median)} ms on {fast.delegate} ({fast.variant}), {number(cpu.median)} ms on the CPU ({cpu.variant}, {threads})"
    if not verdict.is_sure:
        few = math.isinf(fast.sure) or math.isinf(cpu.sure)
        return f"{verdict.model} {times}: {'too few starts to be certain' if few else 'no difference that is certain'}"
    return f"{verdict.model} {times}: {max(speedup, 1 / speedup):.2g} times as {'fast' if speedup > 1 else 'slow'}"


def _missing(run: BenchmarkRun, verdicts: Sequence[ModelVerdict]) -> str:
    """Why there is nothing to compare. What never began is another thing than what went wrong."""
    tried = {measurement.delegate == "cpu" for measurement in run.measurements if _began(measurement)}
    if any(summarize(measurement).median == 0 for measurement in run.measurements):
        return "an inference takes less than a step of the phone's clock"
    if all(verdict.accelerated is None for verdict in verdicts):
        return "nothing but the CPU gave right answers" if False in tried else "no GPU and no NNAPI was measured"
    return "the CPU gave no right answers" if True in tried else "the CPU was not measured"


def _began(measurement: Measurement) -> bool:
    """Whether a start came to load the model: this computer has no GPU to ask, and some tools no such flag."""
    return any(start.error is None or start.error.stage != "request" for start in measurement.starts)


def _fastest(rows: Sequence[Summary]) -> Summary | None:
    return min(rows, key=lambda row: row.median, default=None)
