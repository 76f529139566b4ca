"""Reads what TensorFlow Lite's `benchmark_model` and LiteRT's tools print. Pure; three generations of it, with logcat's prefix or not.

| generation | since | its last word |
|---|---|---|
| average | TensorFlow 1.9 | `Average inference timings in us: Warmup: …, Init: …, no stats: …` |
| timings | TensorFlow 2.2 | `Inference timings in us: Init: …, First inference: …, Warmup (avg): …, Inference (avg): …` |
| litert | LiteRT 1.3 | `========== BENCHMARK RESULTS ==========` and a table in milliseconds |

Source: OnBenchmarkEnd and Run in {tensorflow/contrib/lite, tensorflow/lite, tflite}/tools/benchmark/benchmark_model.cc,
litert/tools/benchmark_litert_model.h and litert/python/tools/benchmark_litert_model.py; Stat and StatWithPercentiles in
tensorflow/core/util/stats_calculator.h.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from appspec.benchmark_result import Failure
from appspec.benchmark_run import OperationTime
from deploy.benchmark.tool_delegates import Applied, Replaced, read_applied, read_replaced
from deploy.benchmark.tool_failure import find_failure
from deploy.benchmark.tool_lines import tool_lines
from deploy.benchmark.tool_profile import profile_is_cut, read_operations
from deploy.benchmark.tool_result import ToolResult, is_number, read_result


@dataclass(frozen=True)
class ToolOutput:
    """What a tool told; None where it didn't.

    Attributes:
        result: None where it is not there to its end, or the tool failed: half a result is none.
        peak_bytes: by periodic monitoring, else by how much the process's largest resident memory grew.
        model_mb: the model file's megabytes as the tool prints them, six digits.
        unknown_flags: arguments that the tool says it doesn't know.
        failure: why there is no result.
    """

    result: ToolResult | None
    peak_bytes: int | None
    model_mb: float | None
    replaced: tuple[Replaced, ...]
    applied: tuple[Applied, ...]
    operations: tuple[OperationTime, ...]
    unknown_flags: tuple[str, ...]
    failure: Failure | None


def read_output(text: str, code: int | None = 0) -> ToolOutput:
    """Reads the text of one run; of several, the last one's.

    Args:
        text: standard output and standard error together, in the order they were written.
        code: the tool's exit code; None where unknown.
    """
    read = tool_lines(text)
    lines = [line.text for line in read.lines]
    result = read_result(lines)
    whole = result is not None and not code and not read.cut and not _memory_is_cut(lines) and not profile_is_cut(lines)
    failure = None
    if result is None or not whole:
        begun = any(line.startswith(("Running benchmark for ", "count=")) or "BENCHMARK RESULTS" in line for line in lines)
        failure = find_failure(read.lines, code) or (_CUT if begun or result is not None else _NO_RESULT)
    elif result.printed is None:
        failure = _NO_RUNS
    return ToolOutput(
        result=result if failure is None else None,
        peak_bytes=_peak_bytes(lines) if failure is None else None,
        model_mb=next((float(found[1]) for found in map(_MODEL.match, lines) if found and is_number(found[1])), None),
        replaced=tuple(read_replaced(lines)),
        applied=tuple(read_applied(lines)),
        operations=tuple(read_operations(lines)) if failure is None else (),
        unknown_flags=tuple(_unknown_flags(lines)),
        failure=failure,
    )


_CUT = Failure(stage="process", type="Cut", message="the tool's output ends before its result does")
_NO_RESULT = Failure(stage="process", type="NoResult", message="the tool ended without a result, and said nothing of why")
_NO_RUNS = Failure(stage="run", type="NoRuns", message="the tool measured no inference")

_MODEL = re.compile(r"The input model file size \(MB\): (\S+)")
_GROWTH = re.compile(
    r"(?:Memory footprint delta from the start of the tool|Peak memory footprint) \(MB\): init=\S+ overall=(?P<mb>\S+)$"
)
_PEAKS = (
    re.compile(r"Overall peak memory footprint \(MB\) via periodic monitoring: (?P<mb>\S+)$"),
    re.compile(r"Peak memory: +(?P<mb>\S+) MB$"),
    _GROWTH,
    re.compile(r"Overall footprint: +(?P<mb>\S+) MB$"),
)
_MIB = 2**20  # the tools divide kilobytes by 1024


def _peak_bytes(lines: Sequence[str]) -> int | None:
    for pattern in _PEAKS:
        for found in map(pattern.match, lines):
            if found is not None and is_number(found["mb"]) and float(found["mb"]) < 1e9:
                return round(float(found["mb"]) * _MIB) or None
    return None


def _memory_is_cut(lines: Sequence[str]) -> bool:
    """The note that comes before the line of the memory is there, the line isn't."""
    note = any(line.startswith("Note: as the benchmark tool itself affects memory footprint") for line in lines)
    return note and not any(_GROWTH.match(line) for line in lines)


def _unknown_flags(lines: Sequence[str]) -> list[str]:
    prefix = "Unconsumed cmdline flags: "
    return [word for line in lines if line.startswith(prefix) for word in line.removeprefix(prefix).split()]
