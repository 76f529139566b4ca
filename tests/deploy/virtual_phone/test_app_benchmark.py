"""The app's benchmark on the virtual phone: the model of the installed APK runs on this computer, and the app's JSON says how."""

from __future__ import annotations

import asyncio
import io
import time
import zipfile

import pytest

from appspec.benchmark_result import BenchmarkResult, read_result
from deploy.virtual_phone import PhoneState
from deploy.virtual_phone.app_benchmark import ACTIVITY
from deploy.virtual_phone.heat import Heat
from deploy.virtual_phone.host_model import HostModel, ModelJob, ModelRun
from deploy.virtual_phone.packages import install
from deploy.virtual_phone.session import Session
from deploy.virtual_phone.shell import collect
from tests.deploy.tiny_apk import TinyApk
from tests.tflite_models import conv_chain

PACKAGE = "org.example.cats"
RUNS_MS = tuple(float(number) for number in range(1, 21))


class Played(HostModel):
    """Answers at once with made-up times, and keeps what it was asked."""

    def __init__(self) -> None:
        self.jobs: list[ModelJob] = []

    async def run(self, model: bytes, job: ModelJob) -> ModelRun:
        self.jobs.append(job)
        return ModelRun(
            "frame", None, 8.0, 4.0, (2.0,), RUNS_MS[: job.num_runs], RUNS_MS[: job.num_runs], (2, 3, 1), (10, 20, 30), 40
        )


def phone_with(*names: str, **more: object) -> PhoneState:
    """A phone on which an app with models of these files is installed; its models are played."""
    state = PhoneState(host_model=Played(), **more)  # type: ignore[arg-type]
    assets = tuple((f"{name}.tflite", conv_chain(2, seed=place)) for place, name in enumerate(names))
    apk = TinyApk(PACKAGE, activities=(ACTIVITY,), assets=assets, debuggable=True, version_name="1.2", version_code=3).build()
    assert install(state, len(apk), apk, []) == "Success"
    return state


def measure(state: PhoneState, extras: str, name: str = "a") -> BenchmarkResult:
    """Starts the activity and waits for its file."""

    async def work() -> None:
        line = f"am start -S -W -n {PACKAGE}/{ACTIVITY} --es name {name} --es run_id r1 {extras}"
        answer = await collect(Session(state), line)
        assert b"Complete" in answer.out
        while state.tasks:
            await asyncio.wait(set(state.tasks.values()))

    asyncio.run(work())
    return read_result(state.files[f"/sdcard/Android/data/{PACKAGE}/files/benchmark/{name}.json"].decode())


def test_the_file_is_the_apps_and_says_that_it_is_virtual() -> None:
    state = phone_with("cats")
    result = measure(state, "--ei num_runs 5 --ei threads 2 --ei warmup_runs 1")
    assert result.error is None
    assert result.runtime.startswith("virtual (ai-edge-litert ")
    assert (result.app.id, result.app.version, result.app.version_code, result.app.debuggable) == (PACKAGE, "1.2", 3, True)
    assert (result.run_id, result.request.threads if result.request else None) == ("r1", 2)
    assert result.runs_ms == list(RUNS_MS[:5])
    assert result.nodes is not None
    assert (result.nodes.delegated, result.nodes.total, result.nodes.partitions) == (2, 3, 1)
    assert [memory.pss_bytes for memory in result.memory] == [10, 20, 30]
    assert "Replacing 2 out of 3 node(s)" in "".join(line.text for line in state.log if line.tag == "tflite")


@pytest.mark.parametrize(
    ("extras", "stage", "message"),
    [
        ("--es model dogs", "request", "no model dogs, but cats"),
        ("--es delegate npu", "request", "no delegate npu, but cpu, gpu, gpu_32, nnapi"),
        ("--ei threads 17", "request", "threads 17 is not in 1..16"),
        ("--ei num_runs 0", "request", "num_runs 0 is not in 1..100000"),
        ("--ef min_seconds 601", "request", "min_seconds 601.0 is not in 0.0..600.0"),
        ("--es variant int8", "request", "no variant int8, but "),
        ("--es delegate nnapi", "init", "NNAPI is not for Android 16"),
    ],
)
def test_what_the_app_refuses_is_refused_in_its_words(extras: str, stage: str, message: str) -> None:
    result = measure(phone_with("cats"), extras)
    assert result.error is not None
    assert (result.error.stage, result.error.message) == (stage, message)


