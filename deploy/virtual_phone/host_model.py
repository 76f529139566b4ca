"""Runs a model for a virtual phone: on this computer, in a child process."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("run_model.py")
SLACK_S = 120.0


@dataclass(frozen=True)
class ModelJob:
    """What to run: `frames` whole frames too; `warmup_runs` and `num_runs` are least numbers, as are the seconds."""

    threads: int
    warmup_runs: int
    num_runs: int
    min_seconds: float = 0.0
    warmup_seconds: float = 0.0
    frames: bool = True


@dataclass(frozen=True)
class ModelRun:
    """How it went, in this computer's own times.

    Attributes:
        stage: the last that was begun: init, run or frame.
        error: type and message of what ended it early.
        nodes: how many a delegate runs, of how many, in how many partitions; None: no delegate.
        memory: bytes that the process held before, after the start and after the runs.
        inputs: name and shape of each.
    """

    stage: str = "init"
    error: tuple[str, str] | None = None
    init_ms: float | None = None
    first_ms: float | None = None
    warmup_ms: tuple[float, ...] = ()
    runs_ms: tuple[float, ...] = ()
    frame_ms: tuple[float, ...] = ()
    nodes: tuple[int, int, int] | None = None
    memory: tuple[int, ...] = ()
    peak_bytes: int | None = None
    inputs: tuple[tuple[str, tuple[int, ...]], ...] = field(default=())


class HostModel:
    """Runs models with ai-edge-litert, each in a process of its own."""

    async def run(self, model: bytes, job: ModelJob) -> ModelRun:
        """Runs one; what fails is in the answer."""
        with tempfile.TemporaryDirectory(prefix="virtual-phone-") as folder:
            path = Path(folder) / "model.tflite"
            path.write_bytes(model)
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                str(SCRIPT),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            asked = json.dumps({"model": str(path), **vars(job)}).encode()
            try:
                limit_s = SLACK_S + 3 * (job.min_seconds + job.warmup_seconds)
                out, _ = await asyncio.wait_for(child.communicate(asked), limit_s)
            except asyncio.TimeoutError:
                return ModelRun(error=("TimeoutError", f"the model did not end within {limit_s:.0f} s"))
            finally:
                if child.returncode is None:
                    child.kill()
                    await child.wait()
        return _read(out, child.returncode or 0)


def _read(out: bytes, code: int) -> ModelRun:
    try:
        said: dict[str, Any] = json.loads(out.splitlines()[-1])
    except (IndexError, ValueError):
        return ModelRun(error=("RuntimeError", f"the runtime ended with exit code {code}"))
    lists: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    lists["inputs"] = tuple((name, tuple(shape)) for name, shape in said.get("inputs", ()))
    return ModelRun(**lists)
