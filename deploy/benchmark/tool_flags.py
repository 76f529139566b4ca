"""How a benchmark tool is called for a row, with the flags that it knows.

Sources: the README of tflite/tools/benchmark, "Parameters"; GetFlags in litert/tools/benchmark_litert_model.h and in
tflite/tools/delegates/{gpu,nnapi}_delegate_provider.cc.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from deploy.benchmark.rows import Row
from deploy.benchmark.tool_lines import tool_lines

KERNELS = "kernels"
"""Of the folder and the token under which a tool keeps the GPU's compiled kernels."""


@dataclass(frozen=True)
class ToolCall:
    """Arguments; `dropped`: flags that this tool doesn't know and the row can do without; `lacking`: one that it can't."""

    arguments: tuple[str, ...]
    dropped: tuple[str, ...]
    lacking: str | None


def read_flags(text: str) -> frozenset[str]:
    """The flags that `--help` lists; empty where it lists none."""
    found = (re.match(r"\s*--([A-Za-z][\w-]*)(?:=|\s\()", line.text) for line in tool_lines(text).lines)
    return frozenset(match[1] for match in found if match is not None)


def tool_call(
    row: Row, graph: str, warmup_runs: int, num_runs: int, flags: Set[str], kernels: str | None, profile: bool = False
) -> ToolCall:
    """The arguments for a row.

    Args:
        graph: the model's path on the phone.
        flags: that the tool knows; empty: unknown, and then all are given.
        kernels: the folder that keeps the GPU's compiled kernels; None: nothing is kept.
    """
    call = _Call(flags)
    call.must("graph", graph)
    if row.threads:
        call.may("num_threads", str(row.threads))
    call.may("warmup_runs", str(warmup_runs))
    call.may("num_runs", str(num_runs))
    if row.delegate in ("gpu", "gpu_32"):
        call.must("use_gpu", "true")
        if row.delegate == "gpu_32":
            call.must_one((("gpu_precision_loss_allowed", "false"), ("gpu-precision", "fp32"), ("allow_fp16", "false")))
        if kernels is not None and keeps_kernels(flags):
            folder, token = _KEPT[0] if _KEPT[0][0] in flags else _KEPT[1]
            call.may(folder, kernels)
            call.may(token, KERNELS)
    elif row.delegate == "nnapi":
        call.must("use_nnapi", "true")
    if profile:
        call.must_one((("enable_op_profiling", "true"), ("use_profiler", "true")))
    return ToolCall(tuple(call.arguments), tuple(call.dropped), call.lacking)


def keeps_kernels(flags: Set[str]) -> bool:
    """The tool can keep the GPU's compiled kernels from one start to the next."""
    return any(set(pair) <= flags for pair in _KEPT)


_KEPT = (("delegate_serialize_dir", "delegate_serialize_token"), ("gpu_serialization_dir", "gpu_model_cache_key"))


class _Call:
    def __init__(self, flags: Set[str]) -> None:
        self._flags = flags
        self.arguments: list[str] = []
        self.dropped: list[str] = []
        self.lacking: str | None = None

    def must(self, name: str, value: str) -> None:
        if not self._give(name, value):
            self.lacking = self.lacking or f"--{name}"

    def may(self, name: str, value: str) -> None:
        if not self._give(name, value):
            self.dropped.append(f"--{name}")

    def must_one(self, choices: Sequence[tuple[str, str]]) -> None:
        known = [choice for choice in choices if choice[0] in self._flags]
        self.must(*(known or choices)[0])

    def _give(self, name: str, value: str) -> bool:
        if self._flags and name not in self._flags:
            return False
        self.arguments.append(f"--{name}={value}")
        return True
