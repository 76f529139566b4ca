"""The result of a benchmark tool's run: its own last lines, and the statistics it prints after the warm-up and after the runs.

A number keeps the digits that were printed; what is no number of at least 0 (`nan`, `-5`) is missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from appspec.benchmark_run import Printed

Generation = Literal["average", "timings", "litert"]


@dataclass(frozen=True)
class ToolResult:
    """Milliseconds; `warmup_ms` where the warm-up's runs took the same or were one. `printed` is None: no inference was measured."""

    generation: Generation
    init_ms: float | None
    first_ms: float | None
    warmup_ms: tuple[float, ...]
    printed: Printed | None


def read_result(lines: Sequence[str]) -> ToolResult | None:
    """The last result in the lines; None where it is not there to its end."""
    summary = _summary(lines)
    if summary is None:
        return None
    statistics = [dict(re.findall(r"(\w+)=([\w.+-]+)", line)) for line in lines if line.startswith("count=")]
    warmup = statistics[0] if len(statistics) > 1 else {}
    session = next((found for found in map(_SESSION.match, lines) if found is not None), None)
    init = _ms(summary.values.get("init"), summary.unit)
    return ToolResult(
        generation=summary.generation,
        init_ms=_exact(init, _ms(session["ms"], 0) if session is not None else None),
        first_ms=_first_ms(summary, warmup),
        warmup_ms=_all_same(warmup),
        printed=_printed(summary, statistics),
    )


def is_number(text: str) -> bool:
    """Not negative, and none of `nan` and `inf`."""
    return _NUMBER.match(text) is not None


@dataclass(frozen=True)
class _Summary:
    """Texts of numbers: init, first, mean, count …; `unit`: what one of them is in milliseconds, as a power of ten."""

    generation: Generation
    unit: int
    values: dict[str, str]


_NUMBER = re.compile(r"\d+(?:\.\d*)?(?:[eE][-+]?\d{1,3})?$", re.ASCII)
_SESSION = re.compile(r"Initialized session in (?P<ms>\S+?)ms\.?$")
_AVERAGE = re.compile(
    r"Average inference timings in us: Warmup: \S+, Init: (?P<init>\S+), (?:no stats|Inference): (?P<mean>\S+)$"
)
_TIMINGS = re.compile(
    r"Inference timings in us: Init: (?P<init>\S+), First inference: (?P<first>\S+), Warmup \(avg\): \S+, "
    r"Inference \(avg\): (?P<mean>\S+)$"
)
_TABLE = re.compile(
    r"(?P<what>Model initialization|(?:Warmup|Inference) \(\w+\)|First inference): +(?P<ms>\S+)(?: ms)?"
    r"(?: \((?P<runs>\d{1,9}) runs\))?$",
    re.ASCII,
)
_TABLE_NAMES = {
    "Model initialization": "init",
    "First inference": "first",
    "Warmup (first)": "first",
    "Inference (avg)": "mean",
    "Inference (min)": "min",
    "Inference (max)": "max",
    "Inference (std)": "std",
    "Inference (median)": "median",
    "Inference (p5)": "p5",
    "Inference (p95)": "p95",
}
_TABLE_STEP_MS = 0.0051  # half of the last digit that it prints


def _summary(lines: Sequence[str]) -> _Summary | None:
    for i in reversed(range(len(lines))):
        found = _TIMINGS.match(lines[i])
        if found is not None:
            return _Summary("timings", -3, found.groupdict())
        found = _AVERAGE.match(lines[i])
        if found is not None:
            return _Summary("average", -3, found.groupdict())
        if "BENCHMARK RESULTS" in lines[i]:
            return _table(lines[i + 1 :])
    return None


