"""A deploy that fails at any single step of the protocol: clear words, nothing half-done, and the next run ends as a clean one.

The steps of a clean deploy are counted first; then the phone fails at each of them in turn, several phones side by side.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.deploy import DeployResult, deploy
from deploy.device.fleet import on_each
from deploy.device.launch import Patience
from deploy.device.listing import Connected, Phone, list_phones
from deploy.device.side_by_side import side_by_side
from deploy.virtual_phone import Faults, PhoneState, PrivateAdbServer, VirtualPhone
from deploy.virtual_phone.packages import install
from tests.deploy.device.conftest import PACKAGE, TARGET, wait_until
from tests.deploy.tiny_apk import TinyApk

BRIEF = Patience(start_s=2.0, stay_s=0.1, poll_s=0.1)
ANSWER_S = 4.0
HUNG_S = 0.6
PHONES = 4

Break = Callable[[Faults, int], None]


def cut(faults: Faults, step: int) -> None:
    faults.cut_at_step = step


def hang(faults: Faults, step: int) -> None:
    faults.hang_at_step = step


def reboot(faults: Faults, step: int) -> None:
    faults.reboot_at_step, faults.reboot_s, faults.boot_s = step, 0.1, 0.2


def wrong_bytes(faults: Faults, step: int) -> None:
    faults.wrong_bytes_at_step = step


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An older version of the app, which is on the phone before."""
    path = tmp_path / "old.apk"
    path.write_bytes(TinyApk(version_code=1, payload_bytes=5_000).build())
    return path


@pytest.fixture
def new(tmp_path: Path) -> Path:
    path = tmp_path / "new.apk"
    path.write_bytes(TinyApk(version_code=2, payload_bytes=150_000).build())
    return path


def run(apk: Path, phone: VirtualPhone, adb: Adb, limit_s: float) -> tuple[DeployResult | None, KitError | None]:
    """As `invoke deploy` does it on one phone that was chosen."""
    chosen = Connected(dataclasses.replace(adb, timeout_s=limit_s), Phone(phone.serial, "Virtual", "device"))
    (outcome,) = on_each([chosen], lambda one, say: deploy(apk, TARGET, one, say, BRIEF), lambda line: None)
    return outcome.result, outcome.error


def put(apk: Path, phone: VirtualPhone) -> None:
    """Installs an app without a step of the protocol."""
    data = apk.read_bytes()
    assert install(phone.state, len(data), data, ["-r"]) == "Success"


def ready(phone: VirtualPhone, adb: Adb) -> bool:
    return any(one.ready for one in list_phones(adb) if one.serial == phone.serial) and phone.state.ready


def reconnect(phone: VirtualPhone, server: PrivateAdbServer, adb: Adb) -> None:
    """Tells adb to forget the phone and to reach it anew, more than once: it may just be giving up on the hung connection."""
    for _ in range(5):
        server.run("disconnect", phone.serial)  # adb's own next attempt comes after ten seconds
        server.connect(phone)
        deadline = time.monotonic() + 4
        while time.monotonic() < deadline:
            if ready(phone, adb):
                return
            time.sleep(0.1)


@pytest.mark.parametrize("fail", [cut, hang, reboot, wrong_bytes])
def test_every_step(
    fail: Break, server: PrivateAdbServer, adb: Adb, old: Path, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.device.install.QUESTION_S", HUNG_S if fail is hang else ANSWER_S)
    with VirtualPhone() as phone:
        server.connect(phone)
        put(old, phone)
        assert run(new, phone, adb, ANSWER_S)[0]
        total = phone.state.steps
    assert total > 30

    steps, lock = list(range(1, total + 1)), threading.Lock()
    failed: list[int] = []

    def work(place: int) -> None:
        while True:
            with lock:
                if not steps:
                    return
                step = steps.pop()
            if one_step(step):
                failed.append(step)

    def one_step(step: int) -> bool:
        """Whether the failure was told; one at a step that only comes after the last answer is not met at all."""
        with VirtualPhone(PhoneState()) as phone:
            server.connect(phone)
            wait_until(lambda: ready(phone, adb))
            put(old, phone)
            fail(phone.faults, step)
            result, told = run(new, phone, adb, HUNG_S if fail is hang else ANSWER_S)
            held = phone.state.packages[PACKAGE].data
            assert held in (old.read_bytes(), new.read_bytes()) or fail is wrong_bytes, step
            if told is not None:
                assert all(text and "\n" not in text for text in (told.what, told.why, told.fix)), (step, told)
            else:
                assert held == new.read_bytes(), step
                assert result is not None
                assert fail is reboot or result.pid == phone.state.processes[PACKAGE], step  # it may have rebooted since
            phone.state.faults = Faults()
            if fail is hang:
                phone.wake()
                reconnect(phone, server, adb)
            wait_until(lambda: ready(phone, adb))
            again, error = run(new, phone, adb, ANSWER_S)
            assert again, (step, error)
            assert phone.state.packages[PACKAGE].data == new.read_bytes(), step
            assert again.pid == phone.state.processes[PACKAGE], step
            server.run("disconnect", phone.serial)
            return told is not None

    side_by_side(work, range(PHONES))
    assert len(failed) > (0 if fail is wrong_bytes else 0.8 * total), (total, sorted(failed))  # most wrong bits do no harm


def test_a_full_disk_keeps_the_old_app(server: PrivateAdbServer, adb: Adb, old: Path, new: Path) -> None:
    with VirtualPhone() as phone:
        server.connect(phone)
        for first in (True, False):
            phone.faults.free_bytes = 1000
            _, error = run(old if first else new, phone, adb, ANSWER_S)
            assert error is not None
            assert "storage is full" in error.why
            assert "free some space" in error.fix
            assert [one.data for one in phone.state.packages.values()] == ([] if first else [old.read_bytes()])
            phone.faults.free_bytes = None
            assert run(old if first else new, phone, adb, ANSWER_S)[0]
        assert phone.state.packages[PACKAGE].data == new.read_bytes()
