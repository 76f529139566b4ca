"""The times of one start, whoever took them."""

from __future__ import annotations

from collections.abc import Sequence

from appspec.benchmark_run import Start


def start_times(start: Start) -> Sequence[float]:
    """Milliseconds of its inferences; of a tool that tells no single ones their median, else their mean. Empty where it failed."""
    if start.error is not None or start.runs_ms or start.printed is None:
        return start.runs_ms if start.error is None else ()
    middle = start.printed.median_ms if start.printed.median_ms is not None else start.printed.mean_ms
    return (middle,) if middle is not None else ()