def _table(lines: Sequence[str]) -> _Summary | None:
    values: dict[str, str] = {}
    for line in lines:
        found = _TABLE.match(line)
        if found is not None and found["what"] in _TABLE_NAMES:
            values[_TABLE_NAMES[found["what"]]] = found["ms"]
            if found["what"] == "Inference (avg)" and found["runs"] is not None:
                values["count"] = found["runs"]
        elif re.fullmatch(r"=+", line) and values:
            return _Summary("litert", 0, values) if "mean" in values else None
    return None


def _printed(summary: _Summary, statistics: Sequence[dict[str, str]]) -> Printed | None:
    """None: no inference was run, whose mean some tools print as 0. A short one's LiteRT prints so too, in its table alone."""
    mean = _ms(summary.values["mean"], summary.unit)
    if mean is None or summary.values.get("count") == "0" or (mean == 0 and "count" not in summary.values):
        return None
    measured = statistics[-1] if statistics and _agrees(statistics[-1], mean, summary) else None
    if measured is None:
        values, unit = {name: text for name, text in summary.values.items() if name != "first" and text != "0.00"}, summary.unit
    elif "avg" in measured:
        values, unit = {**measured, "mean": measured["avg"]}, -3
    else:  # all the same, and then only one of them is printed
        values, unit = {**dict.fromkeys(("first", "min", "max", "mean"), measured["curr"]), **measured, "std": "0"}, -3
    count = values.get("count", "")
    return Printed(
        count=int(count) if re.fullmatch(r"[0-9]{1,9}", count) else None,
        first_ms=_ms(values.get("first"), unit),
        min_ms=_ms(values.get("min"), unit),
        p5_ms=_ms(values.get("p5"), unit),
        median_ms=_ms(values.get("median"), unit),
        p95_ms=_ms(values.get("p95"), unit),
        max_ms=_ms(values.get("max"), unit),
        mean_ms=_ms(values.get("mean"), unit),
        std_ms=_ms(values.get("std"), unit),
        rounded=_is_rounded(summary.values["mean"] if measured is None else values["mean"], unit),
    )


def _agrees(statistics: dict[str, str], mean_ms: float, summary: _Summary) -> bool:
    """The statistics are those of the runs that the summary speaks of, not the warm-up's."""
    theirs = _ms(statistics.get("avg", statistics.get("curr")), -3)
    step_ms = _TABLE_STEP_MS if summary.unit == 0 else 0
    return statistics.get("count") != "0" and theirs is not None and abs(theirs - mean_ms) <= step_ms + 1e-5 * mean_ms


def _is_rounded(text: str, unit: int) -> bool:
    """The last digit stands for more than the tool's clock tells, a microsecond: `1.24027e+06` us is ± 5 us."""
    exponent = Decimal(text).as_tuple().exponent
    return isinstance(exponent, int) and exponent + unit > -3


def _first_ms(summary: _Summary, warmup: dict[str, str]) -> float | None:
    """The very first inference: the warm-up's first run; None without a warm-up."""
    if warmup.get("count") == "0":
        return None
    counted = _ms(warmup.get("first", warmup.get("curr")), -3)
    if "first" not in summary.values:
        return counted
    return _exact(_ms(summary.values["first"], summary.unit), counted) or None


def _exact(told: float | None, finer: float | None) -> float | None:
    """The finer of two prints of the same time; the first where they are not the same."""
    return finer if told is not None and finer is not None and abs(told - finer) <= _TABLE_STEP_MS + 1e-5 * told else told


def _all_same(warmup: dict[str, str]) -> tuple[float, ...]:
    value, count = _ms(warmup.get("curr"), -3), warmup.get("count", "")
    if value is None or "avg" in warmup or not re.fullmatch(r"[0-9]{1,5}", count):
        return ()
    return (value,) * int(count)


def _ms(text: str | None, unit: int) -> float | None:
    """Milliseconds.

    Args:
        unit: the text's unit in milliseconds, as a power of ten; -3: microseconds.
    """
    if text is None or not is_number(text):
        return None
    value = float(Decimal(text).scaleb(unit))
    return value if value < float("inf") else None
