"""Measures on this computer, by LiteRT's package: the same table without a phone, whose times are no phone's."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from appspec.benchmark_result import Failure
from appspec.benchmark_run import Condition, MeasuredPhone, Start
from appspec.stages import ROOT
from deploy.benchmark.rows import Cache, Row
from deploy.device.stop import Stop

PROGRAM = "deploy.benchmark.host_program"
LIMIT_S = 300.0
NOTHING_KNOWN = Condition(thermal=None, battery=None)


@dataclass
class HostStarter:
    """LiteRT on this computer's CPU, each start in a process of its own.

    Attributes:
        stop: ends the start that runs.
    """

    warmup_runs: int
    num_runs: int
    stop: Stop
    limit_s: float = LIMIT_S

    def condition(self) -> Condition:
        """Unknown: what a computer tells of its heat says nothing of its clock."""
        return NOTHING_KNOWN

    def start(self, row: Row, order: int, cache: Cache | None) -> Start:
        """One start; see deploy.benchmark.rows.Starter."""
        started_at = datetime.now(timezone.utc).isoformat(timespec="seconds")
        failure = _not_here(row)
        told = self._run(row) if failure is None else {}
        failure = told.get("failure", failure)
        return Start(
            order=order,
            started_at=started_at,
            cache=cache,
            init_ms=told.get("init_ms"),
            first_ms=told.get("first_ms"),
            warmup_ms=told.get("warmup_ms", []),
            runs_ms=told.get("runs_ms", []),
            frame_ms=[],
            printed=None,
            difference_from_cpu=None,
            nodes=None,
            memory=[],
            peak_bytes=told.get("peak_bytes"),
            before=NOTHING_KNOWN,
            after=NOTHING_KNOWN,
            error=failure,
        )

    def _run(self, row: Row) -> dict[str, Any]:
        """What the child told, or a `failure`."""
        numbers = (row.threads, self.warmup_runs, self.num_runs)
        words = [sys.executable, "-m", PROGRAM, str(row.path.resolve()), *map(str, numbers)]
        try:
            done = self.stop.run(words, self.limit_s, environment())
        except subprocess.TimeoutExpired:
            return {"failure": _failed("process", "Hang", f"no result after {self.limit_s:.0f} s")}
        if done.returncode:
            cause = signal.Signals(-done.returncode).name if done.returncode < 0 else f"exit code {done.returncode}"
            return {"failure": _failed("process", "Crash", f"LiteRT ended the process ({cause}); the file may be damaged")}
        told: dict[str, Any] = json.loads(done.stdout)
        if "error" in told:
            return {"failure": _failed("init", "NotRun", told["error"])}
        return told


def environment() -> Mapping[str, str]:
    """The child finds the kit wherever it is started from."""
    paths = filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONWARNINGS": "ignore"}


def host_runtime() -> str:
    """The library that runs models here, with its version."""
    return f"LiteRT {importlib.metadata.version('ai-edge-litert')}"


def host_phone() -> MeasuredPhone:
    """This computer in the words for phones."""
    return MeasuredPhone(
        kind="host",
        serial=None,
        manufacturer=platform.system() or "unknown",
        model="this computer",
        soc=_processor(),
        gpu=None,
        android=None,
        sdk=None,
        abis=[platform.machine()] if platform.machine() else [],
        cores=_cores(),
        fingerprint=platform.platform() or None,
    )


def _not_here(row: Row) -> Failure | None:
    if row.delegate != "cpu":
        return _failed("request", "NotHere", f"this computer runs models on its CPU alone: {row.delegate} is measured on a phone")
    if row.threads > _cores():
        return _failed(
            "request", "NotHere", f"this computer has {_cores()} processors: {row.threads} threads would wait for each other"
        )
    return None


def _failed(stage: Any, kind: str, message: str) -> Failure:
    return Failure(stage=stage, type=kind, message=message.replace("\n", " ")[:500])


def _cores() -> int:
    return os.cpu_count() or 1


def _processor() -> str | None:
    """Linux tells it in /proc/cpuinfo."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8", errors="replace").splitlines() if info.is_file() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model")))
    return next(named, None) or platform.processor() or None
