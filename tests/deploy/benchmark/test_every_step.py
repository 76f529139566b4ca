"""A fault at every protocol step of a benchmark: clear words, and the next run ends as one that nothing happened to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from appspec.benchmark_run import BenchmarkRun, read_run
from appspec.errors import KitError
from deploy.virtual_phone import PrivateAdbServer, VirtualPhone
from tests.deploy.benchmark.conftest import PACKAGE, Bench
from tests.deploy.device.conftest import wait_until

Connect = Callable[..., VirtualPhone]
SETTINGS = {"global stay_on_while_plugged_in": "3"}


@pytest.fixture
def phone(connect: Connect, bench: Bench) -> VirtualPhone:
    """One that has the app, and was measured once."""
    phone = connect()
    phone.state.settings.update(SETTINGS)
    assert_clean(bench.run())
    return phone


def steps_of(bench: Bench, phone: VirtualPhone) -> int:
    """How many a clean run has."""
    before = phone.state.steps
    assert_clean(bench.run())
    return phone.state.steps - before


def assert_clean(run: BenchmarkRun) -> None:
    ((start,),) = (one.starts for one in run.measurements)
    assert start.error is None
    assert (len(start.runs_ms), len(start.frame_ms), run.ended) == (5, 5, "time")


def assert_told_or_measured(bench: Bench) -> str:
    """What was told; empty where the run went through. No file is half-done, and none says more than was measured."""
    run, problem = None, None
    try:
        run = bench.run()
    except KitError as error:
        problem = error
    if problem is not None:
        assert all((problem.what, problem.why, problem.fix))
        told = f"{problem.what}: {problem.why}"
    else:
        assert run is not None
        ((start,),) = (one.starts for one in run.measurements)
        assert start.error is not None or (len(start.runs_ms), len(start.frame_ms)) == (5, 5)
        told = start.error.message if start.error is not None else ""
    for path in bench.folder.glob("*"):
        assert path.suffix == ".json"
        read_run(path)
    return told


def reached_again(server: PrivateAdbServer, phone: VirtualPhone) -> None:
    def answers() -> bool:
        if server.run("-s", phone.serial, "shell", "getprop", "sys.boot_completed").stdout.strip() == "1":
            return True  # a shell answers earlier, while the package manager is still missing
        server.run("disconnect", phone.serial)
        server.connect(phone)
        return False

    wait_until(answers)


def every(steps: int, stride: int) -> range:
    """From the first step on; a few more than there were, as a run may take one more look."""
    return range(1, steps + 3, stride)


@pytest.mark.parametrize(
    ("fault", "stride"), [("cut_at_step", 1), ("reboot_at_step", 5), ("hang_at_step", 9), ("wrong_bytes_at_step", 2)]
)
def test_the_next_run_is_a_clean_one(
    server: PrivateAdbServer, bench: Bench, phone: VirtualPhone, fault: str, stride: int
) -> None:
    steps = steps_of(bench, phone)
    assert steps > 30
    phone.faults.reboot_s = phone.faults.boot_s = 0.05
    told = set()
    for step in every(steps, stride):
        setattr(phone.faults, fault, phone.state.steps + step)
        patient = bench.patience
        bench.adb_timeout_s = 0.5 if fault == "hang_at_step" else 30.0
        bench.patience = replace(patient, limit_s=1.5, reconnect_s=0.5)
        told.add(assert_told_or_measured(bench))
        bench.adb_timeout_s, bench.patience = 30.0, patient
        setattr(phone.faults, fault, None)
        phone.wake()
        reached_again(server, phone)
        assert_clean(bench.run())
        assert phone.state.settings == SETTINGS or fault == "wrong_bytes_at_step", step
        assert PACKAGE not in phone.state.processes, step
    print(steps, *sorted(told), sep="\n")
    assert told - {""} or fault == "wrong_bytes_at_step"  # what came damaged is read again
    assert not any("Traceback" in text or "Errno" in text for text in told)
