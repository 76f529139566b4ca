"""The tables of `--enable_op_profiling` (`--use_profiler` of LiteRT's): how long each operation takes.

Source of the format: tensorflow/core/util/stats_calculator.cc (HeaderString, ColumnString, GetShortSummary) and
tflite/profiling/profile_summary_formatter.cc. Up to TensorFlow 2.8 a column [start] comes before [first].
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from appspec.benchmark_run import OperationTime

_HEADING = re.compile(
    r"=+ (?:Run Order|Top by Computation Time|Top by Memory Use|Summary by node type) =+$"
    r"|(?:Operator-wise )?Profiling Info for |Delegate internal:|Number of nodes executed:"
)
_INITIALIZATION, _INFERENCES = "Profiling Info for Benchmark Initialization:", "Operator-wise Profiling Info"
_END = re.compile(r"\b\d+ nodes observed$")
_ROW = re.compile(
    r"\s*(?P<type>\S.*?)\s+(?:\d+\.\d+\s+)?\d+\.\d+\s+(?P<ms>\d{1,12}\.\d+)\s+\d+\.\d+%\s+\d+\.\d+%"
    r"\s+\d+\.\d+\s+(?P<called>\d{1,9})(?:\s+(?P<name>.*))?$"
)
_NOT_INFERENCE = "AllocateTensors"


def read_operations(lines: Sequence[str]) -> list[OperationTime]:
    """The operations of one inference, in the order they run; those inside of a delegate in place of the delegate's own line.

    Empty where there is no profile. Shares are of the sum: the column [%] of the first tools is wrong. `AllocateTensors` is left
    out: it is prepared once, not in every inference.
    """
    graph, inside = _run_orders(lines)
    rows = [row for row in graph if row.type != _NOT_INFERENCE]
    if inside and any(row.is_delegate for row in rows):
        rows = [row for row in rows if not row.is_delegate] + inside
    total = sum(row.ms for row in rows)
    return [OperationTime(type=row.type, name=row.name, ms=row.ms, share=row.ms / total if total else 0) for row in rows]


def profile_is_cut(lines: Iterable[str]) -> bool:
    """A table has begun and its end is missing, or that of the inferences, which comes after the initialization's."""
    begun = expected = False
    for line in lines:
        if _HEADING.match(line):
            begun, expected = True, (expected or line.startswith(_INITIALIZATION)) and not line.startswith(_INFERENCES)
        elif _END.search(line):
            begun = False
    return begun or expected


@dataclass(frozen=True)
class _Row:
    type: str
    name: str
    ms: float

    @property
    def is_delegate(self) -> bool:
        return (self.type.startswith("TfLite") and "Delegate" in self.type) or self.type == "DELEGATE"


def _run_orders(lines: Sequence[str]) -> tuple[list[_Row], list[_Row]]:
    """The tables "Run Order" of the graphs' inferences, and of the delegate's inside."""
    graph: list[_Row] = []
    inside: list[_Row] = []
    section, into = graph, None
    for line in lines:
        if line.startswith(_INITIALIZATION):
            section = []
        elif line.startswith(_INFERENCES):
            section = graph
        elif line.startswith("Delegate internal:"):
            section = inside
        elif " Run Order =" in line:
            into = section
        elif _HEADING.match(line):
            into = None
        elif into is not None:
            into.extend(_rows(line))
    return graph, inside


def _rows(line: str) -> list[_Row]:
    found = _ROW.match(line)
    if found is None:
        return []
    ms, called = float(found["ms"]), int(found["called"])
    name = re.sub(r":\d+$", "", found["name"] or "").strip()
    name = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    return [_Row(found["type"], name, ms * max(called, 1))]
