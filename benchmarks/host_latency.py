"""Milliseconds of one inference as `invoke quantize` and `model.check` tell them, against LiteRT's own benchmark tool.

    python benchmarks/host_latency.py MODEL...

Both measure in turn, in processes of their own, on one thread and on two; needs a machine that does nothing else.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from pymodel.inference.host_run import run_on_host

ROUNDS, RUNS = 5, 300


def main(models: list[Path]) -> None:
    """Prints one JSON object a model and number of threads: both medians, and the median of the paired ratios."""
    rows = []
    for model in models:
        for threads in (1, 2):
            pairs = [(_ours(model, threads), _tool(model, threads)) for _ in range(ROUNDS)]
            ours, tool = (round(statistics.median(side), 4) for side in zip(*pairs, strict=True))
            ratio = round(statistics.median(mine / theirs for mine, theirs in pairs if theirs), 3)
            rows.append({"model": model.name, "threads": threads, "ours_ms": ours, "tool_ms": tool, "ratio": ratio})
    print(json.dumps(rows, indent=1))


def _ours(model: Path, threads: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return run_on_host(model.name, model.read_bytes(), [], Path(folder, "log"), [threads]).median_ms[threads]


def _tool(model: Path, threads: int) -> float:
    """Of `litert-benchmark`, which rounds to hundredths."""
    tool = Path(sys.prefix, "bin", "litert-benchmark")
    program = [str(tool)] if tool.is_file() else [os.environ.get("LITERT_BENCHMARK", "litert-benchmark")]
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder, "result.json")
        flags = ["--num_threads", str(threads), "--num_runs", str(RUNS), "--warmup_runs", "20", "--result_json", str(result)]
        subprocess.run([*program, "--model", str(model), *flags], check=True, capture_output=True)
        median: float = json.loads(result.read_text(encoding="utf-8"))["latency"]["median_ms"]
    return median


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
