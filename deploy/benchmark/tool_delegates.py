"""What a benchmark tool says of delegates: how many nodes they took, and how much of the graph they run.

Source: Subgraph::ReplaceNodeSubsetsWithDelegateKernels in tflite/core/subgraph.cc, and BenchmarkTfLiteModel::Init in
tflite/tools/benchmark/benchmark_tflite_model.cc.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from appspec.benchmark_result import Nodes
from appspec.benchmark_run import Delegate

ON_CPU = "XNNPack"
"""In the name of the delegate that is the CPU's own."""


@dataclass(frozen=True)
class Replaced:
    """Nodes of the graph that a delegate took, as `TfLiteXNNPackDelegate`; `total` is None where an old tool doesn't tell it."""

    delegate: str
    nodes: int
    total: int | None
    partitions: int | None


@dataclass(frozen=True)
class Applied:
    """A delegate that was asked for, as `GPU`, and how much of the graph it runs."""

    delegate: str
    share: Literal["all", "part", "none"]


def read_replaced(lines: Sequence[str]) -> list[Replaced]:
    pattern = re.compile(
        r"Replacing (\d{1,9}) (?:out of (\d{1,9}) )?node\(s\) with delegate \(([^)]*)\) node(?:, yielding (\d{1,9}) partitions)?"
    )
    rows = [match.groups() for match in map(pattern.match, lines) if match is not None]
    return [
        Replaced(name, int(nodes), int(total) if total else None, int(partitions) if partitions else None)
        for nodes, total, name, partitions in rows
    ]


def read_applied(lines: Sequence[str]) -> list[Applied]:
    done = []
    for line in lines:
        found = re.match(
            r"(?:Explicitly applied|Applied) (.+?) delegate, and the model graph will be (completely|partially) executed", line
        )
        if found is not None:
            done.append(Applied(found[1], "all" if found[2] == "completely" else "part"))
        found = re.match(r"Though (.+?) delegate is (?:explicitly )?applied, the model graph will not be\s+executed", line)
        if found is not None:
            done.append(Applied(found[1], "none"))
    return done


def nodes_of(replaced: Sequence[Replaced], delegate: Delegate) -> Nodes | None:
    """How much of the graph the processor's own delegate took; XNNPACK's where it is the CPU."""
    for one in replaced:
        if (ON_CPU in one.delegate) == (delegate == "cpu") and one.total is not None and one.partitions is not None:
            return Nodes(delegated=one.nodes, total=one.total, partitions=one.partitions)
    return None
