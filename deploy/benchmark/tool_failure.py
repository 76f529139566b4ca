"""Why a benchmark tool gave no result, from what it or Android wrote and from its exit code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from appspec.benchmark_result import Failure
from deploy.benchmark.tool_lines import ToolLine

Stage = Literal["request", "model", "init", "run", "process"]

# The first that matches a line wins. Sources: tflite/tools/benchmark/benchmark_tflite_model.cc, tflite/tools/command_line_flags.cc,
# tflite/core/{model_builder,interpreter_builder,subgraph}.cc, tflite/delegates/gpu/{delegate,common/model_builder}.cc,
# litert/tools/benchmark_litert_model.{h,cc}; Android's linker and mksh for those that never began.
_CAUSES: tuple[tuple[str, Stage, re.Pattern[str]], ...] = (
    (
        "CannotStart",
        "request",
        re.compile(r"CANNOT LINK EXECUTABLE|not executable: |Exec format error|inaccessible or not found"),
    ),
    ("NoSuchFile", "request", re.compile(r"\bsh: .*(?:No such file or directory|not found)")),
    ("NotAllowed", "request", re.compile(r"Permission denied")),
    (
        "FlagNotUnderstood",
        "request",
        re.compile(r"Failed to parse flag|Required flag not provided|[Uu]nknown (?:command line )?flag"),
    ),
    ("NoGraph", "request", re.compile(r"Please specify the name of your TF Lite input file")),
    (
        "ModelNotRead",
        "model",
        re.compile(r"Failed to (?:load|mmap|initialize) model|Failed to initialize model loader|Could not open '"),
    ),
    ("ModelNotRead", "model", re.compile(r"not a valid Flatbuffer|Model provided has model identifier|Failed to load model")),
    (
        "OperationUnknown",
        "init",
        re.compile(r"Didn't find op for builtin opcode|Encountered unresolved custom op|Op builtin_code out of range"),
    ),
    ("DelegateRefused", "init", re.compile(r"Failed to apply .*delegate|Disallowed CPU fallback|Can not open OpenCL library")),
    ("DelegateRefused", "init", re.compile(r"operations are not supported by (?:the )?GPU delegate|TfLiteGpuDelegate \w+: ")),
    ("NotPrepared", "init", re.compile(r"Failed to (?:compile model|allocate tensors|construct|initialize the interpreter)")),
    ("NotPrepared", "init", re.compile(r"Failed to (?:create|get) |failed to prepare")),
    ("RunFailed", "run", re.compile(r"Run failed: |[Ff]ailed to invoke|Invoke failed")),
)
_SIGNALS = {
    4: "illegal instruction",
    6: "it gave up (abort)",
    7: "bus error",
    9: "killed",
    11: "segmentation fault",
    31: "bad call",
}


def find_failure(lines: Sequence[ToolLine], code: int | None) -> Failure | None:
    """What ended the tool before a result; None where nothing speaks of a failure.

    Args:
        lines: what it wrote.
        code: its exit code; None where unknown.
    """
    for kind, stage, pattern in _CAUSES:
        for i, line in enumerate(lines):
            if pattern.search(line.text):
                return Failure(stage=stage, type=kind, message=_with_reasons(lines, i))
    if code is not None and code > 128:
        what = _SIGNALS.get(code - 128, f"signal {code - 128}")
        return Failure(stage="process", type="Crashed", message=f"the tool was ended by the phone: {what}")
    errors = [line.text for line in lines if line.error and line.text]
    telling = [text for text in errors if text != "Benchmarking failed."] or errors
    if telling:
        return Failure(stage="init", type="ToolFailed", message=telling[-1])
    if code:
        return Failure(stage="init", type="ToolFailed", message=f"the tool ended with exit code {code} and said nothing of why")
    return None


def _with_reasons(lines: Sequence[ToolLine], at: int) -> str:
    """The line; a list of operations goes on in the next lines, which are its reasons."""
    text = lines[at].text
    if not text.endswith(":"):
        return text
    reasons = []
    for line in lines[at + 1 : at + 4]:
        if not re.match(r"\w+: ", line.text):
            break
        reasons.append(line.text)
    return " ".join([text, "; ".join(reasons)]).strip()
