"""A program of its own: runs one model on this computer's LiteRT and says in JSON how long that took; host.py starts it."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from appspec.compiled_model import CompiledOnCpu


def main(model: str, threads: str, warmup_runs: str, num_runs: str) -> None:
    """Writes one line of JSON to the standard output that it was started with; LiteRT's own words go elsewhere."""
    answer = os.dup(1)
    os.dup2(2, 1)
    try:
        told = _measure(Path(model), int(threads), int(warmup_runs), int(num_runs))
    except Exception as error:  # whatever LiteRT throws is told to the parent
        told = {"error": f"{type(error).__name__}: {error}"}
    os.write(answer, json.dumps(told).encode())


def _measure(model: Path, threads: int, warmup_runs: int, num_runs: int) -> dict[str, Any]:
    compiled = CompiledOnCpu(model, threads)
    first_ms, *warmup_ms = [compiled.run_s() * 1e3 for _ in range(1 + warmup_runs)]
    runs_ms = [compiled.run_s() * 1e3 for _ in range(num_runs)]
    return {
        "init_ms": compiled.init_s * 1e3,
        "first_ms": first_ms,
        "warmup_ms": warmup_ms,
        "runs_ms": runs_ms,
        "peak_bytes": _peak_bytes(),
    }


def _peak_bytes() -> int | None:
    """Linux alone; `getrusage` would hand down the parent's."""
    status = Path("/proc/self/status")
    found = (
        re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii", errors="replace"), re.MULTILINE)
        if status.is_file()
        else None
    )
    return int(found[1]) * 1024 if found is not None else None


if __name__ == "__main__":
    main(*sys.argv[1:])
