"""A benchmark tool on a phone: sent, called, read; what it can't do or didn't do is told, and never taken for a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from appspec.benchmark_run import Delegate, Start
from appspec.errors import KitError
from appspec.start_times import start_times
from deploy.benchmark.rows import Row
from deploy.benchmark.tool import KERNEL_FOLDER, ToolStarter
from deploy.device.adb import Adb
from deploy.device.send import FOLDER
from deploy.virtual_phone import PrivateAdbServer, VirtualPhone
from deploy.virtual_phone.programs import benchmark_tool
from deploy.virtual_phone.session import Answer, Program, Session
from tests.deploy.benchmark import tool_writer as writer
from tests.deploy.benchmark.fake_starter import made_row
from tests.deploy.benchmark.tiny_tool import X86_64, elf
from tests.deploy.benchmark.tool_writer import Told
from tests.deploy.device.conftest import wait_until

TFLITE = (
    "graph",
    "num_threads",
    "warmup_runs",
    "num_runs",
    "use_gpu",
    "gpu_precision_loss_allowed",
    "use_nnapi",
    "enable_op_profiling",
)
LITERT = ("graph", "num_threads", "warmup_runs", "num_runs", "use_cpu", "use_gpu", "gpu-precision", "use_profiler")
SERIALIZING = (*TFLITE, "delegate_serialize_dir", "delegate_serialize_token")
TOLD = Told(warmup=[900, 800], runs=[500, 510, 490], size=2000)
ON_GPU = "Replacing 10 out of 12 node(s) with delegate (TfLiteGpuDelegateV2) node, yielding 2 partitions for subgraph 0."
ON_XNNPACK = "Replacing 12 out of 12 node(s) with delegate (TfLiteXNNPackDelegate) node, yielding 1 partitions for subgraph 0."


@dataclass
class PluggedTool:
    """What the pushed program does on the virtual phone."""

    flags: tuple[str, ...] = TFLITE
    write: Callable[[list[str]], str] = lambda _arguments: writer.timings(TOLD, percentiles=True)
    code: int = 0
    hangs: bool = False
    calls: list[list[str]] = field(default_factory=list)

    def program(self, path: str) -> Program:
        """As the virtual phone finds it by its path."""
        assert path.startswith(f"{FOLDER}/")

        async def run(session: Session, arguments: list[str]) -> AsyncIterator[Answer]:
            self.calls.append(arguments)
            if arguments == ["--help"]:
                lines = [f"\t--{flag}=x\tstring\toptional\tsomething" for flag in self.flags]
                yield Answer(err="\n".join(["ERROR: usage: tool <flags>", "Flags:", *lines, ""]).encode(), code=1)
                return
            name = path.rpartition("/")[2]
            session.phone.processes[name] = 4321
            while self.hangs and name in session.phone.processes:
                await asyncio.sleep(0.05)
            session.phone.processes.pop(name, None)
            yield Answer(out=self.write(arguments).encode(), code=137 if self.hangs else self.code)

        return run


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> PluggedTool:
    tool = PluggedTool()
    monkeypatch.setattr(benchmark_tool, "program", tool.program)
    return tool


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "my model's $(x).tflite"
    path.write_bytes(bytes(2000))
    return path


@pytest.fixture
def starter(adb: Adb, phone: VirtualPhone, tmp_path: Path) -> ToolStarter:
    tool = tmp_path / "benchmark model"
    tool.write_bytes(elf())
    return ToolStarter(adb, phone.serial, tool, ("arm64-v8a",), warmup_runs=1, num_runs=50, say=said.append)


said: list[str] = []


@pytest.fixture(autouse=True)
def silence() -> None:
    said.clear()


def row_of(model: Path, delegate: Delegate = "cpu", threads: int = 4) -> Row:
    row = made_row(delegate=delegate, threads=threads)
    return replace(row, path=model, model=row.model.model_copy(update={"size_bytes": 2000}))


def failure_of(start: Start) -> tuple[str, str]:
    assert start.error is not None
    assert start.printed is None
    assert list(start_times(start)) == []
    return start.error.stage, start.error.type


def test_it_is_called_as_its_documentation_does(
    starter: ToolStarter, plugged: PluggedTool, model: Path, phone: VirtualPhone
) -> None:
    start = starter.start(row_of(model), 3, None)
    arguments = plugged.calls[-1]
    assert [word.partition("=")[0] for word in arguments] == ["--graph", "--num_threads", "--warmup_runs", "--num_runs"]
    assert arguments[1:] == ["--num_threads=4", "--warmup_runs=1", "--num_runs=50"]
    graph = arguments[0].removeprefix("--graph=")
    assert phone.state.files[graph] == model.read_bytes()
    assert (start.order, start.cache, start.error, start.runs_ms) == (3, None, None, [])
    assert start.printed is not None
    assert (start.printed.count, start.printed.median_ms, start.init_ms, start.first_ms) == (3, 0.5, 4.452, 0.9)
    assert list(start_times(start)) == [0.5]
    assert starter.runtime == "TensorFlow Lite"
    told = starter.described(row_of(model))
    assert (told.file, told.size_bytes, told.arguments) == ("benchmark model", len(elf()), arguments)


def test_tool_and_model_are_sent_once(starter: ToolStarter, plugged: PluggedTool, model: Path, phone: VirtualPhone) -> None:
    for order in range(3):
        starter.start(row_of(model), order, None)
    assert [line.partition(" (")[0] for line in said] == ["sending benchmark model", "sending my model's $(x).tflite"]
    assert plugged.calls.count(["--help"]) == 1


def test_what_an_older_tool_does_not_know_is_left_out_and_said_once(
    starter: ToolStarter, plugged: PluggedTool, model: Path
) -> None:
    plugged.flags = ("graph", "num_threads", "num_runs", "use_nnapi")
    plugged.write = lambda _arguments: writer.average(TOLD)
    for order in range(2):
        assert starter.start(row_of(model), order, None).error is None
    assert "--warmup_runs=1" not in plugged.calls[-1]
    assert [line for line in said if "knows no" in line] == ["benchmark model knows no --warmup_runs: left out"]
    assert failure_of(starter.start(row_of(model, "gpu", 0), 2, "cold")) == ("request", "FlagUnknown")


@pytest.mark.parametrize(
    ("flags", "delegate", "wanted"),
    [
        (TFLITE, "gpu", ["--use_gpu=true"]),
        (TFLITE, "gpu_32", ["--use_gpu=true", "--gpu_precision_loss_allowed=false"]),
        (LITERT, "gpu_32", ["--use_gpu=true", "--gpu-precision=fp32"]),
        (TFLITE, "nnapi", ["--use_nnapi=true"]),
        ((), "gpu", ["--use_gpu=true"]),
    ],
)
def test_each_processor_has_its_flags(
    starter: ToolStarter, plugged: PluggedTool, model: Path, flags: tuple[str, ...], delegate: Delegate, wanted: list[str]
) -> None:
    plugged.flags = flags
    plugged.write = lambda _arguments: writer.timings(replace(TOLD, before=[ON_GPU]))
    start = starter.start(row_of(model, delegate, 0), 0, "cold")
    assert plugged.calls[-1][3:] == wanted
    assert (start.error, start.cache) == (None, "cold")
    assert start.nodes is not None
    assert (start.nodes.delegated, start.nodes.total, start.nodes.partitions) == (10, 12, 2)


def test_litert_has_no_nnapi(starter: ToolStarter, plugged: PluggedTool, model: Path) -> None:
    plugged.flags = LITERT
    assert failure_of(starter.start(row_of(model, "nnapi", 0), 0, None)) == ("request", "FlagUnknown")


def test_kernels_are_kept_where_the_tool_can(
    starter: ToolStarter, plugged: PluggedTool, model: Path, phone: VirtualPhone
) -> None:
    plugged.flags = SERIALIZING
    plugged.write = lambda _arguments: writer.timings(replace(TOLD, before=[ON_GPU]))
    assert starter.start(row_of(model, "gpu", 0), 0, "warm").cache == "warm"
    assert plugged.calls[-1][-2:] == [f"--delegate_serialize_dir={KERNEL_FOLDER}", "--delegate_serialize_token=kernels"]
    phone.state.disk.write(f"{KERNEL_FOLDER}/old", b"kernel")
    assert starter.start(row_of(model, "gpu", 0), 1, "cold").cache == "cold"
    assert f"{KERNEL_FOLDER}/old" not in phone.state.files
    plugged.flags = TFLITE
    other = replace(starter, _flags=None)
    assert other.start(row_of(model, "gpu", 0), 2, "warm").cache == "cold"


@pytest.mark.parametrize(
    "before",
    [
        [ON_XNNPACK],
        ["Though GPU delegate is explicitly applied, the model graph will not be executed by the delegate."],
    ],
)
def test_a_gpu_that_did_nothing_has_no_time(starter: ToolStarter, plugged: PluggedTool, model: Path, before: list[str]) -> None:
    plugged.write = lambda _arguments: writer.timings(replace(TOLD, before=before))
    assert failure_of(starter.start(row_of(model, "gpu", 0), 0, "cold")) == ("init", "DelegateNotUsed")
    assert starter.start(row_of(model), 1, None).error is None


def test_the_time_of_another_model_is_none(starter: ToolStarter, plugged: PluggedTool, model: Path) -> None:
    plugged.write = lambda _arguments: writer.timings(replace(TOLD, size=2001))
    assert failure_of(starter.start(row_of(model), 0, None)) == ("model", "OtherModel")


def test_operations_come_from_a_run_of_their_own(starter: ToolStarter, plugged: PluggedTool, model: Path) -> None:
    plugged.write = lambda arguments: writer.timings(
        replace(TOLD, operations=[("CONV_2D", "[a]:0", 400)] if "--enable_op_profiling=true" in arguments else [])
    )
    assert [(one.type, one.name, one.ms) for one in starter.profile(row_of(model))] == [("CONV_2D", "a", 0.4)]
    starter.start(row_of(model), 0, None)
    assert "--enable_op_profiling=true" not in plugged.calls[-1]


def test_a_tool_that_hangs_is_ended(starter: ToolStarter, plugged: PluggedTool, model: Path, phone: VirtualPhone) -> None:
    starter.described(row_of(model))
    plugged.hangs = True
    starter.limit_s = 1.0
    assert failure_of(starter.start(row_of(model), 0, None)) == ("process", "Hang")
    wait_until(lambda: not [name for name in phone.state.processes if "benchmark_model" in name])
    plugged.hangs = False
    starter.limit_s = 60.0
    assert starter.start(row_of(model), 1, None).error is None


def test_one_left_running_by_a_cut_is_ended_first(
    starter: ToolStarter, plugged: PluggedTool, model: Path, phone: VirtualPhone
) -> None:
    starter.described(row_of(model))
    name = next(path for path in phone.state.files if path.endswith("benchmark_model")).rpartition("/")[2]
    phone.state.processes.update({name: 77, "someone.else": 78})
    replace(starter, _flags=None).described(row_of(model))
    assert phone.state.processes.get("someone.else") == 78
    assert name not in phone.state.processes


def test_a_tool_for_another_processor_is_told_before_anything_is_sent(
    starter: ToolStarter, plugged: PluggedTool, model: Path, phone: VirtualPhone
) -> None:
    starter.tool.write_bytes(elf(X86_64))
    with pytest.raises(KitError) as caught:
        starter.start(row_of(model), 0, None)
    assert "it is built for x86_64, the phone runs arm64-v8a" in caught.value.why
    assert phone.state.files == {} or not [path for path in phone.state.files if path.startswith(FOLDER)]


def test_a_tool_that_lacks_a_library_is_told(starter: ToolStarter, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'CANNOT LINK EXECUTABLE "x": library "libLiteRt.so" not found: needed by main executable\n'

    def program(path: str) -> Program:
        return lambda session, arguments: Answer(err=text.encode(), code=1)

    monkeypatch.setattr(benchmark_tool, "program", program)
    with pytest.raises(KitError) as caught:
        starter.start(row_of(model), 0, None)
    assert "libLiteRt.so" in caught.value.why


def test_a_cut_at_every_third_step_is_told_and_the_next_run_ends_as_a_clean_one(
    starter: ToolStarter, plugged: PluggedTool, model: Path, phone: VirtualPhone, server: PrivateAdbServer
) -> None:
    clean = starter.start(row_of(model), 0, None)
    steps = phone.state.steps
    told = 0
    for step in range(1, steps, 3):
        phone.state.files.clear()
        again = replace(starter, _flags=None, _sent={}, adb=replace(starter.adb, timeout_s=5.0), limit_s=5.0)
        phone.faults.cut_at_step = phone.state.steps + step
        try:
            start = again.start(row_of(model), 0, None)
            assert start.error is None or start.printed is None
        except KitError:
            told += 1
        phone.faults.cut_at_step = None
        wait_until(lambda: server.run("-s", phone.serial, "get-state").stdout.strip() == "device")
        after = replace(again, _flags=None, _sent={}).start(row_of(model), 0, None)
        assert (after.printed, after.error) == (clean.printed, None), step
    assert told
