"""Writes what benchmark tools print, from raw times: the formats' second way, from the sources' own format strings.

Stat::OutputToStream (tensorflow/core/util/stats_calculator.h), BenchmarkModel::Run and BenchmarkLoggingListener::OnBenchmarkEnd
(tensorflow/contrib/lite/tools/benchmark/benchmark_model.cc of 1.9; tensorflow/lite/tools/benchmark/benchmark_model.cc of 2.3,
2.5 and 2.18), litert/tools/benchmark_litert_model.h, litert/python/tools/benchmark_litert_model.py, StatsCalculator::ColumnString.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

NOTE = (
    "Note: as the benchmark tool itself affects memory footprint, the following is only APPROXIMATE to the actual memory "
    "footprint of the model at runtime. Take the information at your discretion."
)


@dataclass(frozen=True)
class Told:
    """A run of a tool: microseconds as its clock gives them, whole ones. `operations`: type, name, microseconds of one inference."""

    warmup: Sequence[int]
    runs: Sequence[int]
    init: int = 4452
    size: int = 1_016_030
    operations: Sequence[tuple[str, str, int]] = field(default=())
    before: Sequence[str] = field(default=())


def general(value: float) -> str:
    """As `std::ostream << double` writes it: six significant digits."""
    return f"{value:g}"


def stat(times: Sequence[int], percentiles: bool = False) -> str:
    """`Stat::OutputToStream`; with percentiles, `StatWithPercentiles`."""
    if not times:
        text = "count=0"
    elif min(times) == max(times):
        text = f"count={len(times)} curr={times[-1]}" + ("(all same)" if len(times) > 1 else "")
    else:
        std = int(statistics.pstdev(times))
        text = f"count={len(times)} first={times[0]} curr={times[-1]} min={min(times)} max={max(times)}"
        text += f" avg={general(statistics.fmean(times))} std={std}"
    if percentiles:
        ordered = sorted(times) or [0]
        p5, median, p95 = (ordered[len(ordered) * p // 100] for p in (5, 50, 95))
        text += f" p5={p5} median={median} p95={p95}"
    return text


def mean(times: Sequence[int]) -> float:
    """`Stat::avg()` of 64-bit integers: 0 for none, as quiet_NaN of an integer is."""
    return statistics.fmean(times) if times else 0.0


def profile(told: Told, start: bool = True) -> list[str]:
    """`StatsCalculator::GetOutputString` and `GetShortSummary`."""
    head = ["[start]"] if start else []
    total = sum(us for *_names, us in told.operations) or 1
    columns = "\t".join(["", "             [node type]", *head, "  [first]", " [avg ms]", "     [%]", "  [cdf%]", "  [mem KB]"])
    rows, at = [], 0
    for kind, name, us in told.operations:
        begin = [f"{at / 1000:9.3f}"] if start else []
        at += us
        times = [*begin, f"{us / 1000:9.3f}", f"{us / 1000:9.3f}", f"{us / total:8.3%}", f"{at / total:8.3%}"]
        rows.append("\t".join(["", f"{kind:>24}", *times, "    0.000", "        1", name]))
    last = f"Timings (microseconds): {stat([us * 2 for us in told.runs])}"
    heading = f"{'':=>30} {{}} {'':=>30}"
    return [
        heading.format("Run Order"),
        f"{columns}\t[times called]\t[Name]",
        *rows,
        "",
        heading.format("Top by Computation Time"),
        f"{columns}\t[times called]\t[Name]",
        *rows[:1],
        "",
        f"Number of nodes executed: {len(rows)}",
        heading.format("Summary by node type"),
        "\t             [Node type]\t  [count]\t  [avg ms]\t    [avg %]\t    [cdf %]\t  [mem KB]\t[times called]",
        f"\t{'CONV_2D':>24}\t        1\t     1.000\t   100.000%\t   100.000%\t     0.000\t        1",
        "",
        last,
        "Memory (bytes): count=0",
        f"{len(rows)} nodes observed",
        "",
    ]


def average(told: Told) -> str:
    """TensorFlow 1.9 to 2.1; its profile comes before the result."""
    lines = [
        "STARTING!",
        "Num runs: [50]",
        "Graph: [/data/local/tmp/model.tflite]",
        *told.before,
        "Loaded model /data/local/tmp/model.tflite",
        "resolved reporter",
        f"Initialized session in {general(told.init / 1e3)}ms",
        f"Running benchmark for {len(told.warmup)} iterations ",
        stat(told.warmup),
        "",
        f"Running benchmark for {len(told.runs)} iterations ",
        stat(told.runs),
        "",
        *(profile(told) if told.operations else []),
        f"Average inference timings in us: Warmup: {general(mean(told.warmup))}, Init: {told.init}, "
        f"no stats: {general(mean(told.runs))}",
    ]
    return _text(lines)


def timings(told: Told, memory: str = "delta", percentiles: bool = False, severity: bool = True) -> str:
    """TensorFlow 2.2 on. `memory`: the line of 2.3 ("peak") or of 2.5 on ("delta"); percentiles from 2.18 on."""
    warmup_first = told.warmup[0] if told.warmup else 0
    lines = [
        "STARTING!",
        "Log parameter values verbosely: [0]",
        "Graph: [/data/local/tmp/model.tflite]",
        *told.before,
        "Loaded model /data/local/tmp/model.tflite",
        f"The input model file size (MB): {general(told.size / 1e6)}",
        f"Initialized session in {general(told.init / 1e3)}ms.",
        f"Running benchmark for at least {len(told.warmup)} iterations and at least 0.5 seconds but terminate if exceeding 150 seconds.",
        stat(told.warmup, percentiles) + "\n",
        f"Running benchmark for at least {len(told.runs)} iterations and at least 1 seconds but terminate if exceeding 150 seconds.",
        stat(told.runs, percentiles) + "\n",
        f"Inference timings in us: Init: {told.init}, First inference: {warmup_first}, "
        f"Warmup (avg): {general(mean(told.warmup))}, Inference (avg): {general(mean(told.runs))}",
        NOTE,
        "Memory footprint delta from the start of the tool (MB): init=4.21094 overall=46.0859"
        if memory == "delta"
        else "Peak memory footprint (MB): init=4.92969 overall=138.809",
    ]
    if told.operations:
        lines.append("Profiling Info for Benchmark Initialization:\n" + "\n".join(_initialization()))
        lines.append("Operator-wise Profiling Info for Regular Benchmark Runs:\n" + "\n".join(profile(told)))
    return _text([f"INFO: {line}" if severity else line for line in lines])


def litert(told: Told) -> str:
    """LiteRT's benchmark_model."""

    def log(text: str) -> str:
        return f"INFO: [./litert/tools/benchmark_litert_model.h:81] {text}"

    def ms(label: str, us: float, runs: int | None = None, unit: str = " ms") -> str:
        return log(f"{label:<22}{us / 1000:.2f}{unit}" + (f" ({runs} runs)" if runs is not None else ""))

    std = int(statistics.pstdev(told.runs)) if told.runs else 0
    measured = [
        ms("Inference (min):", min(told.runs)),
        ms("Inference (max):", max(told.runs)),
        ms("Inference (std):", std, unit=""),
    ] if told.runs else [log("No inference runs were performed.")]  # fmt: skip
    lines = [
        "INFO: STARTING!",
        *told.before,
        f"INFO: The input model file size (MB): {general(told.size / 1e6)}",
        f"INFO: Initialized session in {general(told.init / 1e3)}ms.",
        "INFO: Running benchmark for at least 1 iterations and at least 0.5 seconds but terminate if exceeding 150 seconds.",
        f"INFO: {stat(told.warmup, percentiles=True)}\n",
        "INFO: Running benchmark for at least 50 iterations and at least 1 seconds but terminate if exceeding 150 seconds.",
        f"INFO: {stat(told.runs, percentiles=True)}\n",
        log("\n========== BENCHMARK RESULTS =========="),
        log("Signature name:       serving_default"),
        ms("Model initialization:", told.init),
        ms("Warmup (first):", told.warmup[0] if told.warmup else 0),
        ms("Warmup (avg):", mean(told.warmup), len(told.warmup)),
        ms("Inference (avg):", mean(told.runs), len(told.runs)),
        *measured,
        log("Throughput:           525.55 MB/s"),
        log("\nMemory Usage:"),
        log("Init footprint:       8.94 MB"),
        log("Overall footprint:    11.51 MB"),
        log("Peak memory usage not available. (peak_mem_mb <= 0)"),
        log("======================================\n"),
    ]
    if told.operations:
        lines.append(log("\n" + "\n".join(profile(told, start=False))))
    return _text(lines)


