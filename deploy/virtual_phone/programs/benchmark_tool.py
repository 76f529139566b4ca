"""A pushed file that was made executable, when it is started: TensorFlow Lite's or LiteRT's benchmark tool.

Whatever is in the file, it "runs": this computer runs the model that the arguments name, and the tool's own words tell its times.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from deploy.virtual_phone.app_benchmark import GPU, NNAPI, XNNPACK
from deploy.virtual_phone.host_model import ModelJob, ModelRun
from deploy.virtual_phone.phone_speed import scaled
from deploy.virtual_phone.session import Answer, Program, Session
from deploy.virtual_phone.state import PhoneState
from deploy.virtual_phone.tool_flags import read_flags, usage
from deploy.virtual_phone.tool_model import elements, generation, operations, unreadable
from deploy.virtual_phone.tool_text import (
    FOOTPRINT_NOTE,
    Generation,
    Timed,
    litert_result,
    mean,
    microseconds,
    profile_tables,
    stat_line,
)

KILLED, FAILED = 137, 1
FIRST_NNAPI_SDK = 27
MEBIBYTE = 2**20


def program(path: str) -> Program:
    """What an executable file does."""

    async def run(session: Session, arguments: list[str]) -> AsyncIterator[Answer]:
        tool = _Tool(session.phone, path, arguments)
        async for piece in tool.run(session):
            yield piece

    return run


class _Tool:
    """One start of the tool."""

    def __init__(self, phone: PhoneState, path: str, arguments: list[str]) -> None:
        self._phone = phone
        self._path = path
        self._name = path.rpartition("/")[2]
        self._generation: Generation = generation(phone, path)
        self._flags = read_flags(self._generation, arguments)
        self._pid = phone.start_process(self._name)
        self._is_new = self._generation in ("2024", "litert")

    async def run(self, session: Session) -> AsyncIterator[Answer]:
        try:
            async for piece in self._run(session):
                yield piece
        finally:
            self._phone.processes.pop(self._name, None)
            self._phone.tasks.pop(self._name, None)

    async def _run(self, session: Session) -> AsyncIterator[Answer]:
        flags = self._flags
        yield self._say("STARTING!")
        if flags.on("help") or flags.wrong:
            wrong = (
                [f"Failed to parse flag '{flags.wrong}' against argv '--{flags.wrong}={flags.given[flags.wrong]}'"]
                if flags.wrong
                else []
            )
            yield self._fail(*wrong, "\n".join(usage(self._generation, self._path)))
            return
        if flags.unknown:
            yield self._say(f"Unconsumed cmdline flags: {' '.join(flags.unknown)}", severity="WARN")
        if not flags.text("graph"):
            yield self._fail("Please specify the name of your TF Lite input file with --graph")
            return
        yield self._say(*self._parameters())
        path = session.path(flags.text("graph"))
        model = self._phone.files.get(path)
        problem = unreadable(model)
        if model is None or problem:
            yield self._fail(f"Could not open '{path}'." if model is None else problem, f"Failed to load model {path}")
            return
        if self._generation == "litert":
            yield self._log("litert", f"Loading model from: {path}")
        else:
            yield self._say(f"Loaded model {path}")
        refused = self._refused()
        if refused:
            yield self._fail(*refused)
            return
        async for piece in self._measure(path, model):
            yield piece

    async def _measure(self, path: str, model: bytes) -> AsyncIterator[Answer]:
        flags = self._flags
        delegate = "gpu" if flags.on("use_gpu") else "nnapi" if flags.on("use_nnapi") else "cpu"
        job = ModelJob(
            threads=max(1, int(flags.number("num_threads"))),
            warmup_runs=max(0, int(flags.number("warmup_runs")) - 1),  # the first inference counts as one
            num_runs=int(flags.number("num_runs")),
            min_seconds=min(flags.number("min_secs"), flags.number("max_secs")),
            warmup_seconds=flags.number("warmup_min_secs"),
            frames=False,
        )
        self._phone.say(f"{self._name}: {path} on {delegate}")
        task = asyncio.get_running_loop().create_task(self._phone.host_model.run(model, job))
        self._phone.tasks[self._name] = task  # type: ignore[assignment]
        try:
            raw = await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.cancelled():  # the reader went away
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
                raise
            yield Answer(err=b"Killed \n", code=KILLED)
            return
        run = scaled(self._phone, raw, delegate)
        if run.error is not None or run.init_ms is None or run.first_ms is None:
            yield self._fail(run.error[1] if run.error else "Failed to invoke")
            return
        yield self._delegation(run, delegate)
        for piece in self._told(run, run.init_ms, run.first_ms, model):
            yield piece

    def _told(self, run: ModelRun, init_ms: float, first_ms: float, model: bytes) -> list[Answer]:
        """Everything from the model's size to the end."""
        flags, init_us = self._flags, round(init_ms * 1000)
        warmup, runs = microseconds([first_ms, *run.warmup_ms]), microseconds(run.runs_ms)
        before, after_init, after_runs = [size / MEBIBYTE for size in (*run.memory, 0, 0, 0)[:3]]
        memory = (after_init - before, after_runs - before)
        peak = (run.peak_bytes or 0) / MEBIBYTE if flags.on("report_peak_memory_footprint") else None
        pieces = []
        if self._generation != "2019":
            pieces.append(self._say(f"The input model file size (MB): {len(model) / 1e6:g}"))
        pieces.append(self._say(f"Initialized session in {init_us / 1e3:g}ms{'' if self._generation == '2019' else '.'}"))
        for least, seconds, times in (("warmup_runs", "warmup_min_secs", warmup), ("num_runs", "min_secs", runs)):
            most = f" but terminate if exceeding {flags.number('max_secs'):g} seconds"
            begun = (
                f"Running benchmark for at least {flags.text(least)} iterations and at least {flags.number(seconds):g} seconds"
            )
            pieces.append(self._say(f"{begun}{most}."))
            pieces.append(self._say(f"{stat_line(times, self._is_new)}\n"))
        if self._generation == "litert":
            size = sum(4 * elements(shape) for _, shape in run.inputs)
            return [*pieces, self._log("litert", *litert_result(init_us, warmup, runs, size, memory, peak))]
        profile = self._profile(model, runs, init_us) if flags.on("enable_op_profiling") else []
        if self._generation == "2019":
            last = f"Average inference timings in us: Warmup: {mean(warmup):g}, Init: {init_us}, Inference: {mean(runs):g}"
            return [*pieces, *profile, self._say(last)]
        parts = f"Init: {init_us}, First inference: {warmup[0]}, Warmup (avg): {mean(warmup):g}, Inference (avg): {mean(runs):g}"
        what = "Memory footprint delta from the start of the tool (MB)" if self._is_new else "Peak memory footprint (MB)"
        pieces.append(self._say(f"Inference timings in us: {parts}", FOOTPRINT_NOTE))
        pieces.append(self._say(f"{what}: init={memory[0]:g} overall={memory[1]:g}"))
        if peak and self._is_new:
            pieces.append(self._say(f"Overall peak memory footprint (MB) via periodic monitoring: {peak:g}"))
        return [*pieces, *profile]

    def _parameters(self) -> list[str]:
        """Those that were given, as LogParams names them."""
        flags = self._flags
        names = {
            "num_runs": "Min num runs",
            "min_secs": "Min runs duration (seconds)",
            "max_secs": "Max runs duration (seconds)",
            "num_threads": "Num threads",
            "warmup_runs": "Min warmup runs",
            "report_peak_memory_footprint": "Report the peak memory footprint",
            "graph": "Graph",
            "enable_op_profiling": "Enable op profiling",
            "use_gpu": "Use gpu",
            "use_nnapi": "Use NNAPI",
        }
        verbosely = [] if self._generation == "2019" else ["Log parameter values verbosely: [0]"]
        if self._generation == "litert":
            del names["graph"]  # of its own flags it logs none
        given = [name for name in names if name in flags.given or self._generation == "2019"]
        shown = {name: str(int(flags.on(name))) if flags.known[name][1] == "bool" else flags.text(name) for name in given}
        return [*verbosely, *(f"{names[name]}: [{shown[name]}]" for name in given)]

    def _refused(self) -> list[str]:
        flags, phone = self._flags, self._phone
        if flags.on("use_gpu") and phone.speed.gpu is None:
            library = 'dlopen failed: library "libOpenCL.so" not found'
            return [f"Can not open OpenCL library on this device - {library}", "Failed to apply GPU delegate."]
        if flags.on("use_nnapi") and (phone.sdk < FIRST_NNAPI_SDK or phone.speed.nnapi is None):
            return ["Failed to apply NNAPI delegate."]
        return []

    def _delegation(self, run: ModelRun, delegate: str) -> Answer:
        if run.nodes is None:
            return Answer()
        taken, total, partitions = run.nodes
        internal = {"cpu": XNNPACK, "nnapi": NNAPI}.get(delegate, GPU)
        name = {"cpu": "XNNPACK", "nnapi": "NNAPI"}.get(delegate, "GPU")
        created = "delegate for GPU." if delegate == "gpu" else f"{name} delegate for {'CPU' if delegate == 'cpu' else 'NNAPI'}."
        replacing = f"Replacing {taken} out of {total} node(s) with delegate ({internal}) node, yielding {partitions} partitions"
        severity = "VERBOSE" if self._is_new else "INFO"
        if self._is_new:
            replacing += " for subgraph 0."
        err = f"INFO: Initialized TensorFlow Lite runtime.\nINFO: Created TensorFlow Lite {created}\n{severity}: {replacing}\n"
        self._phone.log.write(self._pid, "I", "tflite", replacing)
        if self._generation in ("2019", "litert"):
            return Answer(err=err.encode())
        applied = "Explicitly applied" if self._is_new else "Applied"
        share = "completely executed by the delegate." if taken == total else "partially executed by the delegate"
        rest = "" if taken == total else f" w/ {partitions} delegate kernels."
        said = self._say(f"{applied} {name} delegate, and the model graph will be {share}{rest}")
        return Answer(said.out, err.encode())

    def _profile(self, model: bytes, runs: list[int], init_us: int) -> list[Answer]:
        starts = self._generation != "2024"
        tables = profile_tables(operations(model, mean(runs), runs[0] if runs else 0), runs, starts)
        if self._generation == "2019":
            return [Answer("".join(f"{line}\n" for line in tables).encode())]
        initial = profile_tables([Timed("AllocateTensors", "AllocateTensors/0", init_us, init_us)], [init_us], starts)
        heads = ("Profiling Info for Benchmark Initialization:", "Operator-wise Profiling Info for Regular Benchmark Runs:")
        return [self._say("\n".join([head, *table, ""])) for head, table in zip(heads, (initial, tables), strict=True)]

    def _say(self, *text: str, severity: str = "INFO") -> Answer:
        return self._log("tflite", *text, severity=severity)

    def _log(self, tag: str, *text: str, severity: str = "INFO") -> Answer:
        """On standard output (LiteRT's own words: on standard error) and in the log."""
        for entry in text:
            self._phone.log.write(self._pid, severity[0], tag, entry)
        prefix = f"{severity}: " if self._is_new else ""
        printed = "".join(f"{prefix}{entry}\n" for entry in text).encode()
        return Answer(err=printed) if tag == "litert" or severity == "ERROR" else Answer(printed)

    def _fail(self, *text: str) -> Answer:
        said = self._say(*text, "Benchmarking failed.", severity="ERROR")
        return Answer(said.out, said.err, FAILED)
