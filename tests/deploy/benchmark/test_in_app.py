"""The app's own measurement over the real adb: what comes back, and what is told where nothing does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone

import pytest

from appspec.across_starts import LEAST_STARTS
from appspec.errors import KitError
from deploy.benchmark.on_phone import new_record
from deploy.benchmark.restarts import BOOT_ID
from deploy.benchmark.sustained_plot import fall, plot_sustained
from deploy.virtual_phone import VirtualPhone
from deploy.virtual_phone.faults import Faults
from deploy.virtual_phone.host_model import ModelJob, ModelRun
from tests.deploy.benchmark.conftest import PACKAGE, Bench, QuickModel
from tests.deploy.benchmark.made_runs import made_phone

Connect = Callable[..., VirtualPhone]
RESULT = f"/sdcard/Android/data/{PACKAGE}/files/benchmark/apkiln.json"


def test_a_start_brings_all_that_the_app_measured(bench: Bench, connect: Connect) -> None:
    connect(model="Pixel 9")
    run = bench.run()
    assert (run.phone.kind, run.phone.model, run.phone.cores, run.settings.way) == ("virtual", "Pixel 9", 8, "app")
    assert (run.phone.serial_number, run.phone.adb_server) == ("V0", None)
    assert run.phone.gpu == "Virtual, Virtual GPU, OpenGL ES 3.2"
    assert "virtual" in run.runtime
    ((measurement,), (model,)) = run.measurements, run.models
    assert (model.name, model.variant, model.file) == ("cats", "int8", "version_3.tflite")
    (start,) = measurement.starts
    assert start.error is None
    assert len(start.runs_ms) == len(start.frame_ms) == 5
    assert len(start.warmup_ms) == 2
    assert (start.init_ms, start.first_ms, start.peak_bytes) == (5.0, 3.0, 40)
    assert start.before.thermal == "none"
    assert start.after.battery is not None


def test_rounds_go_on_until_it_is_precise(bench: Bench, connect: Connect) -> None:
    connect()
    bench.plan = replace(bench.plan, limit_s=60.0)
    run = bench.run(threads=[1, 2], delegates=["cpu", "gpu"])
    assert run.ended == "precise"
    assert [(one.delegate, one.threads, len(one.starts)) for one in run.measurements] == [
        ("cpu", 1, LEAST_STARTS),
        ("cpu", 2, LEAST_STARTS),
        ("gpu", 0, LEAST_STARTS),
    ]
    cold, warm, *_ = run.measurements[2].starts
    assert (cold.cache, warm.cache) == ("cold", "warm")
    assert cold.init_ms is not None
    assert warm.init_ms is not None
    assert cold.init_ms > warm.init_ms


def test_the_phone_is_left_as_it_was(bench: Bench, connect: Connect) -> None:
    phone = connect()
    phone.state.settings["global stay_on_while_plugged_in"] = "3"
    bench.run()
    assert phone.state.settings == {"global stay_on_while_plugged_in": "3"}
    assert PACKAGE not in phone.state.processes
    phone.state.settings.clear()
    bench.run()
    assert phone.state.settings == {}


def test_the_screen_stays_on_meanwhile(bench: Bench, connect: Connect) -> None:
    phone = connect()
    phone.state.awake = False
    bench.run()
    puts = [words for words in phone.state.programs if words[:2] == ["settings", "put"]]
    assert ["settings", "put", "global", "stay_on_while_plugged_in", "15"] in puts


def test_an_older_file_is_not_taken_for_this_starts(bench: Bench, connect: Connect) -> None:
    phone = connect()
    bench.run()
    old = json.loads(phone.state.files[RESULT])
    phone.faults.missing_commands = frozenset({"rm"})
    phone.faults.crash, phone.faults.crash_after_s = "java", 0.1
    run = bench.run()
    assert run.measurements[0].starts[0].error is not None
    assert json.loads(phone.state.files[RESULT]) == old


@pytest.mark.parametrize(
    ("crash", "kind", "says"),
    [("java", "Crash", "wants 96x96"), ("native", "Crash", "SIGSEGV"), ("exit", "Ended", "no crash is in the log")],
)
def test_a_crash_is_told_with_its_cause(bench: Bench, connect: Connect, crash: str, kind: str, says: str) -> None:
    phone = connect()
    phone.faults.crash, phone.faults.crash_after_s = crash, 0.1
    error = bench.run().measurements[0].starts[0].error
    assert error is not None
    assert (error.stage, error.type) == ("process", kind)
    assert says in error.message


def test_an_app_that_hangs_is_ended_and_told(bench: Bench, connect: Connect) -> None:
    phone = connect()
    bench.patience = replace(bench.patience, limit_s=0.3)
    phone.state.host_model = type("Never", (), {"run": lambda self, model, job: _never()})()
    error = bench.run().measurements[0].starts[0].error
    assert error is not None
    assert (error.stage, error.type) == ("process", "Hang")
    assert ["am", "force-stop", PACKAGE] in phone.state.programs


async def _never() -> None:
    import asyncio

    await asyncio.sleep(60)


def test_another_app_in_front_is_told(bench: Bench, connect: Connect) -> None:
    phone = connect()
    say = phone.state.say

    def cover(line: str) -> None:
        if line.startswith("benchmark:"):
            phone.state.awake = False
        say(line)

    phone.state.say = cover
    error = bench.run().measurements[0].starts[0].error
    assert error is not None
    assert error.type == "LeftFront"
    assert "leave the phone alone" in error.message


def test_a_full_phone_is_told(bench: Bench, connect: Connect) -> None:
    phone = connect()
    bench.run()
    phone.faults.free_bytes = 100
    with pytest.raises(KitError, match="no space left") as caught:
        bench.run()
    assert "free some space" in caught.value.fix


def test_a_connection_that_comes_back_in_a_start_costs_nothing(bench: Bench, connect: Connect) -> None:
    phone = connect()

    def drop(line: str) -> None:
        if line.startswith("benchmark:"):
            phone.faults.cut_at_step = phone.state.steps + 3

    phone.state.say = drop
    (start,) = bench.run().measurements[0].starts
    assert start.error is None
    assert len(start.runs_ms) == 5


def test_a_restart_between_two_starts_is_told_once(bench: Bench, connect: Connect) -> None:
    phone = connect()
    bench.plan = replace(bench.plan, limit_s=60.0)
    began: list[str] = []

    def restart(line: str) -> None:
        if line.startswith("benchmark:"):
            began.append(line)
            if len(began) == 1:
                phone.state.disk.write(BOOT_ID, b"another\n", 0o444)

    phone.state.say = restart
    run = bench.run()
    assert len(run.measurements[0].starts) > 1
    assert sum("restarted between two starts" in line for line in bench.said) == 1


def test_a_sustained_run_shows_how_the_speed_falls(bench: Bench, connect: Connect) -> None:
    connect(faults=Faults(heats=3000.0))
    bench.plan = replace(bench.plan, limit_s=60.0, precision=0.9)
    run = bench.run(delegates=["cpu", "gpu"], sustained_s=2.0)
    assert [(one.delegate, one.threads, one.error) for one in run.sustained] == [("gpu", 0, None), ("cpu", 2, None)]
    assert all(one.moments for one in run.sustained)
    picture = plot_sustained(run, bench.folder / "sustained.png")
    assert picture is not None
    assert picture.read_bytes().startswith(b"\x89PNG")


class Dying(QuickModel):
    """The app's process ends in the third piece of its first sustained run."""

    pieces = 0
    phone: VirtualPhone

    async def run(self, model: bytes, job: ModelJob) -> ModelRun:
        self.pieces += not job.frames
        if self.pieces == 3:
            self.phone.state.end_process(PACKAGE)
            await asyncio.sleep(60)
        return await super().run(model, job)


