"""The flags of benchmark tools: what `--help` lists, and how a command line is read (tflite/tools/command_line_flags.cc)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deploy.virtual_phone.tool_text import Generation

COMMON: dict[str, tuple[str, str, str]] = {
    "num_runs": ("50", "int32", "expected number of runs, see also min_secs, max_secs"),
    "min_secs": ("1", "float", "minimum number of seconds to rerun for"),
    "max_secs": ("150", "float", "maximum number of seconds to rerun for"),
    "run_delay": ("-1", "float", "delay between runs in seconds"),
    "num_threads": ("-1", "int32", "number of threads"),
    "warmup_runs": ("1", "int32", "minimum number of runs performed on initialization"),
    "warmup_min_secs": ("0.5", "float", "minimum number of seconds to rerun for"),
    "report_peak_memory_footprint": ("false", "bool", "Report the peak memory footprint by periodically checking it"),
    "graph": ("", "string", "graph file name"),
    "use_gpu": ("false", "bool", "use gpu"),
}
TENSORFLOW: dict[str, tuple[str, str, str]] = {
    "enable_op_profiling": ("false", "bool", "enable op profiling"),
    "use_nnapi": ("false", "bool", "use nnapi delegate api"),
}
SINCE_2021: dict[str, tuple[str, str, str]] = {
    "gpu_precision_loss_allowed": ("true", "bool", "Allow to process computation in lower precision than FP32 in GPU."),
    "use_xnnpack": ("false", "bool", "explicitly apply the XNNPACK delegate"),
    "require_full_delegation": ("false", "bool", "require delegate to run the entire graph"),
    "verbose": ("false", "bool", "Whether to log parameters whose values are not set."),
}
SINCE_2024: dict[str, tuple[str, str, str]] = {
    "delegate_serialize_dir": ("", "string", "Directory to be used by delegates for serializing any model data."),
    "delegate_serialize_token": ("", "string", "Model-specific token acting as a namespace for delegate serialization."),
    "help": ("false", "bool", "Print out all supported flags if true."),
}
LITERT: dict[str, tuple[str, str, str]] = {
    "use_cpu": ("true", "bool", "Whether to use CPU accelerator."),
    "use_npu": ("false", "bool", "Whether to use NPU accelerator."),
    "use_profiler": ("false", "bool", "Whether to use profiler."),
    "gpu-precision": ("", "string", "GPU precision option [auto|fp16|fp32]."),
    "gpu_serialization_dir": ("", "string", "Path to the GPU shader serialization directory."),
    "gpu_model_cache_key": ("", "string", "Model cache key for GPU shader serialization."),
    "help": ("false", "bool", "Print out all supported flags if true."),
}


@dataclass(frozen=True)
class ToolFlags:
    """A command line.

    Attributes:
        given: what was said.
        unknown: words that no flag is meant by.
        wrong: a flag whose value can't be read; empty: none.
    """

    known: Mapping[str, tuple[str, str, str]]
    given: Mapping[str, str]
    unknown: tuple[str, ...]
    wrong: str

    def text(self, name: str) -> str:
        """The value of a flag, or its default."""
        return self.given.get(name, self.known[name][0] if name in self.known else "")

    def number(self, name: str) -> float:
        """The same as a number."""
        return float(self.text(name) or 0)

    def on(self, name: str) -> bool:
        """The same as a switch."""
        return self.text(name).lower() in ("true", "1")


def read_flags(generation: Generation, arguments: Sequence[str]) -> ToolFlags:
    """Reads `--NAME=VALUE` words; a switch needs no value."""
    known = known_flags(generation)
    given: dict[str, str] = {}
    unknown: list[str] = []
    wrong = ""
    for word in arguments:
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or name not in known:
            unknown.append(word)
            continue
        given[name] = value if equals else "true"
        if not _fits(known[name][1], given[name]):
            wrong = wrong or name
    return ToolFlags(known, given, tuple(unknown), wrong)


def known_flags(generation: Generation) -> dict[str, tuple[str, str, str]]:
    """Default, type and meaning by name."""
    return {
        "2019": {**COMMON, **TENSORFLOW},
        "2021": {**COMMON, **TENSORFLOW, **SINCE_2021},
        "2024": {**COMMON, **TENSORFLOW, **SINCE_2021, **SINCE_2024},
        "litert": {**COMMON, **LITERT},
    }[generation]


def usage(generation: Generation, program: str) -> list[str]:
    """`Flags::Usage`."""
    known = known_flags(generation)
    names = {name: f"--{name}={usual}" for name, (usual, _, _) in known.items()}
    width = max(map(len, names.values()))
    rows = [f"\t{names[name]:<{width}}\t{kind}\toptional\t{text}" for name, (_, kind, text) in known.items()]
    return [f"usage: {program} <flags>", "Flags:", *rows, ""]


def _fits(kind: str, value: str) -> bool:
    try:
        if kind == "int32":
            int(value)
        elif kind == "float":
            float(value)
    except ValueError:
        return False
    return kind != "bool" or value.lower() in ("true", "false", "1", "0")