def litert_python(times_ms: Sequence[float], init_ms: float, warmup_ms: Sequence[float]) -> str:
    """`litert-benchmark` of the package ai-edge-litert."""
    ordered = sorted(times_ms)
    rows = [
        ("Model initialization:", f"{init_ms:.2f} ms"),
        ("Warmup (first):", f"{warmup_ms[0]:.2f} ms"),
        ("Warmup (avg):", f"{statistics.fmean(warmup_ms):.2f} ms ({len(warmup_ms)} runs)"),
        ("Inference (avg):", f"{statistics.fmean(times_ms):.2f} ms ({len(times_ms)} runs)"),
        ("Inference (min):", f"{ordered[0]:.2f} ms"),
        ("Inference (max):", f"{ordered[-1]:.2f} ms"),
        ("Inference (median):", f"{statistics.median(ordered):.2f} ms"),
        ("Inference (std):", f"{statistics.stdev(ordered):.2f} ms"),
        ("Inference (p5):", f"{ordered[0]:.2f} ms"),
        ("Inference (p95):", f"{ordered[-1]:.2f} ms"),
        ("Fully accelerated:", "False"),
    ]
    return _text(["", "=" * 40, " BENCHMARK RESULTS", "=" * 40, *(f"{label:<23}{text}" for label, text in rows), "=" * 40])


def logcat(text: str, tag: str = "tflite", pid: int = 22838, style: str = "threadtime") -> str:
    """The same lines as Android's log keeps them."""
    prefixes: dict[str, Callable[[], str]] = {
        "threadtime": lambda: f"07-14 13:14:52.097 {pid} {pid} I {tag}  : ",
        "year": lambda: f"2026-07-14 13:14:52.097  {pid}  {pid} I {tag}  : ",
        "brief": lambda: f"I/{tag}  ({pid:5d}): ",
        "time": lambda: f"07-14 13:14:52.097 I/{tag}  ({pid:5d}): ",
    }
    lines = text.removesuffix("\n").split("\n")
    return _text([prefixes[style]() + line.removeprefix("INFO: ") for line in lines])


def _initialization() -> list[str]:
    told = Told([1], [1356], operations=[("AllocateTensors", "AllocateTensors/0", 1356)])
    return profile(told)


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
