"""Rows that a run was asked for and had no time left to start: a table of the others says nothing of them."""

from __future__ import annotations

from appspec.benchmark_run import BenchmarkRun, Delegate
from deploy.benchmark.rows import processors


def unmeasured(run: BenchmarkRun) -> str:
    """In words, a model's file after the other; empty where each row was started."""
    asked = processors(run.settings.delegates, run.settings.threads)
    told = []
    for model in run.models:
        started = {
            (one.delegate, one.threads) for one in run.measurements if (one.model, one.variant) == (model.name, model.variant)
        }
        left = [processor for processor in asked if processor not in started]
        if left:
            on = "" if len(left) == len(asked) else f" on {', '.join(_name(*processor) for processor in left)}"
            told.append(f"{model.name} {model.variant}{on}")
    return "; ".join(told)


def _name(delegate: Delegate, threads: int) -> str:
    return f"{delegate} {threads}" if threads else delegate