def test_a_gpu_is_measured_by_the_profiles_factor_and_first_compiles() -> None:
    state = phone_with("cats")
    state.speed = type(state.speed)(cpu=2.0, gpu=0.5, nnapi=None)
    on_cpu, first, second = (measure(state, f"--ei num_runs 4 --es delegate {name}") for name in ("cpu", "gpu", "gpu"))
    assert on_cpu.runs_ms == [2.0, 4.0, 6.0, 8.0]
    assert first.runs_ms == second.runs_ms == [0.5, 1.0, 1.5, 2.0]
    assert first.init_ms is not None
    assert second.init_ms is not None
    assert first.init_ms > 3 * second.init_ms
    assert measure(state, "--ei num_runs 4 --es delegate gpu --ez cold true").init_ms == first.init_ms


def test_a_model_that_is_not_the_codes_is_damaged() -> None:
    state = phone_with("cats")
    installed = state.packages[PACKAGE]
    packed = io.BytesIO(installed.data)
    with zipfile.ZipFile(packed, "a") as apk:
        apk.writestr("classes.dex", b"dex\n035 some other model's hash")
    state.packages[PACKAGE] = type(installed)(installed.info, packed.getvalue(), installed.path)
    result = measure(state, "")
    assert result.error is not None
    assert (result.error.stage, result.error.type) == ("model", "DamagedModel")


def test_heat_slows_the_runs_and_goes_again() -> None:
    state = phone_with("cats")
    state.faults.heats = 500.0  # °C a second: the made-up runs are short
    result = measure(state, "--ei num_runs 20")
    slower = [after / before for before, after in zip(RUNS_MS, result.runs_ms, strict=True)]
    assert slower == sorted(slower)
    assert slower[0] == 1.0
    assert slower[-1] > 1.5
    assert (result.thermal.before, result.thermal.after) == ("none", "shutdown")
    clock = time.monotonic()
    state.heat.seconds = lambda: clock + 3600
    assert state.heat.status == 0


def test_a_body_warms_towards_a_balance_and_cools_by_itself() -> None:
    now = [0.0]
    heat = Heat(skin_c=29.0, cools=1 / 120, seconds=lambda: now[0])
    assert heat.now_c() == 29.0
    for _ in range(1200):
        heat.compute(1.0, 0.2)
    assert heat.now_c() == pytest.approx(25 + 0.2 * 120, abs=0.01)  # where it loses what it is given
    now[0] += 120
    assert heat.now_c() == pytest.approx(25 + 24 / 2.718281828, abs=0.01)


def test_a_full_disk_leaves_no_file() -> None:
    state = phone_with("cats")
    state.faults.free_bytes = 10
    with pytest.raises(KeyError):
        measure(state, "--ei num_runs 2")
    assert any("ENOSPC" in line.text for line in state.log)


def test_stopping_the_app_ends_its_benchmark() -> None:
    state = phone_with("cats")

    class Slow(HostModel):
        async def run(self, model: bytes, job: ModelJob) -> ModelRun:
            await asyncio.sleep(60)
            return ModelRun()

    state.host_model = Slow()

    async def work() -> None:
        await collect(Session(state), f"am start -n {PACKAGE}/{ACTIVITY}")
        await asyncio.sleep(0.1)
        busy = next(iter(state.tasks.values()))
        await collect(Session(state), f"am force-stop {PACKAGE}; pidof {PACKAGE}")
        with pytest.raises(asyncio.CancelledError):
            await busy

    asyncio.run(work())
    assert state.processes == {}


def test_the_very_model_runs_in_a_child_process() -> None:
    async def work() -> ModelRun:
        return await HostModel().run(conv_chain(3), ModelJob(threads=2, warmup_runs=2, num_runs=5))

    run = asyncio.run(work())
    assert run.error is None
    assert (len(run.warmup_ms), len(run.runs_ms), len(run.frame_ms)) == (2, 5, 5)
    assert min(run.runs_ms) > 0
    assert run.inputs[0][1] == (1, 8, 8, 3)
    assert run.peak_bytes
    assert run.peak_bytes >= max(run.memory) > 10_000_000


def test_what_is_no_model_ends_the_child_alone() -> None:
    async def work() -> ModelRun:
        return await HostModel().run(b"no model", ModelJob(threads=1, warmup_runs=0, num_runs=1))

    run = asyncio.run(work())
    assert run.error is not None
    assert run.stage == "init"
