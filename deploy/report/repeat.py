"""The command that measures once more what a run measured, as it was measured."""

from __future__ import annotations

import shlex

from appspec.benchmark_run import BenchmarkRun


def benchmark_command(run: BenchmarkRun, arguments: str, models: int, warmup_runs: int) -> str:
    """`invoke benchmark` with all that differs from what it does without flags.

    Args:
        arguments: what names the app on the command line.
        models: how many the app has.
        warmup_runs: what its app.toml says.
    """
    settings = run.settings
    names = list(dict.fromkeys(model.name for model in run.models))
    parts = [f"invoke benchmark{arguments}"]
    if settings.way == "host":
        parts.append("--host")
    elif run.phone.serial:
        parts.append(f"--device {shlex.quote(run.phone.serial)}")
        if run.phone.adb_server:
            parts.append(f"--adb {shlex.quote(run.phone.adb_server)}")
    if run.tool:
        parts.append(f"--tool {shlex.quote(run.tool.file)}")
    if len(names) < models:
        parts.append(f"--models {','.join(names)}")
    parts.append(f"--delegates {','.join(settings.delegates)} --threads {','.join(map(str, settings.threads))}")
    parts.append(f"--runs {settings.num_runs} --limit {settings.limit_s:g}s --precision {100 * settings.precision:g}%")
    if settings.warmup_runs != warmup_runs:
        parts.append(f"--set benchmark.warmup_runs={settings.warmup_runs}")
    if _always_cold(run):
        parts.append("--cold")
    if settings.sustained_s:
        parts.append(f"--sustained {settings.sustained_s:g}s")
    return " ".join([*parts, f"--seed {settings.seed}"])


def _always_cold(run: BenchmarkRun) -> bool:
    """Whether every round emptied the GPU's store of kernels."""
    caches = {start.cache for row in run.measurements for start in row.starts[1:]}
    return "cold" in caches and "warm" not in caches