def test_a_sustained_run_that_dies_keeps_the_seconds_before(bench: Bench, connect: Connect) -> None:
    dying = Dying()
    dying.phone = connect(host_model=dying)
    bench.plan = replace(bench.plan, limit_s=60.0, precision=0.9)
    died, whole = bench.run(delegates=["cpu", "gpu"], sustained_s=4.0).sustained
    assert died.error is not None
    assert died.error.type == "Ended"
    assert [moment.at_s for moment in died.moments] == pytest.approx(
        [0.0, 0.402], abs=0.001
    )  # 400 runs of 2.01 ms, half of it on the GPU
    assert whole.error is None
    assert whole.moments[-1].at_s > 2
    assert not [path for path in dying.phone.state.files if "so-far" in path]


def test_fall_compares_the_first_tenth_with_the_last(bench: Bench, connect: Connect) -> None:
    connect()
    bench.plan = replace(bench.plan, limit_s=60.0, precision=0.9)
    line = bench.run(sustained_s=2.0).sustained[0]
    moment = line.moments[0]
    heating = [moment.model_copy(update={"at_s": float(at), "ms": 2.0 if at < 50 else 4.0}) for at in range(100)]
    assert fall(line.model_copy(update={"moments": heating})) == (2.0, 4.0)
    assert fall(line.model_copy(update={"moments": heating[:5]})) is None


def test_two_phones_are_measured_side_by_side_into_two_files(bench: Bench, connect: Connect) -> None:
    connect(model="Pixel 9")
    connect(model="Galaxy S25")
    outcomes = bench.outcomes()
    paths = {outcome.result.path for outcome in outcomes if outcome.result is not None}
    assert len(paths) == 2
    assert all(path.is_file() for path in paths)
    assert any(line.startswith("127.0.0.1") for line in bench.said)


def test_phones_that_are_called_alike_have_a_file_each(bench: Bench) -> None:
    job, moment = bench.job(), datetime(2026, 5, 1, 12, tzinfo=timezone.utc)
    records = [new_record(job, made_phone(serial="emulator-5554", model="手机"), lambda: "x") for _ in range(3)]
    for record in records:
        record.started_at = moment
    names = [record.path.name for record in (*records, *records)]
    begin = "2026-05-01T12-00-00Z-emulator-5554"
    assert names == [f"{begin}.json", f"{begin}-2.json", f"{begin}-3.json"] * 2


def test_one_phone_that_is_lost_stops_no_other(bench: Bench, connect: Connect) -> None:
    connect(model="Pixel 9")
    connect(model="Nexus", sdk=19)
    good, old = sorted(bench.outcomes(), key=lambda outcome: outcome.error is not None)
    assert good.result is not None
    assert good.result.rounds.count == 1
    assert old.error is not None
    assert "too old" in old.error.what
