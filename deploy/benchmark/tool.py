"""Measures by TensorFlow Lite's or LiteRT's own benchmark tool on a phone, sent and called as its documentation does by hand."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path

from appspec.benchmark_result import Failure
from appspec.benchmark_run import Condition, OperationTime, Start, Tool
from appspec.errors import KitError
from deploy.benchmark.condition import read_condition
from deploy.benchmark.restarts import BOOT_ID, Restarts
from deploy.benchmark.rows import Cache, Row
from deploy.benchmark.tool_delegates import ON_CPU, nodes_of
from deploy.benchmark.tool_flags import KERNELS, ToolCall, keeps_kernels, read_flags, tool_call
from deploy.benchmark.tool_output import ToolOutput, read_output
from deploy.benchmark.tool_program import WHERE, check_tool
from deploy.benchmark.tool_result import Generation
from deploy.device.adb import Adb
from deploy.device.send import FOLDER, Sent, send_file

LIMIT_S = 300.0
"""For one start; the tool itself measures for 150 s at most."""

KERNEL_FOLDER = f"{FOLDER}/{KERNELS}"


@dataclass
class ToolStarter:
    """A tool on one phone; what it needs is sent at the first start that needs it.

    Attributes:
        abis: of the phone, best first.
        say: gets what the tool can't do, once.
    """

    adb: Adb
    serial: str
    tool: Path
    abis: Sequence[str]
    warmup_runs: int
    num_runs: int
    say: Callable[[str], None]
    limit_s: float = LIMIT_S
    _restarts: Restarts = field(init=False)
    _sent: dict[Path, Sent] = field(default_factory=dict)
    _flags: frozenset[str] | None = None
    _told: set[str] = field(default_factory=set)
    _generation: Generation | None = None

    def __post_init__(self) -> None:
        self._restarts = Restarts(self.say)

    @property
    def runtime(self) -> str:
        """The library in the tool; which version it is, no tool tells."""
        if self._generation is None:
            return "unknown"
        return "LiteRT" if self._generation == "litert" else "TensorFlow Lite"

    def condition(self) -> Condition:
        """Heat and battery now."""
        return read_condition(self.adb, self.serial)

    def start(self, row: Row, order: int, cache: Cache | None) -> Start:
        """One start of the tool; see deploy.benchmark.rows.Starter.

        A tool that keeps no compiled kernels compiles them anew each time: its every start is cold.
        """
        self._restarts.see(self.adb.shell(self.serial, ("cat", BOOT_ID)).out.strip())
        program, flags = self._ready()
        kept = cache is not None and keeps_kernels(flags)
        if kept and cache == "cold":
            self.adb.shell(self.serial, ("rm", "-rf", KERNEL_FOLDER))
        if kept:
            self.adb.shell(self.serial, ("mkdir", "-p", KERNEL_FOLDER))
        call = tool_call(row, self._send(row.path).path, self.warmup_runs, self.num_runs, flags, KERNEL_FOLDER if kept else None)
        before = self.condition()
        started_at = datetime.now(timezone.utc).isoformat(timespec="seconds")
        output = self._run_call(program, call)
        failure = output.failure or _not_what_was_asked(output, row)
        after = self.condition()
        result = output.result
        self._generation = result.generation if result else self._generation
        return Start(
            order=order,
            started_at=started_at,
            cache=cache if kept or cache is None else "cold",
            init_ms=result.init_ms if result else None,
            first_ms=result.first_ms if result else None,
            warmup_ms=list(result.warmup_ms) if result else [],
            runs_ms=[],
            frame_ms=[],
            printed=result.printed if result and failure is None else None,
            difference_from_cpu=None,
            nodes=nodes_of(output.replaced, row.delegate),
            memory=[],
            peak_bytes=output.peak_bytes,
            before=before,
            after=after,
            error=failure,
        )

    def profile(self, row: Row) -> list[OperationTime]:
        """How long each operation takes, by a run of its own: profiling slows the tool down. Empty where it can't tell.

        Raises:
            KitError: the phone is gone, or the tool doesn't run at all.
        """
        program, flags = self._ready()
        call = tool_call(row, self._send(row.path).path, self.warmup_runs, self.num_runs, flags, None, profile=True)
        return list(self._run_call(program, call).operations)

    def described(self, row: Row) -> Tool:
        """The tool, and how it is called for a row.

        Raises:
            KitError: the phone is gone, or the tool doesn't run at all.
        """
        program, flags = self._ready()
        call = tool_call(row, self._send(row.path).path, self.warmup_runs, self.num_runs, flags, None)
        return Tool(file=self.tool.name, sha256=program.sha256, size_bytes=program.size_bytes, arguments=list(call.arguments))

    def end(self) -> None:
        """Ends the tool where it still runs.

        Raises:
            KitError: the phone can't be reached.
        """
        if self.tool not in self._sent:
            return
        name = self._sent[self.tool].path.rpartition("/")[2]
        pids = self.adb.shell(self.serial, ("pidof", name)).out.split()
        if pids and all(pid.isdecimal() for pid in pids):
            self.adb.shell(self.serial, ("kill", "-9", *pids))

    def _ready(self) -> tuple[Sent, frozenset[str]]:
        if self._flags is None:
            check_tool(self.tool, self.abis)
            program = self._send(self.tool, executable=True)
            self.end()  # one that an earlier cut left running would disturb
            self._flags = self._asked_flags(program)
        return self._send(self.tool), self._flags

    def _send(self, file: Path, executable: bool = False) -> Sent:
        if file not in self._sent:
            self._sent[file] = send_file(self.adb, self.serial, file, self.say, executable)
        return self._sent[file]

    def _asked_flags(self, program: Sent) -> frozenset[str]:
        text, code = self._run(program, ["--help"])
        flags = read_flags(text)
        failure = read_output(text, code).failure
        if not flags and failure is not None and (failure.type in _NEVER_BEGINS or code in (126, 127)):
            fix = f"take a tool that needs nothing beside it; {WHERE}"
            raise KitError(f"{self.tool.name} doesn't run on {self.serial}", failure.message, fix)
        return flags

    def _run_call(self, program: Sent, call: ToolCall) -> ToolOutput:
        for flag in call.dropped:
            if flag not in self._told:
                self._told.add(flag)
                self.say(f"{self.tool.name} knows no {flag}: left out")
        if call.lacking is not None:
            return _failed(Failure(stage="request", type="FlagUnknown", message=f"{self.tool.name} knows no {call.lacking}"))
        begun = time.monotonic()
        try:
            return read_output(*self._run(program, call.arguments))
        except KitError:
            if time.monotonic() - begun < self.limit_s:
                raise
            self.end()
            return _failed(Failure(stage="process", type="Hang", message=f"the tool gave no result for {self.limit_s:.0f} s"))

    def _run(self, program: Sent, arguments: Sequence[str]) -> tuple[str, int]:
        """Both outputs in the order they were written, and the exit code."""
        line = f"exec {shlex.join([program.path, *arguments])} 2>&1"
        reply = replace(self.adb, timeout_s=self.limit_s).shell(self.serial, ("cd", FOLDER), ("sh", "-c", line))
        return reply.out, reply.code


_NEVER_BEGINS = ("CannotStart", "NotAllowed", "NoSuchFile", "Crashed")


def _not_what_was_asked(output: ToolOutput, row: Row) -> Failure | None:
    """A time of another model or another processor than the row's is none of the row's."""
    size_mb = row.model.size_bytes / 1e6
    if output.model_mb is not None and abs(output.model_mb - size_mb) > 1e-5 * size_mb:
        told = f"the tool read a model of {output.model_mb:g} MB, {row.path.name} has {size_mb:g}"
        return Failure(stage="model", type="OtherModel", message=told)
    if row.delegate == "cpu":
        return None
    others = [one for one in output.replaced if ON_CPU not in one.delegate]
    applied = [one for one in output.applied if one.share != "none" and one.delegate != "XNNPACK"]
    if not others and not applied and (output.replaced or output.applied):
        name = "NNAPI" if row.delegate == "nnapi" else "GPU"
        return Failure(stage="init", type="DelegateNotUsed", message=f"the {name} delegate took nothing: the time is the CPU's")
    return None


def _failed(failure: Failure) -> ToolOutput:
    return replace(read_output("", 1), failure=failure)
