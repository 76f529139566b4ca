"""What benchmark tools print of a run, in the generations that are about.

Sources: tflite/tools/benchmark/{benchmark_model,benchmark_tflite_model,profiling_listener}.cc with the README's sample,
tensorflow/core/util/stats_calculator.{h,cc}, litert/tools/benchmark_litert_model.h; printed samples of TensorFlow 1.15 and 2.4.
Numbers appear as C++ streams write them: integers whole, others with six digits.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Generation = Literal["2019", "2021", "2024", "litert"]
"""TensorFlow 1.15, TensorFlow 2.4, what is built today, LiteRT's own tool."""

FOOTPRINT_NOTE = (
    "Note: as the benchmark tool itself affects memory footprint, the following is only APPROXIMATE to the actual memory footprint "
    "of the model at runtime. Take the information at your discretion."
)


@dataclass(frozen=True)
class Timed:
    """An operation of the graph: how long it took in the first run and on average, in microseconds."""

    type: str
    name: str
    first_us: float
    mean_us: float


def microseconds(times_ms: Sequence[float]) -> list[int]:
    """Times as the tool counts them."""
    return [round(time * 1000) for time in times_ms]


def stat_line(times: Sequence[int], percentiles: bool) -> str:
    """`Stat::OutputToStream`."""
    if not times:
        return "count=0"
    if min(times) == max(times):
        line = f"count={len(times)} curr={times[-1]}{'(all same)' if len(times) > 1 else ''}"
    else:
        line = f"count={len(times)} first={times[0]} curr={times[-1]} min={min(times)} max={max(times)}"
        line += f" avg={mean(times):g} std={int(deviation(times))}"
    if not percentiles:
        return line
    return f"{line} p5={percentile(times, 5)} median={percentile(times, 50)} p95={percentile(times, 95)}"


def mean(times: Sequence[int]) -> float:
    """Their mean; 0 of none."""
    return sum(times) / len(times) if times else 0.0


def deviation(times: Sequence[int]) -> float:
    """Their standard deviation, of the whole population."""
    middle = mean(times)
    return math.sqrt(sum((time - middle) ** 2 for time in times) / len(times)) if times else 0.0


def percentile(times: Sequence[int], share: int) -> int:
    """`StatWithPercentiles::percentile`: an element, none between two."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, share * len(ordered) // 100)]


def profile_tables(operations: Sequence[Timed], times: Sequence[int], start_column: bool) -> list[str]:
    """`StatsCalculator::GetOutputString` and its short summary."""
    by_time = sorted(operations, key=lambda one: -one.mean_us)[:10]
    whole = sum(one.mean_us for one in operations) or 1.0
    lines = [
        *_rows("Run Order", operations, whole, start_column),
        "",
        *_rows("Top by Computation Time", by_time, whole, start_column),
        "",
    ]
    kinds: dict[str, list[float]] = defaultdict(list)
    for one in operations:
        kinds[one.type].append(one.mean_us)
    lines += [
        f"Number of nodes executed: {len(operations)}",
        "============================== Summary by node type ==============================",
        _fields(
            (24, "[Node type]"),
            (9, "[count]"),
            (10, "[avg ms]"),
            (11, "[avg %]"),
            (11, "[cdf %]"),
            (10, "[mem KB]"),
            (10, "[times called]"),
        ),
    ]
    share = 0.0
    for kind, values in sorted(kinds.items(), key=lambda item: -sum(item[1])):
        share += sum(values) * 100 / whole
        numbers = (f"{sum(values) / 1000:.3f}", f"{sum(values) * 100 / whole:.3f}%", f"{share:.3f}%", "0.000", str(len(values)))
        widths = (10, 10, 10, 10, 9)
        lines.append(_fields((24, kind), (9, str(len(values))), *zip(widths, numbers, strict=True)))
    return [
        *lines,
        "",
        f"Timings (microseconds): {stat_line(times, False)}",
        "Memory (bytes): count=0",
        f"{len(operations)} nodes observed",
        "",
    ]


def _rows(title: str, operations: Sequence[Timed], whole: float, start_column: bool) -> list[str]:
    start = ((17, "[start]"),) if start_column else ()
    head = _fields(
        (24, "[node type]"),
        *start,
        (9, "[first]"),
        (9, "[avg ms]"),
        (8, "[%]"),
        (8, "[cdf%]"),
        (10, "[mem KB]"),
        (9, "[times called]"),
    )
    lines = [f"============================== {title} ==============================", f"{head}\t[Name]"]
    begun = share = 0.0
    for one in operations:
        share += one.mean_us * 100 / whole
        first = ((17, f"{begun / 1000:.3f}"),) if start_column else ()
        times = ((9, f"{one.first_us / 1000:.3f}"), (9, f"{one.mean_us / 1000:.3f}"))
        shares = ((7, f"{one.mean_us * 100 / whole:.3f}%"), (7, f"{share:.3f}%"))
        lines.append(f"{_fields((24, one.type), *first, *times, *shares, (10, '0.000'), (9, '1'))}\t{one.name}")
        begun += one.mean_us
    return lines


def _fields(*fields: tuple[int, str]) -> str:
    return "".join(f"\t{text:>{width}}" for width, text in fields)


def litert_result(
    init_us: int,
    warmup: Sequence[int],
    runs: Sequence[int],
    input_bytes: int,
    memory_mb: tuple[float, float],
    peak_mb: float | None,
) -> list[str]:
    """The block that LiteRT's tool ends with."""
    throughput = input_bytes / mean(runs) if runs else 0.0  # bytes a microsecond are MB a second
    peak = f"Peak memory:          {peak_mb:.2f} MB" if peak_mb else "Peak memory usage not available. (peak_mem_mb <= 0)"
    return [
        "\n========== BENCHMARK RESULTS ==========",
        f"Model initialization: {init_us / 1000:.2f} ms",
        f"Warmup (first):       {(warmup[0] if warmup else 0) / 1000:.2f} ms",
        f"Warmup (avg):         {mean(warmup) / 1000:.2f} ms ({len(warmup)} runs)",
        f"Inference (avg):      {mean(runs) / 1000:.2f} ms ({len(runs)} runs)",
        f"Inference (min):      {min(runs) / 1000:.2f} ms",
        f"Inference (max):      {max(runs) / 1000:.2f} ms",
        f"Inference (std):      {deviation(runs) / 1000:.2f}",
        f"Throughput:           {throughput:.2f} MB/s",
        "\nMemory Usage:",
        f"Init footprint:       {memory_mb[0]:.2f} MB",
        f"Overall footprint:    {memory_mb[1]:.2f} MB",
        peak,
        "======================================\n",
    ]
